from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

KIND_SELECTION = [
    ("rating_bank", "Rating of the central bank"),
    ("rating_insurer", "Rating of the credit insurer"),
    ("rating_agency", "Rating of an agency"),
    ("insurer_limit", "Limit of the credit insurer"),
    ("insolvency", "Publication of insolvency proceedings"),
    ("accounts", "Accounts published"),
    ("director", "Change of director"),
    ("address", "Change of address"),
    ("payment_incident", "Payment incident"),
    ("other", "Other"),
]
SEVERITY_SELECTION = [
    ("info", "For information"),
    ("watch", "To watch"),
    ("alert", "Alarming"),
    ("critical", "Critical"),
]
IN_FORCE_DAYS = 365  # without an end of its own


class RecouvrementSignal(models.Model):
    """Something that an outside source says of a customer: typed, dated, with its source.

    Entered by hand, read from a file, or brought by a connector through ``_receive``. While
    it is in force a signal moves the score; it never decides by itself.
    """

    _name = "recouvrement.signal"
    _description = "External signal"
    _order = "date desc, id desc"

    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True, string="Company"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    kind = fields.Selection(KIND_SELECTION, required=True)
    severity = fields.Selection(SEVERITY_SELECTION, required=True, default="info")
    date = fields.Date(
        required=True, default=lambda self: self.env.company._recouvrement_today()
    )
    end_date = fields.Date(
        string="In force until", help="Empty: for a year from its date."
    )
    source = fields.Char(required=True, help="Who says it: insurer, bank, gazette, ...")
    reference = fields.Char(help="Number or address under which it can be found again.")
    value = fields.Char(string="Says", help="For example the rating itself.")
    amount = fields.Monetary(string="Insured up to")
    declaration_deadline = fields.Date(
        string="Declare to the insurer before", help="Of an overdue payment."
    )
    extension_deadline = fields.Date(
        string="Ask the insurer for an extension before",
        help="After this day a longer term is no longer covered.",
    )
    note = fields.Text()
    origin = fields.Selection(
        [("hand", "By hand"), ("file", "File"), ("connector", "Connector")],
        required=True,
        readonly=True,
        default="hand",
    )

    _amount_positive = models.Constraint(
        "CHECK (amount >= 0)", "An insured amount is not negative."
    )
    _dates_order = models.Constraint(
        "CHECK (end_date >= date)", "A signal ends on its day or later."
    )
    _same_uniq = models.UniqueIndex(
        "(customer_id, kind, date, source, COALESCE(reference, ''), COALESCE(value, ''))",
        "This signal is already known.",
    )

    @api.depends("kind", "date", "value")
    @api.depends_context("lang")
    def _compute_display_name(self):
        words = dict(self._fields["kind"]._description_selection(self.env))
        for signal in self:
            parts = (words.get(signal.kind), signal.value)
            signal.display_name = " · ".join(part for part in parts if part)

    @api.model_create_multi
    def create(self, vals_list):
        """Each signal is in the log of its customer."""
        signals = super().create(vals_list)
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "signal.received",
                    "company": signal.company_id.id,
                    "customer": signal.customer_id.id,
                    "partner": signal.customer_id.partner_id.id,
                    "facts": {
                        "kind": signal.kind,
                        "severity": signal.severity,
                        "date": str(signal.date),
                        "source": signal.source,
                        "value": signal.value or "",
                    },
                }
                for signal in signals
            ]
        )
        return signals

    # === READING === #

    @api.model
    def _in_force_sql(self, date):
        """Condition on ``signal``: it counts at ``date``."""
        return SQL(
            """(signal.date <= %(date)s
                AND COALESCE(signal.end_date, signal.date + %(days)s) >= %(date)s)""",
            date=date,
            days=IN_FORCE_DAYS,
        )

    def _is_in_force(self, date):
        self.ensure_one()
        end = self.end_date or self.date + timedelta(days=IN_FORCE_DAYS)
        return self.date <= date <= end

    @api.model
    def _receive(self, company, rows, origin="connector"):
        """Take rows from outside: what a file or a connector brings.

        :param rows: dicts with ``partner_id`` (commercial partner) and values of the
            fields; a row that is already known is passed over
        :return: the new signals
        """
        partner_ids = list({row["partner_id"] for row in rows})
        files = self.env["recouvrement.customer"]._get_or_create(company, partner_ids)
        by_partner = {file.partner_id.id: file.id for file in files}
        names = ("kind", "date", "source", "reference", "value")
        known = {
            (signal.customer_id.id, *(signal[name] or "" for name in names))
            for signal in self.search([("customer_id", "in", files.ids)])
        }
        values_list = []
        for row in rows:
            values = {key: value for key, value in row.items() if key != "partner_id"}
            customer_id = by_partner[row["partner_id"]]
            key = (customer_id, *(values.get(name) or "" for name in names))
            if key in known:
                continue
            known.add(key)
            values_list.append({**values, "customer_id": customer_id, "origin": origin})
        return self.create(values_list)


class RecouvrementPaymentFacts(models.AbstractModel):
    """Signals in force, as facts of the score."""

    _inherit = "recouvrement.payment.facts"

    @api.model
    def _extra_facts(self, company, date, partner_ids=None):
        """EXTENDS: number of signals in force by severity."""
        facts = super()._extra_facts(company, date, partner_ids)
        only = SQL("")
        if partner_ids is not None:
            only = SQL("AND customer.partner_id IN %s", tuple(partner_ids) or (0,))
        rows = self.env.execute_query(
            SQL(
                """SELECT customer.partner_id, signal.severity, COUNT(*)::int
                     FROM recouvrement_signal signal
                     JOIN recouvrement_customer customer
                       ON customer.id = signal.customer_id
                    WHERE customer.company_id = %s AND signal.severity != 'info'
                      AND %s %s
                 GROUP BY customer.partner_id, signal.severity""",
                company.id,
                self.env["recouvrement.signal"]._in_force_sql(date),
                only,
            )
        )
        for partner_id, severity, count in rows:
            facts.setdefault(partner_id, {})[f"signals_{severity}"] = count
        return facts
