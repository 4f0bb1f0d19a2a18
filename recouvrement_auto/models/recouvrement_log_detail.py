import json
import re

from odoo import api, models
from odoo.tools import format_date

from .recouvrement_log_words import FACTS

# The fact that holds a code, where it is not called like the field.
FACT_OF = {
    ("recouvrement.item.cycle", "reason"): "why",
    ("recouvrement.alarm", "code"): "alarm",
    ("recouvrement.approval", "subject"): "kind",
    ("recouvrement.delegation", "kind"): "limits",
}
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class RecouvrementLog(models.Model):
    """The facts of an entry in the words of the reader: no code is left on a screen."""

    _inherit = "recouvrement.log"

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_detail(self):
        words = self._fact_words()
        for entry in self:
            facts = json.loads(entry.payload or "{}").get("facts", {})
            entry.detail = " · ".join(
                f"{entry._fact_label(name)} {entry._fact_value(words, name, facts[name])}"
                for name in FACTS  # in the order of the words, not of the payload
                if facts.get(name) not in ("", None, 0)
            )

    def _fact_label(self, name):
        """A method of its own: a lazy translation finds its language by ``self``, which an
        expression in a loop does not have outside of a request."""
        return str(FACTS[name])

    def _fact_value(self, words, name, value):
        """One fact in words: days as the reader writes them, codes by their name."""
        if isinstance(value, str) and DAY.fullmatch(value):
            return format_date(self.env, value)
        if name == "phase":
            phases = self.env["recouvrement.delivery"]._phase_labels(self.channel)
            return phases.get(value, value)
        if isinstance(value, list):
            return ", ".join(str(words.get((name, one), one)) for one in value)
        if name == "why" and ":" in str(value):
            return self.env["recouvrement.reminder"]._why_label(value)
        return words.get((name, value), value)

    @api.model
    def _fact_words(self):
        """``{(fact, code): words}`` of the codes that facts hold."""
        # sudo: names only; a reader of the log may lack the menus of segments and scenarios
        env = self.sudo().env
        words = {
            ("why", code): label
            for code, label in env["recouvrement.reminder"]._why_labels().items()
        }
        for model, name in (
            ("recouvrement.run", "kind"),
            ("recouvrement.pause", "kind"),
            ("recouvrement.item.cycle", "reason"),
            ("recouvrement.alarm", "code"),
            ("recouvrement.approval", "subject"),
            ("recouvrement.complaint", "kind"),
            ("recouvrement.delegation", "kind"),
        ):
            field = env[model]._fields[name]
            if field.type == "selection":
                fact = FACT_OF.get((model, name), name)
                for code, label in field._description_selection(self.env):
                    words[fact, code] = label
        named = [("code", "!=", False)]
        for segment in env["recouvrement.segment"].search(named):
            words["from", segment.code] = words["to", segment.code] = segment.name
        scenarios = env["recouvrement.scenario"].with_context(active_test=False)
        for scenario in scenarios.search(named):
            words["scenario", scenario.code] = scenario.name
        return words
