"""Sums of what passed, failed and was skipped, over several test programs."""

import re
from dataclasses import dataclass, field
from xml.etree import ElementTree

ODOO_SUM = re.compile(r"(\d+) failed, (\d+) error\(s\) of (\d+) tests")


@dataclass
class Tally:
    """Counts, with a line for each thing that is wrong."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0
    problems: list = field(default_factory=list)

    def add(self, other):
        """Add another tally to this one."""
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped
        self.problems += other.problems

    @property
    def line(self):
        """The closing line that other programs read."""
        return f"{self.passed} passed, {self.failed} failed"


def of_check(name, succeeded):
    """The tally of a check that is one yes or no."""
    if succeeded:
        return Tally(passed=1)
    return Tally(failed=1, problems=[f"{name} found something"])


def of_junit(name, path, exit_code):
    """The tally of a pytest run, from its XML report; a skipped test is a failure."""
    tally = Tally()
    if not path.exists():
        return Tally(
            failed=1, problems=[f"{name}: pytest ended with {exit_code} and no report"]
        )
    for case in ElementTree.parse(path).iter("testcase"):
        title = f"{case.get('classname')}.{case.get('name')}"
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            tally.failed += 1
            tally.problems.append(f"{name}: {title}")
        elif "skipped" in kinds:
            tally.failed += 1
            tally.skipped += 1
            reason = case.find("skipped").get("message")
            tally.problems.append(
                f"{name}: skipped, which counts as failed: {title} ({reason})"
            )
        else:
            tally.passed += 1
    if exit_code not in (0, 5) and not tally.failed:
        tally.failed += 1
        tally.problems.append(f"{name}: pytest ended with exit code {exit_code}")
    return tally


def of_odoo_log(name, text, exit_code):
    """The tally of a run of Odoo's own tests, from the sums in its log."""
    sums = ODOO_SUM.findall(text)
    if not sums:
        return Tally(
            failed=1, problems=[f"{name}: no test ran (exit code {exit_code})"]
        )
    failed = sum(int(failures) + int(errors) for failures, errors, _total in sums)
    failed = failed or int(exit_code != 0)
    total = sum(int(total) for _failures, _errors, total in sums)
    problems = [f"{name}: {failed} of {total}"] if failed else []
    return Tally(passed=max(total - failed, 0), failed=failed, problems=problems)
