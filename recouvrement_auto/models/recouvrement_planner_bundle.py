"""What the planner holds in memory for one call: the context and one bundle per customer."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from ..tools import guard
from ..tools.ladder import Chooser
from ..tools.planning import half, reached_light

GRADE_MOVED = "moved"  # the grade changed the scenario in the middle of a ladder
GRADE_PERSON = "person"  # the grade of a natural person chose the scenario


@dataclass(frozen=True)
class Contact:
    """A person or address of the customer, with what the channels check."""

    id: int
    type: str
    name: str
    email: str
    email_normalized: str
    phone: str
    street: str
    zip: str
    city: str
    country_code: str
    lang: str
    function: str
    blacklisted: bool = False
    bounced: bool = False


@dataclass
class Context:
    """Facts of the company and the day."""

    company: object
    day: date
    calendar: object
    mode: str
    shadow: bool
    versions: tuple
    default_id: int
    policy: guard.Policy
    langs: set
    company_lang: str
    default_user: object
    legal: frozenset = frozenset()
    manual: bool = False  # a person asked for the next step now
    decided: bool = False  # a person confirmed this message
    account_ids: tuple | None = None  # trade receivables, where a night keeps them
    deputies: dict = field(default_factory=dict)  # user id -> who acts for him

    @cached_property
    def choose(self):
        """The choice of the scenario of a customer, by his ``Profile``."""
        return Chooser(self.versions, self.default_id)

    def user(self, user_id):
        """The user of this id; an empty record for 0."""
        return self.default_user.browse(user_id or [])

    def version_of(self, scenario_id):
        """The frozen version of a scenario, or None."""
        if not scenario_id:
            return None
        return next((v for v in self.versions if v.scenario_id == scenario_id), None)

    def lang_for(self, contact):
        """Language of a message: the contact's when active, else the company's."""
        if contact and contact.lang in self.langs:
            return contact.lang
        if self.company_lang in self.langs:
            return self.company_lang
        return "en_US"


@dataclass
class Bundle:
    """One customer: file, items, scenario, contacts and what weighs on it.

    ``customer`` is the record for whoever needs one, ``file`` its facts as plain values.
    """

    customer: object
    file: object
    items: list
    version: object
    why: str
    contacts: list
    contact_days: tuple
    waiting: bool
    pause: dict | None
    context: Context
    person_asked: str = ""  # why a person confirms what the grade chose: GRADE_*, or ''

    @property
    def agent(self):
        """The user who signs: the customer's agent, else the company's default; the deputy
        of one who is away."""
        user = self.context.user(self.file.agent_id) or self.context.default_user
        return self.context.deputies.get(user.id, user)

    @property
    def unallocated(self):
        """Open credits of the customer, as a positive amount in company currency."""
        return -sum((i.amount for i in self.items if i.amount < 0), Decimal(0))

    def ordered_contacts(self, leader):
        """Fallback order: collection contacts, the invoice's own contact, the invoice
        address, the company itself."""
        wanted = self.file.wanted
        own = self.file.partner_id

        def rank(contact):
            if contact.id in wanted:
                return 0
            if leader and contact.id == leader.contact_id and contact.id != own:
                return 1
            if contact.type == "invoice":
                return 2
            return 3 if contact.id == own else 9

        ranked = sorted(self.contacts, key=lambda c: (rank(c), c.id))
        return [c for c in ranked if rank(c) < 9], wanted

    def reach(self, plan, channel):
        """``(contacts, problem)``: whom the channel reaches, or why it cannot."""
        contacts, wanted = self.ordered_contacts(plan.leader)
        return channel._reach(contacts, wanted, plan.step)

    def subject_for(self, context, plan, channel):
        """The subject of the customer guards for this plan."""
        contacts, problem = self.reach(plan, channel)
        ladder = plan.leader.ladder
        step = plan.step
        chased = [
            line.item.amount - line.item.disputed
            for line in plan.lines
            if line.role in ("leader", "own_step", "listed")
        ]
        overdue = sum(chased, Decimal(0))
        template = step.options.get("template") or {}
        regime = self.file.legal_regime
        return guard.Subject(
            regime=regime,
            frozen_reason=self.file.frozen_reason,
            paused_until=self.pause and self.pause["date_end"],
            pause_reason=self.pause["reason"] if self.pause else "",
            has_scenario=ladder is not None,
            unallocated=self.unallocated,
            overdue=overdue,
            total=overdue - self.unallocated,
            min_total=ladder.min_total if ladder else Decimal(0),
            contacts=self.contact_days,
            quiet_until=self._quiet_until(context, ladder),
            max_contacts_7=ladder.max_contacts_7,
            max_contacts_30=ladder.max_contacts_30,
            address_problem=problem,
            template_problem=self._text_problem(context, step, contacts, channel),
            template_regime=template.get("regime", "any"),
            has_sender=bool(self.agent and self.agent.email),
            decided_by_person=context.decided,
            currencies=frozenset(line.item.currency_id for line in plan.lines),
            legal_rate_missing=regime in context.legal
            and step.options.get("needs_legal_rate", False),
        )

    def _quiet_until(self, context, ladder):
        """First day on which another written step may follow the contacts so far; half the
        gap is enough after a light one."""
        gap = ladder.min_gap_days
        past = {day for day in self.contact_days if day <= context.day}
        if not past or not gap:
            return None
        light = past & {item.reached_on for item in self.items if reached_light(item)}
        last = [
            (max(days), wait)
            for days, wait in ((past - light, gap), (light, half(gap)))
            if days
        ]
        return max(context.calendar.add_gap(day, wait) for day, wait in last)

    def _text_problem(self, context, step, contacts, channel):
        """Reason why the text of the step cannot be used, or ''."""
        if not channel._has_text():
            return ""
        texts = (step.options.get("template") or {}).get("texts") or {}
        lang = context.lang_for(contacts[0] if contacts else None)
        text = texts.get(lang) or texts.get(context.company_lang) or {}
        return "" if text.get("body") else lang
