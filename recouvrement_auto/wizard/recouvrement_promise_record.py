import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from .recouvrement_call_result import DAYS


class RecouvrementPromiseRecord(models.TransientModel):
    """A promise that came otherwise than by the call that was asked for: by e-mail, at a
    meeting. Everything overdue and a day are proposed."""

    _name = "recouvrement.promise.record"
    _description = "Record a promise"

    customer_id = fields.Many2one("recouvrement.customer", required=True, readonly=True)
    partner_id = fields.Many2one(related="customer_id.partner_id")
    company_id = fields.Many2one(related="customer_id.company_id")
    line_ids = fields.Many2many(
        "account.move.line",
        string="Items",
        help="Remove the instalments that the promise is not about.",
    )
    date = fields.Date(string="Will be paid on", required=True)
    currency_id = fields.Many2one("res.currency", compute="_compute_amount", store=True)
    amount = fields.Monetary(compute="_compute_amount", store=True, readonly=False)
    source = fields.Selection(
        selection=lambda self: self._said_to_us(),
        string="Given by",
        required=True,
        default="mail",
    )
    contact_id = fields.Many2one("res.partner", string="By whom")
    note = fields.Text(string="What was said")
    proof = fields.Binary(attachment=False)
    proof_name = fields.Char()

    @api.model
    def _said_to_us(self):
        """The ways of a promise, without the customer's own page."""
        field = self.env["recouvrement.promise"]._fields["source"]
        return [
            way for way in field._description_selection(self.env) if way[0] != "portal"
        ]

    @api.model
    def default_get(self, fields_list):
        """The items of the invoice, else all that is overdue and not excused, else all that
        is open: a new promise takes the place of an old one."""
        values = super().default_get(fields_list)
        customer = self.env["recouvrement.customer"].browse(values.get("customer_id"))
        if customer:
            company = customer.company_id
            calendar = self.env["recouvrement.planner"]._calendar(company)
            today = company._recouvrement_today()
            contact = customer.collection_contact_ids[:1] or customer.partner_id
            values.update(
                line_ids=[(6, 0, self._proposed(customer).ids)],
                date=calendar.add_gap(today, DAYS["promise"]),
                contact_id=contact.id,
            )
        return values

    @api.model
    def _proposed(self, customer):
        rows = self.env["recouvrement.call.result"]._open_lines(customer)
        lines = self.env["account.move.line"].browse(row["line_id"] for row in rows)
        move_id = self.env.context.get("recouvrement_move_id")
        if move_id:
            return lines.filtered(lambda line: line.move_id.id == move_id)
        chased = lines.browse(row["line_id"] for row in rows if row["selected"])
        return chased or lines

    @api.depends("line_ids")
    def _compute_amount(self):
        """All that is left to pay of the items."""
        for dialog in self:
            lines, own = dialog.line_ids, dialog.customer_id.company_id.currency_id
            shared = lines.currency_id if len(lines.currency_id) == 1 else own
            own_money = shared == own
            name = "amount_residual" if own_money else "amount_residual_currency"
            dialog.currency_id = shared
            dialog.amount = shared.round(sum(lines.mapped(name)))

    def action_record(self):
        """Record the promise; its items are not chased until its day and the tolerance.

        :raises AccessError: only collection agents record promises
        :raises UserError: no item of this customer, or what ``_record`` refuses
        """
        self.ensure_one()
        self.env["recouvrement.reminder"]._check_decider()
        self.customer_id.check_access("write")
        self.line_ids.check_access("read")
        found = {
            (x.partner_id.commercial_partner_id, x.company_id) for x in self.line_ids
        }
        if found != {(self.partner_id, self.customer_id.company_id)}:
            raise UserError(self.env._("Choose invoices of this customer only."))
        self.env["recouvrement.promise"]._record(
            self.customer_id,
            self.line_ids,
            self.amount or None,
            self.date,
            self.source,
            note=self.note or "",
            contact=self.contact_id,
            attachments=self._proofs(),
        )
        return {"type": "ir.actions.act_window_close", "infos": {"done": True}}

    def _proofs(self):
        if not self.proof:
            return ()
        name = self.proof_name or self.env._("Promise")
        content = self.with_context(bin_size=False).proof
        return [(name, base64.b64decode(content))]
