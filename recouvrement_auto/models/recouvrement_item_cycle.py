from odoo import api, fields, models

from ..tools.planning import TONES


class RecouvrementItemCycle(models.Model):
    """A named event after which an item climbs again: invoice posted again, litige closed,
    restart by a person, take-over from an older tool. Never deleted."""

    _name = "recouvrement.item.cycle"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "Cycle of an open item"
    _order = "id desc"

    company_id = fields.Many2one("res.company", required=True, index=True)
    customer_id = fields.Many2one(
        "recouvrement.customer", ondelete="restrict", index="btree_not_null"
    )
    move_res_id = fields.Integer(required=True, index=True)
    due_date = fields.Date(required=True)
    cycle = fields.Integer(required=True)
    reason = fields.Selection(
        [
            ("posted_again", "Invoice posted again"),
            ("dispute_closed", "Dispute closed"),
            ("restart", "Restarted by a person"),
            ("takeover", "Taken over from an older tool"),
        ],
        required=True,
    )
    comment = fields.Char()
    entry_step_code = fields.Char(
        help="The ladder continues after this step; empty = start."
    )
    entry_tone_rank = fields.Integer()
    entry_delay = fields.Integer()
    entry_on = fields.Date()

    _cycle_uniq = models.UniqueIndex(
        "(move_res_id, due_date, cycle)", "An item has one event per cycle."
    )

    @api.model
    def _raise_cycle(self, items, reason, comment=None, step=None, day=None):
        """Open the next cycle of ``items``; logged.

        :param items: list of ``(company_id, customer_id, move_id, due_date, cycle now)``
        :param step: dict ``code, tone, delay`` after which the ladder continues, or None
        """
        rows = [
            {
                "company_id": company_id,
                "customer_id": customer_id or None,
                "move_res_id": move_id,
                "due_date": due_date,
                "cycle": cycle + 1,
                "reason": reason,
                "comment": comment,
                "entry_step_code": step["code"] if step else None,
                "entry_tone_rank": TONES.index(step["tone"]) if step else None,
                "entry_delay": step["delay"] if step else None,
                "entry_on": day,
            }
            for company_id, customer_id, move_id, due_date, cycle in items
        ]
        ids = self._insert_rows(rows)
        self._log_cycles(rows)
        return self.browse(ids)

    @api.model
    def _log_cycles(self, rows):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "item.cycle",
                    "company": row["company_id"],
                    "customer": row["customer_id"],
                    "step_code": row["entry_step_code"],
                    "moves": [row["move_res_id"]],
                    "facts": {
                        "due_date": str(row["due_date"]),
                        "cycle": row["cycle"],
                        "why": row["reason"],
                    },
                }
                for row in rows
            ]
        )

    @api.model
    def _carry_over(self, moves, rows):
        """Posted again: same due date, same position; changed instalments are logged.

        The most severe step that the invoice reached is kept for every new due date, so
        that an edited invoice does not fall back to the first courteous message unseen.
        """
        today = fields.Date.context_today(self)
        reached = {}
        for row in rows:
            best = reached.get(row["move_res_id"])
            rank = (row["tone_rank"], row["step_delay"])
            if best is None or rank > (best["tone_rank"], best["step_delay"]):
                reached[row["move_res_id"]] = row
        known = {(row["move_res_id"], row["due_date"]): row["cycle"] for row in rows}
        values, entries = [], []
        for move in moves.filtered(lambda m: m.id in reached):
            best = reached[move.id]
            lines = move.line_ids.filtered(lambda x: x.display_type == "payment_term")
            for due in sorted({d for d in lines.mapped("date_maturity") if d}):
                if (move.id, due) in known:
                    continue
                values.append(self._carried_row(best, move, due, today))
            entries.append(
                {
                    "event": "invoice.posted_again",
                    "company": best["company_id"],
                    "customer": best["customer_id"],
                    "step_code": best["step_code"],
                    "moves": [move.id],
                }
            )
        self._insert_rows(values)
        self.env["recouvrement.log"]._append_many(entries)

    @api.model
    def _carried_row(self, best, move, due, today):
        late = due < today
        return {
            "company_id": best["company_id"],
            "customer_id": best["customer_id"],
            "move_res_id": move.id,
            "due_date": due,
            "cycle": best["cycle"] + 1,
            "reason": "posted_again",
            "entry_step_code": best["step_code"] if late else None,
            "entry_tone_rank": best["tone_rank"] if late else None,
            "entry_delay": best["step_delay"] if late else None,
            "entry_on": best["used_on"] if late else None,
        }
