from odoo import api, fields, models

LIMITS = (
    "min_gap_days",
    "min_customer_total:min_total",
    "min_item_amount:min_item",
    "max_contacts_7",
    "max_contacts_30",
    "max_pause_days",
    "end_delay_days",
    "end_action",
    "condition_min_total",
    "condition_min_relation_days",
    "grade_from",
    "grade_to",
)
STEP_FIELDS = (
    "name",
    "channel",
    "tone",
    "mode",
    "min_amount",
    "responsible",
    "attach_invoices",
    "attach_statement",
    "payment_link",
    "deadline_days",
)


class RecouvrementScenarioVersion(models.Model):
    """History of a scenario in words: what each version changed."""

    _inherit = "recouvrement.scenario.version"

    difference = fields.Text(compute="_compute_difference", string="What changed")

    @api.depends("snapshot", "version")
    @api.depends_context("lang")
    def _compute_difference(self):
        family = self.search([("scenario_id", "in", self.scenario_id.ids)])
        by_number = {(v.scenario_id.id, v.version): v for v in family}
        for version in self:
            before = by_number.get((version.scenario_id.id, version.version - 1))
            old = before.snapshot if before else {}
            sentences = self._difference(old, version.snapshot or {})
            version.difference = "\n".join(sentences)

    @api.model
    def _difference(self, old, new):
        """Sentences that say what ``new`` changes; both are snapshots."""
        if not old:
            days = [self._day(step) for step in new.get("steps", ())]
            return [
                self.env._(
                    "First version: %(count)s steps, %(days)s.",
                    count=len(days),
                    days=" · ".join(days),
                )
            ]
        before = {step["code"]: step for step in old["steps"]}
        after = {step["code"]: step for step in new["steps"]}
        sentences = self._limit_changes(old["scenario"], new["scenario"])
        for code, step in after.items():
            if code not in before:
                sentences.append(self.env._("Step added: %s", self._named(step)))
            else:
                sentences += self._step_changes(before[code], step)
        for code, step in before.items():
            if code not in after:
                sentences.append(self.env._("Step removed: %s", self._named(step)))
        return sentences or [self.env._("Name, order or customers concerned.")]

    @api.model
    def _limit_changes(self, old, new):
        Scenario = self.env["recouvrement.scenario"]
        changes = []
        for name in LIMITS:
            field, _colon, key = name.partition(":")
            key = key or field
            if old.get(key) != new.get(key):
                changes.append(
                    self._change(Scenario, field, old.get(key), new.get(key))
                )
        if set(old.get("segments", ())) != set(new.get("segments", ())) or old.get(
            "nature"
        ) != new.get("nature"):
            changes.append(self.env._("For other customers than before."))
        return changes

    @api.model
    def _step_changes(self, old, new):
        Line = self.env["recouvrement.scenario.line"]
        changes = []
        if self._day(old) != self._day(new):
            changes.append(
                self.env._(
                    "moved from %(a)s to %(b)s", a=self._day(old), b=self._day(new)
                )
            )
        for field in STEP_FIELDS:
            if old.get(field) != new.get(field):
                changes.append(
                    self._change(Line, field, old.get(field), new.get(field))
                )
        changes += self._text_changes(
            old.get("template") or {}, new.get("template") or {}
        )
        if not changes:
            return []
        return [f"{self._named(new)} : {' ; '.join(changes)}"]

    @api.model
    def _text_changes(self, old, new):
        if old.get("code") != new.get("code"):
            return [self.env._("another text")]
        texts, words = old.get("texts") or {}, new.get("texts") or {}
        langs = [lang for lang in words if texts.get(lang) != words[lang]]
        if not langs:
            return []
        return [self.env._("text reworded (%s)", ", ".join(sorted(langs)))]

    @api.model
    def _change(self, model, name, old, new):
        """``Label: old → new`` with the labels of selections."""
        field = model._fields[name]
        old, new = (old or "–", new or "–") if field.type == "selection" else (old, new)
        label = field._description_string(self.env)
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            old, new = labels.get(old, old), labels.get(new, new)
        elif field.type == "boolean":
            names = {True: self.env._("yes"), False: self.env._("no")}
            old, new = names[bool(old)], names[bool(new)]
        return f"{label} : {old} → {new}"

    @api.model
    def _day(self, step):
        return (
            self.env["recouvrement.scenario.line"]
            .new({"anchor": step.get("anchor"), "delay": step.get("delay")})
            .day_label
        )

    @api.model
    def _named(self, step):
        return f"{self._day(step)} {step['name']}"
