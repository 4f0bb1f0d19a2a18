import base64
import json
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.recouvrement_auto.tools.score import scorecard
from odoo.addons.recouvrement_auto.tools.score_basis import score_again
from odoo.addons.recouvrement_auto.tools.segment import PaymentFacts

from .common import TODAY, RecouvrementCommon

LATE = PaymentFacts(
    paid_count=20,
    late_count=15,
    late30_count=10,
    median_delay=40.5,
    mean_delay=20.25,
    last5_delay=44.0,
    oldest_open_days=60,
    promises_kept=1,
    promises_broken=2,
)


class ScoreCommon(RecouvrementCommon):
    """A customer with a file, and one user per role."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Rated", ref="R-100")
        cls.file = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.debtor.ids
        )
        cls.plain_agent = new_test_user(
            cls.env,
            "score_agent",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def refresh(self, facts=None, day=TODAY):
        given = {self.debtor.id: facts} if facts else None
        return self.env["recouvrement.score"].sudo()._refresh(self.company, day, given)

    def refused(self, error, record, values):
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(error),
            self.cr.savepoint(),
        ):
            record.write(values)
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestScoreCard(ScoreCommon):
    """Points as data, sectors, snapshots that can be computed again."""

    def test_every_score_can_be_computed_again(self):
        others = self.make_debtor("Second"), self.make_debtor("Third")
        self.env["recouvrement.customer"]._get_or_create(
            self.company, [other.id for other in others]
        )
        facts = {
            self.debtor.id: LATE,
            others[0].id: PaymentFacts(manual_litigation=True),
            others[1].id: PaymentFacts(paid_count=4, late_count=1, signals_alert=1),
        }
        self.env["recouvrement.score"].sudo()._refresh(self.company, TODAY, facts)
        scores = self.env["recouvrement.score"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertGreaterEqual(len(scores), 3)
        for score in scores:
            again = score_again(score.basis)
            self.assertEqual(again.grade or False, score.grade)
            self.assertEqual(again.points or 0, score.points)
            kept = [[key, points, values] for key, points, values in again.factors]
            self.assertEqual(kept, score.factors[: len(kept)])
        ratios = [float(r) for r in scores[0].basis["ratios"]]
        self.assertEqual(
            scorecard(LATE, *ratios),
            score_again(scores.filtered(lambda s: s.customer_id == self.file).basis),
        )
        with self.assertRaises(ValueError):
            score_again({"schema": 99})

    def test_a_sector_has_its_own_card(self):
        self.refresh(LATE)
        before = self.file.score_id.points
        industry = self.env["res.partner.industry"].create({"name": "Building"})
        card = self.env["recouvrement.score.card"].create(
            {
                "name": "Building",
                "industry_id": industry.id,
                "late_ratio": 10,
                "oldest_open": 45,
            }
        )
        self.debtor.industry_id = industry
        self.refresh(LATE, TODAY + timedelta(31))
        self.file.invalidate_recordset()
        self.assertNotEqual(self.file.score_id.points, before)
        card.company_id = self.setup_other_company()["company"]
        self.refresh(LATE, TODAY + timedelta(62))
        self.file.invalidate_recordset()
        self.assertEqual(self.file.score_id.points, before)

    def test_bad_cards_are_refused(self):
        card = self.env.ref("recouvrement_auto.recouvrement_score_card_default")
        self.refused(ValidationError, card, {"late_ratio": 41})
        self.refused(ValidationError, card, {"signal_watch": -1})
        self.refused(ValidationError, card, {"cut_c": 5})
        self.refused(CheckViolation, card, {"full_promises": 0})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            card.copy()

    # === PEOPLE === #

    def test_own_grade_until_a_day(self):
        self.refresh(LATE)
        self.assertEqual(self.file.grade, "E")
        until = TODAY + timedelta(30)
        self.refused(CheckViolation, self.file, {"grade_override": "B"})
        self.refused(
            ValidationError,
            self.file,
            {
                "grade_override": "B",
                "grade_override_until": TODAY + timedelta(400),
                "grade_override_reason": "Parent company pays",
            },
        )
        self.file.write(
            {
                "grade_override": "B",
                "grade_override_until": until,
                "grade_override_reason": "Parent company pays",
            }
        )
        self.assertEqual((self.file.grade, self.file.grade_computed), ("B", "E"))
        Customer = self.env["recouvrement.customer"]
        mine = [("id", "=", self.file.id)]
        self.assertTrue(Customer.search([*mine, ("grade", "=", "B")]))
        self.assertFalse(Customer.search([*mine, ("grade", "=", "E")]))
        entry = self.env["recouvrement.log"].search(
            [("event", "=", "score.overridden")], limit=1
        )
        self.assertEqual(entry.company_id, self.company.id)
        self.travel(until + timedelta(1))
        self.file.invalidate_recordset()
        self.assertEqual(self.file.grade, "E")

    def test_contested_score_waits_for_a_manager(self):
        self.refresh(LATE)
        self.file.with_user(self.plain_agent).action_contest_score()
        self.file.invalidate_recordset()
        self.assertFalse(self.file.grade)
        self.assertFalse(
            self.env["recouvrement.customer"].search(
                [("id", "=", self.file.id), ("grade", "=", "E")]
            )
        )
        with self.assertRaises(AccessError):
            self.file.with_user(self.plain_agent).action_confirm_score()
        self.file.action_confirm_score()
        self.file.invalidate_recordset()
        self.assertEqual(self.file.grade, "E")
        self.assertEqual(self.file.score_reviewed_by_id, self.env.user)

    def test_natural_persons_are_off_by_default(self):
        person = self.make_debtor("Jeanne Martin", is_company=False)
        file = self.env["recouvrement.customer"]._get_or_create(
            self.company, person.ids
        )
        Score = self.env["recouvrement.score"].sudo()
        Score._refresh(self.company, TODAY, {person.id: LATE})
        self.assertFalse(file.score_ids)
        self.company.recouvrement_score_persons = True
        Score._refresh(self.company, TODAY, {person.id: LATE})
        self.assertEqual(file.grade, "E")
        self.company.recouvrement_score_persons = False
        file.invalidate_recordset()
        self.assertFalse(file.grade)


@tagged("post_install", "-at_install")
class TestSignals(ScoreCommon):
    """What outside sources say, and what it moves."""

    def signal(self, **values):
        return self.env["recouvrement.signal"].create(
            {
                "customer_id": self.file.id,
                "kind": "insolvency",
                "severity": "critical",
                "date": TODAY - timedelta(5),
                "source": "Gazette",
                **values,
            }
        )

    def loaded(self, day=TODAY):
        facts = self.env["recouvrement.payment.facts"]._load(self.company, day)
        return facts.get(self.debtor.id, PaymentFacts())

    def test_a_signal_moves_the_score_while_it_is_in_force(self):
        for late in (200, 170, 140):
            invoice = self.make_invoice(self.debtor, late)
            self.pay(invoice, day=invoice.invoice_date_due)
        self.refresh()
        self.assertEqual(self.file.grade, "A")
        self.signal()
        self.refresh(day=TODAY + timedelta(1))
        self.file.invalidate_recordset()
        self.assertEqual(self.file.grade, "E")
        self.assertIn("1 external signals in force", self.file.score_reason)
        self.assertEqual(self.loaded(TODAY - timedelta(6)).signals_critical, 0)
        self.assertEqual(self.loaded(TODAY + timedelta(361)).signals_critical, 0)

    def test_an_end_of_its_own(self):
        self.signal(severity="watch", end_date=TODAY)
        self.assertEqual(self.loaded().signals_watch, 1)
        self.assertEqual(self.loaded(TODAY + timedelta(1)).signals_watch, 0)
        self.signal(severity="info", kind="address")
        self.assertEqual(self.loaded().signals_watch, 1)

    def test_limits_of_the_table(self):
        signal = self.signal()
        self.refused(CheckViolation, signal, {"amount": -1})
        self.refused(CheckViolation, signal, {"end_date": TODAY - timedelta(90)})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            self.signal()

    def test_each_signal_is_logged(self):
        self.signal()
        entry = self.env["recouvrement.log"].search(
            [("event", "=", "signal.received")], limit=1
        )
        self.assertEqual(entry.company_id, self.company.id)

    # === FILE === #

    def load_file(self, text):
        wizard = self.env["recouvrement.signal.import"].create(
            {"file": base64.b64encode(text.encode()), "company_id": self.company.id}
        )
        return wizard.action_import()

    def test_import(self):
        text = (
            "\ufeffcustomer;kind;date;source;severity;value;amount;declaration_deadline\n"
            "R-100;insurer_limit;01/03/2026;Insurer;info;;10 000,50;2026-04-30\n"
            "R-100;rating_bank;2026-03-02;Bank;alert;6;;\n"
        )
        action = self.load_file(text)
        self.assertIn("2 new", action["name"])
        signals = self.env["recouvrement.signal"].search(action["domain"])
        limit = signals.filtered("amount")
        self.assertEqual((limit.amount, limit.origin), (10000.5, "file"))
        self.assertEqual(str(limit.declaration_deadline), "2026-04-30")
        again = self.load_file(text)
        self.assertIn("0 new signals, 2 already known", again["name"])

    def test_a_bad_file_changes_nothing(self):
        head = "customer,kind,date,source\n"
        for text, message in (
            ("customer,kind\n", "lacks the columns date, source"),
            (head + "NOBODY,other,2026-03-01,X\n", "Line 2: 0 customers"),
            (head + "R-100,magic,2026-03-01,X\n", "column kind"),
            (head + "R-100,other,2026-02-31,X\n", "column date"),
            (head + "R-100,other,,X\n", "date and the source"),
            (head.strip() + ",amount\nR-100,other,2026-02-03,X,-4\n", "column amount"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(UserError, message):
                self.load_file(text)
        self.assertFalse(self.file.signal_ids)

    def notice(self, number="A202601765232", **values):
        return {
            "id": number,
            "dateparution": str(TODAY - timedelta(3)),
            "typeavis": "annonce",
            "familleavis": "collective",
            "registre": ["000 000 018", "000000018"],
            "jugement": json.dumps(
                {"nature": "Jugement d'ouverture de liquidation judiciaire"}
            ),
            **values,
        }

    def test_an_export_of_the_bodacc(self):
        self.debtor.commercial_partner_id.company_registry = "000 000 018 00013"
        text = json.dumps(
            [self.notice(), self.notice("A2", registre=["000000026"]), self.notice("")]
        )
        action = self.load_file(text)
        self.assertRegex(action["name"], "1 new .* 0 already .* 1 notices .* 1 without")
        (signal,) = self.env["recouvrement.signal"].search(action["domain"])
        self.assertEqual(signal.customer_id, self.file)
        self.assertEqual((signal.kind, signal.severity), ("insolvency", "critical"))
        self.assertEqual((signal.source, signal.origin), ("BODACC", "file"))
        last = (signal.date + relativedelta(months=2)).strftime("%d/%m/%Y")
        self.assertIn(f"by {last}", signal.note)
        self.assertEqual(self.loaded().signals_critical, 1)
        self.assertFalse(self.file.insolvency)  # a person decides
        self.assertIn("0 new signals, 1 already", self.load_file(text)["name"])
        self.load_file(json.dumps([self.cancelling()]))
        self.assertEqual(signal.end_date, TODAY - timedelta(2))
        self.assertIn("cancelled by the notice A3", signal.note)
        self.assertEqual(self.loaded().signals_critical, 0)

    def cancelling(self):
        return self.notice(
            "A3",
            dateparution=str(TODAY - timedelta(1)),
            typeavis="annulation",
            parutionavisprecedent=json.dumps(
                {
                    "nomPublication": "BODACC A",
                    "numeroParution": "20260176",
                    "numeroAnnonce": "5232",
                }
            ),
        )

    def test_a_notice_finds_the_vat_number_and_no_supplier(self):
        self.env.cr.execute(
            "UPDATE res_partner SET vat = 'FR 15 000000018' WHERE id = %s",
            [self.debtor.commercial_partner_id.id],
        )
        supplier = self.env["res.partner"].create(
            {"name": "Supplier", "company_registry": "000000026", "is_company": True}
        )
        action = self.load_file(
            json.dumps([self.notice(), self.notice("A2", registre="000000026")])
        )
        self.assertIn("1 new signals", action["name"])
        self.assertEqual(len(self.file.signal_ids), 1)
        self.assertFalse(
            self.env["recouvrement.customer"].search([("partner_id", "=", supplier.id)])
        )

    def test_a_file_that_holds_no_notices_is_refused(self):
        for text, message in (
            ("[{", "no JSON"),
            ('[{"siren": "000000018"}]', "not those of BODACC"),
            ('familleavis;registre;dateparution\n"a;b', "cut or badly quoted"),
        ):
            with self.subTest(text=text), self.assertRaisesRegex(UserError, message):
                self.load_file(text)

    # === CREDIT === #

    def advice(self, amount=0.0):
        invoice = self.make_invoice(self.debtor, -5, post=False)
        return self.env["account.move"]._build_credit_warning_message(
            invoice, current_amount=amount
        )

    def test_levels_of_the_limit(self):
        for exposure, expected in (
            (0, (0, "0")),
            (499, (49, "0")),
            (500, (50, "50")),
            (700, (70, "70")),
            (900, (90, "90")),
            (1000, (100, "100")),
            (-5, (0, "0")),
        ):
            self.assertEqual(self.file._level_of(exposure, 1000), expected)
        self.assertEqual(self.file._level_of(10, 0), (0, "none"))

    def test_exposure_and_insured_part(self):
        self.debtor.with_company(self.company).credit_limit = 1000
        self.make_invoice(self.debtor, -20, 750)
        self.signal(
            kind="insurer_limit",
            severity="info",
            amount=500,
            declaration_deadline=TODAY + timedelta(9),
            extension_deadline=TODAY - timedelta(9),
        )
        file = self.file
        file.invalidate_recordset()
        self.assertEqual((file.credit_exposure, file.credit_level), (750, "70"))
        self.assertEqual((file.insured_limit, file.insured_amount), (500, 500))
        self.assertEqual(file.next_insurer_deadline, TODAY + timedelta(9))
        self.assertIn("(75 %)", file.credit_advice)

    def test_advice_before_an_order(self):
        self.assertFalse(self.advice())
        self.make_invoice(self.debtor, 12, 300)
        self.refresh(LATE)
        message = self.advice()
        self.assertIn("12 days late", message)
        self.assertIn("Grade E", message)
        self.assertIn("15 of 20", message)
        self.debtor.with_company(self.company).credit_limit = 1000
        self.file.invalidate_recordset()
        self.assertIn("(80 %)", self.advice(500))

    def test_orders_wait_by_decision_of_a_manager_only(self):
        values = {
            "order_policy": "block",
            "order_policy_until": TODAY + timedelta(8),
            "order_policy_reason": "Deposit expected",
        }
        self.refused(CheckViolation, self.file, {"order_policy": "block"})
        self.refused(ValidationError, self.file.with_user(self.plain_agent), values)
        self.file.write(values)
        self.assertIn("Deposit expected", self.advice())
        self.travel(TODAY + timedelta(9))
        self.file.invalidate_recordset()
        self.assertFalse(self.advice())
