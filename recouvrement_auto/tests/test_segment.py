import json
from datetime import timedelta
from decimal import Decimal

from psycopg2.errors import UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.models.recouvrement_segment import LIMITS, THRESHOLDS
from odoo.addons.recouvrement_auto.models.recouvrement_segment_refresh import REASONS
from odoo.addons.recouvrement_auto.tools import segment as rules
from odoo.addons.recouvrement_auto.tools.segment import PaymentFacts, Thresholds

from .common import TODAY, RecouvrementCommon

GOOD = PaymentFacts(paid_count=20, last_invoice_days=10)
USUAL = PaymentFacts(paid_count=20, late_count=18, last_invoice_days=10)
DIFFICULT = PaymentFacts(paid_count=20, oldest_open_days=120, last_invoice_days=10)


@tagged("post_install", "-at_install")
class TestSegment(RecouvrementCommon):
    """Thresholds, and the nightly refresh of the collection files."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Segment")
        cls.file = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.debtor.ids
        )
        cls.env["recouvrement.segment"].search([("company_id", "!=", False)]).unlink()

    def segment(self, code):
        """The shipped segment of this code."""
        return self.env.ref(f"recouvrement_auto.segment_{code}")

    def refresh(self, facts=None, day=TODAY):
        """One refresh; ``facts`` stand for what the ledger says of the debtor."""
        given = {self.debtor.id: facts} if facts else facts
        return self.env["recouvrement.segment"]._refresh(self.company, day, given)

    def changes(self):
        """Segment changes of the debtor in the log: ``(from, to)``, oldest first."""
        entries = (
            self.env["recouvrement.log"]
            .sudo()
            .search(
                [
                    ("event", "=", "segment.changed"),
                    ("customer_res_id", "=", self.file.id),
                ],
                order="id",
            )
        )
        facts = [json.loads(entry.payload)["facts"] for entry in entries]
        return [(fact["from"], fact["to"]) for fact in facts]

    # === THRESHOLDS === #

    def test_shipped_thresholds_are_those_of_the_rules(self):
        self.assertEqual(
            self.env["recouvrement.segment"]._thresholds(self.company), Thresholds()
        )
        codes = {
            segment.code for segment in self.env["recouvrement.segment"].search([])
        }
        self.assertEqual(codes, set(rules.CODES))

    def test_edited_threshold_counts(self):
        self.segment("difficult").late30_percent = 12.5
        thresholds = self.env["recouvrement.segment"]._thresholds(self.company)
        self.assertEqual(thresholds.difficult_late30, Decimal("0.125"))

    def test_nonsense_is_refused(self):
        for code, name in THRESHOLDS.values():
            low, high = LIMITS[name]
            for value in (low - 1, high + 1, -5):
                with (
                    self.subTest(code=code, name=name, value=value),
                    self.assertRaisesRegex(ValidationError, "goes from"),
                    self.cr.savepoint(),
                ):
                    self.segment(code)[name] = value

    def test_contradiction_is_refused(self):
        for code, name, value in (
            ("usual_late", "late_percent", 10),
            ("occasional_late", "late_percent", 50),
            ("difficult", "late30_percent", 5),
            ("occasional_late", "late30_percent", 30),
        ):
            with (
                self.subTest(code=code, value=value),
                self.assertRaisesRegex(ValidationError, "would never be"),
                self.cr.savepoint(),
            ):
                self.segment(code)[name] = value

    def test_one_segment_per_behaviour(self):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.segment("good").copy()
            self.env.flush_all()

    def test_behaviour_never_changes(self):
        with self.assertRaisesRegex(UserError, "create another one"):
            self.segment("good").code = "new"

    def test_shipped_segments_stay(self):
        with self.assertRaisesRegex(UserError, "needed to judge"):
            self.segment("new").unlink()

    def test_own_thresholds_of_a_company(self):
        Segment = self.env["recouvrement.segment"]
        own = self.segment("usual_late").copy(
            {"company_id": self.company.id, "late_percent": 95}
        )
        self.assertEqual(Segment._thresholds(self.company).usual_late, Decimal("0.95"))
        other = self.env["res.company"]
        self.assertEqual(Segment._thresholds(other).usual_late, Decimal("0.5"))
        self.segment("occasional_late").late_percent = 40
        self.refresh(USUAL)
        self.assertEqual(self.file.segment_id.code, "occasional_late")
        own.late_percent = 60
        self.refresh(USUAL)
        self.assertEqual(self.file.segment_id, own)
        with self.assertRaisesRegex(ValidationError, "would never be"):
            own.late_percent = 20

    def test_every_reason_has_words(self):
        samples = [
            PaymentFacts(manual_litigation=True),
            PaymentFacts(last_invoice_days=500),
            PaymentFacts(),
            PaymentFacts(paid_count=9, late30_count=9, median_delay=40.0),
            DIFFICULT,
            USUAL,
            PaymentFacts(paid_count=50, late_count=12, late30_count=6),
            GOOD,
        ]
        seen = set()
        for facts in samples:
            _code, reasons = rules.decide(facts, 0, 0)
            seen |= {key for key, _numbers in reasons}
            for key, numbers in reasons:
                words = self.env._(REASONS[key])
                self.assertTrue(words % numbers)
        self.assertEqual(seen | {"pending"}, set(REASONS))

    def test_scenario_of_a_segment(self):
        segment = self.segment("difficult")
        self.env["recouvrement.scenario"].search([]).segment_ids = False
        self.assertFalse(segment.scenario_id)
        self.scenario.segment_ids = segment
        segment.invalidate_recordset()
        self.assertEqual(segment.scenario_id, self.scenario)

    # === REFRESH === #

    def test_from_the_ledger(self):
        self.assertEqual(self.refresh(), 1)
        self.assertEqual(self.file.segment_id.code, "new")
        for _number in range(4):
            invoice = self.make_invoice(self.debtor, 57)
            self.pay(invoice, day=invoice.invoice_date_due)
        self.refresh()
        self.assertEqual(self.file.segment_id.code, "good")
        self.assertIn("0 of 4", self.file.segment_reason)
        self.make_invoice(self.debtor, 91)
        self.refresh()
        self.assertEqual(self.file.segment_id.code, "difficult")
        self.assertIn("Oldest open item 91 days late", self.file.segment_reason)
        self.file.litigation = True
        self.refresh()
        self.assertEqual(self.file.segment_id.code, "litigation")
        self.assertEqual(
            self.changes(),
            [
                ("", "new"),
                ("new", "good"),
                ("good", "difficult"),
                ("difficult", "litigation"),
            ],
        )

    def test_customers_get_their_file(self):
        """Before the first plan, which then knows the segment."""
        Customer = self.env["recouvrement.customer"]
        alive, asleep = self.make_debtor("Alive"), self.make_debtor("Asleep")
        self.make_invoice(alive, -10)
        old = self.make_invoice(asleep, 500)
        self.pay(old, day=old.invoice_date_due)
        self.refresh()
        found = Customer.search([("partner_id", "in", (alive | asleep).ids)])
        self.assertEqual(found.partner_id, alive)
        self.assertEqual(found.segment_id.code, "new")
        self.assertEqual(found.first_invoice_date, TODAY - timedelta(20))

    def test_inactive(self):
        invoice = self.make_invoice(self.debtor, 370)
        self.pay(invoice, day=invoice.invoice_date_due)
        self.refresh()
        self.assertEqual(self.file.segment_id.code, "inactive")

    def test_nothing_new_writes_nothing(self):
        self.assertEqual(self.refresh(GOOD), 1)
        later = TODAY + timedelta(1)
        self.assertEqual(self.refresh(GOOD, later), 0)
        self.assertEqual(
            (self.file.segment_date, self.file.segment_changed_on), (TODAY,) * 2
        )
        self.assertEqual(len(self.changes()), 1)
        worse = PaymentFacts(paid_count=21, late_count=1, last_invoice_days=1)
        self.assertEqual(self.refresh(worse, later), 1, "same segment, other reason")
        self.assertEqual(self.file.segment_date, later)
        self.assertEqual(self.file.segment_changed_on, TODAY)
        self.assertEqual(len(self.changes()), 1)

    def test_other_companies_are_left_alone(self):
        other = self.setup_other_company()["company"]
        elsewhere = (
            self.env["recouvrement.customer"]
            .sudo()
            .create({"partner_id": self.debtor.id, "company_id": other.id})
        )
        self.refresh(GOOD)
        self.assertFalse(elsewhere.segment_id)

    def test_down_at_once_up_when_it_lasts(self):
        self.refresh(GOOD)
        self.refresh(DIFFICULT)
        self.assertEqual(self.file.segment_id.code, "difficult")
        for days, expected in ((1, "difficult"), (30, "difficult"), (31, "good")):
            self.refresh(GOOD, TODAY + timedelta(days))
            self.assertEqual(self.file.segment_id.code, expected, days)
            self.assertEqual(bool(self.file.segment_up_since), expected == "difficult")
        self.assertEqual(self.file.segment_changed_on, TODAY + timedelta(31))

    def test_waiting_is_explained_and_starts_again_after_a_relapse(self):
        self.refresh(DIFFICULT)
        self.refresh(GOOD, TODAY + timedelta(1))
        self.assertEqual(self.file.segment_up_id.code, "good")
        self.assertIn("becomes Good payer", self.file.segment_reason)
        self.refresh(DIFFICULT, TODAY + timedelta(20))
        self.assertFalse(self.file.segment_up_since or self.file.segment_up_id)
        self.refresh(GOOD, TODAY + timedelta(21))
        self.refresh(GOOD, TODAY + timedelta(40))
        self.assertEqual(self.file.segment_id.code, "difficult")

    def test_up_to_the_worst_of_what_was_seen_meanwhile(self):
        self.refresh(DIFFICULT)
        self.refresh(GOOD, TODAY + timedelta(1))
        self.refresh(USUAL, TODAY + timedelta(15))
        self.refresh(GOOD, TODAY + timedelta(31))
        self.assertEqual(self.file.segment_id.code, "usual_late")

    def test_own_segment_counts_until_its_end(self):
        self.file.write(
            {
                "segment_override_id": self.segment("good").id,
                "segment_override_until": TODAY,
                "segment_override_reason": "New owner",
            }
        )
        self.refresh(DIFFICULT)
        self.assertEqual(self.file.segment_id.code, "difficult")
        self.assertEqual(self.file.segment_override_id.code, "good")
        self.assertEqual(self.file._effective_segment_code(TODAY), "good")
        self.assertEqual(
            self.file._effective_segment_code(TODAY + timedelta(1)), "difficult"
        )
        with self.assertRaises(ValidationError):
            self.file.segment_override_until = False

    def test_number_of_queries_does_not_grow(self):
        few = self.queries()
        debtors = self.env["res.partner"]
        for number in range(25):
            debtors |= self.make_debtor(f"Many {number}")
        self.env["recouvrement.customer"]._get_or_create(self.company, debtors.ids)
        for debtor in debtors[:5]:
            self.make_invoice(debtor, 95)
        many = self.queries()
        self.assertEqual(self.queries(), few, "once everybody is known")
        self.assertLessEqual(many - few, 2)
        self.assertLessEqual(few, 20)

    def queries(self):
        """Queries of one refresh without records in cache; every file is written."""
        self.refresh()
        self.env.cr.execute("UPDATE recouvrement_customer SET segment_reason = NULL")
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.refresh()
        return self.env.cr.sql_log_count - before

    # === KEY ACCOUNTS === #

    def test_key_accounts_make_half_of_the_turnover(self):
        Segment = self.env["recouvrement.segment"]
        self.assertEqual(Segment._key_account_candidates(self.company, TODAY), [])
        partners = [self.make_debtor(f"Key {n}") for n in range(60)]
        for rank, partner in enumerate(partners):
            amount = {0: 4000, 1: 1200, 2: 500}.get(rank, 50)
            self.make_invoice(partner, 0, amount)
        self.make_invoice(partners[10], 500, 90000)  # too long ago
        self.make_invoice(partners[11], -90, 90000)  # not yet invoiced
        expected = [partner.id for partner in partners[:3]]
        found = Segment._key_account_candidates(self.company, TODAY)
        self.assertEqual(found, expected)
        self.assertEqual(self.file.nature, "standard", "a proposal only")

    def test_key_accounts_are_twenty_at_most(self):
        for number in range(30):
            self.make_invoice(self.make_debtor(f"Equal {number}"), 0, 100)
        Segment = self.env["recouvrement.segment"]
        self.assertEqual(len(Segment._key_account_candidates(self.company, TODAY)), 20)
