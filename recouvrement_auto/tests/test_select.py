"""The first look of a night: it leaves out only those for whom the planner writes nothing."""

import random
from datetime import timedelta

from odoo.tests import tagged
from odoo.tools import SQL

from ..tools.planning import END_STEP, TONES
from .common import TODAY, RecouvrementCommon
from .plan_twice import PlanTwice

DAYS = 26


class SelectCase(PlanTwice, RecouvrementCommon):
    """Nights looked at twice, and how many customers the first look leaves to be read."""

    def selected(self, day):
        """Partners that the night of ``day`` reads the facts of."""
        run = self.env["recouvrement.run"].sudo()._open(self.company, day, None)
        context = self.env["recouvrement.planner.facts"]._context(
            self.company, day, run.version_ids
        )
        found = self.env["recouvrement.planner"]._partners_to_plan(run, context)
        self.assertEqual(found, sorted(set(found)))
        return set(found)

    def file_of(self, partner):
        """The collection file of a customer."""
        Customer = self.env["recouvrement.customer"]
        return Customer._get_or_create(self.company, partner.ids)


@tagged("post_install", "-at_install")
class TestSelect(SelectCase):
    def test_distance_to_the_due_date(self):
        """Over three weeks with week-ends, for each distance to the due date."""
        for late in range(-30, 12, 2):
            self.make_invoice(self.make_debtor(f"Near {late}"), late)
        for offset in range(21):
            self.assert_planned_alike(TODAY + timedelta(offset))
        far = self.make_debtor("Far away")
        self.make_invoice(far, -60)
        self.assertNotIn(far.id, self.selected(TODAY))

    def test_who_was_written_to_rests(self):
        """Night after night with sending, a broken promise and a new cycle on the way."""
        for late in range(-6, 12, 3):
            self.make_invoice(self.make_debtor(f"Rest {late}"), late)
        move = self.make_invoice(self.make_debtor("Rest and promise"), late=3)
        customer = self.file_of(move.partner_id)
        rested = set()
        for offset in range(21):
            day = TODAY + timedelta(offset)
            self.travel(day)
            self.assert_planned_alike(day)
            if offset == 1:
                self.assertTrue(rested)
                self.assertFalse(self.selected(day) & rested, "written to yesterday")
            run = self.plan(day)
            self.send()
            sent = run.reminder_ids.filtered(lambda r: r.state == "sent")
            rested = set(sent.partner_id.ids)
            if offset == 1:
                self.env["recouvrement.promise"]._record(
                    customer, move._recouvrement_open_lines(), None, day, "call"
                )
            if offset == 10:
                self.env["recouvrement.item.cycle"]._raise_cycle(
                    [(self.company.id, customer.id, move.id, TODAY - timedelta(3), 1)],
                    reason="dispute_closed",
                )

    def test_a_waiting_message_answers_for_the_customer(self):
        partner = self.make_debtor("Waits")
        self.make_invoice(partner, 3)
        self.assertEqual(self.selected(TODAY), set(partner.ids))
        self.plan()
        self.assertFalse(self.selected(TODAY + timedelta(1)))

    def test_each_customer_has_the_delays_of_his_own_scenario(self):
        slow = self.make_scenario(
            "Slow", "test_slow", [("late", 20, "email", "firm", "auto")]
        )
        partner = self.make_debtor("Slow payer")
        self.make_invoice(partner, 5)
        self.assertEqual(self.selected(TODAY), set(partner.ids))
        self.file_of(partner).scenario_override_id = slow
        # A night of its own: the one of TODAY keeps the versions that it froze.
        self.assertFalse(self.selected(TODAY + timedelta(1)))
        self.assertEqual(self.selected(TODAY + timedelta(15)), set(partner.ids))

    def test_a_customer_with_a_plan_is_always_looked_at(self):
        """An instalment may be announced while no item is near a step."""
        partner = self.make_debtor("Plans early")
        move = self.make_invoice(partner, -80, amount=300)
        self.assertFalse(self.selected(TODAY))
        day = TODAY + timedelta(9)
        plan = self.env["recouvrement.payment.plan"]._propose(
            self.file_of(partner),
            move._recouvrement_open_lines(),
            [(day, 100.0), (day + timedelta(30), 200.0)],
        )
        plan._accept("Somebody", ip="192.0.2.1")
        self.assertEqual(self.selected(TODAY), set(partner.ids))
        self.assert_planned_alike(day - timedelta(3))

    def test_steps_used_for_another_customer_are_none_of_his(self):
        """The same whoever is planned in the same batch."""
        [first, other] = [self.make_debtor(f"Owner {n}") for n in (1, 2)]
        move = self.make_invoice(first, 12)
        self.make_invoice(other, 12)
        self.file_of(other)
        self.plan()
        self.send()
        [item] = self.env["recouvrement.reminder.item"].search(
            [("move_res_id", "=", move.id)]
        )
        item.sudo().customer_id = self.file_of(
            other
        )  # as a person at the database would
        day = TODAY + timedelta(1)
        self.assertEqual(self.selected(day), set(first.ids))
        self.assertEqual(self.assert_planned_alike(day), 1)

    def test_files_are_made_together_and_a_failure_costs_no_night(self):
        partner = self.make_debtor("New")
        self.make_invoice(partner, 3)
        customers = self.registry["recouvrement.customer"]
        original, calls = customers._create_missing, []

        def fails_once(this, company, partner_ids):
            calls.append(list(partner_ids))
            if len(calls) == 1:
                raise ZeroDivisionError("poison")
            return original(this, company, partner_ids)

        self.patch(customers, "_create_missing", fails_once)
        with self.assertLogs("odoo.addons.recouvrement_auto", "WARNING"):
            run = self.plan()
        self.assertEqual(self.outcome_of(run, partner), ("queued", False))
        self.assertEqual(calls, [partner.ids, partner.ids])


@tagged("post_install", "-at_install")
class TestSelectQueries(SelectCase):
    """Statements of a night, at two sizes."""

    def spent(self, day):
        """Statements of the night of ``day``, those of rows in sets included."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.env.registry.clear_cache()
        before = self.env.cr.sql_log_count
        run = self.plan(day)
        return self.env.cr.sql_log_count - before, run

    def debtors(self, count, late, name):
        """As many customers with an invoice each."""
        partners = [self.make_debtor(f"{name} {n}") for n in range(count)]
        moves = [self.make_invoice(p, late, post=False) for p in partners]
        self.env["account.move"].concat(*moves).action_post()
        return partners

    def test_a_quiet_night(self):
        self.debtors(2, -60, "Few")
        few, run = self.spent(TODAY)
        self.assertFalse(run.selected_count)
        self.debtors(12, -60, "Many")
        many, run = self.spent(TODAY + timedelta(1))
        self.assertFalse(run.selected_count)
        self.assertLessEqual(many, few)
        self.assertLessEqual(many, 40)

    def test_a_steady_night(self):
        """Most customers rest; what is read of them grows by no statement."""
        counts = []
        for rest, day in ((3, TODAY), (25, TODAY + timedelta(7))):
            self.travel(day)
            gone = (day - TODAY).days
            self.debtors(rest, 3 - gone, f"Rest {gone}")
            self.plan(day)
            self.send()
            self.debtors(2, 2 - gone, f"Due {gone}")
            spent, run = self.spent(day + timedelta(1))
            self.send()
            self.assertEqual(run.selected_count, 2)
            counts.append(spent)
        self.assertLessEqual(counts[1], counts[0])
        self.assertLessEqual(counts[1], 60 + 20)


@tagged("post_install", "-at_install")
class TestSelectGenerated(SelectCase):
    """Generated positions on several ladders: both ways of planning write the same."""

    CUSTOMERS = 45

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.random = random.Random(20261128)
        cls.quick = cls.make_scenario(
            "Quick",
            "test_quick",
            [
                ("q_new", 4, "email", "courteous", "auto"),
                ("q_1", 2, "email", "courteous", "auto"),
                ("q_2", 5, "email", "precise", "auto"),
                ("q_3", 6, "email", "firm", "auto"),
                ("q_4", 14, "call", "firm", "auto"),
            ],
            min_gap_days=1,
        )
        by_code = {line.code: line for line in cls.quick.line_ids}
        by_code["q_new"].anchor = "invoice_date"
        by_code["q_3"].anchor = "previous"
        cls.slow = cls.make_scenario(
            "Slow",
            "test_slow",
            [
                ("s_pre", -9, "email", "courteous", "auto"),
                ("s_1", 8, "email", "courteous", "auto"),
                ("s_2", 16, "letter", "precise", "auto"),
                ("s_3", 30, "email", "formal", "confirm"),
            ],
            min_gap_days=8,
            end_delay_days=12,
        )
        for code, least in (("s_1", 120), ("s_3", 400)):
            line = cls.slow.line_ids.filtered(lambda x, code=code: x.code == code)
            line.min_amount = least
        cls.scenarios = cls.scenario | cls.quick | cls.slow

    def generate(self):
        """Customers with one to three invoices, and what happened to them so far."""
        pick = self.random
        partners = [self.make_debtor(f"Generated {n}") for n in range(self.CUSTOMERS)]
        moves = []
        for partner in partners:
            for _each in range(pick.randint(1, 3)):
                amount = pick.choice((30, 100, 500))
                late = pick.randint(-25, 40)
                moves.append(self.make_invoice(partner, late, amount, post=False))
        moves = self.env["account.move"].concat(*moves)
        moves.action_post()
        for partner in partners[:-3]:  # nobody has looked at the last ones yet
            own = pick.choice((None, None, *self.scenarios))
            self.file_of(partner).scenario_override_id = own
        known = moves.filtered(lambda m: m.partner_id not in partners[-3:])
        for move in known:
            self.happen(move)
        return partners

    def happen(self, move):
        """What happened to one invoice."""
        pick, customer = self.random, self.file_of(move.partner_id)
        if pick.random() < 0.65:
            for _each in range(pick.randint(1, 2)):
                self.used(customer, move)
        if pick.random() < 0.1:
            other = self.env["recouvrement.customer"].search(
                [("company_id", "=", self.company.id)], limit=1
            )
            self.used(other, move)  # the invoice changed hands
        if pick.random() < 0.15:
            self.new_cycle(customer, move)
        if pick.random() < 0.15:
            self.promised(customer, move)
        if pick.random() < 0.15:
            scenario = pick.choice(list(self.scenarios))
            self.env["recouvrement.invoice.option"].create(
                {
                    "company_id": self.company.id,
                    "move_res_id": move.id,
                    "scenario_id": scenario.id,
                }
            )

    def used(self, customer, move):
        """A step that the invoice used, of any ladder, the end or one that is gone."""
        pick = self.random
        lines = self.scenarios.line_ids
        line = pick.choice(list(lines))
        code = pick.choice((line.code, line.code, line.code, END_STEP, "gone"))
        state = pick.choice(("sent", "sent", "sent", "unknown", "failed", "queued"))
        day = TODAY - timedelta(pick.randint(1, 45))
        cycle = pick.choice((1, 1, 1, 2))
        [reminder_id] = self.env["recouvrement.reminder"]._insert_rows(
            [
                {
                    "company_id": self.company.id,
                    "customer_id": customer.id,
                    "date": day,
                    "channel": line.channel,
                    "tone": line.tone,
                    "step_code": code,
                    "state": state,
                    "scenario_id": line.scenario_id.id,
                    "undelivered": pick.random() < 0.1,
                }
            ]
        )
        row = {
            "reminder_id": reminder_id,
            "company_id": self.company.id,
            "customer_id": customer.id,
            "state": state,
            "move_res_id": move.id,
            "due_date": move.invoice_date_due,
            "role": "leader",
            "step_code": code,
            "tone_rank": TONES.index(line.tone),
            "step_delay": line.delay,
            "used_on": day,
            "cycle": cycle,
            "channel": line.channel,
            "undelivered": pick.random() < 0.1,
        }
        Item = self.env["recouvrement.reminder.item"]
        if not Item.search_count(
            [(n, "=", row[n]) for n in ("move_res_id", "step_code", "cycle")]
        ):
            Item._insert_rows([row])

    def new_cycle(self, customer, move):
        """A named event moves the invoice to the start or to a step."""
        pick = self.random
        line = pick.choice(list(self.scenarios.line_ids))
        step = {"code": line.code, "tone": line.tone, "delay": line.delay}
        self.env["recouvrement.item.cycle"]._raise_cycle(
            [
                (
                    self.company.id,
                    customer.id,
                    move.id,
                    move.invoice_date_due,
                    pick.choice((1, 2)),
                )
            ],
            reason="restart",
            step=pick.choice((None, step)),
            day=TODAY - timedelta(pick.randint(0, 30)),
        )

    def promised(self, customer, move):
        """A promise that runs, or that was broken on some day."""
        pick = self.random
        promise = self.env["recouvrement.promise"]._record(
            customer,
            move._recouvrement_open_lines(),
            None,
            TODAY + timedelta(pick.randint(0, 12)),
            "call",
        )
        if pick.random() < 0.7:
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "UPDATE recouvrement_promise SET state = %s, settled_on = %s"
                    " WHERE id = %s",
                    pick.choice(("broken", "partly_kept")),
                    TODAY - timedelta(pick.randint(0, 40)),
                    promise.id,
                )
            )
            promise.invalidate_recordset()

    def test_generated_positions(self):
        partners = self.generate()
        planned = read = 0
        for offset in range(DAYS):
            day = TODAY + timedelta(offset)
            planned += self.assert_planned_alike(day)
            read += len(self.selected(day))
        self.assertGreater(planned, DAYS)
        # It is a look worth taking: few are read in vain.
        self.assertLess(read, len(partners) * DAYS * 0.8)
        self.assertLess(read, planned * 2, (planned, read))
