from odoo import api, models
from odoo.tools import SQL

from .recouvrement_renderer_facts import dec

MOVE_FIELDS = [
    "name",
    "move_type",
    "invoice_date",
    "date",
    "ref",
    "invoice_origin",
    "access_token",
]


class RecouvrementRenderer(models.AbstractModel):
    """What only the accounting entries know of the rows of a message."""

    _inherit = "recouvrement.renderer"

    @api.model
    def _complete_rows(self, message):
        """What only the accounting entries know: dates, totals, order numbers, links."""
        found = self._entry_rows(message)
        moves = {entry["move_id"]: entry for entry in found}
        lines = {entry["line_id"]: entry for entry in found}
        with_links = message.channel == "email" and message.step.get("payment_link")
        for row in message.rows:
            move, line = moves.get(row.move_id), lines.get(row.line_id)
            if line:
                row.original = dec(line["amount_currency"])
            if not move:
                continue
            row.invoice_date = move["invoice_date"] or move["date"]
            row.order_ref = move["ref"] or move["invoice_origin"] or ""
            if with_links and row.role not in ("credit", "excluded"):
                row.url = self._portal_url(message, move)

    @api.model
    def _entry_rows(self, message):
        """The accounting entries of the rows, once per line of ours, as plain values.

        By SQL: whoever reads the message may not be an accountant, and records would read
        more than a hundred columns.
        """
        self.env["account.move"].flush_model(MOVE_FIELDS)
        self.env["account.move.line"].flush_model(["amount_currency", "move_id"])
        return self.env.execute_query_dict(
            SQL(
                """SELECT move.id AS move_id, line.id AS line_id, line.amount_currency, %s
                     FROM account_move move
                LEFT JOIN account_move_line line
                       ON line.move_id = move.id AND line.id IN %s
                    WHERE move.id IN %s""",
                SQL(", ").join(SQL("move.%s", SQL.identifier(f)) for f in MOVE_FIELDS),
                tuple(row.line_id for row in message.rows) or (0,),
                tuple(row.move_id for row in message.rows) or (0,),
            )
        )

    @api.model
    def _portal_url(self, message, row):
        """Address of the invoice on the portal; '' for what has no page."""
        if row["move_type"] not in self.env["account.move"].get_sale_types():
            return ""
        base = message.company.get_base_url()
        page = f"{base}/my/invoices/{row['move_id']}"
        if row["access_token"]:
            return f"{page}?access_token={row['access_token']}"
        if not message.writes:
            return page
        # sudo: the token belongs to the debtor's link, an agent may not write invoices
        move = self.env["account.move"].browse(row["move_id"]).sudo()
        return base + move.get_portal_url()
