from odoo import api, models
from odoo.tools import SQL

from ..tools import penalty


class RecouvrementRenderer(models.AbstractModel):
    """The formal notice that a consumer's interest starts from."""

    _inherit = "recouvrement.renderer"

    @api.model
    def _notice_day(self, message, row):
        """Day from which a consumer owes interest on ``row``, or None.

        The formal notice that was really sent for that instalment: the day it was presented
        when the post said so, else the day it left (1231-6 and 1344-1 of the civil code).
        Businesses and public buyers owe from the due date, without any notice.
        """
        if message.regime != penalty.CONSUMER:
            return None
        if "notices" not in message.cache:
            message.cache["notices"] = self._notice_days(message)
        return message.cache["notices"].get((row.move_id, row.due_date))

    @api.model
    def _notice_days(self, message):
        """``{(move id, due date): day}`` of the first formal notice before the message."""
        rows = self.env.execute_query(
            SQL(
                """SELECT item.move_res_id, item.due_date,
                          MIN(COALESCE(delivery.presentation_date,
                                       delivery.deposit_date, reminder.date))
                     FROM recouvrement_reminder_item item
                     JOIN recouvrement_reminder reminder
                       ON reminder.id = item.reminder_id
                LEFT JOIN recouvrement_delivery delivery
                       ON delivery.reminder_id = reminder.id
                      AND delivery.state = 'sent'
                    WHERE item.move_res_id IN %s AND reminder.tone = 'formal'
                      AND item.state = 'sent' AND reminder.date < %s
                      AND item.role IN ('leader', 'own_step', 'listed')
                 GROUP BY item.move_res_id, item.due_date""",
                tuple(row.move_id for row in message.chased) or (0,),
                message.date,
            )
        )
        return {(move_id, due_date): day for move_id, due_date, day in rows}
