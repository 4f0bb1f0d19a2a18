import io
from datetime import date
from decimal import Decimal

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AgedBalanceCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"
PAIRS = (
    ("2025-01-31", "2025-03-31"),
    ("2025-02-28", "2025-04-30"),
    ("2025-03-31", "2025-12-31"),
    ("2025-06-09", "2025-06-10"),
    ("2025-03-31", "2025-03-31"),
)


@tagged("post_install", "-at_install")
class TestReceipts(AgedBalanceCommon):
    """What became of the items that were open at a closing."""

    def rows(self, closing, until):
        self.env.flush_all()
        query = self.env["recouvrement.receipts"]._query(
            self.company, date.fromisoformat(closing), date.fromisoformat(until)
        )
        return self.env.execute_query_dict(query)

    def test_open_settled_and_left_add_up(self):
        """What is left is what the balance says at the later day, item by item."""
        for closing, until in PAIRS:
            later = {i["line_id"]: i["amount"] for i in self.items(self.ask(until))}
            rows = self.rows(closing, until)
            self.assertTrue(rows)
            for row in rows:
                settled = row["received"] + row["credited"] + row["other"]
                left = Decimal(str(row["amount"])) - Decimal(str(settled))
                expected = later.get(row["line_id"], 0)
                self.assertAlmostEqual(
                    float(left), float(expected), 2, row["move_name"]
                )

    def test_all_that_was_owed_is_there(self):
        """The positive items of the balance at the closing, no credit."""
        for closing, until in PAIRS:
            owed = {
                i["line_id"]: i["amount"]
                for i in self.items(self.ask(closing))
                if i["amount"] > 0
            }
            found = {r["line_id"]: r["amount"] for r in self.rows(closing, until)}
            self.assertEqual(found, owed)

    def test_cash_credit_and_other_are_told_apart(self):
        """A payment, a credit note, a transfer to doubtful customers."""
        rows = self.rows("2025-02-28", "2025-12-31")

        def sums(move):
            own = [r for r in rows if r["move_id"] == move.id]
            return tuple(
                sum(r[k] for r in own) for k in ("received", "credited", "other")
            )

        self.assertEqual(sums(self.instalments), (350, 0, 0))
        self.assertEqual(sums(self.reversed), (0, 80, 0))
        self.assertEqual(sums(self.doubted), (0, 0, 640))
        paid = [
            r for r in rows if r["move_id"] == self.instalments.id and r["received"]
        ]
        self.assertEqual({r["first_receipt"] for r in paid}, {date(2025, 3, 5)})
        self.assertTrue(all(r["receipts"] for r in paid))

    def export(self, user, **values):
        export = (
            self.env["recouvrement.export"]
            .with_user(user)
            .create(
                {
                    "kind": "receipts",
                    "company_id": self.company.id,
                    "statement_day": "2025-02-28",
                    "date_to": "2025-12-31",
                    **values,
                }
            )
        )
        export.action_start()
        self.env["recouvrement.export"].sudo()._cron_build()
        return export.sudo()

    def make_user(self, role):
        return new_test_user(
            self.env(su=True),
            f"receipts_{role}",
            f"{GROUP}{role}",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )

    def test_workbook(self):
        """One line per item; the sums of the sheet are those of the query."""
        export = self.export(self.make_user("auditor"))
        self.assertEqual((export.state, export.message), ("done", False))
        content = export.attachment_id.raw
        values = load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
        written = load_workbook(io.BytesIO(content)).worksheets[0]
        rows = self.rows("2025-02-28", "2025-12-31")
        lines = list(values.iter_rows(min_row=5, values_only=True))
        self.assertEqual(len(lines), len(rows))
        self.assertEqual(export.entry_count, len(rows))
        totals = [c.value for c in values[3]]
        for col, name in (
            (7, "amount"),
            (8, "received"),
            (9, "credited"),
            (10, "other"),
        ):
            self.assertAlmostEqual(totals[col], sum(r[name] for r in rows), 2)
        self.assertAlmostEqual(totals[11], sum(line[11] for line in lines), 2)
        self.assertEqual(written["L5"].value, "=H5-I5-J5-K5")
        self.assertTrue(written["H3"].value.startswith("=SUBTOTAL(9,"))

    def test_salesperson(self):
        """His customers; the one of another is refused."""
        seller = self.make_user("salesperson")
        self.partner_b.user_id = seller
        files = self.env["recouvrement.customer"]._get_or_create(
            self.company, (self.partner_a | self.partner_b).ids
        )
        export = self.export(seller)
        sheet = load_workbook(io.BytesIO(export.attachment_id.raw)).worksheets[0]
        names = {row[0] for row in sheet.iter_rows(min_row=5, values_only=True)}
        self.assertEqual(names, {self.partner_b.name})
        other = files.filtered(lambda f: f.partner_id == self.partner_a)
        with self.assertRaises(AccessError):
            self.export(seller, customer_ids=other.ids).with_user(
                seller
            ).customer_ids.read(["nature"])

    def test_until_before_the_closing(self):
        """Said on the record, no empty file."""
        export = self.export(self.make_user("auditor"), date_to="2025-01-01")
        self.assertEqual(export.state, "failed")
        self.assertIn("after the closing", export.message)
