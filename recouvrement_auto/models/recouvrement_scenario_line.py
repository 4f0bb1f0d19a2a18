from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools.planning import TONES

# Steps counted from the invoice come first, those counted from the step before come last.
ANCHOR_POSITION = {"invoice_date": -100000, "due_date": 0, "previous": 100000}
NO_TEXT = {"template": None, "needs_legal_rate": False, "claims_penalties": False}


class RecouvrementScenarioLine(models.Model):
    """Étape: when, by which channel, in which tone, with which text.

    ``code`` is the identity of the step over versions and scenarios: an item that used
    ``reminder_1`` never gets it a second time, whatever scenario it moves to.
    """

    _name = "recouvrement.scenario.line"
    _inherit = ["recouvrement.channel.mixin"]
    _description = "Scenario step"
    _order = "scenario_id, sequence, id"

    scenario_id = fields.Many2one(
        "recouvrement.scenario", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        related="scenario_id.company_id", store=True, index=True
    )
    currency_id = fields.Many2one(related="scenario_id.currency_id")
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="Stable code, once in a scenario.")
    active = fields.Boolean(default=True)
    anchor = fields.Selection(
        [
            ("due_date", "Due date"),
            ("invoice_date", "Invoice date"),
            ("previous", "Step before"),
        ],
        string="Counted from",
        required=True,
        default="due_date",
    )
    delay = fields.Integer(string="Days", help="Negative: before the due date.")
    day_label = fields.Char(string="Day", compute="_compute_day_label")
    mode = fields.Selection(
        [("auto", "Automatic"), ("confirm", "To confirm")],
        string="Sending",
        required=True,
        default="auto",
    )
    template_id = fields.Many2one(
        "recouvrement.template", string="Text", ondelete="restrict", index=True
    )
    min_amount = fields.Monetary(
        string="From an amount of",
        help="Overdue total of the customer; before the due date, amount of the item.",
    )
    responsible = fields.Selection(
        [
            ("agent", "Collection agent"),
            ("salesperson", "Salesperson"),
            ("user", "This person"),
        ],
        required=True,
        default="agent",
    )
    user_id = fields.Many2one(
        "res.users", string="Person", ondelete="restrict", index=True
    )
    attach_invoices = fields.Boolean(string="Join the invoices")
    attach_statement = fields.Boolean(string="Join a statement")
    payment_link = fields.Boolean(string="Payment link", default=True)
    deadline_days = fields.Integer(
        string="Days given",
        default=8,
        help="Days that the text gives to answer or to pay.",
    )

    _code_uniq = models.Constraint(
        "unique (scenario_id, code)",
        "Each step of a scenario has a code of its own: change one of the two.",
    )

    @api.depends("anchor", "delay")
    def _compute_sequence(self):
        for line in self:
            delay = 0 if line.anchor == "previous" else line.delay
            line.sequence = ANCHOR_POSITION.get(line.anchor, 0) + delay

    @api.depends("anchor", "delay")
    @api.depends_context("lang")
    def _compute_day_label(self):
        labels = {
            "due_date": self.env._("D%(days)s"),
            "invoice_date": self.env._("Invoice %(days)s"),
            "previous": self.env._("Then %(days)s"),
        }
        for line in self:
            signed = f"{line.delay or 0:+d}"
            line.day_label = labels.get(line.anchor, "%(days)s") % {"days": signed}

    @property
    def is_pre_due(self):
        """True for a step that makes sense only while the item is not due."""
        return self.anchor == "invoice_date" or (
            self.anchor == "due_date" and self.delay < 0
        )

    @property
    def tone_rank(self):
        """Position of the tone on the scale from courteous to formal."""
        return TONES.index(self.tone)

    # === CHECKS OF ONE STEP === #

    @api.constrains("anchor", "delay", "min_amount", "deadline_days")
    def _check_numbers(self):
        for line in self:
            if line.anchor != "due_date" and line.delay < 0:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” would go back in time: count days after the invoice or "
                        "after the step before, or count from the due date.",
                        step=line.name,
                    )
                )
            if line.min_amount < 0 or line.deadline_days < 0:
                raise ValidationError(
                    self.env._(
                        "“%(step)s”: an amount or a number of days given cannot be "
                        "negative; put 0 for none.",
                        step=line.name,
                    )
                )

    @api.constrains("anchor", "delay", "tone", "mode", "channel", "code")
    def _check_tone(self):
        for line in self:
            if line.is_pre_due and line.tone in ("firm", "formal"):
                raise ValidationError(
                    self.env._(
                        "“%(step)s” comes before the due date: nothing is late yet, use a "
                        "courteous or precise tone.",
                        step=line.name,
                    )
                )
            formal = line.tone == "formal" or line.code == "formal_notice"
            if formal and line.channel != "task" and line.mode != "confirm":
                raise ValidationError(
                    self.env._(
                        "“%(step)s” is a formal notice: a person always confirms it, set "
                        "its sending to “To confirm”.",
                        step=line.name,
                    )
                )

    def _shows_before_due(self):
        has_text = self._get_channel()._has_text()
        return bool(self.template_id) and self.is_pre_due and has_text

    @api.constrains(
        "channel", "template_id", "responsible", "user_id", "anchor", "delay"
    )
    def _check_means(self):
        for line in self:
            if line._get_channel()._has_text() and not line.template_id:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” is written: choose its text.", step=line.name
                    )
                )
            if line.template_id and line.template_id.channel != line.channel:
                raise ValidationError(
                    self.env._(
                        "“%(step)s”: the text “%(text)s” is made for another channel, "
                        "choose one for this channel.",
                        step=line.name,
                        text=line.template_id.name,
                    )
                )
            words = (
                line.template_id._lint_before_due() if line._shows_before_due() else []
            )
            if words:
                raise ValidationError(
                    self.env._(
                        "“%(step)s” comes before the due date: its text may not say "
                        "%(words)s. Choose a text for invoices not due yet.",
                        step=line.name,
                        words=", ".join(words),
                    )
                )
            if line.responsible == "user" and not line.user_id:
                raise ValidationError(
                    self.env._("“%(step)s”: say which person does it.", step=line.name)
                )

    @api.constrains(
        "scenario_id", "anchor", "delay", "tone", "channel", "template_id", "code"
    )
    def _check_ladder(self):
        self.scenario_id._check_ladder()

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        for scenario in self.scenario_id:
            if scenario.active and not scenario.line_ids - self:
                raise ValidationError(scenario._no_step_message())

    # === SNAPSHOT === #

    def _snapshot(self, lang, text=None):
        """The step as plain JSON: what the planner, the channels and the texts read.

        :param lang: language of the step's name
        :param text: frozen text of the step, when the caller has it already
        """
        self.ensure_one()
        if text is None:
            text = self.template_id._snapshot() if self.template_id else NO_TEXT
        return {
            "line_id": self.id,
            "code": self.code,
            "name": self.with_context(lang=lang).name,
            "channel": self.channel,
            "tone": self.tone,
            "delay": self.delay,
            "anchor": self.anchor,
            "mode": self.mode,
            "min_amount": self.scenario_id._amount(self.min_amount),
            "responsible": self.responsible,
            "user_id": self.user_id.id or 0,
            "attach_invoices": self.attach_invoices,
            "attach_statement": self.attach_statement,
            "payment_link": self.payment_link,
            "deadline_days": self.deadline_days,
            **text,
        }
