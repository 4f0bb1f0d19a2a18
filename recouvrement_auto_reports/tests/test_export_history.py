import io
from datetime import timedelta

from openpyxl import load_workbook

from odoo import fields
from odoo.tests import tagged

from ..models import recouvrement_export_history as history
from ..models import recouvrement_export_pages as pages
from .export_common import ExportCommon


@tagged("post_install", "-at_install")
class TestExportHistory(ExportCommon):
    """The history of actions as XLSX and CSV, with a manifest."""

    def entries(self, **values):
        domain = [("company_id", "=", self.company.id)]
        domain += [(key, "=", value) for key, value in values.items()]
        return self.env["recouvrement.log"].sudo().search(domain, order="id")

    def book(self, files):
        [name] = [n for n in files if n.endswith(".xlsx")]
        return load_workbook(io.BytesIO(files[name]))

    def test_every_entry_once_in_both_files(self):
        """CSV and XLSX say the same, and both what the log says."""
        self.night()
        expected = self.entries()
        export = self.make()
        files = self.unpack(export)
        rows = self.table(files, ".csv")
        self.assertEqual([int(row[0]) for row in rows[1:]], expected.ids)
        sheet = self.book(files).worksheets[0]
        cells = list(sheet.iter_rows(values_only=True))
        self.assertEqual(list(cells[0]), rows[0])
        self.assertEqual(len(cells), len(rows))
        for line, row in zip(cells[1:], rows[1:], strict=True):
            self.assertEqual(line[0], int(row[0]))
            for col in (2, 3, 4, 6, 7, 8, 9, 12, 13, 15):
                self.assertEqual(line[col] or "", row[col].lstrip("'"), col)
            self.assertEqual(line[10], float(row[10]) if row[10] else None)
        manifest = self.manifest(files)
        self.assertEqual(manifest["entries"], len(expected))
        self.assertEqual(export.entry_count, len(expected))
        self.assertEqual(manifest["company"], self.company.name)

    def test_seals_and_head(self):
        """Sealed entries carry number and link of the chain; the manifest its head."""
        self.night()
        files = self.unpack(self.make())
        head = self.manifest(files)["chain_head"]
        rows = self.table(files, ".csv")[1:]
        sealed = [row for row in rows if row[14]]
        self.assertGreater(len(sealed), 5)
        self.assertIn([str(head["seq"]), head["hash"]], [row[14:] for row in sealed])

    def test_period_customer_and_invoice(self):
        """Each restriction keeps what it says and nothing else."""
        self.night()
        first = self.files[self.first]
        expected = self.entries(customer_res_id=first.id).ids
        rows = self.table(self.unpack(self.make(customer_ids=first.ids)), ".csv")[1:]
        self.assertTrue(rows)
        self.assertEqual([int(row[0]) for row in rows], expected)
        export = self.make(move_id=self.second_move.id)
        rows = self.table(self.unpack(export), ".csv")[1:]
        self.assertTrue(rows)
        self.assertEqual({row[5] for row in rows}, {self.second.name})
        day = self.env["recouvrement.log"].sudo().search([], limit=1).at.date()
        past = self.make(date_to=day - timedelta(days=3))
        self.assertFalse(self.table(self.unpack(past), ".csv")[1:])
        around = self.make(
            date_from=day - timedelta(days=1), date_to=day + timedelta(days=1)
        )
        self.assertTrue(self.table(self.unpack(around), ".csv")[1:])

    def test_pages_lose_nothing(self):
        """A page of two entries, sheets of three rows: the same entries."""
        self.night()
        expected = self.entries().ids
        self.patch(pages, "PAGE", 2)
        self.patch(history, "ROWS_PER_SHEET", 3)
        files = self.unpack(self.make())
        rows = self.table(files, ".csv")[1:]
        self.assertEqual([int(row[0]) for row in rows], expected)
        found = [
            line[0]
            for sheet in self.book(files)
            for line in sheet.iter_rows(min_row=2, values_only=True)
        ]
        self.assertEqual(found, expected)

    def test_a_killed_worker_loses_one_part(self):
        """Read on from the last part that was kept: no entry twice, none left out."""
        self.night()
        self.patch(pages, "PAGE", 1)
        self.patch(pages, "PART_PAGES", 3)
        Export, read, kept = self.registry["recouvrement.export"], [], []
        values, keep = Export._history_values, Export._keep_rows

        def reading(this, entry, seals):
            read.append(entry.id)
            return values(this, entry, seals)

        def dying(this, rows, last):
            if len(kept) == 2:
                kept.append(None)
                raise SystemExit
            keep(this, rows, last)
            kept.append(last)

        self.patch(Export, "_history_values", reading)
        self.patch(Export, "_keep_rows", dying)
        export = self.ask().sudo()
        try:  # assertRaises would roll back what was kept
            export._make()
            self.fail("The worker lives.")
        except SystemExit:
            self.assertEqual(export.state, "running")
        self.assertEqual(export.part_ids.mapped("last_entry"), kept[:2])
        expected, before = self.entries().ids, len(read)
        self.patch(Export, "_keep_rows", keep)
        self.env["recouvrement.export"].sudo()._cron_build()
        rows = self.table(self.unpack(export), ".csv")[1:]
        self.assertEqual([int(row[0]) for row in rows], expected)
        self.assertEqual(read[before:], expected[6:])
        self.assertFalse(export.part_ids)

    def test_the_time_slice_ends_between_two_parts(self):
        """What is left comes with the next slice; the progress stays."""
        self.night()
        self.patch(pages, "PAGE", 1)
        self.patch(pages, "PART_PAGES", 2)
        Export, ticks = self.registry["recouvrement.export"], []
        tick = Export._tick

        def short(this, done, total=None, force=False):
            tick(this, done, total, force)
            ticks.append(done)
            return 0.0

        self.patch(Export, "_tick", short)
        export = self.make()
        self.assertEqual((export.state, export.progress_done), ("running", 2))
        self.assertGreater(export.progress_total, 4)
        for _slice in range(export.progress_total):
            if export.state == "running":
                self.env["recouvrement.export"].sudo()._cron_build()
        self.assertEqual(export.state, "done")
        self.assertEqual(ticks, sorted(ticks))
        self.assertEqual(
            len(self.table(self.unpack(export), ".csv")) - 1, export.entry_count
        )

    def test_company_and_language(self):
        """Only the company asked for; French words, decimal comma, French dates."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.users["manager"].lang = "fr_FR"
        other = self.setup_other_company()["company"]
        self.env["recouvrement.log"]._append("run.note", company=other)
        self.night()
        expected = set(self.entries().ids)
        files = self.unpack(self.make())
        [name] = [n for n in files if n.endswith(".csv")]
        lines = files[name].decode("utf-8-sig").splitlines()
        self.assertIn(";", lines[0])
        first, day, time, *_rest = lines[1].split(";")
        entry = self.entries().filtered(lambda entry: entry.id == int(first))
        manager = entry.with_user(self.users["manager"])
        at = fields.Datetime.context_timestamp(manager, entry.at)
        self.assertEqual((day, time), (f"{at:%d/%m/%Y}", f"{at:%H:%M:%S}"))
        self.assertRegex(files[name].decode(), r";\d\d/\d\d/\d{4};")
        self.assertRegex(files[name].decode(), r";\d+,\d\d;")
        ids = {int(line.split(";")[0]) for line in lines[1:]}
        self.assertEqual(ids, expected)

    def test_queries_grow_by_pages_only(self):
        """Ten times the entries in one page cost no query more."""
        export = self.ask()._as_asker()

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            list(export._history_pages(export._history_runs()))
            return self.env.cr.sql_log_count - before

        Log = self.env["recouvrement.log"]

        def entries(count):
            Log._append_many(
                [
                    {
                        "event": "run.note",
                        "company": self.company,
                        "partner": self.first.id,
                        "moves": [self.first_move.id],
                    }
                ]
                * count
            )

        entries(10)
        queries()
        small = queries()
        entries(200)
        queries()
        self.assertLessEqual(queries(), small)
