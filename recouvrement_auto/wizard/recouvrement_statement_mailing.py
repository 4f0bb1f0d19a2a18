from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL


class RecouvrementStatementMailing(models.TransientModel):
    """Statements of account by e-mail to many customers: who gets one, with which files."""

    _name = "recouvrement.statement.mailing"
    _description = "Statements by e-mail"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    customer_ids = fields.Many2many(
        "recouvrement.customer",
        string="Customers",
        help="Empty: every customer with something open.",
    )
    statement_day = fields.Date(
        string="Statement at",
        required=True,
        default=lambda self: self.env.company._recouvrement_today(),
        help="Today or a day of the past. A customer gets the statement of a day once.",
    )
    only_overdue = fields.Boolean(string="Only customers that are late", default=True)
    attach_xlsx = fields.Boolean(
        string="Also as XLSX",
        default=lambda self: self.env.company.recouvrement_statement_xlsx,
    )
    attach_invoices = fields.Boolean(
        string="Join the open invoices",
        default=lambda self: self.env.company.recouvrement_statement_invoices,
        help="Ten PDF files at most, 8 MB in all.",
    )
    confirm = fields.Boolean(
        string="Confirm before they leave",
        default=True,
        help="They wait in “To confirm”, where all may be approved at once.",
    )
    wanted_count = fields.Integer(
        string="Statements to prepare", compute="_compute_counts"
    )
    known_count = fields.Integer(
        string="Got it already",
        compute="_compute_counts",
        help="The statement of that day left or waits to be confirmed.",
    )

    @api.model
    def default_get(self, names):
        """The customers of one company that were chosen in the list."""
        values = super().default_get(names)
        ids = self.env.context.get("active_ids") or []
        if self.env.context.get("active_model") == "recouvrement.customer" and ids:
            customers = self.env["recouvrement.customer"].browse(ids)
            if len(customers.company_id) > 1:
                raise UserError(self.env._("Choose customers of one company."))
            values["customer_ids"] = [(6, 0, customers.ids)]
            values["company_id"] = customers.company_id.id
            values["only_overdue"] = False
        return values

    @api.depends("customer_ids", "company_id", "statement_day", "only_overdue")
    def _compute_counts(self):
        Run = self.env["recouvrement.run"]
        for mailing in self:
            chosen = (
                mailing._chosen()
                if mailing.statement_day
                else mailing.customer_ids.browse()
            )
            wanted = (
                Run._without_statement(chosen, mailing.statement_day, retry=True)
                if chosen
                else chosen
            )
            mailing.wanted_count = len(wanted)
            mailing.known_count = len(chosen) - len(wanted)

    def _chosen(self):
        """Files that the user may read, with something to pay at the day."""
        Customer = self.env["recouvrement.customer"]
        customers = self.customer_ids._origin or Customer.search(
            [("company_id", "=", self.company_id.id)]
        )
        customers.check_access("read")
        self.env.flush_all()  # what follows is SQL
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id FROM (%s) item
                    WHERE residual > 0 AND (NOT %s OR due_date < %s)
                 GROUP BY partner_id""",
                self.env["recouvrement.open.item"]._query(
                    self.company_id,
                    self.statement_day,
                    partner_ids=customers.partner_id.ids,
                ),
                bool(self.only_overdue),
                self.statement_day,
            )
        )
        found = {row[0] for row in rows}
        return customers.filtered(lambda c: c.partner_id.id in found)

    def action_prepare(self):
        """Plan the messages and show them; the scheduled action makes the files and sends."""
        self.ensure_one()
        self.env["recouvrement.reminder"]._check_decider()
        if self.statement_day > self.company_id._recouvrement_today():
            raise UserError(self.env._("Choose today or a day of the past."))
        customers = self._chosen()
        if not customers._filtered_access("write") == customers:
            raise AccessError(self.env._("Only collection agents write to customers."))
        run = self.env["recouvrement.run"]._plan_statements(
            self.company_id, customers, self._values(), self.confirm
        )
        if not run.sudo().reminder_ids:
            raise UserError(
                self.env._(
                    "No statement to send: nothing is open, or each customer has the "
                    "statement of that day already."
                )
            )
        return run.action_open_reminders()

    def _values(self):
        return {
            "statement_day": fields.Date.to_string(self.statement_day),
            "attach_pdf": True,
            "attach_xlsx": self.attach_xlsx,
            "attach_invoices": self.attach_invoices,
        }
