from odoo import api, fields, models

from ..placeholders import BLOCKS, CLAIM_NAMES, INLINE

GROUPS = {
    "customer": ("partner_name", "contact_name", "order_reference"),
    "invoice": (
        "leader_number",
        "leader_amount",
        "leader_due_date",
        "invoice_link",
        "oldest_invoice",
        "oldest_due_date",
        "oldest_days_late",
    ),
    "totals": ("invoice_count", "total_overdue", "total_due"),
    "dates": (
        "today",
        "statement_date",
        "deadline_days",
        "deadline_date",
        "previous_messages",
    ),
    "us": (
        "sender_name",
        "sender_function",
        "sender_phone",
        "sender_email",
        "company_name",
        "company_phone",
    ),
    "agreed": ("agreed_date", "agreed_amount", "agreed_reason", "answer_date"),
    "plan": ("plan_date", "plan_amount", "plan_rest"),
    "blocks": tuple(BLOCKS),
    "claim": tuple(name for name in CLAIM_NAMES if name in INLINE),
}


class RecouvrementTemplate(models.Model):
    """What the editor of a text shows beside it: fields, problems, preview."""

    _inherit = "recouvrement.template"

    live_problems = fields.Json(compute="_compute_live_problems")
    step_count = fields.Integer(compute="_compute_step_count", string="Used by steps")

    @api.depends("subject", "body", "regime")
    @api.depends_context("lang")
    def _compute_live_problems(self):
        for record in self:
            text = {"subject": record.subject or "", "body": str(record.body or "")}
            record.live_problems = [str(problem) for problem in record._lint(text)]

    @api.depends("line_ids")
    def _compute_step_count(self):
        for record in self:
            record.step_count = len(record.line_ids)

    @api.model
    def get_placeholder_groups(self):
        """The closed list of fields, grouped and explained, for the panel beside the text."""
        self.check_access("read")
        labels = {**INLINE, **BLOCKS}
        regimes = dict(self._fields["regime"]._description_selection(self.env))
        known = {name for names in GROUPS.values() for name in names}
        groups = {**GROUPS, "other": tuple(n for n in labels if n not in known)}
        return [
            {
                "key": key,
                "title": self._group_titles()[key],
                "fields": [
                    {
                        "name": name,
                        "label": str(labels[name]),
                        "block": name in BLOCKS,
                        "regimes": [regimes[r] for r in CLAIM_NAMES.get(name, ())],
                    }
                    for name in names
                ],
            }
            for key, names in groups.items()
            if names
        ]

    @api.model
    def _group_titles(self):
        return {
            "customer": self.env._("The customer"),
            "invoice": self.env._("The invoice"),
            "totals": self.env._("Totals"),
            "dates": self.env._("Dates and reminders sent"),
            "us": self.env._("Who writes"),
            "agreed": self.env._("What was agreed (notices only)"),
            "plan": self.env._("The payment plan (before an instalment only)"),
            "blocks": self.env._("Ready-made blocks"),
            "claim": self.env._("The claim (one legal regime)"),
            "other": self.env._("Others"),
        }

    @api.model
    def get_text_preview(self, values, customer_id, lang=False):
        """The text as it stands on the screen, for one customer."""
        self.check_access("read")
        origin = self.browse(values.get("id") or 0).exists()
        names = ("name", "channel", "tone", "regime", "subject", "body")
        known = {name: values[name] for name in names if name in values}
        text = self.new(known, origin=origin or None)
        Line = self.env["recouvrement.scenario.line"]
        step = origin.line_ids[:1]
        line = Line.new(
            {
                "name": text.name,
                "code": step.code or "preview",
                "channel": text.channel,
                "tone": text.tone,
                "delay": step.delay or 3,
                "anchor": step.anchor or "due_date",
                "template_id": text,
            }
        )
        customer = Line._preview_file(customer_id, step.scenario_id)
        # The language that is being written, not that of the customer.
        return line._preview_for(customer, lang or self.env.lang)
