from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL

from ..const import LIVE_STATES, TO_CONFIRM, WAITING_STATES
from .recouvrement_planner_bundle import Contact


class RecouvrementPlannerFacts(models.AbstractModel):
    """The queries of the planner, one for each kind of fact."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _item_rows(self, context, partner_ids):
        return self.env.execute_query_dict(
            self.env["recouvrement.open.item"]._query(
                context.company,
                context.day,
                live=True,
                partner_ids=partner_ids,
                accounts=context.account_ids,
            )
        )

    @api.model
    def _owners(self, files, rows):
        """``(move, due date) -> customer id`` of the items ``rows``."""
        return {
            (row["move_id"], row["due_date"]): files[row["partner_id"]].id
            for row in rows
            if row["partner_id"] in files
        }

    @api.model
    def _positions(self, company, customer_ids, owners=None):
        """Last step used by each item: ``(move, due date) -> dict``.

        :param owners: ``(move, due date) -> customer id``: what an item used for another
            customer, before it changed hands, is none of its steps
        """
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (customer_id, move_res_id, due_date)
                          customer_id, move_res_id, due_date, cycle, step_code,
                          tone_rank, step_delay, used_on
                     FROM recouvrement_reminder_item
                    WHERE company_id = %s AND customer_id IN %s
                      AND step_code != '' AND step_code NOT LIKE 'plan:%%'
                      AND state IN %s AND undelivered IS NOT TRUE
                 ORDER BY customer_id, move_res_id, due_date, cycle DESC, used_on DESC,
                          id DESC""",
                company.id,
                tuple(customer_ids) or (0,),
                LIVE_STATES,
            )
        )
        found = {}
        for row in rows:
            key = (row["move_res_id"], row["due_date"])
            if owners is None or owners.get(key) == row["customer_id"]:
                found[key] = row
        return found

    @api.model
    def _cycles(self, rows):
        """Last named cycle event of each item: ``(move, due date) -> dict``."""
        if self._is_absent("recouvrement_item_cycle"):
            return {}
        found = self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (move_res_id, due_date)
                          move_res_id, due_date, cycle, entry_step_code,
                          entry_tone_rank, entry_delay, entry_on
                     FROM recouvrement_item_cycle
                    WHERE move_res_id IN %s
                 ORDER BY move_res_id, due_date, cycle DESC""",
                tuple({row["move_id"] for row in rows}) or (0,),
            )
        )
        return {(row["move_res_id"], row["due_date"]): row for row in found}

    @api.model
    def _pauses(self, context, customer_ids):
        """Running pauses by customer: list of rows, longest first."""
        if self._is_absent("recouvrement_pause"):
            return {}
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT customer_id, move_res_id, due_date, kind, reason, date_end
                     FROM recouvrement_pause
                    WHERE customer_id IN %s AND lifted_at IS NULL
                      AND date_start <= %s AND date_end > %s
                 ORDER BY date_end DESC""",
                tuple(customer_ids) or (0,),
                context.day,
                context.day,
            )
        )
        grouped = defaultdict(list)
        for row in rows:
            grouped[row["customer_id"]].append(row)
        return grouped

    @api.model
    def _invoice_options(self, rows):
        if self._is_absent("recouvrement_invoice_option"):
            return {}
        found = self.env.execute_query(
            SQL(
                """SELECT move_res_id, scenario_id FROM recouvrement_invoice_option
                    WHERE move_res_id IN %s AND scenario_id IS NOT NULL""",
                tuple({row["move_id"] for row in rows}) or (0,),
            )
        )
        return dict(found)

    @api.model
    def _contacts(self, partner_ids):
        """Active contacts of each commercial partner with what channels need of them."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT partner.id, partner.commercial_partner_id, partner.type,
                          partner.name, partner.email, partner.email_normalized,
                          partner.phone, partner.street, partner.zip, partner.city,
                          country.code AS country_code, partner.lang, partner.function,
                          EXISTS (SELECT 1 FROM mail_blacklist black
                                   WHERE black.email = partner.email_normalized
                                     AND black.active) AS blacklisted,
                          EXISTS (SELECT 1 FROM recouvrement_delivery delivery
                                   WHERE delivery.address = partner.email_normalized
                                     AND delivery.bounced_at IS NOT NULL
                                     AND delivery.bounce_cleared IS NOT TRUE) AS bounced
                     FROM res_partner partner
                LEFT JOIN res_country country ON country.id = partner.country_id
                    WHERE partner.commercial_partner_id IN %s AND partner.active
                 ORDER BY partner.id""",
                tuple(partner_ids) or (0,),
            )
        )
        grouped = defaultdict(list)
        for row in rows:
            grouped[row.pop("commercial_partner_id")].append(Contact(**row))
        return grouped

    @api.model
    def _pressure(self, context, customer_ids, ignore_reminder_ids):
        """Days of the contacts of the last 30 days, over all channels, by customer."""
        days = defaultdict(set)
        for customer_id, day in self.env.execute_query(
            self._pressure_sql(context, customer_ids, ignore_reminder_ids)
        ):
            days[customer_id].add(day)
        return days

    @api.model
    def _pressure_sql(self, context, customer_ids, ignore_reminder_ids):
        """SQL: rows ``customer id, day`` of the contacts of the last 30 days."""
        return SQL(
            """SELECT customer_id, date FROM recouvrement_reminder
                WHERE customer_id IN %(ids)s AND state IN %(live)s
                  AND channel != 'task' AND id != ALL(%(own)s) AND date > %(since)s
                  AND undelivered IS NOT TRUE
                  AND notice IS DISTINCT FROM 'thanks'
            UNION ALL
               SELECT res_id, (date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                 FROM mail_message
                WHERE model = 'recouvrement.customer' AND res_id IN %(ids)s
                  AND message_type IN ('comment', 'email_outgoing')
                  AND subtype_id = %(subtype)s AND date > %(since)s
                  AND id NOT IN (SELECT mail_message_id FROM recouvrement_reminder
                                  WHERE mail_message_id IS NOT NULL
                                    AND customer_id IN %(ids)s)""",
            ids=tuple(customer_ids) or (0,),
            live=LIVE_STATES,
            own=list(ignore_reminder_ids),
            since=context.day - timedelta(days=30),
            tz=context.company.recouvrement_tz,
            subtype=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
        )

    @api.model
    def _stops_chase_sql(self, alias):
        """SQL: the reminder ``alias`` has not left yet and stops the chase until then.

        A statement that nobody has confirmed yet stops none.
        """
        state = SQL.identifier(alias, "state")
        return SQL(
            "%s IN %s AND NOT (%s IS NOT NULL AND %s = %s)",
            state,
            WAITING_STATES,
            SQL.identifier(alias, "statement_day"),
            state,
            TO_CONFIRM,
        )

    @api.model
    def _waiting(self, customer_ids, ignore_reminder_ids):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT customer_id FROM recouvrement_reminder waiting
                    WHERE customer_id IN %s AND id != ALL(%s) AND %s""",
                tuple(customer_ids) or (0,),
                list(ignore_reminder_ids),
                self._stops_chase_sql("waiting"),
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _extra_item_facts(self, context, customer_ids, rows):
        """Disputes and promises: ``(move, due date) -> dict`` of ``Item`` fields.

        The models that hold them extend this method; the guards that read them are in the
        one list already.

        :param rows: open items of these customers, as ``_item_rows`` gives them
        """
        return {}
