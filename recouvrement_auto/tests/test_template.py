from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged

from odoo.addons.recouvrement_auto.placeholders import BLOCKS, INLINE, PROBLEMS
from odoo.addons.recouvrement_auto.tools import template as engine

# What each regime's texts may never contain, in either language.
ONLY_BUSINESS = ("{{ legal_notice }}", "{{ fee_count }}", "{{ penalty_amount }}")
# One instalment is named in the text itself, or no invoice is asked.
WITHOUT_TABLE = (
    "notice_thanks",
    "pre_due_consumer",
    "notice_unreachable",
    "plan_notice",
    "notice_statement",  # it is joined
)


@tagged("post_install", "-at_install")
class TestTemplate(TransactionCase):
    """Texts: a closed list of placeholders, checked at each save in each language."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        cls.Template = cls.env["recouvrement.template"]

    def make(self, body="<p>{{ partner_name }}</p>", **values):
        """A text with a good subject."""
        return self.Template.create(
            {
                "name": "Test",
                "code": "test",
                "subject": "{{ company_name }}",
                "body": body,
                **values,
            }
        )

    def test_lists_agree_with_the_engine(self):
        """Labels exist for exactly the fields and problems that the engine knows."""
        self.assertEqual(set(INLINE), set(engine.INLINE))
        self.assertEqual(set(BLOCKS), set(engine.BLOCKS))
        self.assertEqual(set(PROBLEMS), set(engine.SENTENCES))

    def test_unknown_placeholder_refused(self):
        """The sentence names the placeholder and what was meant."""
        with (
            self.assertRaisesRegex(ValidationError, "partner_name"),
            self.env.cr.savepoint(),
        ):
            self.make("<p>{{ partner_nam }}</p>")
        with self.assertRaisesRegex(ValidationError, "not a field"):
            self.make(subject="{{ items_table }}")

    def test_code_refused(self):
        """No expression, no template directive, no script ever passes."""
        for body in (
            "<p>{{ object.env }}</p>",
            "<p>${object.name}</p>",
            "<p>{% if x %}</p>",
            "<p>{{ partner_name </p>",
        ):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self.make(body)

    def test_legal_text_by_hand_refused(self):
        """Articles and the recovery fee come from the legal blocks only."""
        for words in ("article L441-10", "indemnité de 40 €", "40 EUR", "D.441-5"):
            with (
                self.assertRaisesRegex(ValidationError, "legal_notice"),
                self.env.cr.savepoint(),
            ):
                self.make(f"<p>{words}</p>")

    def test_forbidden_words_refused(self):
        """Fees that nobody owes and titles of court acts."""
        for words in ("frais de dossier", "sommation", "URGENT", "dernier avis"):
            with (
                self.assertRaisesRegex(ValidationError, "may not be written"),
                self.env.cr.savepoint(),
            ):
                self.make(f"<p>{words}</p>")

    def test_each_language_is_checked(self):
        """A bad French text is refused, by write and by the translation dialog."""
        text = self.make()
        with (
            self.assertRaisesRegex(ValidationError, r"\[fr_FR\]"),
            self.env.cr.savepoint(),
        ):
            text.with_context(lang="fr_FR").body = "<p>{{ inconnu }}</p>"
        with self.assertRaisesRegex(ValidationError, r"\[fr_FR\]"):
            text.update_field_translations("body", {"fr_FR": "<p>{{ inconnu }}</p>"})

    def test_languages_are_independent(self):
        """A French letter of another shape leaves the English one as it was."""
        text = self.make("<p>One</p><p>Two</p>")
        text.with_context(lang="fr_FR").body = "<ul><li>Un</li></ul>"
        self.assertIn("Two", text.with_context(lang="en_US").body)
        self.assertIn("Un", text.with_context(lang="fr_FR").body)

    def test_body_is_sanitised(self):
        """Handlers and frames are dropped on create, write and translation."""
        bad = '<p onclick="x()">Hello</p><form action="http://x">y</form>'
        text = self.make(bad)
        self.assertNotIn("onclick", text.body)
        self.assertNotIn("<form", text.body)
        text.body = bad
        self.assertNotIn("onclick", text.body)
        text.update_field_translations("body", {"fr_FR": bad})
        self.assertNotIn("onclick", text.with_context(lang="fr_FR").body)

    def test_claims_need_a_regime(self):
        """Interest and fees cannot stand in a text for everybody or for consumers."""
        body = "<p>{{ claim_statement }}</p>"
        with (
            self.assertRaisesRegex(ValidationError, "legal regime"),
            self.env.cr.savepoint(),
        ):
            self.make(body)
        self.make(body, regime="consumer", code="a")
        for regime in ("any", "consumer"):
            with (
                self.assertRaisesRegex(ValidationError, "legal regime"),
                self.env.cr.savepoint(),
            ):
                self.make("<p>{{ fee_count }}</p>", regime=regime)
        self.make("<p>{{ fee_count }}</p>", regime="business", code="b")

    def test_copy_has_its_own_code(self):
        """A copy is named and gets a code of its own."""
        text = self.make()
        copy = text.copy()
        self.assertNotEqual(copy.code, text.code)
        self.assertEqual(copy.name, "Test (copy)")

    def test_snapshot_leaves_a_bad_language_out(self):
        """A text changed outside the screens holds its customers instead of leaving."""
        text = self.make()
        self.env.cr.execute(
            "UPDATE recouvrement_template SET body = body || %s WHERE id = %s",
            ['{"fr_FR": "<p>{{ secret }}</p>"}', text.id],
        )
        text.invalidate_recordset()
        texts = text._snapshot()["template"]["texts"]
        self.assertIn("en_US", texts)
        self.assertNotIn("fr_FR", texts)


@tagged("post_install", "-at_install")
class TestLibraryTexts(TransactionCase):
    """The shipped texts, in both languages."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("fr_FR")
        data = cls.env["ir.model.data"].search(
            [
                ("module", "=", "recouvrement_auto"),
                ("model", "=", "recouvrement.template"),
            ]
        )
        cls.texts = cls.env["recouvrement.template"].browse(data.mapped("res_id"))

    def test_all_pass_the_checks(self):
        """Every text may be saved, and French is not English."""
        self.assertGreater(len(self.texts), 25)
        for text in self.texts:
            self.assertEqual(text._problems(), [], text.code)
            texts = text._texts()
            self.assertNotEqual(
                texts["fr_FR"]["body"], texts["en_US"]["body"], text.code
            )
            french = text.with_context(lang="fr_FR").name
            self.assertNotEqual(french, text.with_context(lang="en_US").name)

    def test_four_tones(self):
        """The library holds texts in the four tones."""
        self.assertEqual(
            set(self.texts.mapped("tone")), {"courteous", "precise", "firm", "formal"}
        )

    def test_written_texts_are_signed(self):
        """A named person signs each written text; the invoices stand in a table."""
        written = self.texts.filtered(lambda t: t.channel in ("email", "letter"))
        for text in written:
            for lang, part in text._texts().items():
                self.assertIn("{{ signature }}", part["body"], (text.code, lang))
                if text.code not in WITHOUT_TABLE:
                    self.assertIn("{{ items_table }}", part["body"], (text.code, lang))

    def test_no_fee_for_consumers(self):
        """No text that a consumer may get names what only businesses owe."""
        for text in self.texts.filtered(lambda t: t.regime == "consumer"):
            for part in text._texts().values():
                for name in ONLY_BUSINESS:
                    self.assertNotIn(name, part["body"], text.code)

    def test_formal_notices_have_their_mentions(self):
        """Parties, calculation, delay from presentation, next step, enclosures."""
        notices = self.texts.filtered(lambda t: t.tone == "formal")
        self.assertEqual(len(notices), 3)
        for text in notices:
            self.assertEqual(text.channel, "letter")
            body = text.with_context(lang="fr_FR").body
            for words in (
                "{{ parties }}",
                "{{ claim_statement }}",
                "{{ deadline_days }}",
                "première présentation",
                "mettons en demeure",
                "À défaut",
                "Pièces jointes",
            ):
                self.assertIn(words, body, text.code)

    def test_before_due_says_nothing_of_lateness(self):
        """Texts before the due date hold none of the words of a reminder."""
        codes = ("pre_due", "reception_check")
        for text in self.texts.filtered(lambda t: t.code.startswith(codes)):
            self.assertEqual(text._lint_before_due(), [], text.code)
