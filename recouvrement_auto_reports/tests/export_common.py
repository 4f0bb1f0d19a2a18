import csv
import hashlib
import io
import json
import zipfile

from odoo.tests import new_test_user

from odoo.addons.recouvrement_auto.tests.common import RecouvrementCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"


class ExportCommon(RecouvrementCommon):
    """Two customers that were written to, and one user of each role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env(su=True),
                f"export_{role}",
                f"{GROUP}{role}",
                company_id=cls.company.id,
                company_ids=cls.company.ids,
            )
            for role in ("salesperson", "agent", "manager", "auditor")
        }
        cls.first = cls.make_debtor(
            "=HYPERLINK(evil)", user_id=cls.users["salesperson"].id
        )
        cls.second = cls.make_debtor("Second Debtor")
        cls.second.email = "second@debtor.example"
        cls.first.email = "first@debtor.example"
        cls.first_move = cls.make_invoice(
            cls.first, late=5, amount=123.45, ref="@SUM(1)"
        )
        cls.second_move = cls.make_invoice(cls.second, late=5, amount=200)
        cls.make_invoice(cls.second, late=-20, amount=50)
        files = (
            cls.env["recouvrement.customer"]
            .sudo()
            ._get_or_create(cls.company, (cls.first | cls.second).ids)
        )
        files.nature = "standard"
        cls.files = {file.partner_id: file for file in files}

    def night(self):
        """Plan, send, seal."""
        self.plan()
        self.send()
        self.env["recouvrement.log.seal"].sudo()._cron_seal()

    def ask(self, role="manager", **values):
        """An export asked for by a role, waiting."""
        Export = self.env(user=self.users[role])["recouvrement.export"]
        export = Export.create(
            {"company_id": self.company.id, "kind": "history", **values}
        )
        export.action_start()
        return export

    def make(self, role="manager", **values):
        """The same, made by the scheduled action."""
        export = self.ask(role, **values)
        self.env["recouvrement.export"].sudo()._cron_build()
        return export.sudo()

    def unpack(self, export):
        """``{name: bytes}`` of the archive, its sums checked as ``sha256sum -c`` does."""
        self.assertEqual((export.state, export.message), ("done", False))
        content = export.attachment_id.raw
        self.assertEqual(hashlib.sha256(content).hexdigest(), export.sha256)
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        sums = files.pop("SHA256SUMS").decode().splitlines()
        self.assertEqual(len(sums), len(files))
        for line in sums:
            digest, name = line.split("  ", 1)
            self.assertEqual(hashlib.sha256(files[name]).hexdigest(), digest, name)
        return files

    def manifest(self, files):
        """The manifest as a dict."""
        return json.loads(files["manifest.json"])

    def table(self, files, end):
        """Rows of the CSV whose name ends so."""
        [name] = [n for n in files if n.endswith(end)]
        text = files[name].decode("utf-8-sig")
        return list(csv.reader(io.StringIO(text, newline="")))
