import hashlib
import json
import math
import random
from datetime import date, timedelta
from unittest import mock

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.recouvrement_auto.tools.payment_history import (
    COMMON,
    Item,
    known_at,
)
from odoo.addons.recouvrement_auto.tools.payment_model import train
from odoo.addons.recouvrement_auto.tools.payment_outlook import chances_from

from .common import TODAY, RecouvrementCommon


def sigmoid(x):
    return 1 / (1 + math.exp(-x))


def learnable(day=TODAY, rows=1500, seed=4, flip=False):
    """A history from which something can be learnt: large amounts are late more often.

    :param flip: the newer half says the contrary, so that what is learnt is wrong
    """
    chance = random.Random(seed)
    items = []
    for number in range(rows):
        invoiced = day.toordinal() - 700 + number * 600 // rows
        amount = chance.lognormvariate(6, 1)
        slope = 1.5 if not flip or number < rows * 0.55 else -1.5
        late = chance.random() < sigmoid(slope * (math.log(amount) - 6))
        due = invoiced + 30
        delay = (14 if late else -8) + chance.randrange(-4, 5)
        items.append(
            Item(number, number % 40, invoiced, due, due + delay, amount, False)
        )
    return items


@tagged("post_install", "-at_install")
class TestPrediction(RecouvrementCommon):
    """Models trained on a company's history, and what they say of its open items."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Foretold")
        cls.Prediction = cls.env["recouvrement.prediction"].sudo()
        cls.Model = cls.env["recouvrement.score.model"].sudo()

    def trained(self, items=None, day=TODAY):
        """The model of the company, learnt from ``items`` instead of the ledger."""
        history = self.registry["recouvrement.payment.history"]
        items = learnable() if items is None else items
        with mock.patch.object(history, "_load", lambda *a: items):
            return self.Model._train(self.company, day)

    def paid(self, late, delay, partner=None, **values):
        """An invoice due ``late`` days ago, paid ``delay`` days after its due date."""
        invoice = self.make_invoice(partner or self.debtor, late, **values)
        self.pay(invoice, day=invoice.invoice_date_due + timedelta(delay))
        return invoice

    def refresh(self, day=TODAY):
        """Predictions of ``day``, by number of days late."""
        self.Prediction._refresh(self.company, day)
        return self.Prediction.search([("company_id", "=", self.company.id)])

    # === THE RELATION === #

    def load(self, day=TODAY):
        return self.env["recouvrement.payment.history"]._load(self.company, day)

    def test_relation_of_the_ledger(self):
        paid = self.paid(57, 10)
        opened = self.make_invoice(self.debtor, 3, 250)
        partly = self.make_invoice(self.debtor, 6, 300)
        self.pay(partly, 100, TODAY - timedelta(2))
        items = {item.key: item for item in self.load()}
        lines = {
            move: move.line_ids.filtered(lambda x: x.display_type == "payment_term").id
            for move in (paid, opened, partly)
        }
        self.assertEqual(set(items), set(lines.values()))
        first = items[lines[paid]]
        self.assertEqual(first.customer, self.debtor.id)
        self.assertEqual(first.invoiced, paid.invoice_date.toordinal())
        self.assertEqual(
            first.paid, (paid.invoice_date_due + timedelta(10)).toordinal()
        )
        self.assertEqual(first.amount, 100.0)
        self.assertIsNone(items[lines[opened]].paid)
        self.assertEqual(items[lines[partly]].amount, 300.0)

    def test_what_was_given_up_stays_unpaid(self):
        invoice = self.make_invoice(self.debtor, 90)
        doubtful = self.env["account.account"].create(
            {
                "name": "Doubtful",
                "code": "416001",
                "account_type": "asset_receivable",
                "non_trade": True,
            }
        )
        move = self.env["account.move"].create(
            {
                "date": TODAY - timedelta(10),
                "line_ids": [
                    (0, 0, {"account_id": doubtful.id, "debit": 100}),
                    (
                        0,
                        0,
                        {
                            "account_id": self.company_data[
                                "default_account_receivable"
                            ].id,
                            "partner_id": self.debtor.id,
                            "credit": 100,
                        },
                    ),
                ],
            }
        )
        move.action_post()
        lines = (invoice | move).line_ids.filtered(
            lambda x: x.account_id == self.company_data["default_account_receivable"]
        )
        lines.reconcile()
        (item,) = self.load()
        self.assertIsNone(item.paid)

    def test_no_look_into_the_future(self):
        """Erase what comes after a day, compute that day again: 0 differing rows."""
        day = TODAY - timedelta(20)
        for late, delay in ((57, 10), (57, 50), (120, 2), (95, 80)):
            self.paid(late, delay)
        self.make_invoice(self.debtor, 40, 500)
        self.make_invoice(self.debtor, -60)
        before = self.load(day)
        model = train(before, day.toordinal() + 1)
        rows = self.rows_of(day)
        self.erase_after(day)
        self.assertEqual(self.load(day), before)
        self.assertEqual(train(self.load(day), day.toordinal() + 1), model)
        self.assertEqual(self.rows_of(day), rows)
        self.assertEqual(len(rows), 3)

    def test_facts_off_the_ledger_as_known_on_a_day(self):
        """Disputes, promises and returned messages; erased later ones change nothing."""
        move = self.make_invoice(self.debtor, 40, 500)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, self.debtor.ids
        )
        reason = self.env.ref("recouvrement_auto.recouvrement_dispute_reason_price")
        dispute = self.env["recouvrement.dispute"]._open(customer, move, reason)
        dispute._close("confirmed", "It stands.")
        opened, closed = TODAY - timedelta(30), TODAY - timedelta(9)
        dispute.sudo().write({"opened_on": opened, "closed_on": closed})
        lines = move._recouvrement_open_lines()
        promise = self.env["recouvrement.promise"]._record(
            customer, lines, None, TODAY + timedelta(2), "call"
        )
        promise._update_state("broken", TODAY - timedelta(3))
        own = tuple(lines.ids)
        told = [
            (self.debtor.id, opened.toordinal(), "disputes", own),
            (self.debtor.id, closed.toordinal(), "disputes_lost", own),
            (self.debtor.id, TODAY.toordinal() - 3, "promises_broken", ()),
        ]
        self.assertEqual([tuple(fact) for fact in self.load().facts], told)
        for day in (TODAY - timedelta(5), TODAY - timedelta(20), opened):
            before = self.load(day).facts
            self.assertEqual(len(before), sum(t[1] <= day.toordinal() for t in told))
            self.assertEqual(known_at(self.load(), day.toordinal() + 1).facts, before)
        # Another company knows nothing of them.
        other = self.setup_other_company()["company"]
        History = self.env["recouvrement.payment.history"]
        self.assertFalse(History._facts(other, TODAY))

    def test_a_returned_message_is_a_fact(self):
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, self.debtor.ids
        )
        self.make_invoice(self.debtor, 5, 400)
        self.reminder_of(self.plan(), self.debtor)
        self.send()
        self.assertFalse(self.load().facts)
        delivery = customer.reminder_ids.delivery_ids
        customer._message_receive_bounce(delivery.address, self.debtor)
        (fact,) = self.load(delivery.bounced_at.date()).facts
        self.assertEqual((fact.customer, fact.kind), (self.debtor.id, "bounces"))
        self.assertFalse(self.load(delivery.bounced_at.date() - timedelta(1)).facts)

    def test_reasons_name_the_facts(self):
        model = self.trained()
        self.make_invoice(self.debtor, -10, 5000)
        (row,) = self.refresh()
        payload = json.loads(json.dumps(model.payload))
        target = payload["targets"]["7"]
        for name, value, words in (
            ("promises_broken", 0.3, "+ Promises not kept"),
            ("disputes_lost", 0.2, "+ Contested invoices that stood in the end"),
            ("bounces", math.log(3), "+ Messages that came back: 2"),
        ):
            target["weights"] = {name: 1.0}
            target["means"][name], target["scales"][name] = 0.0, 1.0
            facts = json.loads(json.dumps(row.facts))
            facts["seen"] = 9
            facts["common"][COMMON.index(name)] = value
            row.facts = facts
            with mock.patch.object(type(model), "_payload", lambda *a: payload):
                row.invalidate_recordset(["reason"])
                self.assertIn(words, row.reason)

    def rows_of(self, day):
        model = self.Model._in_use(self.company) or self.trained([], day)
        rows = self.Prediction._rows(self.company, day, model, self.load(day))
        return sorted(rows, key=lambda row: row["line_res_id"])

    def erase_after(self, day):
        """The ledger as it was at the end of ``day``."""
        self.env.flush_all()
        for statement in (
            "DELETE FROM account_partial_reconcile WHERE max_date > %s",
            "UPDATE account_payment SET move_id = NULL WHERE date > %s",
            "DELETE FROM account_move_line WHERE date > %s",
            "DELETE FROM account_move WHERE date > %s",
        ):
            self.env.cr.execute(statement, (day,))
        self.env.invalidate_all()
        lines = self.env["account.move.line"].search(
            [("account_id.account_type", "=", "asset_receivable")]
        )
        for name in ("amount_residual", "amount_residual_currency", "reconciled"):
            self.env.add_to_compute(lines._fields[name], lines)
        self.env.flush_all()

    # === MODELS === #

    def test_little_history_gives_no_percentage(self):
        for late in (40, 50, 60):
            self.paid(late, 5)
        self.make_invoice(self.debtor, -10)
        (row,) = self.refresh()
        model = self.Model._in_use(self.company)
        self.assertEqual(model.level, "0")
        self.assertEqual(set(model.target_ids.mapped("used")), {"rule"})
        self.assertEqual(set(model.target_ids.mapped("why")), {"few_rows"})
        self.assertFalse(row.has_chances)
        self.assertFalse(row.chance_30)
        self.assertGreater(row.expected_date, TODAY)

    def test_the_model_is_used_where_it_wins(self):
        model = self.trained()
        target = model.target_ids.filtered(lambda t: t.horizon == 7)
        self.assertEqual((target.used, target.why), ("model", "better"))
        self.assertLess(target.model_brier, target.rule_brier)
        self.assertGreater(target.model_auc, target.rule_auc + 0.1)
        self.assertIn("svg", model.backtest_html)

    def test_the_model_is_off_where_it_loses_and_the_page_says_so(self):
        model = self.trained(learnable(flip=True))
        target = model.target_ids.filtered(lambda t: t.horizon == 7)
        self.assertEqual(target.used, "rule")
        self.assertGreater(target.model_brier, target.rule_brier)
        self.assertIn("The rule is used", model.backtest_html)
        self.assertIn(
            "Its probabilities are not better than those of the rule",
            model.backtest_html,
        )

    def test_stored_as_checked_numbers(self):
        model = self.trained()
        self.assertEqual(model._payload(), json.loads(json.dumps(model.payload)))
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE recouvrement_score_model
                  SET payload = jsonb_set(payload, '{targets,7,intercept}', '3')
                WHERE id = %s""",
            (model.id,),
        )
        model.invalidate_recordset()
        with self.assertLogs(
            "odoo.addons.recouvrement_auto.models.recouvrement_score_model", "ERROR"
        ):
            self.assertIsNone(model._payload())
        with (
            mute_logger(
                "odoo.addons.recouvrement_auto.models.recouvrement_score_model"
            ),
            self.assertRaisesRegex(UserError, "changed outside"),
        ):
            model.action_use()

    def test_a_model_of_another_version_was_not_changed(self):
        """An update of the add-on is no tampering: other words, and no use either."""
        model = self.trained()
        payload = {**model.payload, "schema": 1}
        text = model._canonical(payload)
        model.write(
            {
                "payload": payload,
                "content_hash": hashlib.sha256(text.encode()).hexdigest(),
            }
        )
        self.assertIsNone(model._payload())
        self.assertIn("another version", model.backtest_html)
        with self.assertRaisesRegex(UserError, "another version"):
            model.action_use()
        model.content_hash = "0"
        with mute_logger(
            "odoo.addons.recouvrement_auto.models.recouvrement_score_model"
        ):
            self.assertIn("changed outside", model._refusal())

    def test_a_broken_model_is_replaced(self):
        model = self.trained()
        model.content_hash = "0"
        self.make_invoice(self.debtor, 5)
        with mute_logger(
            "odoo.addons.recouvrement_auto.models.recouvrement_score_model"
        ):
            self.refresh()
        self.assertNotEqual(self.Model._in_use(self.company), model)

    def test_twelve_are_kept_and_a_manager_goes_back(self):
        items = learnable(rows=320)
        first = self.trained(items, TODAY - timedelta(400))
        for number in range(13):
            self.trained(items, TODAY - timedelta(300 - number))
        kept = self.Model.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(kept), 12)
        self.assertFalse(first.exists())
        oldest = kept[-1]
        oldest.with_user(self.agent).action_use()
        self.assertEqual(self.Model._in_use(self.company), oldest)
        agent = new_test_user(
            self.env,
            "plain_agent",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )
        for method in ("action_use", "action_train"):
            with self.assertRaises(AccessError):
                getattr(oldest.with_user(agent), method)()
        entry = self.env["recouvrement.log"].search(
            [("event", "=", "score.model.chosen")], limit=1
        )
        self.assertEqual(entry.company_id, self.company.id)

    def test_one_model_in_use(self):
        model = self.trained(learnable(rows=320))
        other = model.copy({"in_use": False})
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            other.in_use = True
            self.env.flush_all()

    # === SCHEDULE === #

    def test_learns_monthly_and_foretells_daily(self):
        self.make_invoice(self.debtor, 5)
        self.assertTrue(self.Prediction._is_due(self.company, TODAY))
        self.refresh()
        model = self.Model._in_use(self.company)
        self.assertEqual((model.trained_on, model.foretold_on), (TODAY, TODAY))
        self.assertFalse(self.Prediction._is_due(self.company, TODAY))
        self.refresh(TODAY + timedelta(29))
        self.assertEqual(self.Model._in_use(self.company), model)
        self.refresh(TODAY + timedelta(30))
        self.assertNotEqual(self.Model._in_use(self.company), model)

    def test_a_person_asks_for_a_training(self):
        self.refresh()
        model = self.Model._in_use(self.company)
        model.with_user(self.agent).action_train()
        self.assertTrue(self.Prediction._is_due(self.company, TODAY))
        self.refresh()
        self.assertNotEqual(self.Model._in_use(self.company), model)

    def test_drift_trains_again_without_anyone(self):
        model = self.trained(day=TODAY - timedelta(20))
        later = [
            Item(
                9000 + n,
                n % 40,
                TODAY.toordinal() - 19,
                TODAY.toordinal() - 9,
                None,
                5.0,
            )
            for n in range(150)
        ]
        history = self.registry["recouvrement.payment.history"]
        with mock.patch.object(history, "_load", lambda *a: learnable() + later):
            self.Prediction._refresh(self.company, TODAY)
        self.assertNotEqual(self.Model._in_use(self.company), model)
        # Items that behave as foretold change nothing.
        model = self.trained(day=TODAY - timedelta(29))
        today = TODAY.toordinal()
        calm = []
        for number, item in enumerate(learnable(seed=5)[:600]):
            paid = today - 9 + item.paid - item.due
            calm.append(
                item._replace(
                    key=9000 + number,
                    invoiced=today - 29,
                    due=today - 9,
                    paid=paid if paid < today else None,
                )
            )
        with mock.patch.object(history, "_load", lambda *a: learnable() + calm):
            self.Prediction._refresh(self.company, TODAY)
        self.assertEqual(self.Model._in_use(self.company), model)
        self.assertEqual(model.watch["targets"]["0"]["rows"], 600)

    def test_one_company_that_fails_does_not_stop_the_others(self):
        history = self.registry["recouvrement.payment.history"]
        self.make_invoice(self.debtor, 5)

        def load(this, company, date):
            if company != self.company:
                raise ValueError("broken")
            return []

        self.setup_other_company()
        self.env.flush_all()
        with (
            mock.patch.object(history, "_load", load),
            mute_logger(
                "odoo.addons.recouvrement_auto.models.recouvrement_prediction_refresh"
            ),
        ):
            self.Prediction._cron_foretell()
        self.assertTrue(self.Model._in_use(self.company))
        failed = self.env["recouvrement.log"].search(
            [("event", "=", "predictions.not_renewed")]
        )
        self.assertTrue(failed)
        self.assertNotIn(self.company.id, failed.mapped("company_id"))

    # === OPEN ITEMS === #

    def test_rows_of_open_items(self):
        self.trained()
        for late, delay in (
            (200, 12),
            (170, 9),
            (140, 11),
            (110, 10),
            (80, 12),
            (50, 9),
        ):
            self.paid(late, delay)
        due = self.make_invoice(self.debtor, -10, 1000)
        late = self.make_invoice(self.debtor, 5, 400)
        long = self.make_invoice(self.debtor, 45, 300)
        rows = {row.move_id: row for row in self.refresh()}
        self.assertEqual(set(rows), {due, late, long})
        for row in rows.values():
            self.assertTrue(row.has_chances)
            self.assertEqual(row.history, "short")
            self.assertGreater(row.earliest_date, TODAY)
            self.assertLessEqual(row.earliest_date, row.expected_date)
            self.assertLessEqual(row.expected_date, row.latest_date)
        self.assertGreaterEqual(rows[due].chance_late, rows[due].chance_7)
        self.assertGreaterEqual(rows[due].chance_7, rows[due].chance_30)
        self.assertEqual(rows[late].days_late, 5)
        self.assertFalse(rows[late].chance_late)
        self.assertGreaterEqual(rows[late].chance_7, rows[due].chance_7)
        self.assertEqual(rows[long].chance_30, 100.0)
        self.assertEqual(rows[long].risk_amount, 300.0)
        usual = due.invoice_date_due + timedelta(10)
        self.assertLessEqual(abs((rows[due].expected_date - usual).days), 4)

    def test_every_row_can_be_computed_again(self):
        model = self.trained()
        for late, delay in ((140, 11), (110, 10), (80, 12), (50, 9)):
            self.paid(late, delay)
        newcomer = self.make_debtor("Newcomer")
        self.make_invoice(self.debtor, -10, 5000)
        self.make_invoice(newcomer, -20, 80)
        rows = self.refresh()
        self.assertEqual(len(rows), 2)
        for row in rows:
            again = chances_from(model._payload(), row.facts)
            for value, name in zip(
                again, ("chance_late", "chance_7", "chance_30"), strict=True
            ):
                self.assertAlmostEqual(100 * value, row[name], delta=0.06)
            self.assertTrue(row.reason)

    def test_reasons_are_words_with_numbers(self):
        self.trained()
        for late, delay in ((140, 11), (110, 10), (80, 12), (50, -9)):
            self.paid(late, delay)
        self.make_invoice(self.debtor, -10, 5000)
        (row,) = self.refresh()
        lines = row.reason.splitlines()
        self.assertIn("3 of 4 known instalments", lines[0])
        self.assertIn("Larger amount", row.reason)

    def test_a_newcomer_says_so(self):
        self.trained()
        self.make_invoice(self.debtor, -10, 5000)
        (row,) = self.refresh()
        self.assertEqual(row.history, "new")
        self.assertIn("New customer", row.reason)

    def test_natural_persons_are_not_scored_by_default(self):
        self.trained()
        person = self.make_debtor("Jeanne Martin", is_company=False)
        self.make_invoice(person, -10, 5000)
        (row,) = self.refresh()
        self.assertFalse(row.has_chances)
        self.assertFalse(row.facts)
        self.company.recouvrement_score_persons = True
        (row,) = self.refresh()
        self.assertTrue(row.has_chances)

    def test_cash_by_week(self):
        for late in (-3, -3, -20, -200):
            self.make_invoice(self.debtor, late, 100, invoice_date=TODAY)
        self.refresh()
        weeks = self.Prediction._expected_cash(self.company, 6)
        self.assertEqual(len(weeks), 7)
        self.assertEqual(weeks[0]["week"], TODAY - timedelta(1))
        self.assertEqual(sum(week["amount"] for week in weeks), 400)
        self.assertEqual(sum(week["count"] for week in weeks), 4)
        self.assertEqual(weeks[0]["amount"], 200)
        self.assertEqual((weeks[-1]["week"], weeks[-1]["amount"]), (None, 100))
        for week in weeks:
            found = self.Prediction.search(week["domain"])
            self.assertEqual(sum(found.mapped("amount")), week["amount"])

    def test_limits_of_the_table(self):
        self.make_invoice(self.debtor, -3)
        (row,) = self.refresh()
        for values in (
            {"chance_30": 101},
            {"chance_7": -1},
            {"latest_date": date(2020, 1, 1)},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.cr.savepoint(),
            ):
                row.write(values)
                self.env.flush_all()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(UniqueViolation),
            self.cr.savepoint(),
        ):
            row.copy()
            self.env.flush_all()

    def test_number_of_queries_does_not_grow(self):
        self.queries()  # trains
        few = self.queries()
        for number in range(15):
            partner = self.make_debtor(f"Many {number}")
            self.make_invoice(partner, 5)
            self.paid(57, 3, partner)
        self.queries()  # opens the files
        self.assertEqual(self.queries(), few)

    def queries(self):
        self.make_invoice(self.debtor, 4)
        self.refresh()
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.Prediction._refresh(self.company, TODAY)
        return self.env.cr.sql_log_count - before

    def test_rows_do_not_hold_the_ledger(self):
        """No foreign key to accounting: an invoice can be deleted while foretold."""
        invoice = self.make_invoice(self.debtor, -3)
        (row,) = self.refresh()
        invoice.button_draft()
        invoice.with_context(force_delete=True).unlink()
        row.invalidate_recordset()
        self.assertFalse(row.move_id)
        self.assertEqual(
            self.env.execute_query(
                SQL(
                    """SELECT COUNT(*) FROM pg_constraint
                        WHERE contype = 'f'
                          AND conrelid = 'recouvrement_prediction'::regclass
                          AND confrelid IN ('account_move'::regclass,
                                            'account_move_line'::regclass)"""
                )
            ),
            [(0,)],
        )

    # === USE === #

    def pre_due(self, least):
        """Who is written to before the due date: ``(late payer, reliable one)``."""
        self.trained()
        reliable = self.make_debtor("Reliable")
        for late in (200, 170, 140, 110, 80, 50):
            self.paid(late, 15)
            self.paid(late, -5, reliable)
        for partner in (self.debtor, reliable):
            self.make_invoice(partner, -4, 400)
        line = self.scenario.line_ids.filtered(lambda x: x.code == "pre_due")
        line.min_chance = least
        rows = {row.customer_id.partner_id: row for row in self.refresh()}
        self.assertLess(rows[reliable].chance_late, 60)
        self.assertGreater(rows[self.debtor].chance_late, 60)
        run = self.plan()
        return (
            bool(self.reminder_of(run, self.debtor)),
            bool(self.reminder_of(run, reliable)),
        )

    def test_reminder_before_the_due_date_for_who_needs_it(self):
        self.assertEqual(self.pre_due(60), (True, False))

    def test_reminder_before_the_due_date_for_everybody(self):
        self.assertEqual(self.pre_due(0), (True, True))

    def test_chance_of_a_step_has_a_range(self):
        line = self.scenario.line_ids[0]
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(CheckViolation),
            self.cr.savepoint(),
        ):
            line.min_chance = 101
            self.env.flush_all()

    def test_lists_sort_by_what_is_at_risk(self):
        self.trained()
        other = self.make_debtor("Less at risk")
        calm = self.make_debtor("Calm")
        self.make_invoice(self.debtor, 45, 900)
        self.make_invoice(other, 45, 300)
        self.refresh()
        Customer = self.env["recouvrement.customer"]
        files = Customer._get_or_create(self.company, (self.debtor | other | calm).ids)
        found = Customer.search([("id", "in", files.ids)], order="risk_amount desc, id")
        self.assertEqual(found.partner_id.ids, [self.debtor.id, other.id, calm.id])
        self.assertEqual(found.mapped("risk_amount"), [900, 300, 0])
        for domain, count in (
            ([("risk_amount", ">", 300)], 1),
            ([("risk_amount", ">=", 300)], 2),
            ([("risk_amount", "=", 0)], 1),
        ):
            found = Customer.search_count([("id", "in", files.ids), *domain])
            self.assertEqual(found, count, domain)
