import re
from datetime import timedelta
from unittest import mock

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, RecouvrementCommon

NBSP = "\N{NO-BREAK SPACE}"
NARROW = "\N{NARROW NO-BREAK SPACE}"


def plain(html):
    """Visible text of a document, one kind of space."""
    text = re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.S)
    text = text.replace("&amp;", "&").replace("&#39;", "'")
    return re.sub(r"\s+", " ", text.replace(NARROW, " ").replace(NBSP, " "))


@tagged("post_install", "-at_install")
class TestRenderer(RecouvrementCommon):
    """From a planned reminder to the words that leave."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.Renderer = cls.env["recouvrement.renderer"]
        euro = cls.env.ref("base.EUR")
        euro.active = True
        cls.company.currency_id = euro
        cls.agent.partner_id.write(
            {"name": "Anne Martin", "function": "Collection officer", "phone": "0411"}
        )
        cls.company.partner_id.write(
            {"city": "Lyon", "company_registry": "33417522101010"}
        )
        cls.bank = cls.env["res.partner.bank"].create(
            {
                "acc_number": "FR7630006000011234567890189",
                "partner_id": cls.company.partner_id.id,
                "allow_out_payment": True,
            }
        )
        cls.debtor = cls.make_debtor("Durand", lang="fr_FR", vat="FR23334175221")

    def use(self, code, step="reminder_1", **values):
        """Put a library text on a step of the standard scenario."""
        line = self.scenario.line_ids.filtered(lambda ln: ln.code == step)
        text = self.env.ref(f"recouvrement_auto.template_{code}")
        line.write({"template_id": text.id, "channel": text.channel, **values})
        return line

    def reminder(self, late=5, amount=1234.5, **values):
        """Tonight's reminder of the debtor for one invoice."""
        invoice = self.make_invoice(self.debtor, late, amount, **values)
        return self.planned(), invoice

    def planned(self):
        """Tonight's reminder of the debtor."""
        # A reminder is changed by its buttons only: tests write as the superuser.
        return self.reminder_of(self.plan(), self.debtor).sudo()

    def customer(self):
        """The collection file of the debtor."""
        return self.env["recouvrement.customer"]._get_or_create(
            self.company, self.debtor.ids
        )

    # === WHAT IT SAYS === #

    def test_french_message(self):
        """Amounts, dates and names as a French reader writes them; the whole document."""
        self.use("reminder_1")
        reminder, invoice = self.reminder(ref="CDE-778")
        content = self.Renderer._render(reminder)
        text = plain(content["body"])
        self.assertIn("<html", content["body"])
        self.assertIn(invoice.name, content["subject"])
        self.assertIn(self.company.name, content["subject"])
        for words in (
            "1 234,50 €",
            "12 mars 2026",
            "Sauf erreur ou omission",
            "CDE-778",
            "Anne Martin",
            "Collection officer",
            "0411",
            "FR76 3000 6000 0112 3456 7890 189",
        ):
            self.assertIn(words, text)
        self.assertNotIn("{{", content["body"])

    def test_english_message(self):
        """The same message for an English reader."""
        self.use("reminder_1")
        self.debtor.lang = "en_US"
        reminder, _invoice = self.reminder()
        text = plain(self.Renderer._render(reminder)["body"])
        self.assertIn("Unless we are mistaken", text)
        self.assertIn("March 12, 2026", text)

    def test_values_are_escaped(self):
        """A name made of markup or of a placeholder is printed as it stands."""
        self.use("reminder_1")
        self.debtor.name = "<script>x</script> {{ total_due }} & Fils"
        body = self.Renderer._render(self.reminder()[0])["body"]
        self.assertNotIn("<script>", body)
        self.assertIn("&lt;script&gt;", body)

    def test_hash_follows_the_words(self):
        """The same facts give the same hash, one cent more gives another."""
        self.use("reminder_1")
        reminder, _invoice = self.reminder()
        first = self.Renderer._render(reminder)["text_hash"]
        self.assertEqual(first, self.Renderer._render(reminder)["text_hash"])
        reminder.item_ids.amount_residual += 0.01
        self.assertNotEqual(first, self.Renderer._render(reminder)["text_hash"])

    def test_own_text_of_a_person(self):
        """What a person wrote for this message replaces the text, placeholders included."""
        reminder, invoice = self.reminder()
        reminder.custom_subject = "About {{ leader_number }}"
        reminder.custom_body = "<p>Hello {{ partner_name }}</p>"
        content = self.Renderer._render(reminder)
        self.assertEqual(content["subject"], f"About {invoice.name}")
        self.assertIn("Hello Durand", content["body"])
        reminder.custom_body = "<p>{{ nothing }}</p>"
        with self.assertRaisesRegex(UserError, "nothing"):
            self.Renderer._render(reminder)

    def test_several_rows(self):
        """Credit deducted, not due apart, totals that tie."""
        self.use("reminder_1")
        self.make_invoice(self.debtor, 5, 1000)
        self.make_invoice(self.debtor, 40, 500)
        self.make_invoice(self.debtor, -20, 70)
        self.make_invoice(self.debtor, 1, 30, move_type="out_refund")
        message = self.Renderer._message(self.planned())
        self.assertEqual(len(message.chased), 2)
        self.assertEqual([row.residual for row in message.credits], [-30])
        self.assertEqual([row.residual for row in message.not_due], [70])
        self.assertEqual(message.oldest.days_late, 40)
        credits_table = self.Renderer._localized(message)._block_credits_table(message)
        self.assertIn("1 470,00", plain(credits_table))
        self.assertIn("1 470,00", plain(self.Renderer._localized(message)
                                         ._value_total_overdue(message)))  # fmt: skip

    def test_currencies_never_mixed(self):
        """One total per currency; a credit reduces its own currency alone."""
        self.use("reminder_1")
        other = self.setup_other_currency("CHF", rates=[("2020-01-01", 2.0)])
        self.make_invoice(self.debtor, 5, 1000)
        self.make_invoice(self.debtor, 5, 200, currency_id=other.id)
        message = self.Renderer._message(self.planned())
        total = plain(self.Renderer._localized(message)._value_total_overdue(message))
        self.assertIn("1 000,00", total)
        self.assertIn("200,00", total)
        self.assertNotIn("1 200", total)

    def test_disputed_part_is_not_asked(self):
        """The contested amount is shown and stays out of the total."""
        self.use("reminder_1")
        reminder, _invoice = self.reminder(amount=4820)
        reminder.item_ids.disputed_amount = 640
        message = self.Renderer._message(reminder)
        self.assertEqual(message.leader.asked, 4180)
        text = plain(self.Renderer._render(reminder)["body"])
        self.assertIn("640,00", text)
        self.assertIn("4 180,00", text)

    # === BANK, LINKS, FACTS === #

    def test_only_a_trusted_account(self):
        """An account that the company did not mark as trusted is never printed."""
        self.use("reminder_1")
        self.bank.allow_out_payment = False
        self.company.recouvrement_bank_id = self.bank
        reminder, invoice = self.reminder()
        text = plain(self.Renderer._render(reminder)["body"])
        self.assertNotIn("FR76", text)
        self.assertIn(invoice.name, text)

    def test_links(self):
        """The page of each invoice when the step says so, none in a letter."""
        self.use("reminder_1")
        reminder, invoice = self.reminder()
        body = self.Renderer._render(reminder)["body"]
        self.assertRegex(body, rf'href="[^"]+/my/statement/[^"]+invoice={invoice.id}"')
        reminder.channel = "letter"
        self.assertNotIn("invoice=", self.Renderer._render(reminder)["body"])

    def test_previous_messages_are_facts(self):
        """Only what was sent and did not come back is quoted."""
        self.use("reminder_2")
        reminder, _invoice = self.reminder(late=12)
        message = self.Renderer._message(reminder)
        self.assertEqual(self.Renderer._value_previous_messages(message), "")
        old = reminder.copy({"run_id": False, "state": "sent"})
        for item in reminder.item_ids:
            item.copy({"reminder_id": old.id, "state": "skipped"})
        delivery = (
            self.env["recouvrement.delivery"]
            .sudo()
            .create(
                {
                    "reminder_id": old.id,
                    "company_id": self.company.id,
                    "customer_id": reminder.customer_id.id,
                    "channel": "email",
                    "address": "a@debtor.example",
                    "day": TODAY - timedelta(7),
                    "state": "sent",
                }
            )
        )
        words = self.Renderer._localized(message)._value_previous_messages(message)
        self.assertIn("10\N{NO-BREAK SPACE}mars 2026", words)
        delivery.bounced_at = "2026-03-11 10:00:00"
        self.env.flush_all()
        self.assertEqual(self.Renderer._value_previous_messages(message), "")

    # === THE LAW === #

    def test_legal_notice_by_regime(self):
        """Businesses and public buyers are reminded of their own law, others of nothing."""
        self.use("reminder_2")
        reminder, _invoice = self.reminder()
        customer = reminder.customer_id
        expected = {
            "business": "L441-10",
            "public": "L2192-13",
            "consumer": None,
            "unknown": None,
        }
        for regime, article in expected.items():
            customer.legal_regime = regime
            text = plain(self.Renderer._render(reminder)["body"])
            self.assertEqual("40 €" in text, bool(article), regime)
            if article:
                self.assertIn(article, text)
            else:
                self.assertNotIn("L441", text)

    def test_claim_of_a_business(self):
        """Interest by half-year on the day of the message, 40 EUR per invoice, one total."""
        self.use("formal_notice", "formal_notice")
        reminder, _invoice = self.reminder(late=45, amount=10000)
        reminder.write(
            {"step_code": "formal_notice", "channel": "letter", "tone": "formal"}
        )
        message = self.Renderer._message(reminder)
        # 45 days x 12.15 % on 10 000
        self.assertEqual(
            str(self.Renderer._claim(message)[0].statement.interest), "149.79"
        )
        text = plain(self.Renderer._render(reminder)["body"])
        for words in (
            "149,79 €",
            "10 189,79 €",
            "Mise en demeure",
            "334 175 221",
            "D441-5",
        ):
            self.assertIn(words, text)

    def test_part_payment_is_split(self):
        """A payment cuts the interest on its day and is set against interest first."""
        invoice = self.make_invoice(self.debtor, 40, 10000)
        self.pay(invoice, 4000, TODAY - timedelta(20))
        message = self.Renderer._message(self.planned())
        statement = self.Renderer._claim(message)[0].statement
        # 20 d x 10 000 = 66.58, then 6 066.58 for 20 d = 40.39
        self.assertEqual(
            [str(s.amount) for s in statement.segments], ["66.58", "40.39"]
        )
        self.assertEqual(str(statement.total_due), "6106.97")
        self.company.recouvrement_settlement_order = "principal_first"
        message.cache.clear()
        self.assertEqual(
            str(self.Renderer._claim(message)[0].statement.total_due), "6106.53"
        )

    def test_claim_of_a_consumer(self):
        """Principal and the legal rate from the letter; nothing that businesses owe."""
        self.use("formal_notice", "formal_notice")
        reminder, _invoice = self.reminder(late=45, amount=1000)
        reminder.customer_id.nature = "consumer"
        text_id = self.env.ref("recouvrement_auto.template_formal_notice_consumer")
        step = {**text_id._snapshot(), "code": "formal_notice", "deadline_days": 15}
        with mock.patch.object(
            self.registry["recouvrement.renderer"], "_step", lambda *a: step
        ):
            reminder.write({"channel": "letter", "tone": "formal"})
            text = plain(self.Renderer._render(reminder)["body"])
        self.assertIn("1 000,00 €", text)
        self.assertIn("1231-6", text)
        self.assertIn("15 jours", text)
        for words in ("40 €", "L441", "pénalité"):
            self.assertNotIn(words, text)

    def test_missing_rate_is_named(self):
        """A half-year without rate stops the message with a sentence that names it."""
        self.use("reminder_2")
        reminder, _invoice = self.reminder()
        self.env["recouvrement.legal.rate"].search(
            [("kind", "=", "ecb_mro_plus_10"), ("valid_from", "=", "2026-01-01")]
        ).unlink()
        with self.assertRaisesRegex(UserError, "2026-H1"):
            self.Renderer._render(reminder)

    # === PREVIEW, CALL, COST === #

    def test_preview_writes_nothing(self):
        """Every library step previews for a real customer, without a single write."""
        self.make_invoice(self.debtor, 5, 1000)
        self.make_invoice(self.debtor, -10, 200)
        customer = self.customer()
        self.env.flush_all()
        lines = self.env["recouvrement.scenario.line"].search([])
        with mock.patch.object(
            self.registry["account.move"],
            "_portal_ensure_token",
            side_effect=AssertionError("a preview creates no token"),
        ):
            for line in lines:
                content = self.Renderer._preview(line, customer)
                self.assertTrue(content["subject"] and content["body"], line.code)
                self.assertNotIn("{{", content["body"])
        self.assertFalse(self.env["recouvrement.reminder"].search_count([]))

    def test_preview_needs_an_open_item(self):
        """A customer who owes nothing cannot show a reminder: the sentence says so."""
        with self.assertRaisesRegex(UserError, "nothing open"):
            self.Renderer._preview(self.scenario.line_ids[1], self.customer())

    def test_call_card(self):
        """Amounts and invoices for the caller, also without script."""
        reminder, invoice = self.reminder(late=25)
        reminder.write({"step_code": "call", "channel": "call"})
        card = plain(self.Renderer._call_card(reminder))
        self.assertIn("1 234,50", card)
        self.assertIn(invoice.name, card)

    def test_call_card_says_who_and_what_was_said_last(self):
        """Segment, risk grade and the messages that reached the customer, newest first."""
        reminder, _invoice = self.reminder(late=25)
        customer = reminder.customer_id
        segment = self.env["recouvrement.segment"].search([], limit=1)
        customer.segment_id = segment
        card = plain(self.Renderer._call_card(reminder))
        self.assertIn(segment.with_context(lang=reminder.lang).name, card)
        self.assertNotIn(reminder.step_name + " · E-mail", card)
        reminder._update_state("claimed")
        reminder._update_state("sent")
        card = plain(self.Renderer._call_card(reminder))
        self.assertIn(f"{reminder.step_name} · ", card)

    def test_interest_of_a_consumer_starts_at_the_formal_notice(self):
        """Nothing before it; from the day the letter was presented afterwards."""
        reminder, _invoice = self.reminder(late=90)
        reminder.customer_id.nature = "consumer"
        reminder.write({"tone": "formal", "date": TODAY - timedelta(40)})
        message = self.Renderer._message(reminder)
        line = self.Renderer._claim(message)[0]
        self.assertFalse(line.statement.interest_due)
        reminder.item_ids.write({"state": "sent"})
        self.env["recouvrement.delivery"].sudo().create(
            {
                "reminder_id": reminder.id,
                "company_id": self.company.id,
                "customer_id": reminder.customer_id.id,
                "channel": "letter",
                "day": reminder.date,
                "state": "sent",
                "presentation_date": TODAY - timedelta(30),
            }
        )
        self.env.flush_all()
        later = self.Renderer._message(reminder)
        later.date = TODAY
        row = later.chased[0]
        self.assertEqual(self.Renderer._notice_day(later, row), TODAY - timedelta(30))
        self.assertGreater(self.Renderer._claim(later)[0].statement.interest_due, 0)

    def test_cost_does_not_grow(self):
        """As many queries for twelve invoices as for two."""
        self.use("reminder_2")
        for number in range(2):
            self.make_invoice(self.debtor, 5 + number)
        few = self.queries(self.planned())
        self.env["recouvrement.run"].sudo().search([]).reminder_ids.state = "skipped"
        for number in range(10):
            self.make_invoice(self.debtor, 15 + number)
        run = self.plan(TODAY + timedelta(1))
        many = self.queries(self.reminder_of(run, self.debtor))
        self.assertLessEqual(many, few)

    def queries(self, reminder):
        """Queries of one rendering from an empty cache."""
        self.Renderer._render(reminder)
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Renderer._render(reminder)
        return self.env.cr.sql_log_count - before

    # === LETTER === #

    def test_letter_without_pdf_is_an_error(self):
        """HTML in place of a PDF, or a cut PDF, is refused: nothing ugly is posted."""
        reminder, _invoice = self.reminder()
        report = self.registry["ir.actions.report"]
        for answer in ((b"<html/>", "html"), (b"%PDF-1.4 cut", "pdf"), (b"", "pdf")):
            with (
                mock.patch.object(
                    report, "_render_qweb_pdf", lambda *a, r=answer, **k: r
                ),
                self.assertRaisesRegex(UserError, "wkhtmltopdf"),
            ):
                self.Renderer._render_letter(reminder)

    def test_letter_prints_the_frozen_words(self):
        """The document is the body kept on the reminder, not a new rendering."""
        reminder, _invoice = self.reminder()
        reminder.write({"subject": "Notice", "body": "<p>Frozen words</p>"})
        html, kind = self.env["ir.actions.report"]._render_qweb_html(
            "recouvrement_auto.recouvrement_letter_action", reminder.ids
        )
        self.assertEqual(kind, "html")
        self.assertIn(b"<p>Frozen words</p>", html)

    def test_no_text_left(self):
        """A step whose text has no active language left says so."""
        reminder, _invoice = self.reminder()
        with mock.patch.object(
            self.registry["recouvrement.renderer"], "_step", lambda *a: {"name": "x"}
        ):
            with self.assertRaisesRegex(UserError, "no text in fr_FR"):
                self.Renderer._render(reminder)
