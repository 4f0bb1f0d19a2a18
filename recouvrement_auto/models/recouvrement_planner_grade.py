from dataclasses import replace

from odoo import api, models
from odoo.tools import SQL

from ..const import LIVE_STATES
from ..tools.ladder import BY_NATURE_GRADE, BY_SEGMENT_GRADE, moved_by_grade
from .recouvrement_planner_bundle import GRADE_MOVED, GRADE_PERSON


class RecouvrementPlannerFacts(models.AbstractModel):
    """Grades, where a scenario asks for them: two queries more, none where nobody asks."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _asks_grades(self, context):
        return any(version.grades for version in context.versions)

    @api.model
    def _known_files(self, context, partner_ids):
        """EXTENDS: the grade that counts on the day, and who is a natural person."""
        files = super()._known_files(context, partner_ids)
        if not files or not self._asks_grades(context):
            return files
        ids = [file.id for file in files.values()]
        rows = self.env.execute_query(self._grades_sql(context, ids))
        found = {row[0]: row[1:] for row in rows}
        for partner_id, file in files.items():
            grade, natural = found[file.id]
            files[partner_id] = replace(file, grade=grade or "", natural_person=natural)
        return files

    @api.model
    def _grades_sql(self, context, customer_ids):
        """SQL: ``customer id, grade or NULL, natural person``.

        As ``grade`` of the file: the own grade until its last day, else the last score up
        to the day, unless it is contested or persons are not scored.
        """
        natural = SQL(
            "(file.nature = 'consumer' OR file.legal_regime IS NOT DISTINCT FROM "
            "'consumer' OR partner.is_company IS NOT TRUE)"
        )
        return SQL(
            """SELECT file.id,
                      CASE WHEN file.grade_override_until >= %(day)s
                           THEN file.grade_override
                           WHEN file.score_contested_on IS NULL
                                AND (%(persons)s OR NOT %(natural)s)
                           THEN (SELECT score.grade FROM recouvrement_score score
                                  WHERE score.customer_id = file.id
                                    AND score.date <= %(day)s
                               ORDER BY score.date DESC, score.id DESC LIMIT 1) END,
                      %(natural)s
                 FROM recouvrement_customer file
                 JOIN res_partner partner ON partner.id = file.partner_id
                WHERE file.id IN %(ids)s""",
            day=context.day,
            persons=bool(context.company.recouvrement_score_persons),
            natural=natural,
            ids=tuple(customer_ids) or (0,),
        )

    @api.model
    def _extra_item_facts(self, context, customer_ids, rows):
        """EXTENDS: the scenario whose step an item used last."""
        facts = super()._extra_item_facts(context, customer_ids, rows)
        if not self._asks_grades(context):
            return facts
        found = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (item.move_res_id, item.due_date)
                          item.move_res_id, item.due_date, reminder.scenario_id
                     FROM recouvrement_reminder_item item
                     JOIN recouvrement_reminder reminder ON reminder.id = item.reminder_id
                    WHERE item.company_id = %s AND item.customer_id IN %s
                      AND item.step_code != '' AND item.step_code NOT LIKE 'plan:%%'
                      AND item.state IN %s AND item.undelivered IS NOT TRUE
                 ORDER BY item.move_res_id, item.due_date, item.cycle DESC,
                          item.used_on DESC, item.id DESC""",
                context.company.id,
                tuple(customer_ids) or (0,),
                LIVE_STATES,
            )
        )
        for move_id, due_date, scenario_id in found:
            own = facts.setdefault((move_id, due_date), {})
            own["used_scenario_id"] = scenario_id or 0
        return facts

    @api.model
    def _bundle(self, context, customer, file, rows, tables):
        """EXTENDS: whether a person confirms what the grade chose."""
        bundle = super()._bundle(context, customer, file, rows, tables)
        if bundle.version is None or not self._asks_grades(context):
            return bundle
        if file.natural_person and bundle.why in (BY_NATURE_GRADE, BY_SEGMENT_GRADE):
            bundle.person_asked = GRADE_PERSON
        elif moved_by_grade(
            context.versions,
            self._profile(context, file, rows),
            context.default_id,
            bundle.version.scenario_id,
            self._climbing(bundle, tables),
        ):
            bundle.person_asked = GRADE_MOVED
        return bundle

    @api.model
    def _climbing(self, bundle, tables):
        """Id of the scenario whose step was used last for an item still open, 0 for none;
        items with a scenario of their own aside."""
        used = [
            (item.reached_on, item.used_scenario_id)
            for item in bundle.items
            if item.reached
            and item.reached_on
            and item.used_scenario_id
            and item.move_id not in tables["options"]
        ]
        return max(used)[1] if used else 0
