from odoo import api, fields, models
from odoo.tools import email_normalize, format_date

SALESPERSONS = "recouvrement_auto.recouvrement_auto_group_salesperson"
LISTED = 20


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_weekly_sales = fields.Boolean(
        string="Weekly mail to salespersons",
        help="On Monday morning: each salesperson with a role in the collection gets the "
        "list of his own customers who are late and their next step.",
    )


class RecouvrementSettingsMixin(models.AbstractModel):
    _inherit = "recouvrement.settings.mixin"

    recouvrement_weekly_sales = fields.Boolean(
        related="company_id.recouvrement_weekly_sales", readonly=False
    )


class RecouvrementWeekly(models.AbstractModel):
    """Each salesperson gets his own customers, with his own rights, nobody else's."""

    _inherit = "recouvrement.weekly"

    @api.model
    def _send(self, company, monday):
        mails = super()._send(company, monday)
        if company.recouvrement_weekly_sales:
            for user in self._sales_readers(company):
                mails |= self._send_sales(company, user)
        return mails

    @api.model
    def _sales_readers(self, company):
        """Salespersons with an address who are in the company."""
        users = self.env.ref(SALESPERSONS).all_user_ids
        return users.filtered(
            lambda user: (
                user.active
                and company in user.company_ids
                and email_normalize(user.email or "")
            )
        )

    @api.model
    def _send_sales(self, company, user):
        """Queue the mail of one salesperson; none when no customer of his is late."""
        mails = self.env["mail.mail"].sudo()  # to colleagues only
        reader = self.with_user(user).with_context(
            lang=user.lang, allowed_company_ids=company.ids
        )
        values = reader._sales_values(company, user)
        if not values["rows"]:
            return mails
        body = reader.env["ir.qweb"]._render(
            "recouvrement_auto_reports.recouvrement_weekly_sales_mail", values
        )
        subject = reader.env._(
            "Your customers who are late: %(amount)s, %(company)s",
            amount=values["money"](values["overdue"]),
            company=company.name,
        )
        return mails.create(
            {
                "subject": subject,
                "body_html": body,
                "email_to": email_normalize(user.email),
                "email_from": company.email_formatted or user.email_formatted,
                "auto_delete": True,
            }
        )

    @api.model
    def _sales_values(self, company, user):
        """Customers of the user who are late, the largest amount first."""
        customers = self.env["recouvrement.customer"].search(
            [("company_id", "=", company.id), ("salesperson_ids", "in", user.ids)]
        )
        late = customers.filtered(lambda c: c.total_overdue > 0)
        late = late.sorted(lambda c: (-c.total_overdue, c.id))
        return {
            "company": company,
            "user": user,
            "rows": late[:LISTED],
            "count": len(late),
            "overdue": sum(late.mapped("total_overdue")),
            "due": sum(customers.mapped("total_due")),
            "money": lambda amount: self._whole(amount, company.currency_id),
            "day": lambda day: format_date(self.env, day) if day else "",
            "url": f"{company.get_base_url()}/odoo/action-recouvrement_auto."
            "recouvrement_customer_action",
        }
