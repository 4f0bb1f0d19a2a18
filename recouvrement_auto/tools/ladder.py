"""From a frozen scenario version (plain JSON) to the ladder that the planner climbs,
and the choice of the scenario of a customer.

Order of precedence (product.md B1): invoice, customer, hardship, nature, segment, company
default; conditions on amount and age of relation filter each of them (practice.md P4).
Within a nature or a segment the scenarios that name grades are asked before those that do
not; a grade alone chooses nothing (scoring.md 4.5).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from .planning import Ladder, Step
from .score import GRADES

BY_INVOICE = "invoice"
BY_CUSTOMER = "customer"
BY_HARDSHIP = "hardship"
BY_NATURE = "nature"
BY_NATURE_GRADE = "nature_grade"
BY_SEGMENT = "segment"
BY_SEGMENT_GRADE = "segment_grade"
BY_DEFAULT = "default"


@dataclass(frozen=True)
class Version:
    """A frozen scenario: whom it is for, and its ladder."""

    scenario_id: int
    version_id: int
    sequence: int
    nature: str
    segments: frozenset[str]
    for_hardship: bool
    min_total: Decimal
    min_relation_days: int
    ladder: Ladder
    key: tuple = ()
    grades: frozenset[str] = frozenset()  # empty: whatever the grade

    def fits(self, total: Decimal, relation_days: int) -> bool:
        """Conditions on the customer's total (company currency) and relation (days)."""
        return total >= self.min_total and relation_days >= self.min_relation_days

    def takes(self, grade: str) -> bool:
        """True when the scenario is also for customers of this grade, '' for none."""
        return not self.grades or grade in self.grades


@dataclass(frozen=True)
class Profile:
    """What the choice of a scenario reads of a customer."""

    override_id: int = 0
    nature: str = "standard"
    segment: str = ""
    in_hardship: bool = False
    total: Decimal = Decimal(0)
    relation_days: int = 0
    grade: str = ""  # '' for a customer without a grade


def grades_between(best: str, worst: str) -> frozenset[str]:
    """The grades from ``best`` to ``worst``, ends included; none without both."""
    if not best or not worst:
        return frozenset()
    return frozenset(GRADES[GRADES.index(best) : GRADES.index(worst) + 1])


def step_from_snapshot(data: dict) -> Step:
    """One step; everything that only the message needs stays in ``options``."""
    return Step(
        code=data["code"],
        name=data["name"],
        channel=data["channel"],
        tone=data["tone"],
        delay=data["delay"],
        anchor=data["anchor"],
        mode=data["mode"],
        min_amount=Decimal(data["min_amount"]),
        line_id=data.get("line_id", 0),
        light=data.get("light", False),
        options=data,
    )


def version_from_snapshot(snapshot: dict, version_id: int) -> Version:
    """The version object of a stored snapshot."""
    data = snapshot["scenario"]
    ladder = Ladder(
        scenario_id=data["id"],
        version_id=version_id,
        name=data["name"],
        steps=tuple(step_from_snapshot(s) for s in snapshot["steps"]),
        min_gap_days=data["min_gap_days"],
        min_total=Decimal(data["min_total"]),
        min_item=Decimal(data["min_item"]),
        max_contacts_7=data["max_contacts_7"],
        max_contacts_30=data["max_contacts_30"],
        end_action=data["end_action"],
        end_delay_days=data["end_delay_days"],
    )
    return Version(
        scenario_id=data["id"],
        version_id=version_id,
        sequence=data["sequence"],
        nature=data["nature"] or "",
        segments=frozenset(data["segments"]),
        for_hardship=data["for_hardship"],
        min_total=Decimal(data["condition_min_total"]),
        min_relation_days=data["condition_min_relation_days"],
        ladder=ladder,
        grades=grades_between(data.get("grade_from", ""), data.get("grade_to", "")),
    )


def pick(
    versions: Iterable[Version], profile: Profile, default_id: int = 0
) -> tuple[Version | None, str]:
    """The scenario of a customer and why: ``(version, reason key)``."""
    ordered = sorted(versions, key=lambda v: (not v.grades, v.sequence, v.scenario_id))
    for version in ordered:
        if profile.override_id and version.scenario_id == profile.override_id:
            return version, BY_CUSTOMER
    rules = (
        (BY_HARDSHIP, lambda v: profile.in_hardship and v.for_hardship),
        (
            BY_NATURE,
            lambda v: (
                profile.nature != "standard"
                and v.nature == profile.nature
                and v.takes(profile.grade)
            ),
        ),
        (
            BY_SEGMENT,
            lambda v: (
                not v.nature
                and not v.for_hardship
                and profile.segment in v.segments
                and v.takes(profile.grade)
            ),
        ),
        (BY_DEFAULT, lambda v: v.scenario_id == default_id),
    )
    for reason, wanted in rules:
        for version in ordered:
            if wanted(version) and version.fits(profile.total, profile.relation_days):
                return version, _with_grade(reason, version)
    return None, ""


class Chooser:
    """``pick`` for thousands of customers: few of their profiles differ in what it reads."""

    def __init__(self, versions: Iterable[Version], default_id: int = 0):
        self._versions = tuple(versions)
        self._default_id = default_id
        self._known: dict[tuple, tuple[Version | None, str]] = {}

    def __call__(self, profile: Profile) -> tuple[Version | None, str]:
        """As ``pick`` answers for this profile."""
        fits = tuple(
            v.fits(profile.total, profile.relation_days) for v in self._versions
        )
        key = (
            profile.override_id,
            profile.nature,
            profile.segment,
            profile.in_hardship,
            profile.grade,
            fits,
        )
        if key not in self._known:
            self._known[key] = pick(self._versions, profile, self._default_id)
        return self._known[key]


def _with_grade(reason: str, version: Version) -> str:
    """The reason key of a rule that also looked at the grade."""
    if not version.grades:
        return reason
    names = {BY_NATURE: BY_NATURE_GRADE, BY_SEGMENT: BY_SEGMENT_GRADE}
    return names.get(reason, reason)


def moved_by_grade(
    versions: Iterable[Version],
    profile: Profile,
    default_id: int,
    chosen_id: int,
    used_id: int,
) -> bool:
    """True when only the grade explains that the customer left the scenario ``used_id``,
    whose ladder he was climbing, for ``chosen_id``.

    With another grade, or none, the same profile would lead to the scenario used so far.
    """
    if not used_id or used_id == chosen_id:
        return False
    versions = list(versions)
    for grade in ("", *GRADES):
        version, _why = pick(versions, replace(profile, grade=grade), default_id)
        if version and version.scenario_id == used_id:
            return True
    return False
