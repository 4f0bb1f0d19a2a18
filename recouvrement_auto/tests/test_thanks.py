"""The thank-you: once, when all is paid, never beside a claim; off by default."""

from datetime import timedelta

from odoo.tests import tagged

from .common import TODAY, OneDebtorCommon

NEXT = TODAY + timedelta(1)
LATER = TODAY + timedelta(2)


@tagged("post_install", "-at_install")
class TestThanks(OneDebtorCommon):
    """A customer who was reminded of one invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.recouvrement_thanks = True

    def chase(self):
        """The first reminder leaves today."""
        self.plan()
        self.assertEqual(len(self.send().taken), 1)

    def night(self, day=NEXT):
        """The reminder of the customer of the night of ``day``, sent when it may be."""
        self.travel(day)
        run = self.plan(day)
        self.send()
        return run.reminder_ids.filtered(lambda r: r.partner_id == self.partner)

    def test_once_when_all_is_paid(self):
        self.chase()
        self.pay(self.move, 500.0)
        thanks = self.night()
        self.assertEqual((thanks.notice, thanks.state), ("thanks", "sent"))
        self.assertIn("500.00", thanks.body)
        self.assertIn(self.move.name, thanks.body)
        self.assertEqual(thanks.total_overdue, 0)
        self.assertFalse(thanks.run_id.waiting_count)
        self.assertFalse(self.night(LATER))

    def test_it_is_no_contact_that_delays_a_reminder(self):
        self.chase()
        self.pay(self.move, 500.0)
        thanks = self.night()
        Facts = self.env["recouvrement.planner.facts"]
        context = Facts._context(self.company, LATER, ())
        days = Facts._pressure(context, thanks.customer_id.ids, ())
        self.assertEqual(days[thanks.customer_id.id], {TODAY})

    def test_the_amount_is_that_of_the_last_days(self):
        self.make_invoice(self.partner, late=6, amount=80.0)
        self.chase()
        other = self.env["account.move"].search(
            [("partner_id", "=", self.partner.id), ("amount_total", "=", 80.0)]
        )
        self.pay(other, 80.0, day=TODAY - timedelta(8))
        self.pay(self.move, 150.0, day=TODAY - timedelta(7))
        self.pay(self.move, 350.0)
        thanks = self.night()
        self.assertIn("350.00", thanks.body)
        self.assertIn(self.move.name, thanks.body)
        self.assertNotIn(other.name, thanks.body)

    def test_a_customer_with_another_message_is_thanked_the_night_after_it(self):
        self.chase()
        self.pay(self.move, 500.0)
        coming = self.make_invoice(self.partner, late=-6, amount=70.0)  # on NEXT
        other = self.night()
        self.assertEqual(other.step_code, "pre_due")
        self.assertFalse(other.run_id.problem_ids)
        self.pay(coming, 70.0, day=NEXT)
        self.assertEqual(self.night(LATER).notice, "thanks")

    def test_off_by_default(self):
        self.assertFalse(self.env["res.company"].new().recouvrement_thanks)
        self.company.recouvrement_thanks = False
        self.chase()
        self.pay(self.move, 500.0)
        self.assertFalse(self.night())

    def test_nobody_is_thanked_who_was_not_reminded(self):
        self.pay(self.move, 500.0)
        self.assertFalse(self.night())

    def test_not_after_a_notice_before_the_due_date(self):
        self.pay(self.move, 500.0)
        early = self.make_invoice(self.partner, late=-5, amount=90.0)
        self.chase()
        self.pay(early, 90.0)
        self.assertFalse(self.night())

    def test_not_for_a_part(self):
        self.chase()
        self.pay(self.move, 200.0)
        self.assertFalse(self.night().filtered("notice"))

    def test_not_for_a_credit_note(self):
        self.chase()
        self.move._reverse_moves(cancel=True)
        self.assertEqual(self.move.payment_state, "reversed")
        self.assertFalse(self.night())

    def test_not_while_something_else_is_late_or_contested(self):
        self.chase()
        self.pay(self.move, 500.0)
        other = self.make_invoice(self.partner, late=0, amount=70.0)
        self.assertFalse(self.night().filtered("notice"))
        self.pay(other, 70.0)
        contested = self.make_invoice(self.partner, late=-20, amount=30.0)
        reason = self.env.ref("recouvrement_auto.recouvrement_dispute_reason_price")
        customer = self.env["recouvrement.customer"].search(
            [("partner_id", "=", self.partner.id)]
        )
        self.env["recouvrement.dispute"]._open(customer, contested, reason)
        self.assertFalse(self.night(LATER).filtered("notice"))

    def test_not_after_a_claim_of_penalties(self):
        self.chase()
        reminder = self.env["recouvrement.reminder"].search(
            [("partner_id", "=", self.partner.id)]
        )
        reminder.sudo().tone = "formal"
        self.pay(self.move, 500.0)
        self.assertFalse(self.night())

    def test_what_becomes_late_between_plan_and_claim_stops_it(self):
        self.chase()
        self.pay(self.move, 500.0)
        self.travel(NEXT)
        run = self.plan(NEXT)
        self.make_invoice(self.partner, late=4, amount=70.0)
        self.assertFalse(self.send().taken)
        thanks = run.reminder_ids.filtered("notice")
        self.assertEqual(
            (thanks.state, thanks.reason_code), ("skipped", "plan_changed")
        )

    def test_it_waits_for_nobody_outside_automatic_mode(self):
        self.chase()
        self.pay(self.move, 500.0)
        self.company.recouvrement_mode = "confirm"
        self.assertFalse(self.night().filtered("notice"))

    def test_a_failure_never_costs_the_night(self):
        self.chase()
        self.pay(self.move, 500.0)
        self.patch(
            self.registry["recouvrement.run"],
            "_settled_chases",
            lambda run: 1 / 0,
        )
        with self.assertLogs("odoo.addons.recouvrement_auto", "ERROR"):
            self.night()
        run = self.env["recouvrement.run"].search(
            [("date", "=", NEXT), ("kind", "=", "night")]
        )
        self.assertEqual(len(run.problem_ids), 1)
