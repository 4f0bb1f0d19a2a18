from odoo import api, fields, models
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.const import NATURE_SELECTION

from ..tools.aged_request import AgedRequest

KINDS = [
    ("invoice", "Invoice"),
    ("credit_note", "Credit note"),
    ("payment", "Payment"),
    ("entry", "Entry"),
]
SOURCES = [
    ("promise", "Promise"),
    ("plan", "Payment plan"),
    ("foretold", "Predicted day"),
    ("habit", "Usual delay"),
    ("credit", "Credits to deduct"),
]


class RecouvrementKpiItem(models.Model):
    """The open items of now, as the dashboard counts them and its lists show them.

    No table: each reading runs the one SQL of open items, restricted to the customers that
    the reader may see. A figure and the list behind it are the same domain on this model,
    so they cannot differ.
    """

    _name = "recouvrement.kpi.item"
    _inherit = ["recouvrement.ledger.rows.mixin", "recouvrement.move.link.mixin"]
    _description = "Open item of the dashboard"
    _auto = False
    _log_access = False
    _order = "days_late desc, id"
    _rec_name = "move_name"

    nature = fields.Selection(NATURE_SELECTION, readonly=True)
    kind = fields.Selection(KINDS, string="Type", readonly=True)
    move_name = fields.Char(string="Number", readonly=True)
    move_ref = fields.Char(string="Reference", readonly=True)
    invoice_date = fields.Date(readonly=True)
    due_date = fields.Date(readonly=True)
    days_late = fields.Integer(readonly=True, aggregator="max")
    amount = fields.Monetary(string="Open amount", readonly=True)
    expected_date = fields.Date(
        string="Cash expected on",
        readonly=True,
        help="The promised day, the date of the payment plan or the predicted day; else due "
        "date plus the usual delay of the customer; for an item later than that, half of its "
        "days late from now, at least a week.",
    )
    expected_by = fields.Selection(SOURCES, string="Estimated by", readonly=True)
    is_disputed = fields.Boolean(string="Disputed", readonly=True)

    @property
    def _table_query(self):
        """The query of the companies that the reader has switched on."""
        engine = self.env["recouvrement.kpi.engine"]
        aged = self.env["recouvrement.aged.balance.engine"]
        companies = self.env.companies
        visible = aged._visible_sql(
            AgedRequest(fields.Date.today(), tuple(companies.ids))
        )
        return SQL(" UNION ALL ").join(
            self._company_sql(engine, company, visible) for company in companies
        )

    @api.model
    def _company_sql(self, engine, company, visible):
        """SQL: the rows of one company."""
        return engine._items_sql(company, company._recouvrement_today(), visible)
