"""The measured part of `setup/bench exports`; runs inside `odoo shell`."""

import csv
import tempfile

import xlsxwriter

from . import _gauge

BATCH = 5000


def prepare(env, rows):
    """So many entries of the log, each about a customer."""
    company = env.company
    partners = env["res.partner"].search([("customer_rank", ">", 0)], limit=500)
    Log = env["recouvrement.log"]
    for start in range(0, rows, BATCH):
        Log._append_many(
            [
                {
                    "event": "run.note",
                    "company": company,
                    "partner": partners[number % len(partners)].id,
                }
                for number in range(start, min(start + BATCH, rows))
            ]
        )
        env.cr.commit()
        env.invalidate_all()


def floor(columns, rows):
    """Bare writers; the rows cost nothing."""
    row = ["some text of a cell"] * columns
    with tempfile.TemporaryFile("w+", newline="") as target:
        writer = csv.writer(target)
        for _number in range(rows):
            writer.writerow(row)
    with tempfile.TemporaryFile() as target:
        book = xlsxwriter.Workbook(target, {"constant_memory": True})
        sheet = book.add_worksheet()
        for number in range(rows):
            for col, value in enumerate(row):
                sheet.write_string(number, col, value)
        book.close()


def measure(env, rows):
    """Costs of the bare writers and of the export, its number of rows and of bytes."""
    prepare(env, rows)
    export = env["recouvrement.export"].create({"kind": "history"})
    export._update_state("waiting")
    columns = len(export._history_columns())
    bare, _none = _gauge.measure(env, lambda: floor(columns, rows))
    made, _none = _gauge.measure(env, lambda: export._make())
    if export.state != "done":
        raise RuntimeError(export.message or export.state)
    return {
        "rows": export.entry_count,
        "bytes": export.attachment_id.file_size,
        "floor": _gauge.middle([bare]),
        "export": _gauge.middle([made]),
    }
