import ast
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recouvrement_auto.tools import hash_chain, verify_log
from recouvrement_auto.tools.verify_log import Broken, Unanswerable, read_anchors

SCRIPT = Path(verify_log.__file__)
CONTENTS = [
    {"company_id": 3, "event": "sent", "amount": "12.40", "facts": {"step": "R1"}},
    {"company_id": 3, "event": "held", "reason_code": 'a "quoted", reason'},
    {"company_id": 3, "event": "sent", "facts": {"name": "é"}, "moves": [1, 2]},
    {"company_id": 3, "event": "paid", "actor_id": None, "last": True},
]


def chained(payloads, first=1, previous=""):
    """Rows of an honest sealer over these payloads (text)."""
    rows = []
    for seq, payload in enumerate(payloads, first):
        digest = hash_chain.link(previous, payload)
        rows.append((seq, 100 + seq, 3, payload, previous, digest))
        previous = digest
    return rows


def written(rows, name="db/3"):
    """A well-formed file, closing line included, whatever the rows say."""
    return "".join(hash_chain.export_lines(name, rows)).encode()


def judge(data, anchors=None):
    return verify_log.verify(io.BytesIO(data), anchors)


def complaint(data, anchors=None):
    with pytest.raises(Broken) as caught:
        judge(data, anchors)
    return str(caught.value)


PAYLOADS = [hash_chain.canonical(content).decode() for content in CONTENTS]
ROWS = chained(PAYLOADS)
EXPORT = written(ROWS)
HEAD = {4: ROWS[3][5]}


def test_true_export():
    chain = judge(EXPORT)
    assert (chain.seq, chain.head, chain.name) == (4, ROWS[3][5], "db/3")
    assert judge(EXPORT, HEAD).confirmed == 1
    assert judge(written([])).seq is None


def test_script_and_suite_have_the_same_rule():
    previous = ""
    for content, payload in zip(CONTENTS, PAYLOADS, strict=True):
        assert verify_log.canonical(content) == hash_chain.canonical(content)
        digest = verify_log.link(previous, payload.encode())
        assert digest == hash_chain.link(previous, payload)
        previous = digest
    assert verify_log.GENESIS == hash_chain.GENESIS
    assert verify_log.VERSION == hash_chain.VERSION
    assert verify_log.COLUMNS.decode() == ",".join(hash_chain.COLUMNS) + "\n"


def test_script_needs_the_standard_library_only():
    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0
            imported.add(node.module)
    assert imported <= set(sys.stdlib_module_names)


@pytest.mark.parametrize("mask", [0x01, 0x20, 0x80, 0xFF])
def test_each_changed_byte_is_found_at_its_row(mask):
    line_ends = [i for i, byte in enumerate(EXPORT) if byte == 10]
    for place in range(len(EXPORT)):
        forged = bytearray(EXPORT)
        forged[place] ^= mask
        message = complaint(bytes(forged))
        line = 1 + sum(end < place for end in line_ends)
        if line == 1:
            assert "Line 1" in message or "closing line" in message
        elif line == 2:
            assert "Line 2" in message
        elif line <= 6 and not _in_log_id(place):
            assert f"Row {line - 2} (line {line})" in message


def _in_log_id(place):
    """The number of the log entry is a label: no hash covers it, the closing line does."""
    start = EXPORT.rfind(b"\n", 0, place) + 1
    return EXPORT[start:place].count(b",") == 1


def test_each_lost_or_added_byte_is_found():
    for place in range(len(EXPORT)):
        complaint(EXPORT[:place] + EXPORT[place + 1 :])
        complaint(EXPORT[:place] + b"0" + EXPORT[place:])
    for place in range(len(EXPORT)):
        complaint(EXPORT[:place])


def test_update():
    forged = list(ROWS)
    payload = PAYLOADS[1].replace("held", "sent")
    forged[1] = (*forged[1][:3], payload, *forged[1][4:])
    assert "Row 2 (line 4) was changed" in complaint(written(forged))


def test_delete_in_the_middle():
    assert "number 3 after number 1" in complaint(written([ROWS[0], *ROWS[2:]]))
    renumbered = [(n, *row[1:]) for n, row in enumerate([ROWS[0], *ROWS[2:]], 1)]
    assert "Row 2 (line 4) does not follow" in complaint(written(renumbered))


def test_delete_the_tail_needs_an_anchor():
    cut = written(ROWS[:2])
    assert judge(cut).seq == 2
    message = complaint(cut, HEAD)
    assert "ends at number 2" in message and "number 4" in message


def test_reorder():
    assert "number 3 after number 1" in complaint(
        written([ROWS[0], ROWS[2], ROWS[1], ROWS[3]])
    )
    swapped = [ROWS[0], (2, *ROWS[2][1:]), (3, *ROWS[1][1:]), ROWS[3]]
    assert "Row 2 (line 4) does not follow" in complaint(written(swapped))


def test_insert():
    extra = (3, 999, 3, PAYLOADS[0], ROWS[1][5], ROWS[2][5])
    forged = [*ROWS[:2], extra, *[(row[0] + 1, *row[1:]) for row in ROWS[2:]]]
    assert "Row 3 (line 5) was changed" in complaint(written(forged))


def test_truncate_needs_an_anchor():
    assert judge(written([])).seq is None
    assert "ends at number 0" in complaint(written([]), HEAD)


def test_entries_forged_while_the_trigger_was_off():
    """A true link on a wrong place: the second half was chained to another entry."""
    forged = ROWS[:2] + chained(PAYLOADS[2:], 3, ROWS[0][5])
    assert "Row 3 (line 5) does not follow" in complaint(written(forged))


def test_altered_type():
    payload = PAYLOADS[0].replace('"12.40"', "12.40")
    assert "amounts are strings" in complaint(written(chained([payload])))


def test_rewriting_the_whole_chain_needs_an_anchor():
    forged = written(chained([PAYLOADS[0].replace("12.40", "1.00"), *PAYLOADS[1:]]))
    assert judge(forged).seq == 4
    for seq in range(1, 5):
        message = complaint(forged, {seq: ROWS[seq - 1][5]})
        assert f"Row {seq} " in message and "rewritten" in message


def test_rewriting_after_the_anchor_is_not_found_before_it():
    forged = written(
        ROWS[:2] + chained([PAYLOADS[2].replace("sent", "paid")], 3, ROWS[1][5])
    )
    assert judge(forged, {2: ROWS[1][5]}).confirmed == 1
    complaint(forged, {3: ROWS[2][5]})


def test_two_roots():
    forged = ROWS[:2] + chained(PAYLOADS[2:], 3, "")
    assert "second root" in complaint(written(forged))
    assert "number 1 after number 2" in complaint(written(ROWS[:2] + ROWS))


def test_reused_log_entry():
    forged = [*ROWS[:3], (4, 101, *ROWS[3][2:])]
    assert "log entry 101 was already listed" in complaint(written(forged))


def test_other_company():
    mixed = [*ROWS[:3], (4, 104, 4, *ROWS[3][3:])]
    assert "belongs to company 4" in complaint(written(mixed))
    moved = [(*row[:2], 4, *row[3:]) for row in ROWS]
    assert "another company" in complaint(written(moved))


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        ('{"company_id":3,"a":1,"a":2}', "written twice"),
        ('{"company_id":3,"facts":{"a":1,"a":1}}', "written twice"),
        ('{"a":NaN,"company_id":3}', "not allowed"),
        ('{"a":-Infinity,"company_id":3}', "not allowed"),
        ('{"a":1e5,"company_id":3}', "not allowed"),
        ('{"b":1,"company_id":3,"a":2}', "one valid form"),
        ('{"a": 1,"company_id":3}', "one valid form"),
        ('{"a":"\\u0041","company_id":3}', "one valid form"),
        ('{"a":"\\/","company_id":3}', "one valid form"),
        ('{"a":-0,"company_id":3}', "one valid form"),
        ('{"company_id":3}{"company_id":3}', "not a log entry"),
        ('{"company_id":3} ', "one valid form"),
        ("[3]", "not written as an export writes it"),
        ('["3"]', "one valid form"),
        ('"x"', "one valid form"),
        ('{"company_id":"3"}', "another company"),
        ('{"company_id":true}', "another company"),
        ('{"a":1}', "another company"),
        ('{"a":' + "[" * 100_000 + ',"company_id":3}', "not a log entry"),
        ('{"a":"é","company_id":3}', "not written as an export writes it"),
    ],
)
def test_payloads_with_a_true_hash_and_a_false_form(payload, said):
    row = (1, 101, 3, payload, "", hash_chain.link("", payload))
    message = complaint(written([row]))
    assert said in message and message.startswith("Row 1 (line 3)")


def test_true_is_not_company_one():
    payload = '{"company_id":true}'
    row = (1, 101, 1, payload, "", hash_chain.link("", payload))
    assert "another company" in complaint(written([row]))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"\xef\xbb\xbf" + EXPORT,
        EXPORT.replace(b"\n", b"\r\n"),
        EXPORT + b"\n",
        EXPORT + EXPORT,
        EXPORT + b" ",
        EXPORT[:-1],
        EXPORT.replace(b"db/3", b"db/4"),
        EXPORT.replace(b"export-1", b"export-2"),
        EXPORT.replace(b'\n1,101,3,"', b'\n01,101,3,"'),
        EXPORT.replace(b'\n1,101,3,"', b'\n1 ,101,3,"'),
        EXPORT.replace(b'\n1,101,3,"', b'\n"1",101,3,"'),
        b"x" * 5_000_000,
        EXPORT.split(b"\nend", maxsplit=1)[0] + b"\n" + b"1" * 5_000_000,
    ],
)
def test_files_that_are_no_export(data):
    assert complaint(data).endswith(".")


def test_part_of_a_chain_starts_after_an_anchor():
    part = written(ROWS[2:])
    assert "right after an anchor" in complaint(part)
    assert judge(part, {2: ROWS[1][5]}).confirmed == 1
    assert "does not follow" in complaint(part, {2: ROWS[0][5]})


def anchor_file(*entries):
    return io.BytesIO(b"".join(json.dumps(e).encode() + b"\n" for e in entries))


def test_anchors():
    entry = {"seq": 4, "hash": ROWS[3][5], "at": "2026-09-22"}
    assert read_anchors(anchor_file(entry, entry)) == HEAD
    with pytest.raises(Broken, match="contradict"):
        read_anchors(anchor_file(entry, {"seq": 4, "hash": ROWS[2][5]}))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n",
        b"nonsense\n",
        b"[1]\n",
        b"4\n",
        b"\xff\n",
        b'{"seq": 4}\n',
        b'{"seq": "4", "hash": "$1$%s"}\n' % (b"a" * 64),
        b'{"seq": true, "hash": "$1$%s"}\n' % (b"a" * 64),
        b'{"seq": 0, "hash": "$1$%s"}\n' % (b"a" * 64),
        b'{"seq": 4, "hash": "$1$%s"}\n' % (b"A" * 64),
        b'{"seq": 4, "hash": 5}\n',
        b'{"seq": 4, "seq": 4, "hash": "$1$%s"}\n' % (b"a" * 64),
        b"[" * 100_000,
    ],
)
def test_what_is_no_anchor(data):
    with pytest.raises(Unanswerable):
        read_anchors(io.BytesIO(data))


def test_command_line(tmp_path):
    export, anchor = tmp_path / "export.csv", tmp_path / "anchor.jsonl"
    export.write_bytes(EXPORT)
    anchor.write_bytes(anchor_file({"seq": 4, "hash": ROWS[3][5]}).getvalue())

    def run(*arguments):
        done = subprocess.run(
            [sys.executable, "-I", str(SCRIPT), *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.stderr or done.returncode == 2
        return done.returncode, done.stdout

    code, said = run(export, "--anchor", anchor)
    assert code == 0 and said.startswith("OK: 4 entries of chain db/3")
    assert "1 of 1 anchors confirmed" in said
    code, said = run(export)
    assert code == 0 and "No anchor given" in said
    anchor.write_bytes(anchor_file({"seq": 9, "hash": ROWS[3][5]}).getvalue())
    code, said = run(export, "--anchor", anchor)
    assert code == 1 and said.startswith("BROKEN: ") and said.count("\n") == 1
    anchor.write_bytes(b"")
    assert run(export, "--anchor", anchor)[0] == 2
    assert run(tmp_path / "missing.csv")[0] == 2
    assert run()[0] == 2


def test_speed_leaves_a_million_entries_under_thirty_seconds():
    rows = chained([PAYLOADS[0]] * 10_000)
    data = written(rows)
    start = time.process_time()
    judge(data)
    assert time.process_time() - start < 0.6  # 60 us an entry, with a slow machine


@given(st.data())
def test_nothing_but_the_true_export_passes(data):
    forged = bytearray(EXPORT)
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(forged)))
        end = data.draw(st.integers(start, min(len(forged), start + 40)))
        forged[start:end] = data.draw(
            st.binary(max_size=20)
            | st.sampled_from([b"\n", b'"', b",", b'""', EXPORT[50:300]])
        )
    if bytes(forged) != EXPORT:
        complaint(bytes(forged))


@given(st.binary(max_size=300))
def test_noise_is_refused_without_a_crash(noise):
    complaint(noise)
    first_lines = b"".join(EXPORT.splitlines(keepends=True)[:2])
    complaint(first_lines + noise)
