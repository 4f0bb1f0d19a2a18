"""The night: who is selected, what is planned, what is held and why (facts of odoo19.md)."""

from datetime import timedelta

from odoo import Command
from odoo.tests import tagged

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestRun(RecouvrementCommon):
    def test_one_message_for_a_customer_and_the_books_balance(self):
        partner = self.make_debtor("Alpha")
        for late in (3, 12, 1, -10):
            self.make_invoice(partner, late)
        run = self.plan()
        reminder = self.reminder_of(run, partner)
        self.assertEqual((reminder.state, reminder.step_code), ("queued", "reminder_1"))
        roles = {i.due_date: i.role for i in reminder.item_ids}
        self.assertEqual(
            [roles[TODAY - timedelta(d)] for d in (3, 12, 1, -10)],
            ["own_step", "leader", "listed", "not_due"],
        )
        self.assertEqual(reminder.total_overdue, 300)
        total = sum(
            run[f"{name}_count"]
            for name in ("sent", "failed", "unknown", "held", "skipped", "waiting")
        )
        self.assertEqual(run.selected_count, total)

    def test_again_the_same_day_changes_nothing(self):
        self.make_invoice(self.make_debtor("Alpha"), 3)
        run = self.plan()
        count = run.selected_count
        self.assertEqual(self.plan(), run)
        self.assertEqual(run.selected_count, count)

    def test_fact_1_instalments(self):
        partner = self.make_debtor("Alpha")
        move = self.make_invoice(
            partner, 5, amount=900, post=False, invoice_payment_term_id=False
        )
        term = self.env["account.payment.term"].create(
            {
                "name": "Three",
                "line_ids": [
                    Command.create(
                        {"value": "percent", "value_amount": part, "nb_days": days}
                    )
                    for part, days in ((30, 30), (30, 60), (40, 90))
                ],
            }
        )
        move.write(
            {
                "invoice_payment_term_id": term.id,
                "invoice_date": TODAY - timedelta(33),
            }
        )
        move.action_post()
        reminder = self.reminder_of(self.plan(), partner)
        self.assertEqual(
            [(i.role, i.amount_company) for i in reminder.item_ids],
            [("leader", 270.0), ("not_due", 270.0), ("not_due", 360.0)],
        )
        self.assertEqual(reminder.total_overdue, 270)

    def test_fact_2_no_followup_is_shown_never_silent(self):
        partner = self.make_debtor("Alpha")
        move = self.make_invoice(partner, 3)
        move.no_followup = True
        run = self.plan()
        self.assertEqual(
            self.outcome_of(run, partner), ("held", "excluded_without_reason")
        )
        self.assertEqual(self.reminder_of(run, partner).total_overdue, 100)

    def test_fact_2_opening_entry_is_proposed(self):
        partner = self.make_debtor("Alpha")
        self.make_entry(partner, 250, TODAY - timedelta(3))
        self.assertEqual(
            self.outcome_of(self.plan(), partner), ("held", "opening_entry")
        )

    def make_entry(self, partner, amount, due, account=None):
        receivable = partner.property_account_receivable_id
        other = account or self.company_data["default_account_revenue"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self.company_data["default_journal_misc"].id,
                "date": due,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": receivable.id,
                            "partner_id": partner.id,
                            "debit": max(amount, 0),
                            "credit": max(-amount, 0),
                            "date_maturity": due,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": other.id,
                            "partner_id": partner.id,
                            "debit": max(-amount, 0),
                            "credit": max(amount, 0),
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        return entry

    def test_fact_3_reclassified_is_not_chased(self):
        partner = self.make_debtor("Alpha")
        move = self.make_invoice(partner, 30)
        doubtful = self.env["account.account"].create(
            {"name": "Doubtful", "code": "416999", "account_type": "asset_current"}
        )
        entry = self.make_entry(partner, -100, TODAY, doubtful)
        lines = (move + entry).line_ids.filtered(
            lambda x: x.account_id == partner.property_account_receivable_id
        )
        lines.reconcile()
        self.assertIsNone(self.outcome_of(self.plan(), partner))

    def test_fact_4_unallocated_credit_holds_and_is_deducted(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3, 1000)
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": partner.id,
                "amount": 150,
                "journal_id": self.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        reminder = self.reminder_of(self.plan(), partner)
        self.assertEqual((reminder.state, reminder.total_overdue), ("queued", 850))
        self.assertIn("credit", reminder.item_ids.mapped("role"))
        payment.action_draft()
        payment.amount = 250
        payment.action_post()
        run = self.plan(TODAY + timedelta(1))
        self.assertFalse(self.reminder_of(run, partner), "still waiting in its own run")

    def test_fact_4_large_credit_is_held(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3, 1000)
        refund = self.make_invoice(partner, 3, 250, move_type="out_refund")
        self.assertEqual(refund.payment_state, "not_paid")
        self.assertEqual(
            self.outcome_of(self.plan(), partner), ("held", "unallocated_credit")
        )

    def test_fact_5_no_payment_term_is_due_on_its_own_date(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(
            partner,
            0,
            invoice_date=TODAY - timedelta(3),
            invoice_date_due=TODAY - timedelta(3),
        )
        self.assertEqual(self.reminder_of(self.plan(), partner).step_code, "reminder_1")

    def test_paid_cancelled_draft_are_not_selected(self):
        paid, cancelled, draft = (self.make_debtor(n) for n in ("P", "C", "D"))
        self.pay(self.make_invoice(paid, 3))
        self.make_invoice(cancelled, 3).button_cancel()
        self.make_invoice(draft, 3, post=False)
        run = self.plan()
        for partner in (paid, cancelled, draft):
            self.assertIsNone(self.outcome_of(run, partner))

    def test_blocked_payment_is_held(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3).action_toggle_block_payment()
        self.assertEqual(
            self.outcome_of(self.plan(), partner), ("held", "payment_blocked")
        )

    def test_missing_rate_is_held(self):
        currency = self.env["res.currency"].create(
            {"name": "ZZX", "symbol": "Z", "rounding": 0.01}
        )
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3, currency_id=currency.id)
        self.assertEqual(
            self.outcome_of(self.plan(), partner), ("held", "missing_rate")
        )

    def test_archived_contact_with_inactive_language_falls_back(self):
        partner = self.make_debtor("Alpha")
        contact = self.make_debtor(
            "Old contact", parent_id=partner.id, type="invoice", is_company=False
        )
        move = self.make_invoice(contact, 3)
        self.assertEqual(move.commercial_partner_id, partner)
        contact.active = False
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE res_partner SET lang = 'es_ES' WHERE id = %s", [partner.id]
        )
        self.env.invalidate_all()
        reminder = self.reminder_of(self.plan(), partner)
        self.assertEqual(reminder.contact_id, partner)
        self.assertEqual((reminder.state, reminder.lang), ("queued", "en_US"))

    def test_addresses(self):
        cases = {
            "none": (False, "missing_address"),
            "wrong": ("a@", "invalid_address"),
            "black": ("black@debtor.example", "blacklisted"),
        }
        self.env["mail.blacklist"]._add("black@debtor.example")
        for name, (email, reason) in cases.items():
            partner = self.make_debtor(name, email=email)
            self.make_invoice(partner, 3)
            with self.subTest(name):
                run = self.env["recouvrement.run"].search(
                    [("company_id", "=", self.company.id)]
                )
                run.kind = "manual"
                self.assertEqual(
                    self.outcome_of(self.plan(), partner), ("held", reason)
                )

    def test_collection_contact_comes_first(self):
        partner = self.make_debtor("Alpha")
        contact = self.make_debtor("Sophie", parent_id=partner.id, is_company=False)
        self.make_invoice(partner, 3)
        files = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        files.collection_contact_ids = contact
        self.assertEqual(self.reminder_of(self.plan(), partner).contact_id, contact)

    def test_pause_holds_until_its_end(self):
        partner = self.make_debtor("Alpha")
        move = self.make_invoice(partner, 3)
        customer = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        end = TODAY + timedelta(2)
        self.env["recouvrement.pause"].create(
            {
                "customer_id": customer.id,
                "move_res_id": move.id,
                "reason": "Credit note promised",
                "date_start": TODAY,
                "date_end": end,
            }
        )
        reminder = self.reminder_of(self.plan(), partner)
        self.assertEqual((reminder.reason_code, reminder.until), ("item_paused", end))
        self.assertGreaterEqual(customer.next_step_date, end)
        self.assertEqual(self.outcome_of(self.plan(end), partner), ("queued", False))

    def test_shadow_writes_what_would_leave_and_uses_nothing(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3)
        self.company.recouvrement_mode = "shadow"
        run = self.plan()
        self.assertEqual(run.kind, "shadow")
        self.assertEqual(self.outcome_of(run, partner), ("skipped", "shadow"))
        self.company.recouvrement_mode = "auto"
        self.assertEqual(
            self.outcome_of(self.plan(TODAY + timedelta(1)), partner), ("queued", False)
        )

    def test_manual_mode_confirms_everything(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 3)
        self.company.recouvrement_mode = "confirm"
        self.assertEqual(self.outcome_of(self.plan(), partner), ("to_confirm", False))

    def test_closed_day_plans_nothing(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, -1)
        run = self.plan(TODAY + timedelta(5))  # Sunday
        self.assertEqual((run.state, run.selected_count), ("closed", 0))

    def test_stale_bank_holds_and_keeps_the_run_from_leaving(self):
        partner = self.make_debtor("Alpha")
        self.pay(self.make_invoice(partner, 60), day=TODAY - timedelta(20))
        self.make_invoice(partner, 3)
        self.company.write(
            {"recouvrement_bank_stale_days": 2, "recouvrement_release": "bank"}
        )
        self.assertEqual(self.outcome_of(self.plan(), partner), ("held", "bank_stale"))

    def test_ceiling_waits_for_a_manager(self):
        for name in ("A", "B"):
            self.make_invoice(self.make_debtor(name), 3)
        self.company.recouvrement_ceiling = 1
        run = self.plan()
        self.assertEqual(run.state, "planned")
        self.assertIn("ceiling", run.hold_reason)
        run.action_release()
        self.assertEqual(run.state, "released")

    def test_old_debt_never_enters_by_itself(self):
        partner = self.make_debtor("Alpha")
        self.make_invoice(partner, 181)
        self.assertEqual(self.outcome_of(self.plan(), partner), ("held", "too_old"))

    def test_poisoned_customer_costs_one_reminder(self):
        partners = [self.make_debtor(f"D{i}") for i in range(4)]
        for partner in partners:
            self.make_invoice(partner, 3)
        facts = self.registry["recouvrement.planner.facts"]
        original = facts._bundle
        bad = partners[1].id

        def bundle(this, context, customer, *facts):
            if customer.partner_id.id == bad:
                raise ZeroDivisionError("poison")
            return original(this, context, customer, *facts)

        self.patch(facts, "_bundle", bundle)
        with self.assertLogs("odoo.addons.recouvrement_auto", "WARNING"):
            run = self.plan()
        self.assertEqual(run.problem_ids.partner_id.ids, [bad])
        for partner in partners[:1] + partners[2:]:
            self.assertEqual(self.outcome_of(run, partner), ("queued", False))

    def test_queries_do_not_grow_with_customers_or_items(self):
        def count(customers, items, day):
            for index in range(customers):
                partner = self.make_debtor(f"Q{day} {index}")
                for late in range(items):
                    self.make_invoice(partner, 3 + late)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            run = self.plan(TODAY + timedelta(day))
            self.assertGreaterEqual(run.selected_count, customers)
            return self.env.cr.sql_log_count - before

        small = count(2, 1, 0)
        run = self.env["recouvrement.run"].search(
            [("company_id", "=", self.company.id)]
        )
        waiting = run.sudo().reminder_ids.filtered(lambda r: r.state == "queued")
        waiting._update_state("skipped")
        large = count(12, 4, 1)
        self.assertLessEqual(large, small + 6, (small, large))


@tagged("post_install", "-at_install")
class TestNetCredit(RecouvrementCommon):
    """Credits beyond the debts leave a customer his scenario."""

    def test_scenario_of_a_customer_in_credit(self):
        debtor = self.make_debtor("Credit Debtor")
        self.make_invoice(debtor, late=5, amount=100)
        self.make_invoice(debtor, late=5, amount=300, move_type="out_refund")
        [customer] = self.env["recouvrement.customer"]._get_or_create(
            self.company, debtor.ids
        )
        self.assertEqual(customer.total_due, -200)
        self.assertEqual(customer.scenario_id, self.scenario)
        self.assertTrue(customer.scenario_why)
        state, reason = self.outcome_of(self.plan(), debtor)
        self.assertIn(state, ("held", "skipped"))
        self.assertIn(reason, ("nothing_due", "unallocated_credit"))
