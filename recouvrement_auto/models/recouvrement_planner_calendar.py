"""Working days as the planner needs them, bound to the settings of a company."""

from datetime import date, datetime, timedelta

from ..tools import working_time
from ..tools.planning import Calendar as PlanningCalendar


class Calendar:
    """Working-day rules of one company.

    :param region: holiday region of ``tools.working_time``
    :param closed_days_ok: True when closed days count as working days for messages
    """

    def __init__(self, region, closed_days_ok=False):
        self.region = region
        self.closed_days_ok = closed_days_ok
        self._open = {}
        self.for_planning = PlanningCalendar(self.shift, self.add_gap)

    def is_open(self, day):
        """True when messages may leave on ``day``."""
        if self.closed_days_ok:
            return True
        if day not in self._open:
            self._open[day] = working_time.is_business_day(day, self.region)
        return self._open[day]

    def closed_days_after(self, day):
        """How many days right after ``day`` are closed."""
        count = 0
        while not self.is_open(day + timedelta(days=count + 1)):
            count += 1
        return count

    def shift(self, day, step):
        """A notice before the due date goes earlier on a closed day, all others later."""
        one = timedelta(days=-1 if step.is_pre_due else 1)
        while not self.is_open(day):
            day += one
        return day

    def add_gap(self, day, gap):
        """``day`` plus ``gap`` working days."""
        return working_time.add_business_days(day, gap, self.region)

    def formal_notice_pause(self, day):
        """End of the period in which no formal notice leaves, or None."""
        return working_time.formal_notice_pause(day)

    def next_allowed(self, instant: datetime) -> datetime:
        """First allowed local instant at or after ``instant`` (naive)."""
        return working_time.next_allowed(
            instant, region=self.region, closed_days_ok=self.closed_days_ok
        )

    def working_days_since(self, day: date, until: date) -> int:
        """Working days from ``day`` (excluded) to ``until`` (included)."""
        return working_time.business_days_between(day, until, self.region)
