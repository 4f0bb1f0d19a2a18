import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from .export_common import ExportCommon


@tagged("post_install", "-at_install")
class TestExportEvidence(ExportCommon):
    """The evidence of a customer or an invoice: nobody has to believe us."""

    def test_messages_carry_the_fingerprint_of_the_log(self):
        """The SHA-256 of each .json is in the log; the debtor's words are in the .html."""
        self.night()
        files = self.unpack(self.make(kind="evidence", customer_ids=self.file_ids))
        words = {n: c for n, c in files.items() if n.startswith("2-") and ".json" in n}
        self.assertEqual(len(words), 1)
        hashes = set(
            self.env["recouvrement.log"].sudo().search([]).mapped("content_hash")
        )
        for name, content in words.items():
            self.assertIn(hashlib.sha256(content).hexdigest(), hashes, name)
        [html] = [c for n, c in files.items() if n.endswith(".html")]
        self.assertIn(self.second_move.name, html.decode())

    @property
    def file_ids(self):
        return self.files[self.second].ids

    def test_verifier_inside_accepts_the_chain(self):
        """The archive's own verifier, by itself, with its own anchor; then one byte less."""
        self.night()
        files = self.unpack(self.make(kind="evidence", customer_ids=self.file_ids))
        chain = {
            n.rpartition("/")[2]: c for n, c in files.items() if n.startswith("5-")
        }
        with tempfile.TemporaryDirectory() as folder:
            for name, content in chain.items():
                Path(folder, name).write_bytes(content)

            def verdict():
                command = [sys.executable, "verify_log.py", "log.csv"]
                command += ["--anchor", "anchor.jsonl"]
                return subprocess.run(
                    command, cwd=folder, capture_output=True, text=True, check=False
                )

            good = verdict()
            self.assertEqual(good.returncode, 0, good.stdout + good.stderr)
            log = Path(folder, "log.csv")
            log.write_bytes(
                log.read_bytes().replace(b'""event"":""', b'""event"":""x', 1)
            )
            self.assertNotEqual(verdict().returncode, 0)

    def test_nothing_of_another_customer(self):
        """Messages, deliveries, personal values: of this customer alone."""
        self.night()
        files = self.unpack(self.make(kind="evidence", customer_ids=self.file_ids))
        for name, content in files.items():
            if not name.startswith("5-") or "values" in name.lower():
                self.assertNotIn(b"first@debtor.example", content, name)
                self.assertNotIn(self.first_move.name.encode(), content, name)
        rows = self.table(files, "Deliveries.csv")
        self.assertEqual([row[4] for row in rows[1:]], ["second@debtor.example"])

    def test_personal_values_prove_the_commitments(self):
        """Salt and value give the commitment that is in the chain."""
        self.night()
        files = self.unpack(self.make(kind="evidence", customer_ids=self.file_ids))
        rows = self.table(files, "values.csv")[1:]
        self.assertIn("second@debtor.example", [row[3] for row in rows])

    def test_of_an_invoice(self):
        """Only the messages that name it, under its name."""
        self.night()
        export = self.make(kind="evidence", move_id=self.second_move.id)
        files = self.unpack(export)
        self.assertTrue([n for n in files if n.startswith("2-")])
        self.assertEqual(self.manifest(files)["invoice"], self.second_move.name)
        other = self.make_invoice(self.second, late=1)
        files = self.unpack(self.make(kind="evidence", move_id=other.id))
        self.assertFalse([n for n in files if n.startswith("2-")])

    def test_needs_a_subject(self):
        """Neither customer nor invoice: refused when saved."""
        with self.assertRaises(ValidationError):
            self.ask(kind="evidence")
        with self.assertRaises(ValidationError):
            ids = [file.id for file in self.files.values()]
            self.ask(kind="evidence", customer_ids=ids)
