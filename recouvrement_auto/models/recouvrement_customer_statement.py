from odoo import api, fields, models
from odoo.exceptions import ValidationError

DAY_HELP = "1 to 31; 31 is the last day of each month. 0 = none."


class RecouvrementSegment(models.Model):
    """Statement of the month of the customers of a segment."""

    _inherit = "recouvrement.segment"

    statement_day = fields.Integer(
        string="Monthly statement on day", help=DAY_HELP, default=0
    )

    @api.constrains("statement_day")
    def _check_statement_day(self):
        for segment in self:
            if not 0 <= segment.statement_day <= 31:
                raise ValidationError(
                    self.env._("The day of the monthly statement is 0 (none) to 31.")
                )


class RecouvrementCustomer(models.Model):
    """Statement of the month: as the segment says, or the customer's own day."""

    _inherit = "recouvrement.customer"

    statement_rule = fields.Selection(
        [
            ("segment", "As the segment says"),
            ("own", "On a day of its own"),
            ("none", "Never"),
        ],
        string="Monthly statement",
        default="segment",
        required=True,
        tracking=True,
    )
    statement_day = fields.Integer(
        string="Day of the month", help=DAY_HELP, default=1, tracking=True
    )

    @api.constrains("statement_rule", "statement_day")
    def _check_statement_day(self):
        for customer in self.filtered(lambda c: c.statement_rule == "own"):
            if not 1 <= customer.statement_day <= 31:
                raise ValidationError(
                    self.env._("The day of a customer's monthly statement is 1 to 31.")
                )

    @api.model
    def _by_statement_day(self, company):
        """``{day of the month: customers}`` of one company that get a monthly statement."""
        found = {}
        own = self.search(
            [("company_id", "=", company.id), ("statement_rule", "=", "own")]
        )
        for number, customers in own.grouped("statement_day").items():
            found[number] = customers
        segments = self.env["recouvrement.segment"].search([("statement_day", ">", 0)])
        for segment in segments:
            customers = self.search(
                [
                    ("company_id", "=", company.id),
                    ("statement_rule", "=", "segment"),
                    ("effective_segment_id", "=", segment.id),
                ]
            )
            number = segment.statement_day
            found[number] = found.get(number, self.browse()) | customers
        return found


class ResCompany(models.Model):
    """What the statements of the month look like."""

    _inherit = "res.company"

    recouvrement_statement_confirm = fields.Boolean(
        string="Confirm the monthly statements", default=True
    )
    recouvrement_statement_xlsx = fields.Boolean(string="Statements as XLSX too")
    recouvrement_statement_invoices = fields.Boolean(
        string="Statements with the open invoices"
    )

    def _recouvrement_statement_values(self, day):
        """Values of a statement at ``day`` as the settings want it."""
        self.ensure_one()
        return {
            "statement_day": fields.Date.to_string(day),
            "attach_pdf": True,
            "attach_xlsx": self.recouvrement_statement_xlsx,
            "attach_invoices": self.recouvrement_statement_invoices,
        }


class RecouvrementSettingsMixin(models.AbstractModel):
    """Settings of the monthly statements."""

    _inherit = "recouvrement.settings.mixin"

    recouvrement_statement_confirm = fields.Boolean(
        related="company_id.recouvrement_statement_confirm", readonly=False
    )
    recouvrement_statement_xlsx = fields.Boolean(
        related="company_id.recouvrement_statement_xlsx", readonly=False
    )
    recouvrement_statement_invoices = fields.Boolean(
        related="company_id.recouvrement_statement_invoices", readonly=False
    )
