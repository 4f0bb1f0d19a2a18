from datetime import date
from decimal import Decimal

from odoo.exceptions import UserError, ValidationError
from odoo.tests import TransactionCase, tagged

# legal-fr.md section 2.2, three half-years that were checked by hand.
TABLE = (
    (date(2014, 1, 1), "ecb_mro_plus_10", "10.25"),
    (date(2023, 12, 31), "ecb_mro_plus_10", "14"),
    (date(2024, 3, 1), "legal_pro", "5.07"),
    (date(2026, 6, 30), "ecb_mro_plus_10", "12.15"),
    (date(2026, 7, 1), "ecb_mro_plus_10", "12.4"),
    (date(2026, 7, 1), "public_mro_plus_8", "10.4"),
    (date(2026, 12, 31), "legal_individual", "6.84"),
)


@tagged("post_install", "-at_install")
class TestLegalRate(TransactionCase):
    """Law is data: dated, sourced, never extrapolated."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rate = cls.env["recouvrement.legal.rate"]

    def make(self, **values):
        """A rate of 2031."""
        return self.Rate.create(
            {
                "kind": "ecb_mro",
                "value": 2,
                "valid_from": date(2031, 1, 1),
                "valid_to": date(2031, 6, 30),
                "source": "test",
                "checked_on": date(2031, 1, 2),
                **values,
            }
        )

    def test_table(self):
        """The seeded half-years give the published values, as exact decimals."""
        for day, kind, value in TABLE:
            self.assertEqual(self.Rate._rate(kind, day), Decimal(value), (day, kind))
        self.assertEqual(self.Rate._rate("recovery_fee", date(2026, 1, 1)), Decimal(40))

    def test_every_half_year_is_there(self):
        """From 2014 to 2026-H2 no half-year is missing in any series."""
        first, last = date(2014, 1, 1), date(2026, 12, 31)
        for kind in ("ecb_mro", *self.Rate._regime_kinds().values()):
            self.assertEqual(len(self.Rate._series(kind, first, last)), 26, kind)

    def test_default_is_ecb_plus_ten(self):
        """The series agree with each other: + 10 and + 8 points on the same ECB rate."""
        for year in range(2014, 2027):
            for month in (1, 7):
                day = date(year, month, 1)
                ecb = self.Rate._rate("ecb_mro", day)
                self.assertEqual(self.Rate._rate("ecb_mro_plus_10", day), ecb + 10)
                self.assertEqual(self.Rate._rate("public_mro_plus_8", day), ecb + 8)

    def test_missing_period_is_named(self):
        """A half-year that nobody entered is an error that names it."""
        day = date(2027, 1, 1)
        self.assertFalse(self.Rate._has_rate("ecb_mro_plus_10", day))
        with self.assertRaisesRegex(UserError, "2027-H1"):
            self.Rate._rate("ecb_mro_plus_10", day)
        self.assertEqual(self.Rate._series("ecb_mro_plus_10", day, day), {})

    def test_entered_later_counts_at_once(self):
        """What is known of the law is not kept after a change."""
        day = date(2031, 2, 1)
        self.assertFalse(self.Rate._has_rate("ecb_mro", day))
        rate = self.make()
        self.assertEqual(self.Rate._rate("ecb_mro", day), Decimal(2))
        rate.value = 3
        self.assertEqual(self.Rate._rate("ecb_mro", day), Decimal(3))
        rate.unlink()
        self.assertFalse(self.Rate._has_rate("ecb_mro", day))

    def test_overlap_refused(self):
        """Two records of one kind never hold on the same day."""
        self.make()
        with (
            self.assertRaisesRegex(ValidationError, "overlaps"),
            self.env.cr.savepoint(),
        ):
            self.make(valid_from=date(2031, 6, 30), valid_to=False)
        self.make(valid_from=date(2031, 7, 1), valid_to=False)
        self.make(kind="legal_pro")
        with self.assertRaisesRegex(ValidationError, "overlaps"):
            self.make(valid_from=date(2032, 1, 1), valid_to=date(2032, 1, 2))

    def test_impossible_values_refused(self):
        """An end before the start, a negative rate."""
        with self.assertRaisesRegex(ValidationError, "on or after"):
            self.make(valid_to=date(2030, 12, 31))
        with self.assertRaisesRegex(ValidationError, "not negative"):
            self.make(value=-1)

    def test_wordings_fill_in(self):
        """Each wording exists in both languages and names the law beside the fee."""
        self.env["res.lang"]._activate_lang("fr_FR")
        Text = self.env["recouvrement.legal.text"]
        for kind, _label in Text._selection_kind():
            for lang in ("en_US", "fr_FR"):
                text = Text._wording(kind, date(2026, 9, 1), lang)
                self.assertEqual("recovery_fee" in text, "consumer" not in kind, kind)
        with self.assertRaisesRegex(ValidationError, "partner_name"):
            Text.search([], limit=1).body = "{{ partner_name }}"
