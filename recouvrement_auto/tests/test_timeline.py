"""The two-sided history: who did what, for whom it is visible, at what cost."""

from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestTimeline(RecouvrementCommon):
    """One customer with a chased invoice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Two Sides")
        cls.move = cls.make_invoice(cls.debtor, late=5, amount=1000.0)
        Customer = cls.env["recouvrement.customer"].sudo()
        cls.file = Customer._get_or_create(cls.company, cls.debtor.ids)

    def page(self, record=None, user=None, **options):
        """One page as the browser asks for it."""
        record = record or self.file
        Timeline = self.env["recouvrement.timeline"].with_user(user or self.env.user)
        return Timeline.get_page(record._name, record.id, **options)

    def events(self, record=None, **options):
        return self.page(record, **options)["events"]

    def chase(self):
        """Tonight's message, sent."""
        self.plan()
        self.send()

    def test_the_debtor_left_and_we_right(self):
        self.chase()
        self.pay(self.move, 400.0)
        self.file.message_post(
            body="<p>We pay the rest on Friday.</p>",
            author_id=self.debtor.id,
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.file.message_post(body="He is abroad", message_type="comment")
        found = {event["kind"]: event for event in self.events()}
        self.assertEqual(
            {kind: event["side"] for kind, event in found.items()},
            {"message": "ours", "payment": "debtor", "reply": "debtor", "note": "ours"},
        )
        self.assertEqual(found["message"]["state"], "sent")
        self.assertIn("Friday", found["reply"]["detail"])
        self.assertIn("400.00", found["payment"]["amount"])
        self.assertEqual(found["payment"]["invoices"][0]["name"], self.move.name)

    def test_held_and_skipped_steps_say_why_and_are_folded(self):
        self.debtor.email = False
        for days in range(3):
            self.travel(TODAY + timedelta(days))
            self.plan(TODAY + timedelta(days))
        (event,) = self.events()
        self.assertEqual((event["kind"], event["count"]), ("skipped", 3))
        self.assertIn("No address for this channel", event["detail"])

    def test_what_came_back_is_at_the_left(self):
        self.chase()
        delivery = self.env["recouvrement.delivery"].search([])
        self.file._mark_bounced(delivery)
        (bounce,) = [e for e in self.events() if e["kind"] == "bounce"]
        self.assertEqual(
            (bounce["side"], bounce["address"]), ("debtor", self.debtor.email)
        )

    def test_what_the_customer_announced_is_at_his_side(self):
        for kind, side in (("pause", "ours"), ("transfer_announced", "debtor")):
            pause = self.env["recouvrement.pause"].create(
                {
                    "customer_id": self.file.id,
                    "kind": kind,
                    "reason": f"Because {kind}",
                    "date_start": TODAY,
                    "date_end": TODAY + timedelta(3),
                }
            )
            (event,) = [e for e in self.events() if e["detail"] == pause.reason]
            self.assertEqual((event["kind"], event["side"]), ("pause", side))
            pause.action_lift()
        titles = [event["title"] for event in self.events()]
        self.assertEqual(titles.count("Pause lifted"), 2)

    def test_the_history_of_one_invoice(self):
        other = self.make_invoice(self.debtor, late=4, amount=50.0)
        self.chase()
        self.pay(other)
        titles = {event["title"] for event in self.events(self.move)}
        self.assertEqual(titles, {"reminder_1", "Due date", "Invoice issued"})
        self.assertIn("payment", {e["kind"] for e in self.events(other)})
        by_filter = self.events(move_id=self.move.id)
        self.assertEqual({e["title"] for e in by_filter}, titles)

    def test_an_invoice_left_out_of_a_message_says_why(self):
        other = self.make_invoice(self.debtor, late=4, amount=50.0)
        self.env["recouvrement.pause"].create(
            {
                "customer_id": self.file.id,
                "move_res_id": other.id,
                "move_name": other.name,
                "reason": "Being checked",
                "date_start": TODAY,
                "date_end": TODAY + timedelta(5),
            }
        )
        self.chase()
        (event,) = [e for e in self.events(other) if e["kind"] == "message"]
        self.assertIn("Invoice paused", event["detail"])

    def test_kinds_filter(self):
        self.chase()
        self.pay(self.move, 400.0)
        self.assertEqual(
            {e["kind"] for e in self.events(kinds=["payment"])}, {"payment"}
        )

    def test_a_returned_payment_and_a_credit_note(self):
        refund = self.make_invoice(
            self.debtor, late=0, amount=70.0, move_type="out_refund"
        )
        payment = self.pay(self.move, 400.0)
        payment.move_id._reverse_moves([{"date": TODAY}])
        payment.move_id.reversal_move_ids.filtered(
            lambda m: m.state == "draft"
        ).action_post()
        found = [(e["title"], e["side"]) for e in self.events()]
        self.assertIn(("Credit note", "ours"), found)
        self.assertIn(("Payment returned or refunded", "debtor"), found)
        (credit,) = [e for e in self.events() if e["kind"] == "credit"]
        self.assertEqual(credit["about"], refund.name)
        self.assertIn("70.00", credit["detail"])

    def test_pages_give_everything_once(self):
        self.fill(11)
        whole = [event["key"] for event in self.events()]
        self.assertGreater(len(whole), 11)
        found, shown = [], None
        while True:
            page = self.page(limit=3, shown=shown)
            found += [event["key"] for event in page["events"]]
            shown = page["shown"]
            if not page["more"]:
                break
        self.assertEqual(found, whole)

    def fill(self, count):
        """Payments and notes, several at the same moment."""
        for number in range(count):
            move = self.make_invoice(self.debtor, late=5, amount=10.0 + number)
            self.pay(move)
            self.file.message_post(body=f"Note {number}", message_type="comment")

    def test_the_cost_does_not_grow(self):
        self.chase()
        self.fill(2)
        few = self.queries()
        self.fill(12)
        # A page of payments and notes alone needs no words of other sources.
        self.assertLessEqual(self.queries(), few)

    def queries(self):
        self.env.flush_all()
        self.page()  # what is cached for everybody
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        self.assertTrue(self.page()["events"])
        return self.env.cr.sql_log_count - before

    def seller(self):
        return new_test_user(
            self.env,
            "timeline_seller",
            groups="recouvrement_auto.recouvrement_auto_group_salesperson",
            company_id=self.company.id,
            company_ids=[(6, 0, self.company.ids)],
        )

    def test_a_salesperson_sees_his_customers_alone(self):
        seller = self.seller()
        self.chase()
        with self.assertRaises(AccessError):
            self.page(user=seller)
        with self.assertRaises(AccessError):
            self.page(self.move, user=seller)
        self.debtor.user_id = seller
        self.env.invalidate_all()
        self.pay(self.move, 400.0)
        kinds = {event["kind"] for event in self.page(user=seller)["events"]}
        self.assertEqual(kinds, {"message", "payment"})

    def test_a_salesperson_sees_visits_but_no_decisions_of_the_log(self):
        seller = self.seller()
        self.debtor.user_id = seller
        Log = self.env["recouvrement.log"]
        for event in ("portal.opened", "segment.changed"):
            Log._append(
                event,
                company=self.company,
                customer=self.file.id,
                facts={"old": "good", "new": "difficult"},
            )
        kinds = ["portal", "other"]
        (shown,) = self.page(kinds=kinds, user=seller)["events"]
        self.assertEqual(shown["kind"], "portal")
        self.assertEqual(len(self.page(kinds=kinds)["events"]), 2)

    def test_nothing_of_another_company(self):
        away = self.env["res.company"].create({"name": "Away"})
        stranger = new_test_user(
            self.env,
            "timeline_stranger",
            groups="recouvrement_auto.recouvrement_auto_group_agent",
            company_id=away.id,
            company_ids=[(6, 0, away.ids)],
        )
        with self.assertRaises(AccessError):
            self.page(user=stranger)

    def test_words_of_the_log_are_for_its_readers(self):
        self.env["recouvrement.log"]._append(
            "segment.changed",
            company=self.company,
            customer=self.file.id,
            facts={"old": "good", "new": "difficult"},
        )
        (event,) = self.events(kinds=["other"])
        self.assertEqual(event["title"], "Segment changed")
        self.assertIn("→", event["detail"])
