"""The sums of setup/test: nothing that is wrong may look right."""

from kit import tally

HEAD = '<testsuites><testsuite name="pytest">'
TAIL = "</testsuite></testsuites>"
GOOD = '<testcase classname="a.TestA" name="test_good"/>'
BAD = '<testcase classname="a.TestA" name="test_bad"><failure message="no"/></testcase>'
ERROR = '<testcase classname="a.TestA" name="test_err"><error message="no"/></testcase>'
SKIP = (
    '<testcase classname="a.TestA" name="test_skip"><skipped message="why"/></testcase>'
)


def _junit(tmp_path, *cases, code=0):
    report = tmp_path / "report.xml"
    report.write_text(HEAD + "".join(cases) + TAIL)
    return tally.of_junit("part", report, code)


def test_all_good(tmp_path):
    total = _junit(tmp_path, GOOD, GOOD)
    assert (total.passed, total.failed, total.problems) == (2, 0, [])
    assert total.line == "2 passed, 0 failed"


def test_failures_and_errors_are_counted_and_named(tmp_path):
    total = _junit(tmp_path, GOOD, BAD, ERROR, code=1)
    assert (total.passed, total.failed) == (1, 2)
    assert total.problems == ["part: a.TestA.test_bad", "part: a.TestA.test_err"]


def test_a_skipped_test_is_a_failure_with_its_reason(tmp_path):
    total = _junit(tmp_path, GOOD, SKIP)
    assert (total.passed, total.failed, total.skipped) == (1, 1, 1)
    assert "a.TestA.test_skip (why)" in total.problems[0]


def test_a_crash_after_the_last_test_is_a_failure(tmp_path):
    assert _junit(tmp_path, GOOD, code=3).failed == 1


def test_no_report_is_a_failure(tmp_path):
    assert tally.of_junit("part", tmp_path / "none.xml", 2).failed == 1


def test_no_test_collected_is_not_a_failure_by_itself(tmp_path):
    assert _junit(tmp_path, code=5).failed == 0


def test_sums_of_odoo_are_read_from_its_log():
    log = "odoo.tests.result: 1 failed, 2 error(s) of 9 tests when loading database"
    total = tally.of_odoo_log("lint", log, 1)
    assert (total.passed, total.failed) == (6, 3)


def test_an_odoo_that_ran_no_test_is_a_failure():
    assert tally.of_odoo_log("lint", "no sums here", 0).failed == 1


def test_sums_add_up():
    total = tally.Tally()
    total.add(tally.of_check("ruff", True))
    total.add(tally.of_check("pylint", False))
    assert total.line == "1 passed, 1 failed"
    assert total.problems == ["pylint found something"]
