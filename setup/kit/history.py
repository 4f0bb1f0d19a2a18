"""The history checker: what the database says against what the mail server took."""

from __future__ import annotations

from dataclasses import dataclass, field

STATES = """
    SELECT reminder.id, reminder.state, delivery.state, delivery.address
      FROM recouvrement_reminder reminder
 LEFT JOIN recouvrement_delivery delivery ON delivery.reminder_id = reminder.id
     WHERE reminder.id = ANY(%s)
"""
CLAIMS = """
    SELECT COUNT(*) FROM recouvrement_delivery delivery
     WHERE delivery.state IN ('claimed', 'sent', 'unknown') AND NOT EXISTS (
        SELECT 1 FROM recouvrement_log log
         WHERE log.event = 'delivery.claimed'
           AND log.reminder_res_id = delivery.reminder_id)
"""


@dataclass
class Verdict:
    """Counts of one fault run and what is wrong with it."""

    planned: int = 0
    accepted: int = 0
    states: dict = field(default_factory=dict)
    duplicated: int = 0
    lost: int = 0
    false_sent: int = 0
    without_log: int = 0

    @property
    def unknown(self) -> int:
        """Messages whose fate is on screen as unknown."""
        return self.states.get("unknown", 0)

    @property
    def problems(self) -> list[str]:
        """One sentence for each promise that was broken."""
        found = []
        for count, words in (
            (self.duplicated, "recipients got the message more than once"),
            (self.lost, "messages were lost in silence"),
            (self.false_sent, "messages are called sent and never arrived"),
            (self.without_log, "deliveries have no claim in the log"),
        ):
            if count:
                found.append(f"{count} {words}")
        return found


def check(server, database, reminder_ids, sink) -> Verdict:
    """Compare the run with the sink, once everything has come to rest."""
    rows = server.rows(STATES, (list(reminder_ids),), database)
    taken = {}
    for one in sink.received:
        taken[one.recipient] = taken.get(one.recipient, 0) + 1
    verdict = Verdict(planned=len(reminder_ids), accepted=len(sink.received))
    for _id, state, delivery, address in rows:
        verdict.states[state] = verdict.states.get(state, 0) + 1
        if state == "sent" and not taken.get(address):
            verdict.false_sent += 1
        if state not in ("sent", "failed", "unknown", "held", "skipped"):
            verdict.lost += 1
        if delivery == "claimed":
            verdict.lost += 1
    verdict.duplicated = sum(1 for count in taken.values() if count > 1)
    verdict.without_log = server.rows(CLAIMS, (), database)[0][0]
    return verdict
