"""The information notice for natural persons: what it says is what is used."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestPersonNotice(RecouvrementCommon):
    """A sole trader, scored or not, in both languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.person = cls.make_debtor("Jeanne Martin", is_company=False)
        cls.file = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.person.ids
        )

    def words(self, lang="en_US"):
        """The text of the notice."""
        self.person.lang = lang
        self.file.invalidate_recordset()
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "recouvrement_auto.recouvrement_person_notice", self.file.ids
        )
        return " ".join(content.decode().split())

    def test_without_a_score(self):
        self.env["recouvrement.score"].sudo().create(
            {
                "customer_id": self.file.id,
                "company_id": self.company.id,
                "date": TODAY,
                "grade": "D",
            }
        )
        text = self.words()
        self.assertIn("No score is used", text)
        self.assertNotIn("<strong>D</strong>", text)
        for word in ("legitimate interest", "CNIL", "contest it", self.company.email):
            self.assertIn(word, text)

    def test_with_a_score_and_contested(self):
        self.company.recouvrement_score_persons = True
        self.env["recouvrement.score"].sudo().create(
            {
                "customer_id": self.file.id,
                "company_id": self.company.id,
                "date": TODAY,
                "grade": "D",
            }
        )
        text = self.words()
        self.assertIn("<strong>D</strong>, computed on", text)
        self.assertIn("article 22", text)
        self.file.action_contest_score()
        text = self.words()
        self.assertIn("You contested your score", text)
        self.assertNotIn("<strong>D</strong>", text)

    def test_outside_sources_are_named(self):
        self.env["recouvrement.signal"].create(
            [
                {
                    "customer_id": self.file.id,
                    "kind": "payment_incident",
                    "date": TODAY - timedelta(days),
                    "source": source,
                }
                for days, source in ((5, "The Insurer"), (900, "Old Gazette"))
            ]
        )
        text = self.words()
        self.assertIn("The Insurer", text)
        self.assertNotIn("Old Gazette", text)

    def test_in_french(self):
        text = self.words("fr_FR")
        self.assertIn("Comment nous utilisons vos données", text)
        self.assertIn("Aucun score", text)

    def test_a_company_has_no_notice(self):
        company = self.make_debtor("Company Ltd")
        file = self.env["recouvrement.customer"]._get_or_create(
            self.company, company.ids
        )
        with self.assertRaisesRegex(UserError, "Company Ltd is a company"):
            file.action_print_notice()
        self.assertEqual(
            self.file.action_print_notice()["report_name"],
            "recouvrement_auto.recouvrement_person_notice",
        )
