import io
from urllib.parse import unquote

from openpyxl import load_workbook

from odoo.tests import HttpCase, new_test_user, tagged

from .common import AgedBalanceCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"
URL = "/recouvrement/aged_balance.xlsx"


@tagged("post_install", "-at_install")
class TestAgedBalanceDownload(AgedBalanceCommon, HttpCase):
    """The download: rights of the role, of the companies, of the customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.name = "Négoce & Cie / Lyon"
        for login, groups in (
            ("dl_agent", f"{GROUP}agent"),
            ("dl_sales", f"{GROUP}salesperson"),
            ("dl_none", "base.group_user"),
        ):
            new_test_user(
                cls.env(su=True),
                login,
                groups,
                password=login,
                company_id=cls.company.id,
                company_ids=cls.company.ids,
            )
        cls.env["recouvrement.customer"]._get_or_create(
            cls.company, (cls.partner_a | cls.partner_b).ids
        )

    def get(self, login, query="date=2025-03-31", **params):
        self.authenticate(login, login)
        return self.url_open(f"{URL}?{query}")

    def test_agent_downloads(self):
        """An XLSX with a readable UTF-8 name that no path can hide in."""
        answer = self.get("dl_agent", f"date=2025-03-31&companies={self.company.id}")
        self.assertEqual(answer.status_code, 200)
        name = unquote(answer.headers["Content-Disposition"])
        self.assertIn("Négoce & Cie", name)
        self.assertNotIn("/", name)
        self.assertTrue(name.endswith(".xlsx"))
        book = load_workbook(io.BytesIO(answer.content), data_only=True)
        self.assertEqual(book.sheetnames, ["Balance by customer", "Items", "Control"])

    def test_salesperson_gets_his_customers(self):
        """None of his: an empty balance, not the one of all."""
        answer = self.get("dl_sales")
        self.assertEqual(answer.status_code, 200)
        book = load_workbook(io.BytesIO(answer.content), data_only=True)
        self.assertEqual(book["Items"].max_row, 4)

    def test_refused(self):
        """No role: 403; a foreign company: 403; nonsense: 400; not signed in: login."""
        other = self.setup_other_company()["company"]
        self.assertEqual(self.get("dl_none").status_code, 403)
        foreign = self.get("dl_agent", f"companies={other.id}")
        self.assertEqual(foreign.status_code, 403)
        for query in ("date=xx", "limits=9,3", "group_by=x", "companies=a"):
            self.assertEqual(self.get("dl_agent", query).status_code, 400, query)
        self.authenticate(None, None)
        answer = self.url_open(URL, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
