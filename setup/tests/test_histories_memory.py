"""The memory of the generated histories: stopped and started again, nothing twice."""

import json

from fault_runs.histories import Memory
from kit import paths


def test_it_goes_on_where_it_was_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RUN", tmp_path)
    first = Memory(5, "")
    first.keep(11, 100, False)
    first.keep(12, 50, True)
    again = Memory(5, "")
    assert again.knows(11) and again.knows(12) and not again.knows(13)
    assert (again.done, again.red) == (150, ["12"])


def test_other_seeds_and_defects_are_apart(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RUN", tmp_path)
    Memory(5, "").keep(11, 100, False)
    assert not Memory(6, "").batches
    assert not Memory(5, "claims_blind").batches


def test_restart_forgets(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RUN", tmp_path)
    memory = Memory(5, "")
    memory.keep(11, 100, False)
    assert json.loads(memory.path.read_text())
    memory.forget()
    assert not Memory(5, "").batches
