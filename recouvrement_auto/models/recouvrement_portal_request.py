from odoo import api, fields, models

KINDS = [
    ("invoice_copy", "Copy of the invoice"),
    ("delivery_note", "Delivery note"),
    ("order", "Order or contract"),
    ("bank_details", "Bank details"),
    ("paid", "Already paid: please check"),
    ("complaint", "About the messages that we send"),
    ("other", "Another question"),
]


class RecouvrementPortalRequest(models.Model):
    """What a customer asks for on his page: a paper, a check, an answer.

    ``_update_state`` is the only method that changes ``state``.
    """

    _name = "recouvrement.portal.request"
    _inherit = ["recouvrement.answer.mixin"]
    _description = "Request of a customer"
    _order = "state desc, id desc"
    _log_prefix = "request"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(KINDS, required=True, readonly=True)
    note = fields.Text(readonly=True)
    move_ids = fields.Many2many("account.move", string="Invoices", readonly=True)
    move_names = fields.Char(string="Invoice numbers", readonly=True)
    contact_id = fields.Many2one("res.partner", string="Asked by", ondelete="set null")
    asked_on = fields.Date(required=True, readonly=True)
    answer = fields.Text(help="Shown to the customer on his page.")

    _done_has_a_day = models.Constraint(
        "CHECK (state != 'done' OR answered_on IS NOT NULL)",
        "An answered request has a day.",
    )

    @api.depends("kind", "move_names")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for request in self:
            parts = (labels.get(request.kind), request.move_names)
            request.name = " · ".join(part for part in parts if part)

    def _move_ids(self):
        return self.move_ids.ids

    @api.model
    def _ask(self, customer, kind, moves, note="", contact=None):
        """Record a request and tell who follows the customer.

        :param customer: ``recouvrement.customer`` record
        :param kind: one of ``KINDS``
        :param moves: invoices of this customer, may be empty
        """
        request = self.create(
            {
                "customer_id": customer.id,
                "kind": kind,
                "move_ids": [(6, 0, moves.ids)],
                "move_names": ", ".join(moves.mapped("name")),
                "note": note,
                "contact_id": contact.id if contact else False,
                "asked_on": customer.company_id._recouvrement_today(),
            }
        )
        request._log("opened", {"kind": kind}, personal={"reason": note})
        user = request._agent()
        told = request.with_context(lang=user.lang)
        told._tell(user, told.name, [note])
        return request

    def _update_state(self, state, **values):
        # Callers checked who decides; nobody writes the state by himself.
        self.sudo().write({"state": state, **values})
        self._log(state, state=state)
