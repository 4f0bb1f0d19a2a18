"""Promises to pay: the pause, the limits, and the outcome found in the ledger."""

from datetime import timedelta

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, RecouvrementCommon

SOON = TODAY + timedelta(7)  # a Tuesday


class PromiseCommon(RecouvrementCommon):
    """A customer with an overdue invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.partner = cls.make_debtor("Promising")
        cls.move = cls.make_invoice(cls.partner, late=5, amount=500.0)
        cls.customer = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, cls.partner.ids
        )
        cls.customer.nature = "standard"

    def promise(self, amount=None, day=SOON, moves=None, source="call", **values):
        """A promise about every open instalment of ``moves``."""
        lines = (moves or self.move)._recouvrement_open_lines()
        return self.env["recouvrement.promise"]._record(
            self.customer, lines, amount, day, source, **values
        )


@tagged("post_install", "-at_install")
class TestPromise(PromiseCommon):
    """Recording and the pause."""

    def test_the_items_are_not_chased_until_the_tolerance_passed(self):
        promise = self.promise()
        self.assertEqual(promise.amount, 500.0)
        self.assertEqual(promise.hold_until, TODAY + timedelta(10))  # 3 working days
        run = self.plan()
        self.assertEqual(self.outcome_of(run, self.partner), ("held", "promise"))
        self.assertEqual(self.reminder_of(run, self.partner).until, promise.hold_until)

    def test_it_stops_a_message_between_plan_and_claim(self):
        reminder = self.reminder_of(self.plan(), self.partner)
        self.promise()
        self.assertFalse(self.send().taken)
        self.assertEqual((reminder.state, reminder.reason_code), ("held", "promise"))

    def test_other_invoices_are_chased(self):
        other = self.make_invoice(self.partner, late=4, amount=70.0)
        self.promise()
        reminder = self.reminder_of(self.plan(), self.partner)
        self.assertEqual(reminder.total_overdue, 70.0)
        self.assertEqual(reminder.leader_move_name, other.name)

    def test_items_by_key_and_by_id(self):
        line = self.move._recouvrement_open_lines()
        for items in (line.ids, [(self.move.id, line.date_maturity)]):
            promise = self.env["recouvrement.promise"]._record(
                self.customer, items, 100.0, SOON, "mail"
            )
            self.assertEqual(promise.item_ids.move_id, self.move)

    def test_a_newer_promise_takes_the_place_of_the_older(self):
        first = self.promise()
        second = self.promise(day=SOON + timedelta(1))
        self.assertEqual((first.state, second.state), ("cancelled", "running"))

    def test_given_up_it_holds_no_more(self):
        self.promise().action_cancel()
        self.assertEqual(self.outcome_of(self.plan(), self.partner)[0], "queued")

    def test_a_foreign_currency(self):
        dollar = self.env.ref("base.USD")
        dollar.active = True
        self.env["res.currency.rate"].create(
            {
                "name": "2026-01-01",
                "rate": 2.0,
                "currency_id": dollar.id,
                "company_id": self.company.id,
            }
        )
        other = (
            self.company.currency_id == dollar and self.env.ref("base.EUR") or dollar
        )
        other.active = True
        move = self.make_invoice(
            self.partner, late=3, amount=90.0, currency_id=other.id
        )
        promise = self.promise(moves=move)
        self.assertEqual((promise.currency_id, promise.amount), (other, 90.0))


@tagged("post_install", "-at_install")
class TestPromiseLimits(PromiseCommon):
    """Everything that is refused."""

    def test_refused_promises(self):
        paid = self.make_invoice(self.partner, late=3)
        lines = paid._recouvrement_open_lines()
        self.pay(paid)
        Promise = self.env["recouvrement.promise"]
        for items, amount, day in (
            (self.move._recouvrement_open_lines(), None, TODAY - timedelta(1)),
            (self.move._recouvrement_open_lines(), 500.01, SOON),
            (lines, None, SOON),
            (lines | self.move._recouvrement_open_lines(), None, SOON),
            ([], None, SOON),
        ):
            with self.subTest(amount=amount, day=day), self.assertRaises(UserError):
                Promise._record(self.customer, items, amount, day, "call")
        with self.assertRaises(ValidationError):
            self.promise(day=TODAY + timedelta(46))

    def test_refused_amounts_and_days(self):
        promise = self.promise()
        for values in ({"amount": 0}, {"hold_until": TODAY - timedelta(1)}):
            with (
                self.subTest(values=values),
                self.assertRaises(IntegrityError),
                mute_logger("odoo.sql_db"),
                self.env.cr.savepoint(),
            ):
                promise.sudo().write(values)
                self.env.flush_all()

    def test_a_settled_promise_is_not_cancelled(self):
        promise = self.promise()
        promise.action_cancel()
        with self.assertRaises(UserError):
            promise.action_cancel()

    def test_nobody_deletes_or_rewrites_it(self):
        promise = self.promise()
        with self.assertRaises(AccessError):
            promise.unlink()

    def test_limits_of_the_customers_page(self):
        Promise = self.env["recouvrement.promise"]
        limits = Promise._portal_limits(self.customer)
        self.assertTrue(limits["allowed"])
        self.assertEqual(limits["max_date"], TODAY + timedelta(15))
        with self.assertRaises(UserError):
            self.promise(source="portal", day=TODAY + timedelta(16))
        first = self.promise(source="portal")
        self.assertEqual(Promise._portal_limits(self.customer)["reason"], "running")
        with self.assertRaises(UserError):
            self.promise(source="portal")
        first._update_state("broken", TODAY)
        self.assertTrue(Promise._portal_limits(self.customer)["allowed"])
        self.promise()._update_state("broken", TODAY)
        limits = Promise._portal_limits(self.customer)
        self.assertEqual((limits["allowed"], limits["reason"]), (False, "broken"))
        self.assertTrue(limits["message"])
        self.company.recouvrement_promise_portal_broken = 0
        self.company.recouvrement_promise_portal_year = 1
        self.assertEqual(Promise._portal_limits(self.customer)["reason"], "year")
        self.company.recouvrement_promise_portal_days = 0
        self.assertEqual(Promise._portal_limits(self.customer)["reason"], "closed")

    def test_settings_are_checked(self):
        for values in (
            {"recouvrement_promise_portal_days": -1},
            {"recouvrement_promise_tolerance_days": 31},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.company.write(values)
