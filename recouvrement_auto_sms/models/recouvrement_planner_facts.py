from dataclasses import dataclass, replace

from odoo import api, models
from odoo.tools import SQL

from odoo.addons.recouvrement_auto.models.recouvrement_planner_bundle import Contact

NO_MOBILE = ("missing_address", "landline")


@dataclass(frozen=True)
class PhoneContact(Contact):
    """A contact with the reason why he gets no SMS ('' = he can)."""

    mobile: str = ""
    phone_problem: str = ""


class RecouvrementPlannerFacts(models.AbstractModel):
    """Opt-outs and reports are read in sets, like every other fact."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _load(self, context, partner_ids, **options):
        bundles = super()._load(context, partner_ids, **options)
        if any(_sms_steps(version.ladder) for version in context.versions):
            self._read_phones(context, bundles)
        return bundles

    @api.model
    def _read_phones(self, context, bundles):
        channel = self.env["recouvrement.channel.sms"].with_company(context.company)
        addresses = {
            channel._address(contact)
            for bundle in bundles
            for contact in bundle.contacts
            if contact.phone
        }
        refused = self._phones_refused(addresses)
        for bundle in bundles:
            bundle.contacts = [
                self._phone_contact(bundle, contact, channel, refused)
                for contact in bundle.contacts
            ]
            bundle.items = [
                self._with_open_ladder(bundle, item, channel) for item in bundle.items
            ]

    @api.model
    def _phone_contact(self, bundle, contact, channel, refused):
        problem, address = channel._problem(contact), channel._address(contact)
        if bundle.file.legal_regime == "consumer":
            # A private debt is told to nobody but the debtor himself.
            if contact.id != bundle.file.partner_id:
                problem = "missing_address"
        problem = problem or refused.get(address, "")
        return PhoneContact(**vars(contact), mobile=address, phone_problem=problem)

    @api.model
    def _phones_refused(self, addresses):
        """``{number: reason}``: opted out, or the last SMS did not arrive."""
        if not addresses:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT address, 'address_bounced' FROM recouvrement_delivery
                    WHERE channel = 'sms' AND address IN %(numbers)s
                      AND bounced_at IS NOT NULL AND bounce_cleared IS NOT TRUE
                UNION ALL
                   SELECT number, 'blacklisted' FROM phone_blacklist
                    WHERE active AND number IN %(numbers)s""",
                numbers=tuple(addresses) or ("",),
            )
        )
        return dict(rows)

    @api.model
    def _with_open_ladder(self, bundle, item, channel):
        """The item told which of its SMS steps reach nobody.

        Without any mobile they are passed over at once, as if the scenario had none (unless
        the step says otherwise). Another problem, such as an opt-out, is shown until the
        following step is due.
        """
        steps = _sms_steps(item.ladder)
        if not steps:
            return item
        contacts, wanted = bundle.ordered_contacts(item)
        passed, shown = set(), set()
        for step in steps:
            _contacts, problem = channel._reach(contacts, wanted, step)
            if problem in NO_MOBILE and step.options.get("pass_over", True):
                passed.add(step.code)
            elif problem:
                shown.add(step.code)
        if not passed and not shown:
            return item
        return replace(item, passed_over=frozenset(passed), gives_way=frozenset(shown))


def _sms_steps(ladder):
    return [s for s in ladder.steps if s.channel == "sms"] if ladder else []
