from odoo import fields, models

from odoo.addons.recouvrement_auto.const import (
    DEFERRED,
    QUEUED,
    SKIPPED,
    TO_CONFIRM,
)


class RecouvrementChannelMixin(models.AbstractModel):
    """SMS: one more channel."""

    _inherit = "recouvrement.channel.mixin"

    channel = fields.Selection(
        selection_add=[("sms", "SMS"), ("call",)],
        ondelete={"sms": lambda records: records._remove_channel()},
    )

    def _remove_channel(self):
        """The channel goes away: nothing of it waits, no step asks for it.

        Called by Odoo for each model that has the channel. What was sent stays as it is.
        """
        remove = {
            "recouvrement.reminder": self._cancel_waiting,
            "recouvrement.scenario.line": self._take_out_of_ladders,
            "recouvrement.template": self._remove_texts,
        }.get(self._name)
        if remove:
            remove()

    def _cancel_waiting(self):
        waiting = (TO_CONFIRM, QUEUED, DEFERRED)
        for reminder in self.filtered(lambda r: r.state in waiting):
            for delivery in reminder.delivery_ids:
                if delivery.state in (QUEUED, DEFERRED):
                    delivery._update_state(SKIPPED, reason_code="channel_removed")
            reminder._update_state(SKIPPED, "channel_removed")

    def _take_out_of_ladders(self):
        """Steps are deleted; a scenario left without any is archived first."""
        for scenario in self.scenario_id:
            steps = scenario.with_context(active_test=False).line_ids
            if not steps - self:
                scenario.active = False
        self.unlink()

    def _remove_texts(self):
        self.with_context(active_test=False).line_ids._take_out_of_ladders()
        self.unlink()
