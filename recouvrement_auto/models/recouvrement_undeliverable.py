import logging

from odoo import api, fields, models

from ..const import FAILED, QUEUED, SKIPPED, TO_CONFIRM
from ..tools.undeliverable import PERSON, refuses_address

_logger = logging.getLogger(__name__)

BATCH = 200


class RecouvrementReminder(models.Model):
    """A message that came back from every address: the step counts as not done."""

    _inherit = "recouvrement.reminder"

    undelivered = fields.Boolean(
        readonly=True,
        help="Every recipient refused or returned it, and another channel took over.",
    )

    def _nobody_reached(self):
        """True when each delivery was refused or came back."""
        self.ensure_one()
        return bool(self.delivery_ids) and all(
            delivery.bounced_at or delivery.state in (FAILED, SKIPPED)
            for delivery in self.delivery_ids
        )

    def _replace_undelivered(self):
        """Plan the step again today by the channel of the company.

        :return: True when a message by another channel waits to leave; otherwise nothing
            was changed
        """
        self.ensure_one()
        with self.env.cr.savepoint() as savepoint:
            # sudo: the mail gateway and the sender have no collection rights
            for records in (self.sudo(), self.item_ids.sudo()):
                records.write({"undelivered": True})
            run = self.env["recouvrement.run"]._run_by_hand(
                self.customer_id, asked=False
            )
            made = run.sudo().reminder_ids.filtered(
                lambda r: r.state in (QUEUED, TO_CONFIRM) and r.channel != self.channel
            )
            if not made:
                self.env.flush_all()
                savepoint.rollback()
                self.env.invalidate_all(flush=False)
                return False
        self._log_undelivered(made)
        return True

    def _log_undelivered(self, made):
        self.env["recouvrement.log"]._append(
            "reminder.undelivered",
            company=self.company_id.id,
            customer=self.customer_id.id,
            partner=self.partner_id.id,
            reminder=self.id,
            channel=made.channel,
            step_code=self.step_code,
            moves=self._asked_move_ids(),
            facts={"instead": made.id},
        )


class RecouvrementReminderItem(models.Model):
    """Its items have not reached the step by it."""

    _inherit = "recouvrement.reminder.item"

    undelivered = fields.Boolean(readonly=True)


class RecouvrementDelivery(models.Model):
    """What follows a refused or returned e-mail: once, the same day, by itself."""

    _inherit = "recouvrement.delivery"

    followed_up_at = fields.Datetime(
        readonly=True, help="When another channel or a person took over."
    )
    _follow_up_index = models.Index(
        "(id) WHERE bounced_at IS NOT NULL AND followed_up_at IS NULL"
    )

    def _record_outcome(self, outcome):
        """EXTENDS: a server that refuses the recipient for good says: no such address."""
        result = super()._record_outcome(outcome)
        if self.state == FAILED and refuses_address(self.phase, self.response):
            self.customer_id._mark_bounced(self)
        return result

    @api.model
    def _follow_up_undeliverable(self):
        """Another channel or a person for each e-mail that came back; called by the sender.

        One that cannot be followed up costs itself, never the others.
        """
        deliveries = self.search(
            [("bounced_at", "!=", False), ("followed_up_at", "=", False)],
            order="id",
            limit=BATCH,
        )
        for delivery in deliveries.try_lock_for_update():
            try:
                with self.env.cr.savepoint():
                    delivery._follow_up()
            except Exception:  # noqa: BLE001 - the next ones must be followed up
                _logger.exception("Delivery %s is not followed up", delivery.id)
                self.env.invalidate_all(flush=False)
        return deliveries

    def _follow_up(self):
        self.ensure_one()
        # sudo: the sender has no collection rights; the mark is what makes it happen once
        self.sudo().followed_up_at = fields.Datetime.now()
        wanted = self.company_id.recouvrement_undeliverable or PERSON
        reminder = self.reminder_id
        if wanted != PERSON and reminder._nobody_reached():
            if reminder.undelivered or reminder._replace_undelivered():
                return
        self.customer_id._ask_for_address(self)


class RecouvrementRun(models.Model):
    """The sender follows up what came back, after it has sent what was due."""

    _inherit = "recouvrement.run"

    @api.model
    def _after_sending(self):
        """EXTENDS: e-mails that came back get another channel, or a person."""
        self.env["recouvrement.delivery"]._follow_up_undeliverable()
        self._checkpoint()
        return super()._after_sending()
