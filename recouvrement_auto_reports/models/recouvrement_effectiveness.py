from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.const import TONE_SELECTION
from odoo.addons.recouvrement_auto.models.recouvrement_payment_instalment import (
    CASH_JOURNALS,
)

HORIZONS = (7, 15, 30)
# Rows older than this do not change any more: 30 days to pay, and late matching.
OPEN_DAYS = 45
FULL = 0.99  # share of what was asked that counts as paid: bank charges happen


class RecouvrementEffectiveness(models.Model):
    """What each message brought: one row per message that left.

    Paid means real cash matched with the items that the message asked, within so many days
    of it. It follows the message; whether it is because of it, only a comparison of like
    customers says (``recouvrement.effectiveness.comparison``). Renewed every night for the
    messages of the last 45 days; the older rows stay as they are.
    """

    _name = "recouvrement.effectiveness"
    _description = "Effect of a message"
    _log_access = False
    _order = "day desc, id desc"
    _rec_name = "step_name"

    reminder_id = fields.Many2one(
        "recouvrement.reminder", required=True, ondelete="cascade", readonly=True
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    customer_id = fields.Many2one(
        "recouvrement.customer",
        required=True,
        ondelete="restrict",
        readonly=True,
        index=True,
    )
    scenario_id = fields.Many2one(
        "recouvrement.scenario", ondelete="set null", readonly=True
    )
    version_id = fields.Many2one(
        "recouvrement.scenario.version", ondelete="set null", readonly=True
    )
    segment_id = fields.Many2one(
        "recouvrement.segment", ondelete="set null", readonly=True
    )
    step_code = fields.Char(readonly=True)
    step_name = fields.Char(string="Step", readonly=True)
    channel = fields.Selection(
        selection=lambda self: (
            self.env["recouvrement.reminder"]
            ._fields["channel"]
            ._description_selection(self.env)
        ),
        readonly=True,
    )
    tone = fields.Selection(TONE_SELECTION, readonly=True)
    day = fields.Date(string="Sent on", required=True, readonly=True)
    sent = fields.Integer(readonly=True, default=1)
    answered = fields.Integer(
        readonly=True, help="A reply, promise or dispute within 30 days."
    )
    amount = fields.Monetary(string="Asked", readonly=True)
    paid_7 = fields.Monetary(string="Paid in 7 days", readonly=True)
    paid_15 = fields.Monetary(string="Paid in 15 days", readonly=True)
    paid_30 = fields.Monetary(string="Paid in 30 days", readonly=True)
    full_7 = fields.Integer(string="Settled in 7 days", readonly=True)
    full_15 = fields.Integer(string="Settled in 15 days", readonly=True)
    full_30 = fields.Integer(string="Settled in 30 days", readonly=True)
    known_7 = fields.Integer(
        string="7 days have passed", readonly=True, help="Old enough to be judged."
    )
    known_15 = fields.Integer(string="15 days have passed", readonly=True)
    known_30 = fields.Integer(string="30 days have passed", readonly=True)
    cash_days = fields.Float(
        string="Cash x days", readonly=True, help="Cash of 30 days x its days."
    )
    refreshed_on = fields.Date(string="As of", readonly=True)

    _reminder_uniq = models.UniqueIndex(
        "(reminder_id)", "The effect of a message is one row."
    )
    _day_index = models.Index("(company_id, day)")

    @api.model
    def _refresh(self, company, date):
        """Renew the rows of the messages of ``company`` that left in the 45 days before
        ``date``, and add those that are missing; one statement.

        :return: number of rows written
        """
        self.env.flush_all()
        names = self._columns()
        self.env.cr.execute(
            SQL(
                """INSERT INTO recouvrement_effectiveness (%(names)s) %(rows)s
              ON CONFLICT (reminder_id) DO UPDATE SET %(updates)s""",
                names=SQL(", ").join(map(SQL.identifier, names)),
                rows=self._rows_sql(company, date),
                updates=SQL(", ").join(
                    SQL("%(one)s = EXCLUDED.%(one)s", one=SQL.identifier(name))
                    for name in names
                    if name != "reminder_id"
                ),
            )
        )
        self.invalidate_model()
        return self.env.cr.rowcount

    @api.model
    def _columns(self):
        counted = [
            f"{name}_{days}" for name in ("paid", "full", "known") for days in HORIZONS
        ]
        return [
            *("reminder_id", "company_id", "customer_id", "scenario_id", "version_id"),
            *("segment_id", "step_code", "step_name", "channel", "tone", "day"),
            *("amount", "answered", "sent", "cash_days", "refreshed_on"),
            *counted,
        ]

    @api.model
    def _rows_sql(self, company, date):
        """SELECT of the rows, columns as in ``_columns``."""
        return SQL(
            """
            SELECT reminder.id, reminder.company_id, reminder.customer_id,
                   reminder.scenario_id, reminder.version_id, customer.segment_id,
                   reminder.step_code, reminder.step_name, reminder.channel,
                   reminder.tone, reminder.date, asked.amount, (%(answered)s)::int, 1,
                   COALESCE(SUM(cash.amount * cash.days)
                       FILTER (WHERE cash.days <= 30), 0),
                   %(date)s, %(counted)s
              FROM recouvrement_reminder reminder
              JOIN recouvrement_customer customer ON customer.id = reminder.customer_id
              JOIN LATERAL (
                   SELECT COALESCE(SUM(item.amount_company), 0) AS amount
                     FROM recouvrement_reminder_item item
                    WHERE item.reminder_id = reminder.id AND %(chased)s) asked ON TRUE
         LEFT JOIN LATERAL (%(cash)s) cash ON TRUE
             WHERE reminder.company_id = %(company)s AND reminder.state = 'sent'
               AND reminder.date <= %(date)s
               AND (reminder.date > %(date)s::date - %(open)s OR NOT EXISTS (
                    SELECT 1 FROM recouvrement_effectiveness old
                     WHERE old.reminder_id = reminder.id))
          GROUP BY reminder.id, customer.id, asked.amount
            """,
            answered=self._answered_sql(),
            date=date,
            counted=self._counted_sql(date),
            chased=self._chased_sql(),
            cash=self._cash_sql(company),
            company=company.id,
            open=OPEN_DAYS,
        )

    @api.model
    def _counted_sql(self, date):
        """Cash, settled or not, and old enough or not, for each horizon."""
        paid = [
            SQL("COALESCE(SUM(cash.amount) FILTER (WHERE cash.days <= %s), 0)", days)
            for days in HORIZONS
        ]
        full = [
            SQL("(asked.amount > 0 AND %s >= %s * asked.amount)::int", one, FULL)
            for one in paid
        ]
        known = [
            SQL("(reminder.date + %s <= %s)::int", days, date) for days in HORIZONS
        ]
        return SQL(", ").join([*paid, *full, *known])

    @api.model
    def _chased_sql(self):
        return SQL("item.role IN ('leader', 'own_step', 'listed')")

    @api.model
    def _cash_sql(self, company):
        """Cash matched with the items that a ``reminder`` asked, and after how many days."""
        family = self.env["recouvrement.open.item"]._partial_company_ids(company)
        return SQL(
            """SELECT part.amount, part.max_date - reminder.date AS days
                 FROM recouvrement_reminder_item item
                 JOIN account_partial_reconcile part
                   ON part.debit_move_id = item.line_res_id
                 JOIN account_move_line credit ON credit.id = part.credit_move_id
                 JOIN account_journal journal ON journal.id = credit.journal_id
                WHERE item.reminder_id = reminder.id AND %(chased)s
                  AND part.company_id IN %(family)s
                  AND part.max_date BETWEEN reminder.date AND reminder.date + 30
                  AND journal.type IN %(cash)s""",
            chased=self._chased_sql(),
            family=family,
            cash=CASH_JOURNALS,
        )

    @api.model
    def _answered_sql(self):
        """Condition: the customer answered a ``reminder`` within 30 days."""
        return SQL(
            """EXISTS (SELECT 1 FROM mail_message message
                        WHERE message.parent_id = reminder.mail_message_id
                          AND message.message_type = 'email'
                          AND message.date < reminder.date + 31)
            OR EXISTS (SELECT 1 FROM recouvrement_promise promise
                        WHERE promise.customer_id = reminder.customer_id
                          AND promise.recorded_on
                              BETWEEN reminder.date AND reminder.date + 30)
            OR EXISTS (SELECT 1 FROM recouvrement_dispute dispute
                        WHERE dispute.customer_id = reminder.customer_id
                          AND dispute.opened_on
                              BETWEEN reminder.date AND reminder.date + 30)"""
        )
