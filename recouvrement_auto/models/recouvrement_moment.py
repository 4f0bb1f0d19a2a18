from collections import defaultdict
from datetime import timedelta
from json import dumps

from odoo import api, models
from odoo.tools import SQL

from ..tools.moment import Row, advise, rates, tallies
from .recouvrement_payment_instalment import CASH_JOURNALS

ANSWER_DAYS = 7
KNOWN_DAYS = 730


class RecouvrementMoment(models.AbstractModel):
    """How each customer answers, learnt every night from what followed our contacts.

    A message is answered by the e-mail, the act on the debtor's page or the payment that
    comes within seven days after it and before the next contact; a call by reaching
    somebody. Only contacts whose seven days are over count. A proposal for persons: nothing
    is sent by it, at another hour or by another channel.
    """

    _name = "recouvrement.moment"
    _description = "Answers of customers by channel and half-day"

    @api.model
    def _refresh(self, company, date):
        """Renew what the files of ``company`` say; writes only what changes.

        Natural persons are left out as in the score, unless the company scores them.

        :return: number of files written
        """
        self.env.flush_all()
        by_customer = defaultdict(list)
        for customer_id, *counts in self.env.execute_query(self._sql(company, date)):
            by_customer[customer_id].append(Row(*counts))
        everything = [row for rows in by_customer.values() for row in rows]
        usual = rates(tallies(everything, "channel"))
        advice = {key: advise(rows, usual) for key, rows in by_customer.items()}
        written = self._write(
            company, {key: one for key, one in advice.items() if any(one)}
        )
        if written:
            self.env.invalidate_all(
                flush=False
            )  # everything was flushed before reading
        return written

    @api.model
    def _write(self, company, advice):
        """One statement for all files; those that nothing is known of any more are emptied."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE recouvrement_customer customer
                   SET answer_channel = new.channel, call_slot = new.slot,
                       answer_facts = new.facts
                  FROM (SELECT file.id, known.channel, known.slot, known.facts
                          FROM recouvrement_customer file
                     LEFT JOIN unnest(%(ids)s::int[], %(channels)s::text[],
                                      %(slots)s::text[], %(facts)s::jsonb[])
                               known (id, channel, slot, facts) ON known.id = file.id
                         WHERE file.company_id = %(company)s) new
                 WHERE customer.id = new.id
                   AND (customer.answer_channel, customer.call_slot, customer.answer_facts)
                       IS DISTINCT FROM (new.channel, new.slot, new.facts)
                """,
                company=company.id,
                ids=list(advice),
                channels=[one.channel for one in advice.values()],
                slots=[one.slot for one in advice.values()],
                facts=[
                    dumps({"channel": one.channel_tally, "slot": one.slot_tally})
                    for one in advice.values()
                ],
            )
        )
        return self.env.cr.rowcount

    # === CONTACTS AND WHAT FOLLOWED THEM === #

    @api.model
    def _sql(self, company, date):
        """Rows ``customer_id, channel, slot, contacts, answers`` as known before ``date``.

        Each answer counts for the last contact before it; a call that reached nobody is an
        attempt, what follows it is the answer to an earlier message. ``slot`` is that of
        ``tools.moment.slot``, for calls alone: nobody knows when a message was read.
        """
        return SQL(
            """
            WITH %(turns)s
            SELECT turns.customer_id, turns.channel,
                   CASE WHEN turns.channel = 'call' THEN
                        EXTRACT(ISODOW FROM turns.at)::int - 1 || LOWER(TO_CHAR(turns.at, 'AM'))
                    END AS slot,
                   COUNT(*),
                   COUNT(*) FILTER (WHERE turns.reached OR (turns.takes
                       AND answered.at::date <= turns.at::date + %(days)s))
              FROM turns
              JOIN recouvrement_customer customer ON customer.id = turns.customer_id
              JOIN res_partner partner ON partner.id = customer.partner_id
         LEFT JOIN answered ON answered.customer_id = turns.customer_id
                           AND answered.turn = turns.turn
             WHERE turns.channel IS NOT NULL AND turns.at::date + %(days)s < %(date)s
               AND %(may_score)s
          GROUP BY turns.customer_id, turns.channel, slot
            """,
            turns=self._turns_sql(company, date),
            may_score=self.env["recouvrement.score"]._may_score_sql(company),
            date=date,
            days=ANSWER_DAYS,
        )

    @api.model
    def _turns_sql(self, company, date):
        """Common table expressions: contacts and answers numbered by the contact that takes
        them, and the first answer of each."""
        return SQL(
            """
            contact AS (%(contacts)s), stream AS (
                SELECT customer_id, at, channel, reached, channel IS NOT NULL
                       AND (channel != 'call' OR reached) AS takes
                  FROM (SELECT * FROM contact
                        UNION ALL
                       SELECT customer_id, at, NULL, FALSE FROM (%(answers)s) answer
                        WHERE customer_id IN (SELECT customer_id FROM contact)) told
                 WHERE at < %(date)s
            ), turns AS (
                SELECT *, COUNT(*) FILTER (WHERE takes) OVER (
                           PARTITION BY customer_id ORDER BY at, channel NULLS LAST
                           ROWS UNBOUNDED PRECEDING) AS turn
                  FROM stream
            ), answered AS (
                SELECT customer_id, turn, MIN(at) AS at FROM turns
                 WHERE channel IS NULL GROUP BY customer_id, turn
            )
            """,
            contacts=self._contacts_sql(company, date),
            answers=self._answers_sql(company, date),
            date=date,
        )

    @api.model
    def _contacts_sql(self, company, date):
        """``customer_id, at, channel, reached`` of messages and calls, in local time."""
        return SQL(
            """SELECT customer_id, sent_at AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s AS at,
                      channel, FALSE AS reached
                 FROM recouvrement_reminder
                WHERE company_id = %(company)s AND state = 'sent' AND notice IS NULL
                  AND channel NOT IN ('call', 'task') AND sent_at > %(since)s
                UNION ALL
               SELECT customer_id, at AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s, 'call',
                      outcome != 'unreachable'
                 FROM recouvrement_call
                WHERE company_id = %(company)s AND at > %(since)s""",
            **self._scope(company, date),
        )

    @api.model
    def _answers_sql(self, company, date):
        """``customer_id, at`` of e-mails, acts on the debtor's page and payments.

        Acts are known by day: they follow what we did that day. A payment does not, it was
        made before it was booked.
        """
        return SQL(
            """SELECT message.res_id AS customer_id,
                      message.date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s AS at
                 FROM mail_message message
                 JOIN recouvrement_customer customer ON customer.id = message.res_id
                WHERE message.model = 'recouvrement.customer'
                  AND message.message_type IN ('email', 'comment')
                  AND customer.company_id = %(company)s AND message.date > %(since)s
                  AND NOT EXISTS (SELECT 1 FROM res_users colleague
                                   WHERE colleague.partner_id = message.author_id
                                     AND colleague.share IS NOT TRUE)
                UNION ALL (%(acts)s) UNION ALL (%(payments)s)""",
            acts=self._acts_sql(company, date),
            payments=self._payments_sql(company, date),
            **self._scope(company, date),
        )

    @api.model
    def _acts_sql(self, company, date):
        return SQL(
            """SELECT customer_id, day + TIME '23:59:59'
                 FROM (SELECT customer_id, company_id, recorded_on AS day
                         FROM recouvrement_promise WHERE source IN ('portal', 'mail')
                        UNION ALL
                       SELECT customer_id, company_id, opened_on FROM recouvrement_dispute
                        WHERE source IN ('portal', 'mail')
                        UNION ALL
                       SELECT customer_id, company_id, asked_on
                         FROM recouvrement_portal_request) act
                WHERE company_id = %(company)s AND day > %(since)s""",
            **self._scope(company, date),
        )

    @api.model
    def _payments_sql(self, company, date):
        return SQL(
            """SELECT customer.id, line.date::timestamp
                 FROM account_move_line line
                 JOIN account_journal journal ON journal.id = line.journal_id
                 JOIN recouvrement_customer customer
                   ON customer.partner_id = line.partner_id
                  AND customer.company_id = line.company_id
                WHERE line.company_id = %(company)s AND line.account_id IN %(accounts)s
                  AND line.balance < 0 AND line.parent_state = 'posted'
                  AND journal.type IN %(cash)s AND line.date > %(since)s""",
            accounts=self.env["recouvrement.open.item"]._account_ids(company),
            cash=CASH_JOURNALS,
            **self._scope(company, date),
        )

    @api.model
    def _scope(self, company, date):
        return {
            "company": company.id,
            "tz": str(company._recouvrement_zone()),
            "since": date - timedelta(days=KNOWN_DAYS),
        }
