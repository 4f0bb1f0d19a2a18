from odoo import api, fields, models
from odoo.tools import SQL


class RecouvrementScenarioLine(models.Model):
    """A reminder before the due date only for who is likely to need it."""

    _inherit = "recouvrement.scenario.line"

    min_chance = fields.Integer(
        string="Only if late is likely (%)",
        help="Before the due date: left out when the item is expected in time, with a lower "
        "chance to be late. 0 = always. Where nothing can be said in percent it leaves.",
    )

    _min_chance_range = models.Constraint(
        "CHECK (min_chance BETWEEN 0 AND 100)", "A chance goes from 0 to 100 %."
    )

    def _snapshot(self, lang, text=None):
        """EXTENDS: only where it is used, so that older versions stay as they are."""
        values = super()._snapshot(lang, text)
        if self.min_chance:
            values["min_chance"] = self.min_chance
        return values


class RecouvrementPlannerFacts(models.AbstractModel):
    """Chances of the items that are not due yet."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _extra_item_facts(self, context, customer_ids, rows):
        """EXTENDS: the chance to be late, where a step asks for one and the last prediction
        gives it."""
        facts = super()._extra_item_facts(context, customer_ids, rows)
        if self._is_absent("recouvrement_prediction") or not any(
            step.options.get("min_chance")
            for version in context.versions
            for step in version.ladder.steps
        ):
            return facts
        found = self.env.execute_query(
            SQL(
                """SELECT move_res_id, due_date, MAX(chance_late)
                     FROM recouvrement_prediction
                    WHERE company_id = %s AND customer_id IN %s AND days_late = 0
                      AND has_chances
                 GROUP BY move_res_id, due_date""",
                context.company.id,
                tuple(customer_ids) or (0,),
            )
        )
        for move_id, due_date, chance in found:
            facts.setdefault((move_id, due_date), {})["late_chance"] = chance
        return facts
