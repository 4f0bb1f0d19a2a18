import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, models
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.tools.guard import HOLD, Verdict
from odoo.addons.recouvrement_auto.tools.smtp_phases import Outcome
from odoo.addons.recouvrement_auto.tools.working_time import (
    DEFAULT_WINDOWS,
    next_allowed,
)
from odoo.addons.sms.tools.sms_api import SmsApi

from .. import numbers
from ..tools import plain, provider

_logger = logging.getLogger(__name__)

# The courtesy hours of consumers (legal-fr.md section 7) inside those of everybody.
CONSUMER_WINDOWS = ((600, 690), (840, 990))
ERRORS_BEFORE_PAUSE = 3
# The most telling reason first, when nobody can be reached.
PROBLEMS = ("blacklisted", "address_bounced", "invalid_address", "landline")


def formal_channel(facts):
    """A formal notice is a letter, never a short message."""
    if facts.step and facts.step.tone == "formal":
        return Verdict(HOLD, "formal_channel")
    return None


def public_buyer(facts):
    """A public accountant is not chased on his telephone."""
    if facts.subject.regime == "public":
        return Verdict(HOLD, "regime_mismatch")
    return None


class RecouvrementChannelSms(models.AbstractModel):
    """SMS: one call to the provider for each message, between claim and outcome.

    Through the seam that Odoo's own providers use (``res.company._get_sms_api_class``), not
    through its queue, which sends 500 in one call and forgets which of them left when it is
    killed (odoo19.md section 3). What an answer proves is in ``tools/provider.py``.
    """

    _name = "recouvrement.channel.sms"
    _inherit = ["recouvrement.channel"]
    _description = "SMS channel"

    # === WHOM === #

    @api.model
    def _reach(self, contacts, wanted, step):
        chosen = self._pick(contacts, wanted, lambda c: not self._problem(c))
        if chosen:
            seen = {}
            for contact in chosen:  # two contacts sharing a number get one message
                seen.setdefault(self._address(contact), contact)
            return list(seen.values()), ""
        for problem in PROBLEMS:
            found = [c for c in contacts if self._problem(c) == problem]
            if found:
                return found[:1], problem
        return [], "missing_address"

    @api.model
    def _problem(self, contact):
        """Why a contact gets no SMS, '' when he can.

        The planner has read opt-outs and reports in sets (``PhoneContact``).
        """
        known = getattr(contact, "phone_problem", None)
        return self._read(contact).problem if known is None else known

    @api.model
    def _address(self, contact):
        mobile = getattr(contact, "mobile", "") or self._read(contact).e164
        return mobile or (contact.phone or "").strip()

    @api.model
    def _read(self, contact):
        country = contact.country_code or self.env.company.country_code
        return numbers.read(contact.phone or "", country or "FR")

    @api.model
    def _guards(self):
        return (formal_channel, public_buyer)

    @api.model
    def _has_text(self):
        return True

    # === WHEN === #

    @api.model
    def _not_before(self, reminder):
        """UTC moment before which this reminder does not leave, or None for now.

        Hours are those of the debtor, never an evening, a week-end or a holiday, whoever
        asked for the message; a stopped channel waits for its end.
        """
        company = reminder.company_id
        paused = company.recouvrement_sms_paused_until
        if paused and paused > self._now().replace(tzinfo=None):
            return paused
        zone = self._zone(reminder)
        local = self._now().astimezone(zone).replace(tzinfo=None)
        consumer = reminder.customer_id.legal_regime == "consumer"
        windows = CONSUMER_WINDOWS if consumer else DEFAULT_WINDOWS
        allowed = next_allowed(local, windows, company.recouvrement_region)
        if allowed <= local:
            return None
        return (
            allowed.replace(tzinfo=zone)
            .astimezone(ZoneInfo("UTC"))
            .replace(tzinfo=None)
        )

    @api.model
    def _now(self):
        return datetime.now(ZoneInfo("UTC"))

    @api.model
    def _zone(self, reminder):
        """The debtor's time zone, else the company's."""
        contact = reminder.contact_id or reminder.partner_id
        if contact.tz:
            return ZoneInfo(contact.tz)
        return reminder.company_id._recouvrement_zone()

    # === SENDING === #

    @api.model
    def _send(self, delivery, sender):
        company = delivery.company_id
        service = self._provider(company)  # raises: nothing left
        text = plain.to_text(delivery.reminder_id.body or "")
        number = {"uuid": delivery.sms_uuid, "number": delivery.address}
        try:
            results = service._send_sms_batch(
                [{"content": text, "numbers": [number]}],
                delivery_reports_url=delivery._sms_report_url(),
            )
        except Exception as error:  # noqa: BLE001 - the question is whether it left
            _logger.info("Delivery %s: the provider raised %s", delivery.id, error)
            answer = provider.of_error(error)
        else:
            answer = provider.of_results(
                results,
                delivery.sms_uuid,
                self.env["sms.sms"].IAP_TO_SMS_STATE_SUCCESS,
                self._says_errors(service),
            )
        self._watch(company, answer, sender)
        return Outcome(answer.state, answer.phase, answer.words)

    @api.model
    def _provider(self, company):
        """The service of a company, as Odoo's own SMS would take it."""
        service = company._get_sms_api_class()(self.with_company(company).env)
        service._set_company(company)
        return service

    @api.model
    def _says_errors(self, service):
        """True for the service whose errors are its own words; other modules give the same
        word for a request that was never answered."""
        return type(service) is SmsApi

    @api.model
    def _watch(self, company, answer, sender):
        """Stop the channel when every further message would meet the same answer.

        Never raises: the outcome of the message is not written yet.
        """
        key, minutes = ("sms", company.id), 0
        if answer.phase in (provider.CREDIT, provider.ACCOUNT):
            minutes = 12 * 60
        elif answer.phase not in (provider.REQUEST, provider.BUSY):
            sender.errors[key] = 0
        else:
            sender.errors[key] += 1
            minutes = 15 if sender.errors[key] >= ERRORS_BEFORE_PAUSE else 0
        if not minutes:
            return
        try:
            with mute_logger("odoo.sql_db"), self.env.cr.savepoint():
                company._pause_sms(answer.words, minutes)
        except Exception as error:  # noqa: BLE001 - the next message tries again
            _logger.warning("The SMS of %s could not be stopped: %s", company.id, error)
