"""The promise on sending under SIGKILL, shortened; ``setup/faults kills`` runs 500.

A real server process and a real SMTP conversation. Each checker is proved by a seeded
defect: with the claim removed, the keys dropped or unknowns resent it must turn red.
"""

import pytest
from fault_runs import kills
from kit import environment


@pytest.fixture(scope="module")
def env():
    with environment.ready() as ready:
        yield ready


def test_nothing_lost_nothing_twice(env):
    verdict, done = kills.run(env, kills=8, customers=120, delay=20, seed=7, most=20)
    assert done >= 5
    assert verdict.problems == []
    assert verdict.unknown <= done
    assert verdict.planned == 120
    assert sum(verdict.states.values()) == 120


@pytest.mark.parametrize("defect", ["claim_removed", "unknown_resent", "key_dropped"])
def test_a_seeded_defect_turns_the_checker_red(env, defect):
    verdict, _done = kills.run(
        env, kills=5, customers=60, delay=60, seed=7, defect=defect
    )
    assert verdict.duplicated, verdict
