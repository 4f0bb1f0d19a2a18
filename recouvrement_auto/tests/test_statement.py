"""Statement of account: equal to the ledger, in the reader's language, safe to open."""

import io
from datetime import timedelta
from decimal import Decimal

from openpyxl import load_workbook

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TODAY, RecouvrementCommon

MODULE = "recouvrement_auto"


@tagged("post_install", "-at_install")
class TestStatement(RecouvrementCommon):
    """Figures, languages, rights and files of the statement."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Statement = cls.env["recouvrement.statement"]
        cls.debtor = cls.make_debtor("Statement One")

    def customer(self, partner=None):
        partner = partner or self.debtor
        return self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )

    def ledger(self, partner, day):
        """Balance of the receivable accounts of a customer, entries alone."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT COALESCE(SUM(line.balance), 0) FROM account_move_line line
                 JOIN account_account account ON account.id = line.account_id
                WHERE line.partner_id = %s AND line.date <= %s
                  AND line.parent_state = 'posted' AND line.company_id = %s
                  AND account.account_type = 'asset_receivable'""",
            [partner.id, day, self.company.id],
        )
        return Decimal(str(self.env.cr.fetchone()[0]))

    def test_equals_the_ledger_at_any_day(self):
        """Invoices, a part payment, a credit note: the balance is that of the account."""
        first = self.make_invoice(self.debtor, 60, 1000.10)
        self.make_invoice(self.debtor, 20, 333.33)
        self.make_invoice(self.debtor, -10, 50)
        self.pay(first, 400.05, TODAY - timedelta(5))
        self.make_invoice(
            self.debtor,
            3,
            12.34,
            move_type="out_refund",
            invoice_date=TODAY - timedelta(3),
        )
        for back in (0, 4, 6, 25, 70, 200):
            day = TODAY - timedelta(back)
            statement = self.Statement._build(self.customer(), day)
            balance = sum((t.balance for t in statement.totals), Decimal(0))
            with self.subTest(day=day):
                self.assertEqual(balance, self.ledger(self.debtor, day))
        statement = self.Statement._build(self.customer(), TODAY)
        self.assertEqual(
            [(line.kind, line.days_late, line.residual) for line in statement.lines],
            [
                ("invoice", 60, Decimal("600.05")),
                ("invoice", 20, Decimal("333.33")),
                ("credit_note", 3, Decimal("-12.34")),
                ("invoice", -10, Decimal("50")),
            ],
        )
        self.assertEqual(statement.lines[0].original, Decimal("1000.1"))
        self.assertEqual(
            statement.totals[0].ages,
            [Decimal(50), Decimal("333.33"), Decimal("600.05"), 0, 0],
        )

    def test_currencies_are_never_added(self):
        other = self.env.ref("base.CHF")
        other.active = True
        self.make_invoice(self.debtor, 5, 100)
        self.make_invoice(self.debtor, 6, 70, currency_id=other.id)
        totals = self.Statement._build(self.customer(), TODAY).totals
        self.assertEqual(
            {total.currency.name: total.balance for total in totals},
            {"CHF": Decimal(70), self.company.currency_id.name: Decimal(100)},
        )

    def test_one_query_for_many(self):
        """As many queries for eight customers as for two; each gets his own lines."""
        customers = self.env["recouvrement.customer"]
        for number in range(8):
            partner = self.make_debtor(f"Many {number}")
            self.make_invoice(partner, number, 100 + number)
            customers |= self.customer(partner)
        self.Statement._build_many(customers, TODAY)

        def queries(group):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            found = self.Statement._build_many(group, TODAY)
            return self.env.cr.sql_log_count - before, found

        few, _found = queries(customers[:2])
        many, found = queries(customers)
        self.assertLessEqual(many, few)
        for number, customer in enumerate(customers.sorted("id")):
            self.assertEqual(
                [line.residual for line in found[customer].lines], [100 + number]
            )

    def test_language(self):
        """The customer's language when it is installed, else the company's."""
        self.env["res.lang"]._activate_lang("fr_FR")
        self.debtor.lang = "fr_FR"
        self.assertEqual(self.Statement._build(self.customer()).lang, "fr_FR")
        self.assertEqual(
            self.Statement._build(self.customer(), lang="en_US").lang, "en_US"
        )

    def test_salesperson_reads_his_customers_only(self):
        self.make_invoice(self.debtor, 5)
        seller = new_test_user(
            self.env,
            "st_seller",
            groups=f"{MODULE}.{MODULE}_group_salesperson",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        customer = self.customer()
        customer.agent_id = False
        self.env.flush_all()
        mine = self.Statement.with_user(seller)
        with self.assertRaises(AccessError):
            mine._build(customer.with_user(seller), TODAY)
        customer.shared_user_ids = seller
        found = mine._build(customer.with_user(seller), TODAY)
        self.assertEqual(len(found.lines), 1)

    # === FILES === #

    def test_workbook(self):
        """Read by another library: frozen head, real dates and numbers, sums of ours, and
        nothing from data that a spreadsheet would run."""
        evil = '=HYPERLINK("http://evil.example","x")'
        self.debtor.name = "+cmd|' /C calc'!A0"
        self.make_invoice(self.debtor, 5, 100.5, ref=evil)
        self.make_invoice(self.debtor, 6, 70, ref="@SUM(1)")
        statement = self.Statement._build(self.customer(), TODAY)
        content = self.Statement._xlsx(statement)
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        self.assertEqual(sheet.freeze_panes, "C6")
        formulas, texts = [], set()
        for row in sheet.iter_rows():
            for cell in row:
                self.assertIsNone(cell.hyperlink)
                if cell.data_type == "f":
                    formulas.append(cell.value)
                elif cell.data_type == "s":
                    texts.add(cell.value)
        self.assertTrue(all(f.startswith("=SUMIF(") for f in formulas), formulas)
        self.assertLessEqual({evil, "@SUM(1)", self.debtor.name}, texts)
        self.assertEqual(sheet["H6"].value, 70)
        self.assertEqual(sheet["H7"].value, 100.5)
        self.assertEqual(sheet["E7"].value.date(), TODAY - timedelta(5))
        values = load_workbook(io.BytesIO(content), data_only=True).worksheets[0]
        self.assertEqual(values["H9"].value, 170.5)

    def test_print_out(self):
        """Company, customer, each number and the balance stand on the page, escaped."""
        self.debtor.name = "<script>alert(1)</script>"
        invoice = self.make_invoice(self.debtor, 5, 1234.5)
        self.debtor.lang = "fr_FR"
        html = (
            self.env["ir.actions.report"]
            ._render_qweb_html(
                "recouvrement_auto.recouvrement_statement_action", self.customer().ids
            )[0]
            .decode()
        )
        self.assertIn(self.company.name, html)
        self.assertIn(invoice.name, html)
        self.assertRegex(html, r"1\s234,50")
        self.assertNotIn("<script>alert", html)
        self.assertIn("&lt;script&gt;alert", html)

    def test_file_name_hides_no_path(self):
        self.debtor.name = '../../etc/pa"sswd\r\n'
        statement = self.Statement._build(self.customer(), TODAY)
        name = self.Statement._filename(statement, "pdf")
        self.assertTrue(name.endswith(".pdf"))
        for char in '/\\"\r\n':
            self.assertNotIn(char, name)
