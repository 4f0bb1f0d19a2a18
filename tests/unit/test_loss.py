"""Accounts of what is lost, by the beginning of their code."""

import pytest

from recouvrement_auto_reports.tools import loss


def test_prefixes_as_people_write_them():
    assert loss.prefixes("654") == ("654",)
    assert loss.prefixes(" 6541, 6544;6714 ") == ("6541", "6544", "6714")
    assert loss.prefixes("") == loss.prefixes(None) == ()


@pytest.mark.parametrize("text", ["65%", "6_4", "'654", "654*"])
def test_a_pattern_is_refused(text):
    with pytest.raises(ValueError, match="[%_'*]"):
        loss.prefixes(text)


def test_the_longest_prefix_wins():
    known = {kind: loss.prefixes(text) for kind, text in loss.PREFIXES.items()}
    assert loss.kind_of("654100", known) == loss.LOSS
    assert loss.kind_of("758300", known) == loss.RECOVERED
    assert loss.kind_of("416000", known) == loss.DOUBTFUL
    assert loss.kind_of("491000", known) == loss.ALLOWANCE
    assert loss.kind_of("411100", known) is None
    known[loss.LOSS] = ("65",)
    known[loss.ALLOWANCE] = ("6544",)
    assert loss.kind_of("654400", known) == loss.ALLOWANCE
    assert loss.kind_of("651000", known) == loss.LOSS


def test_a_depreciation_is_no_loss():
    assert loss.ALLOWANCE not in loss.RATE_KINDS
    assert loss.DOUBTFUL not in loss.RATE_KINDS
