from odoo import api, models
from odoo.exceptions import ValidationError

from ..placeholders import names_in

# Legal regimes of the texts that customers of each nature may get.
ALLOWED_REGIMES = {
    False: ("any", "business"),
    "key_account": ("any", "business"),
    "public": ("any", "public"),
    "consumer": ("any", "consumer"),
}


class RecouvrementScenario(models.Model):
    """Checks of a scenario: each refusal says what to do."""

    _inherit = "recouvrement.scenario"

    @api.constrains("line_ids", "active")
    def _check_has_step(self):
        # Data files create the scenario before its steps; they end with _check_library.
        if self.env.context.get("install_module"):
            return
        for scenario in self:
            if scenario.active and not scenario.line_ids:
                raise ValidationError(scenario._no_step_message())

    def _no_step_message(self):
        self.ensure_one()
        return self.env._(
            "“%(name)s” has no step: add at least one, or archive the scenario.",
            name=self.name,
        )

    @api.constrains("line_ids", "nature")
    def _check_ladder(self):
        for scenario in self:
            scenario._check_codes()
            scenario._check_tones()
            scenario._check_regimes()

    def _check_codes(self):
        seen = {}
        for line in self.line_ids:
            if line.code in seen:
                raise ValidationError(
                    self.env._(
                        "“%(first)s” and “%(second)s” have the same code %(code)s: each step "
                        "of a scenario has its own.",
                        first=seen[line.code].name,
                        second=line.name,
                        code=line.code,
                    )
                )
            seen[line.code] = line

    def _check_tones(self):
        """After the due date a tone never softens: the firmer word would not be believed."""
        before = None
        for line in self.line_ids.sorted(
            lambda line: (line.sequence, line._origin.id or 0)
        ):
            if line.is_pre_due or line.channel == "task":
                continue
            if before and line.tone_rank < before.tone_rank:
                raise ValidationError(
                    self.env._(
                        "“%(after)s” (%(day)s) is softer than “%(before)s” that comes before "
                        "it: the order goes backwards. Change its tone or its day.",
                        after=line.name,
                        day=line.day_label,
                        before=before.name,
                    )
                )
            before = line

    def _check_regimes(self):
        allowed = ALLOWED_REGIMES[self.nature]
        for line in self.line_ids.filtered("template_id"):
            text = line.template_id
            if text.regime not in allowed:
                raise ValidationError(
                    self.env._(
                        "“%(step)s”: the text “%(text)s” is written for another legal "
                        "regime than the customers of “%(scenario)s”, choose another one.",
                        step=line.name,
                        text=text.name,
                        scenario=self.name,
                    )
                )
            if self.nature == "consumer" and self._names_the_fee(text):
                raise ValidationError(
                    self.env._(
                        "“%(step)s”: the recovery fee and the penalties of businesses never "
                        "apply to consumers, take the block out of “%(text)s” or choose a "
                        "text for consumers.",
                        step=line.name,
                        text=text.name,
                    )
                )

    @api.model
    def _names_the_fee(self, text):
        names = names_in(*(part for t in text._texts().values() for part in t.values()))
        return "legal_notice" in names

    @api.constrains(
        "min_gap_days",
        "min_customer_total",
        "min_item_amount",
        "max_pause_days",
        "condition_min_total",
        "condition_min_relation_days",
    )
    def _check_minimums(self):
        names = (
            "min_gap_days",
            "min_customer_total",
            "min_item_amount",
            "max_pause_days",
            "condition_min_total",
            "condition_min_relation_days",
        )
        for scenario in self:
            for name in names:
                if scenario[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "“%(name)s”: %(field)s cannot be negative, put 0 for none.",
                            name=scenario.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.constrains("max_contacts_7", "max_contacts_30")
    def _check_contacts(self):
        for scenario in self:
            if not 1 <= scenario.max_contacts_7 <= scenario.max_contacts_30:
                raise ValidationError(
                    self.env._(
                        "“%(name)s”: allow at least one contact in 7 days, and in 30 days "
                        "no fewer than in 7.",
                        name=scenario.name,
                    )
                )

    @api.constrains("end_action", "end_delay_days", "line_ids")
    def _check_end(self):
        for scenario in self:
            if not scenario.end_action:
                raise ValidationError(
                    self.env._(
                        "“%(name)s” leads to nothing: say what happens after its last step.",
                        name=scenario.name,
                    )
                )
            last = scenario.line_ids.sorted("sequence")[-1:]
            given = last.deadline_days if last.tone == "formal" else 0
            if scenario.end_delay_days < max(given, 0):
                raise ValidationError(
                    self.env._(
                        "“%(name)s” decides after %(days)s days although its last step "
                        "gives %(given)s: wait at least as long.",
                        name=scenario.name,
                        days=scenario.end_delay_days,
                        given=given,
                    )
                )

    @api.model
    def _check_library(self):
        """Called at the end of a data file: its scenarios pass every check."""
        for scenario in self.with_context(install_module=False).search(
            [("active", "=", True)]
        ):
            scenario._check_has_step()
            scenario._check_ladder()
            scenario._check_end()
