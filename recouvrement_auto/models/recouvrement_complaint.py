from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..const import SENT, UNKNOWN
from .recouvrement_promise import SOURCES

KINDS = [
    ("wrong", "Wrong figures or text"),
    ("settled", "Paid or contested before the message"),
    ("too_many", "Too many messages"),
    ("wrong_person", "Wrong person"),
    ("tone", "Tone"),
    ("other", "Other"),
]


class RecouvrementComplaint(models.Model):
    """Complaint about the chase itself, apart from disputes about invoices (P21).

    It names the message that it is about, and so the scenario, the version and the step: the
    rate of complaints tells of settings that do harm. It stops nothing by itself: who answers
    pauses, corrects a contact or opens a dispute where that is right.
    """

    _name = "recouvrement.complaint"
    _inherit = ["recouvrement.answer.mixin"]
    _description = "Complaint about the chase"
    _order = "state desc, id desc"
    _log_prefix = "complaint"

    name = fields.Char(compute="_compute_name")
    kind = fields.Selection(KINDS, string="About", required=True, default="wrong")
    reminder_id = fields.Many2one(
        "recouvrement.reminder",
        string="Message",
        ondelete="restrict",
        index="btree_not_null",
        domain="[('customer_id', '=', customer_id), ('state', 'in', ('sent', 'unknown'))]",
        help="The last one that left, when nobody says which.",
    )
    scenario_id = fields.Many2one(related="reminder_id.scenario_id", store=True)
    version_id = fields.Many2one(related="reminder_id.version_id", store=True)
    step_code = fields.Char(related="reminder_id.step_code", store=True)
    step_name = fields.Char(related="reminder_id.step_name", store=True)
    source = fields.Selection(SOURCES, required=True, default="mail")
    note = fields.Text(string="In the customer's words", required=True)
    recorded_on = fields.Date(required=True, readonly=True, index=True)
    user_id = fields.Many2one(
        "res.users",
        string="Noted by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    answer = fields.Text(help="What was done and said.")

    _done_has_a_day = models.Constraint(
        "CHECK (state != 'done' OR answered_on IS NOT NULL)",
        "An answered complaint has a day.",
    )

    @api.depends("kind", "partner_id")
    @api.depends_context("lang")
    def _compute_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for complaint in self:
            parts = (labels.get(complaint.kind), complaint.partner_id.name)
            complaint.name = " · ".join(part for part in parts if part)

    @api.constrains("reminder_id", "customer_id")
    def _check_reminder(self):
        for complaint in self.filtered("reminder_id"):
            if complaint.reminder_id.customer_id != complaint.customer_id:
                raise ValidationError(
                    self.env._("Choose a message that this customer received.")
                )

    def write(self, vals):
        """EXTENDS: an answer that was given stays."""
        if not self.env.su and "answer" in vals:
            self._check_open()
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        """Note a complaint and tell who follows the customer.

        Without a message it is about the last one that left; state and days write themselves.
        """
        self.env["recouvrement.reminder"]._check_decider()
        Customer = self.env["recouvrement.customer"]
        rows = []
        for vals in vals_list:
            customer = Customer.browse(vals["customer_id"])
            customer.check_access("read")
            rows.append(
                {
                    **vals,
                    "state": "open",
                    "user_id": self.env.uid,
                    "recorded_on": customer.company_id._recouvrement_today(),
                    "reminder_id": vals.get("reminder_id") or self._last(customer).id,
                }
            )
        complaints = super().create(rows)
        for complaint in complaints:
            complaint._tell_responsible()
        return complaints

    @api.model
    def _last(self, customer):
        """The last message of a customer that left."""
        return self.env["recouvrement.reminder"].search(
            [("customer_id", "=", customer.id), ("state", "in", (SENT, UNKNOWN))],
            order="sent_at desc nulls last, id desc",
            limit=1,
        )

    def _tell_responsible(self):
        self._log(
            "recorded",
            {"kind": self.kind, "source": self.source},
            reminder=self.reminder_id.id,
            step_code=self.step_code,
            personal={"reason": self.note},
        )
        user = self._agent()
        if user != self.env.user:
            told = self.with_context(lang=user.lang)
            told._tell(user, told.name, [self.note])

    def _update_state(self, state, **values):
        # Callers checked who decides; nobody writes the state by himself.
        self.sudo().write({"state": state, **values})
        self._log("answered", state=state)

    def _check_answer(self):
        """OVERRIDE: answered in words that stay."""
        self._check_open()
        if not (self.answer or "").strip():
            raise UserError(self.env._("Write what was done and said first."))


class RecouvrementCustomer(models.Model):
    """Noting a complaint from the file of a customer."""

    _inherit = "recouvrement.customer"

    complaint_count = fields.Integer(compute="_compute_counts")

    def action_complaint(self):
        """The dialog that notes a complaint about the chase."""
        self.ensure_one()
        self.env["recouvrement.reminder"]._check_decider()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Complaint about the chase"),
            "res_model": "recouvrement.complaint",
            "view_mode": "form",
            "target": "new",
            "context": {"default_customer_id": self.id},
        }

    def action_open_complaints(self):
        """The complaints of this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_complaint_action"
        )
        return {**action, "domain": [("customer_id", "=", self.id)], "context": {}}


class RecouvrementReminder(models.Model):
    """Noting a complaint about one message."""

    _inherit = "recouvrement.reminder"

    def action_complaint(self):
        """The dialog, with this message."""
        self.ensure_one()
        action = self.customer_id.action_complaint()
        action["context"]["default_reminder_id"] = self.id
        return action


class RecouvrementPortalRequest(models.Model):
    """What a customer says about our messages on his page is a complaint."""

    _inherit = "recouvrement.portal.request"

    @api.model
    def _ask(self, customer, kind, moves, note="", contact=None):
        """EXTENDS: the complaint is noted beside the request that he follows."""
        request = super()._ask(customer, kind, moves, note, contact)
        if kind == "complaint":
            # sudo: the debtor has no right on our complaints, which he never sees
            self.env["recouvrement.complaint"].sudo().create(
                {
                    "customer_id": customer.id,
                    "kind": "other",
                    "source": "portal",
                    "note": note or request.name,
                }
            )
        return request
