"""Seeded defects: each one must turn a checker of the fault runs red.

Loaded by ``--load`` into the server under test only, never installed; the defect is named
by the environment variable ``RECOUVREMENT_DEFECT``.
"""

import os

from odoo.addons.recouvrement_auto.models.recouvrement_delivery import (
    RecouvrementDelivery,
)
from odoo.addons.recouvrement_auto.models.recouvrement_planner_position import (
    RecouvrementPlannerPosition,
)
from odoo.addons.recouvrement_auto.models.recouvrement_planner_tables import (
    RecouvrementPlannerFacts,
)
from odoo.addons.recouvrement_auto.models.recouvrement_sender import Sender


def claim_removed():
    """Nothing is committed between the claim and the send."""

    def handle(self, reminder_id):
        Run = self.env["recouvrement.run"]
        claimed = Run._claim(reminder_id)
        self.env.flush_all()
        if claimed:
            self._send(*claimed)

    Sender.handle = handle


def unknown_resent():
    """Interrupted claims go back to the queue at once, as if nothing had left."""

    def recover(self):
        self.env.cr.execute(
            "UPDATE recouvrement_reminder SET state = 'queued' WHERE state = 'claimed'"
        )
        self.env.cr.execute(
            "UPDATE recouvrement_delivery SET state = 'queued' WHERE state = 'claimed'"
        )
        self.env.cr.execute(
            "UPDATE recouvrement_reminder_item SET state = 'queued'"
            " WHERE state = 'claimed'"
        )
        self.env.invalidate_all(flush=False)
        return self

    RecouvrementDelivery._recover_interrupted = recover


def key_dropped():
    """Positions are forgotten, in the first look of a night too; the run also drops the
    unique indexes of the database."""
    RecouvrementPlannerFacts._positions = lambda self, *_asked: {}
    RecouvrementPlannerPosition._may_be_due = lambda self, context, asked, sieve: [
        row[0] for row in asked
    ]


_defect = os.environ.get("RECOUVREMENT_DEFECT")
if _defect:
    globals()[_defect]()
