import random
from collections import Counter
from datetime import date, timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import AgedBalanceCommon

TODAY = date(2025, 6, 17)
DUE = "2025-06-01"


@tagged("post_install", "-at_install")
class TestForecast(AgedBalanceCommon):
    """Cash expected: where each day comes from, nothing counted twice, nothing lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        company = cls.registry["res.company"]
        cls.classPatch(company, "_recouvrement_today", lambda this: TODAY)
        cls.su = cls.env(su=True, context={"allowed_company_ids": cls.company.ids})
        cls.Forecast = cls.env["recouvrement.kpi.forecast"].with_context(
            allowed_company_ids=cls.company.ids
        )
        cls.files = cls.su["recouvrement.customer"]._get_or_create(
            cls.company, (cls.partner_a | cls.partner_b).ids
        )
        cls.file_b = cls.files.filtered(lambda f: f.partner_id == cls.partner_b)

    def plan(self, moves, parts, paid=(), **values):
        """A running plan over the instalments due on 1 June: ``(days from now, amount)``."""
        total = sum(amount for _days, amount in parts)
        plan = self.su["recouvrement.payment.plan"].create(
            {
                "customer_id": self.file_b.id,
                "currency_id": self.company.currency_id.id,
                "tolerance_days": 3,
                "signer_name": "Somebody",
                "accepted_on": TODAY,
                "item_ids": [
                    Command.create(
                        {
                            "move_id": move.id,
                            "due_date": DUE,
                            "residual": total if index == 0 else 0,
                        }
                    )
                    for index, move in enumerate(moves)
                ],
                "line_ids": [
                    Command.create(
                        {"date": TODAY + timedelta(days=days), "amount": amount}
                    )
                    for days, amount in parts
                ],
                **values,
            }
        )
        for line, amount in zip(plan.line_ids, paid, strict=False):
            line.paid = amount
        plan.state = "running"
        self.env.flush_all()
        return plan

    def rows(self, move):
        self.env.invalidate_all()
        found = self.Forecast.search([("move_res_id", "=", move.id)])
        return [(r.expected_date, r.expected_by, r.amount) for r in found]

    def day(self, days):
        return TODAY + timedelta(days=days)

    def test_a_plan_cuts_its_invoices_by_its_dates(self):
        """100 and 50 on three dates of 60, 60 and 30: the oldest is paid first."""
        first = self.invoice(DUE, 100, partner=self.partner_b)
        second = self.invoice(DUE, 50, partner=self.partner_b)
        self.plan(first | second, [(10, 60), (40, 60), (70, 30)])
        self.assertEqual(
            self.rows(first),
            [(self.day(10), "plan", 60), (self.day(40), "plan", 40)],
        )
        self.assertEqual(
            self.rows(second),
            [(self.day(40), "plan", 20), (self.day(70), "plan", 30)],
        )

    def test_what_is_paid_of_a_plan_is_expected_no_more(self):
        move = self.invoice(DUE, 100, partner=self.partner_b)
        self.plan(move, [(-5, 50), (40, 50)], paid=(50,))
        self.pay(move, 50, "2025-06-12")
        self.assertEqual(self.rows(move), [(self.day(40), "plan", 50)])

    def test_a_date_that_passed_is_expected_tomorrow(self):
        move = self.invoice(DUE, 100, partner=self.partner_b)
        self.plan(move, [(-5, 50), (40, 50)])
        self.assertEqual(
            self.rows(move),
            [(self.day(1), "plan", 50), (self.day(40), "plan", 50)],
        )

    def test_a_draft_of_a_plan_says_nothing(self):
        move = self.invoice(DUE, 100, partner=self.partner_b)
        self.plan(move, [(10, 100)]).state = "proposed"
        self.env.flush_all()
        [(_day, source, amount)] = self.rows(move)
        self.assertEqual((source, amount), ("habit", 100))

    def test_the_predicted_day_counts_where_the_model_is_in_use(self):
        move = self.invoice(DUE, 100, partner=self.partner_b)
        line = move.line_ids.filtered(lambda x: x.display_type == "payment_term")
        model = self.su["recouvrement.score.model"].create(
            {
                "company_id": self.company.id,
                "trained_on": TODAY,
                "in_use": True,
                "level": "1",
                "payload": {"level": 1},
                "content_hash": "-",
            }
        )
        self.su["recouvrement.prediction"].create(
            {
                "company_id": self.company.id,
                "customer_id": self.file_b.id,
                "model_id": model.id,
                "date": TODAY,
                "move_res_id": move.id,
                "line_res_id": line.id,
                "due_date": DUE,
                "history": "known",
                "expected_date": self.day(23),
                "earliest_date": self.day(9),
                "latest_date": self.day(40),
            }
        )
        self.env.flush_all()
        self.assertEqual(self.rows(move), [(self.day(23), "foretold", 100)])
        model.level = "0"
        self.env.flush_all()
        self.assertEqual(self.rows(move)[0][1], "habit")

    def test_the_sum_of_all_sources_is_the_receivables(self):
        """Whatever the plans: each item once, all of it, to the cent."""
        chance = random.Random(7)
        for _round in range(4):
            moves = self.env["account.move"]
            for _number in range(chance.randint(1, 3)):
                amount = chance.randint(100, 99999) / 100
                moves |= self.invoice(DUE, amount, partner=self.partner_b)
            total = sum(moves.mapped("amount_total"))
            count = chance.randint(1, 7)
            part = round(total / count, 2)
            parts = [(30 * n, part) for n in range(1, count)]
            parts.append((30 * count, round(total - part * (count - 1), 2)))
            self.plan(moves, parts)
            if chance.random() < 0.5:
                self.pay(moves[0], chance.randint(1, 90), "2025-06-12")
        items = self.env["recouvrement.kpi.item"].with_context(
            allowed_company_ids=self.company.ids
        )
        expected = {i.id: i.amount for i in items.search([])}
        found, firsts = Counter(), Counter()
        for row in self.Forecast.search([]):
            found[row.id // 1000] += row.amount
            firsts[row.id // 1000] += row.is_first
        self.assertEqual(set(found), set(expected))
        self.assertEqual(set(firsts.values()), {1})
        for key, amount in expected.items():
            self.assertAlmostEqual(found[key], amount, 2)
        sources = dict(self.Forecast._read_group([], ["expected_by"], ["amount:sum"]))
        self.assertIn("plan", sources)
        self.assertLess(sources["credit"], 0)
        self.assertAlmostEqual(
            sum(sources.values()), float(self.ledger(TODAY.isoformat())), 2
        )

    def test_the_weeks_are_those_of_the_lists(self):
        """Sums put together by day are those of the domain that opens the list."""
        move = self.invoice("2025-01-05", 900, partner=self.partner_b)
        plan = self.plan(move, [(3, 300), (17, 300), (200, 300)])
        plan.item_ids.due_date = "2025-01-05"
        self.env.flush_all()
        board = self.env["recouvrement.dashboard"].with_context(
            allowed_company_ids=self.company.ids
        )
        figures = board.read_figures({})
        tiles = {tile["key"]: tile for tile in figures["tiles"]}
        self.assertEqual(tiles["cash_plan"]["amount"], 600)
        for key, tile in tiles.items():
            if key.startswith(("forecast", "cash_")):
                action = board.open_list(key, {})
                records = board.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(records), tile["count"], key)
                self.assertAlmostEqual(sum(records.mapped("amount")), tile["amount"], 2)
        labels = [one["key"] for one in figures["forecast"]["series"]]
        self.assertIn("plan", labels)

    def test_who_sees_the_forecast(self):
        """A salesperson his customers, nobody without a role."""
        group = "recouvrement_auto.recouvrement_auto_group_salesperson"
        seller = new_test_user(
            self.env(su=True),
            "forecast_sales",
            group,
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.partner_b.user_id = seller
        self.invoice(DUE, 100, partner=self.partner_b)
        self.env.flush_all()
        seen = self.Forecast.with_user(seller).search([])
        self.assertEqual(seen.partner_id, self.partner_b)
        nobody = new_test_user(self.env(su=True), "forecast_none", "base.group_user")
        with self.assertRaises(AccessError):
            self.Forecast.with_user(nobody).search([])
