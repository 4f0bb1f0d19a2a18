from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL


class AccountMoveLine(models.Model):
    """Open items that the chase passes over without a reason of ours: shown, and cured in
    bulk. Core sets "no follow-up" by itself on entries of general journals."""

    _inherit = "account.move.line"

    recouvrement_excluded = fields.Boolean(
        string="Excluded from the chase without a reason",
        compute="_compute_recouvrement_excluded",
        search="_search_recouvrement_excluded",
    )
    recouvrement_why_excluded = fields.Selection(
        [
            ("general", "Entry of a general journal"),
            ("invoice", "Marked “no follow-up” on the invoice"),
        ],
        string="Why",
        compute="_compute_recouvrement_excluded",
    )

    @api.model
    def _recouvrement_excluded_sql(self):
        """SQL: ids of the open debits marked "no follow-up" without a running pause."""
        queries = []
        self.env.flush_all()  # the items come from SQL of their own
        for company in self.env.companies:
            today = company._recouvrement_today()
            query = self.env["recouvrement.open.item"]._query(company, today, live=True)
            queries.append(
                SQL(
                    """SELECT item.line_id FROM (%(items)s) item
                        WHERE item.no_followup AND item.amount > 0
                          AND item.partner_id IS NOT NULL
                          AND NOT EXISTS (
                              SELECT 1 FROM recouvrement_pause pause
                                JOIN recouvrement_customer customer
                                  ON customer.id = pause.customer_id
                               WHERE customer.partner_id = item.partner_id
                                 AND customer.company_id = item.company_id
                                 AND pause.lifted_at IS NULL
                                 AND pause.date_end > %(today)s
                                 AND (COALESCE(pause.move_res_id, 0) = 0
                                   OR pause.move_res_id = item.move_id
                                  AND (pause.due_date IS NULL
                                    OR pause.due_date = item.due_date)))""",
                    items=query,
                    today=today,
                )
            )
        return SQL("(%s)", SQL(" UNION ALL ").join(queries))

    def _compute_recouvrement_excluded(self):
        excluded = self.filtered_domain(
            Domain("id", "in", self._recouvrement_excluded_ids())
        )
        for line in self:
            line.recouvrement_excluded = line in excluded
            general = line.journal_id.type == "general"
            why = "general" if general else "invoice"
            line.recouvrement_why_excluded = why if line in excluded else False

    def _recouvrement_excluded_ids(self):
        rows = self.env.execute_query(
            SQL(
                "SELECT line_id FROM %s excluded WHERE line_id IN %s",
                self._recouvrement_excluded_sql(),
                tuple(self.ids) or (0,),
            )
        )
        return [row[0] for row in rows]

    def _search_recouvrement_excluded(self, operator, value):
        if operator != "in":
            return NotImplemented
        rows = self._recouvrement_excluded_sql()
        return Domain("id", "in" if True in value else "not in", rows)

    @api.model
    def _check_recouvrement_agent(self):
        if not self.env.user.has_group(
            "recouvrement_auto.recouvrement_auto_group_agent"
        ):
            raise AccessError(self.env._("Only a collection agent may do this."))

    def _recouvrement_customers(self):
        """``{(company id, commercial partner id): collection file}`` of these items."""
        found = {}
        for company, lines in self.grouped("company_id").items():
            partners = lines.partner_id.commercial_partner_id
            for customer in self.env["recouvrement.customer"]._get_or_create(
                company, partners.ids
            ):
                found[company.id, customer.partner_id.id] = customer
        return found

    def action_recouvrement_include(self):
        """Include these items in the chase: the nights plan them from now on."""
        self._check_recouvrement_agent()
        self.check_access("write")
        lines = self.filtered("no_followup")
        customers = lines._recouvrement_customers()
        lines.no_followup = False
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "item.included",
                    "company": line.company_id.id,
                    "customer": customers[
                        line.company_id.id, line.partner_id.commercial_partner_id.id
                    ].id,
                    "partner": line.partner_id.commercial_partner_id.id,
                    "amount": str(line.amount_residual),
                    "moves": [line.move_id.id],
                    "facts": {"due_date": str(line.date_maturity or line.date)},
                }
                for line in lines.filtered("partner_id")
            ]
        )
        message = self.env._("%(count)s items join the chase.", count=len(lines))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_recouvrement_pause(self):
        """Ask why and until when these items are not chased."""
        self._check_recouvrement_agent()
        lines = self.filtered(lambda line: line.partner_id and not line.reconciled)
        if not lines:
            raise UserError(self.env._("Nothing is open here, so nothing to pause."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "recouvrement.pause.items",
            "view_mode": "form",
            "target": "new",
            "name": self.env._("Do not chase until…"),
            "context": {"default_line_ids": [(6, 0, lines.ids)]},
        }
