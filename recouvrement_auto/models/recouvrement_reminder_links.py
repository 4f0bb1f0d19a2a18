from odoo import api, models
from odoo.tools import SQL

AT_ONCE = 500


class RecouvrementReminder(models.Model):
    """Links to the portal, prepared in sets before the sending."""

    _inherit = "recouvrement.reminder"

    @api.model
    def _prepare_links(self, reminder_ids):
        """Give the invoices of these reminders the key of their page on the portal.

        One statement per set, committed at once and without waiting for an accountant: a
        key made by the claim would keep the invoice locked, and one by one they cost more
        than the message. What is locked right now gets its key at the claim.
        """
        Run = self.env["recouvrement.run"]
        for start in range(0, len(reminder_ids), AT_ONCE):
            self.env.cr.execute(
                SQL(
                    """UPDATE account_move SET access_token = gen_random_uuid()::text
                        WHERE id IN (
                            SELECT id FROM account_move
                             WHERE access_token IS NULL AND move_type IN %s AND id IN (
                                   SELECT move_res_id FROM recouvrement_reminder_item
                                    WHERE reminder_id IN %s
                                      AND role IN ('leader', 'own_step', 'listed',
                                                   'not_due'))
                               FOR NO KEY UPDATE SKIP LOCKED)""",
                    tuple(self.env["account.move"].get_sale_types()),
                    tuple(reminder_ids[start : start + AT_ONCE]),
                )
            )
            Run._commit_part()
        self.env["account.move"].invalidate_model(["access_token"], flush=False)
