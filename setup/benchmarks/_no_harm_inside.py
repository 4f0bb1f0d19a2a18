"""The accountant's batches, measured; runs inside `odoo shell`, rolled back."""

from dataclasses import asdict
from datetime import date, timedelta

from . import _gauge

COUNT = 100
WARM_UP = 4


def measure(env, rounds):
    """The cheapest cost of each batch over ``rounds``, after a small one that fills caches.

    What other programs do to a measure only adds to it: the smallest one is nearest to ours.
    """
    _batches(env, WARM_UP)
    _undo(env)
    found = []
    for _round in range(rounds):
        found.append(_batches(env, COUNT))
        _undo(env)
    return {
        batch: {
            key: min(getattr(costs[batch], key) for costs in found)
            for key in asdict(found[0][batch])
        }
        for batch in found[0]
    }


def _undo(env):
    env.cr.rollback()
    env.invalidate_all(flush=False)


def _batches(env, count):
    day = date.today() - timedelta(days=40)
    partners = env["res.partner"].search([("customer_rank", ">", 0)], limit=count)
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partners[index % len(partners)].id,
                "invoice_date": day,
                "invoice_line_ids": [
                    (0, 0, {"name": "Tiles", "price_unit": 100 + index})
                ],
            }
            for index in range(count)
        ]
    )
    half = moves[: count // 2]
    costs = {}

    def batch(name, call):
        def flushed():
            result = call()
            env.flush_all()
            return result

        costs[name], result = _gauge.measure(env, flushed)
        return result

    batch("post", moves.action_post)
    batch("pay", lambda: _pay(env, moves - half))
    credits = _credits(env, half)
    batch("reconcile", lambda: _reconcile(half, credits))
    batch("reset", moves.button_draft)
    return costs


def _pay(env, moves):
    wizard = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=moves.ids
    )
    return wizard.create({"group_payment": False})._create_payments()


def _credits(env, moves):
    """A posted credit note for each invoice, not matched yet."""
    notes = env["account.move"].create(
        [
            {
                "move_type": "out_refund",
                "partner_id": move.partner_id.id,
                "invoice_date": move.invoice_date,
                "invoice_line_ids": [(0, 0, {"name": "Back", "price_unit": 50})],
            }
            for move in moves
        ]
    )
    notes.action_post()
    return notes


def _reconcile(moves, notes):
    for move, note in zip(moves, notes, strict=True):
        lines = (move | note).line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        lines.reconcile()
