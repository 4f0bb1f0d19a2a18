"""What the accountant pays for the collection: counted, action by action."""

import re
import threading

from odoo.tests import tagged

from .common import RecouvrementCommon

HOT = (
    "account.move",
    "account.move.line",
    "account.payment",
    "account.partial.reconcile",
    "account.full.reconcile",
)
OUR_TABLE = re.compile(r'\b(from|join|into|update)\s+"?recouvrement_', re.IGNORECASE)


@tagged("post_install", "-at_install")
class TestNoHarm(RecouvrementCommon):
    """Posting, paying, reconciling and resetting with the add-ons installed."""

    def ours(self, call):
        """Statements of ``call`` on tables of ours."""
        found = []
        thread = threading.current_thread()
        hooks = thread.__dict__.setdefault("query_hooks", [])

        def hook(_cursor, query, _params, _start, _delay):
            text = query if isinstance(query, str) else str(query)
            if OUR_TABLE.search(text):
                found.append(text)

        self.env.flush_all()
        self.env.invalidate_all()
        hooks.append(hook)
        try:
            call()
            self.env.flush_all()
        finally:
            hooks.remove(hook)
        return found

    def drafts(self, count, **values):
        partner = self.make_debtor(f"Harm {count}")
        return self.env["account.move"].union(
            *(self.make_invoice(partner, 3, post=False, **values) for _ in range(count))
        )

    def match(self, moves, notes):
        for move, note in zip(moves, notes, strict=True):
            (move | note).line_ids.filtered(
                lambda line: line.account_id.account_type == "asset_receivable"
            ).reconcile()

    def costs(self, count):
        """``{action: statements of ours}`` for ``count`` invoices."""
        moves, matched = self.drafts(count), self.drafts(count)
        notes = self.drafts(count, move_type="out_refund")
        (matched | notes).action_post()
        return {
            "post": self.ours(moves.action_post),
            "pay": self.ours(lambda: self.pay(moves)),
            "reconcile": self.ours(lambda: self.match(matched, notes)),
            "reset": self.ours(moves.button_draft),
            "post again": self.ours(moves.action_post),
            "cancel": self.ours(lambda: (moves.button_draft(), moves.button_cancel())),
            "delete": self.ours(lambda: self.drafts(count).unlink()),
        }

    def test_statements_of_a_batch(self):
        """At most two more a batch (goal of the product), as many for many as for few."""
        self.costs(2)  # caches
        few, many = self.costs(3), self.costs(9)
        for action, found in many.items():
            with self.subTest(action):
                self.assertLessEqual(len(found), 2, "\n".join(found))
                self.assertEqual(len(found), len(few[action]))
        self.assertEqual(len(many["post"]), 1)  # the hook sees what is there

    def test_entries_carry_no_column_and_wake_no_field_of_ours(self):
        """A column more is read with each entry, a field that depends on one is looked for
        with each write, stored or not (`BaseModel._modified`)."""

        def of_ours(field):
            return "recouvrement" in f"{field.model_name} {field.name}"

        for name in HOT:
            for field in self.env[name]._fields.values():
                with self.subTest(str(field)):
                    self.assertFalse(
                        of_ours(field) and field.column_type and field.store
                    )
                    if not of_ours(field):
                        woken = self.registry.get_dependent_fields(field)
                        self.assertFalse([other for other in woken if of_ours(other)])
