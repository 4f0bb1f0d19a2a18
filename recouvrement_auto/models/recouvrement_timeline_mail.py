from odoo import api, models
from odoo.tools import SQL
from odoo.tools.mail import html2plaintext

from ..tools.timeline import DEBTOR, OURS

EXCERPT = 240  # characters of a message shown in the list


class RecouvrementTimeline(models.AbstractModel):
    """Words exchanged: replies of the debtor, messages written by hand, notes."""

    _inherit = "recouvrement.timeline"

    @api.model
    def _sql_message(self, scope):
        """Messages of the file, and of the invoices for whoever may read invoices.

        What a reminder posted is told by the reminder. Whoever is no colleague is the
        debtor, whatever way his words came.
        """
        return SQL(
            """SELECT message.id, message.date AS at,
                      CASE WHEN colleague.id IS NULL
                            AND message.message_type != 'email_outgoing' THEN 'reply'
                           WHEN subtype.internal OR subtype.id IS NULL THEN 'note'
                           ELSE 'message' END AS kind,
                      message.author_id, message.email_from, message.subject,
                      message.body, message.model, message.res_id
                 FROM mail_message message
            LEFT JOIN mail_message_subtype subtype ON subtype.id = message.subtype_id
            LEFT JOIN LATERAL (
                      SELECT id FROM res_users
                       WHERE partner_id = message.author_id AND share IS NOT TRUE
                       LIMIT 1) colleague ON TRUE
                WHERE message.message_type IN ('email', 'comment', 'email_outgoing')
                  AND (%s)
                  AND NOT EXISTS (SELECT 1 FROM recouvrement_reminder reminder
                                   WHERE reminder.mail_message_id = message.id)""",
            SQL(" OR ").join(self._message_places(scope)),
        )

    @api.model
    def _message_places(self, scope):
        """SQL conditions: on which records the words stand."""
        customer = scope.customer
        own = SQL(
            "message.model = 'recouvrement.customer' AND message.res_id = %s",
            customer.id,
        )
        if scope.fixed:
            # Answers to a message about the invoice; the rest says nothing of it.
            own = SQL(
                """%s AND message.parent_id IN (
                       SELECT reminder.mail_message_id FROM recouvrement_reminder reminder
                         JOIN recouvrement_reminder_item own
                           ON own.reminder_id = reminder.id
                        WHERE reminder.customer_id = %s AND own.move_res_id = %s)""",
                own,
                customer.id,
                scope.move_id,
            )
        places = [own]
        if self.env["account.move"].has_access("read"):
            places.append(
                SQL(
                    """message.model = 'account.move' AND message.res_id IN (
                           SELECT id FROM account_move
                            WHERE partner_id IN (SELECT id FROM res_partner
                                                  WHERE commercial_partner_id = %s)
                              AND company_id = %s
                              AND move_type IN ('out_invoice', 'out_refund') %s)""",
                    customer.partner_id.id,
                    customer.company_id.id,
                    SQL("AND id = %s", scope.move_id) if scope.fixed else SQL(""),
                )
            )
        return places

    @api.model
    def _describe_message(self, scope, rows):
        authors = self._names("res.partner", [row["author_id"] for row in rows])
        moves = self._names(
            "account.move",
            [row["res_id"] for row in rows if row["model"] == "account.move"],
        )
        titles = {
            "reply": self.env._("Reply"),
            "note": self.env._("Note"),
            "message": self.env._("Message written by hand"),
        }
        return [
            {
                "title": row["subject"] or titles[row["kind"]],
                "side": DEBTOR if row["kind"] == "reply" else OURS,
                "detail": self._excerpt(row["body"]),
                "author": authors.get(row["author_id"]) or row["email_from"] or "",
                "about": moves.get(row["res_id"], "")
                if row["model"] == "account.move"
                else "",
                "mark": "info" if row["kind"] == "reply" else "muted",
            }
            for row in rows
        ]

    @api.model
    def _excerpt(self, body):
        """The first words of a message, on one line."""
        text = " ".join(html2plaintext(body or "", include_references=False).split())
        return text if len(text) <= EXCERPT else f"{text[: EXCERPT - 1].rstrip()}…"
