import logging
from dataclasses import replace

from psycopg2 import OperationalError

from odoo import api, models

from ..const import DEFERRED, QUEUED

_logger = logging.getLogger(__name__)


class RecouvrementSenderClaim(models.AbstractModel):
    """What a claim knows: read for it, or proven to be what it would read now."""

    _inherit = "recouvrement.sender.claim"

    @api.model
    def _record(self, reminder_id, memory):
        """The reminder; what is read of it is read of the next ones too."""
        Reminder = self.env["recouvrement.reminder"]
        if reminder_id not in memory.bundles:
            ids = (reminder_id, *memory.upcoming[: memory.ahead - 1])
            memory.window = Reminder.browse(ids).exists()._ids
            memory.files.update(Reminder.browse(memory.window).customer_id.ids)
        return Reminder.browse(reminder_id).with_prefetch(memory.window)

    @api.model
    def _context(self, reminder, memory):
        """The facts of company and day: those of the last message while it is proven that
        they hold, or when the company still says the same, which is read again here."""
        Facts = self.env["recouvrement.planner.facts"]
        company = reminder.company_id
        day = company._recouvrement_today()
        key = (day, *self._alike(reminder))
        if not memory.proven or key not in memory.contexts:
            gate = Facts._gate(company, reminder.agent_id, day)
            memory.check_gate((company.id, reminder.agent_id.id), gate)
        context = memory.contexts.get(key)
        if context is None:
            versions = reminder.run_id.version_ids or reminder.version_id
            context = replace(
                Facts._context(company, day, versions, reminder.run_id.kind),
                manual=reminder.manual,
                decided=bool(reminder.manual or reminder.confirmed_by_id),
            )
            memory.contexts[key] = context
        return context

    @api.model
    def _alike(self, reminder):
        """What two reminders share that are judged in the same context."""
        return (
            reminder.company_id.id,
            reminder.run_id.id,
            reminder.version_id.id,
            reminder.agent_id.id,
            reminder.manual,
            bool(reminder.confirmed_by_id),
        )

    @api.model
    def _bundle(self, reminder, context, memory):
        """Facts of the customer: those read for an earlier claim while it is proven that
        nobody has committed anything since, else fresh ones, for the next claims too."""
        bundle = memory.bundle(reminder.id, context)
        if bundle is not None:
            return bundle
        alike = self._together(reminder, memory)
        try:
            with self.env.cr.savepoint(flush=False):
                bundles = self._load(alike, context)
        except OperationalError:
            raise
        except Exception:  # noqa: BLE001 - the facts of another one hold nobody up
            _logger.warning("Facts are read one by one", exc_info=True)
            self.env.invalidate_all(flush=False)
            bundles = self._load(reminder, context)
        memory.keep(bundles)
        return memory.bundle(reminder.id, context)

    @api.model
    def _load(self, reminders, context):
        """``{reminder id: bundle}``; no two of these reminders share a customer."""
        bundles = self.env["recouvrement.planner.facts"]._load(
            context, reminders.partner_id.ids, ignore_reminder_ids=reminders.ids
        )
        by_customer = {bundle.customer.id: bundle for bundle in bundles}
        return {r.id: by_customer[r.customer_id.id] for r in reminders}

    @api.model
    def _together(self, reminder, memory):
        """This reminder and those of the next ones whose facts are read with it."""
        wanted, customers = reminder, {reminder.customer_id.id}
        for other in reminder.browse(memory.window):
            waiting = other.state in (QUEUED, DEFERRED) and not other.notice
            if not waiting or other.customer_id.id in customers:
                continue
            if self._alike(other) == self._alike(reminder):
                wanted += other
                customers.add(other.customer_id.id)
        return wanted
