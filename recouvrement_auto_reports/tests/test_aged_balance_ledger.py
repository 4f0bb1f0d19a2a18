from datetime import date, timedelta
from decimal import Decimal

from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tools.aging import Buckets

from .common import AgedBalanceCommon

DAYS = (
    "2025-01-09",
    "2025-01-10",
    "2025-01-31",
    "2025-02-15",
    "2025-02-28",
    "2025-03-01",
    "2025-03-04",
    "2025-03-05",
    "2025-03-31",
    "2025-04-10",
    "2025-04-19",
    "2025-04-20",
    "2025-04-30",
    "2025-05-01",
    "2025-05-02",
    "2025-06-09",
    "2025-06-10",
    "2025-12-31",
)


@tagged("post_install", "-at_install")
class TestAgedBalanceLedger(AgedBalanceCommon):
    """The balance is the general ledger, at every date, to the cent."""

    def test_total_is_the_ledger_at_every_date(self):
        """Sum of the items = balance of the accounts, whatever happened later."""
        for day in DAYS:
            with self.subTest(day=day):
                total = sum(item["amount"] for item in self.items(self.ask(day)))
                self.assertAlmostEqual(total, self.ledger(day), 6)

    def test_ledger_rows_are_the_oracle(self):
        """What the control sheet compares with is the plain sum of the entries."""
        engine = self.env["recouvrement.aged.balance.engine"]
        for day in DAYS:
            rows = engine._ledger_rows(self.ask(day))
            self.assertAlmostEqual(sum(r[2] for r in rows), self.ledger(day), 6, day)

    def test_each_line_at_each_date(self):
        """A line is open for its balance less what was matched until that day."""
        for day in DAYS:
            with self.subTest(day=day):
                found = {
                    i["line_id"]: Decimal(str(i["amount"])).quantize(Decimal("0.01"))
                    for i in self.items(self.ask(day))
                }
                self.assertEqual(found, self.expected_lines(date.fromisoformat(day)))

    def expected_lines(self, day):
        """Oracle: line by line in Python over the partials."""
        lines = self.env["account.move.line"].search(
            [
                ("company_id", "=", self.company.id),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("parent_state", "=", "posted"),
                ("date", "<=", day),
            ]
        )
        cents = Decimal("0.01")
        expected = {}
        for line in lines:
            amount = Decimal(str(line.balance)).quantize(cents)
            for sign, partials in (
                (-1, line.matched_credit_ids),
                (1, line.matched_debit_ids),
            ):
                done = partials.filtered(lambda p: p.max_date <= day).mapped("amount")
                amount += sign * sum(Decimal(str(x)).quantize(cents) for x in done)
            if amount:
                expected[line.id] = amount
        return expected

    def open_of(self, move, day):
        lines = move.line_ids.ids
        return [i for i in self.items(self.ask(day)) if i["line_id"] in lines]

    def test_partial_payment_counts_from_its_date(self):
        """The first instalment is open in full the evening before it is paid."""

        def due(day):
            return sum(i["amount"] for i in self.open_of(self.instalments, day))

        self.assertEqual(due("2025-03-04"), 1000)
        self.assertEqual(due("2025-03-05"), 650)

    def test_one_item_per_instalment(self):
        """30 % at once, 70 % at the end of the following month."""
        items = self.open_of(self.instalments, "2025-01-31")
        self.assertEqual(sorted(i["amount"] for i in items), [300, 700])
        self.assertEqual(len({i["due_date"] for i in items}), 2)

    def test_exchange_difference_at_its_own_date(self):
        """Paid in full in its currency; the difference lives until its entry."""
        exchange = self.abroad.line_ids.matched_credit_ids.exchange_move_id
        self.assertTrue(exchange)
        day = exchange.date - timedelta(days=1)
        if day >= date(2025, 4, 10):
            left = self.open_of(self.abroad, str(day))
            self.assertEqual([i["residual"] for i in left], [0])
            self.assertEqual([i["amount"] for i in left], [50])
        self.assertFalse(self.open_of(self.abroad, str(exchange.date)))

    def test_unallocated_payment_and_credit_note_are_negative_items(self):
        """Both lower the balance, in the column of their own date."""
        items = {i["move_id"]: i for i in self.items(self.ask("2025-03-31"))}
        advance = items[self.advance.move_id.id]
        self.assertEqual((advance["amount"], advance["kind"]), (-400, "payment"))
        refund = items[self.credit_note.id]
        self.assertEqual((refund["amount"], refund["kind"]), (-120, "credit_note"))

    def test_reclassified_to_doubtful_leaves_that_day(self):
        """411 -> 416: in the balance of the day before, out on the day."""
        self.assertEqual(self.doubted.payment_state, "paid")
        self.assertEqual(
            [i["amount"] for i in self.open_of(self.doubted, "2025-06-09")], [640]
        )
        self.assertFalse(self.open_of(self.doubted, "2025-06-10"))

    def test_no_due_date_and_no_customer(self):
        """Aged by the date of the entry, under "no customer"."""
        found = [
            i for i in self.items(self.ask("2025-03-31")) if i["partner_id"] is None
        ]
        self.assertEqual([(i["amount"], i["days_late"]) for i in found], [(75, 30)])
        self.assertTrue(found[0]["no_due_date"])

    def test_non_trade_account_stays_out(self):
        """The VAT credit account of the French chart is of the receivable type too."""
        account = self.receivable.copy({"code": "445670", "non_trade": True})
        self.entry("2025-03-02", account, 5000, self.partner_a)
        total = sum(i["amount"] for i in self.items(self.ask("2025-03-31")))
        self.assertAlmostEqual(total, self.ledger("2025-03-31"), 6)

    def test_columns_are_those_of_the_core(self):
        """The SQL puts each age where ``Buckets.index`` does, limits included."""
        for limits in ((0, 30, 60, 90), (0, 1), (0, 15, 45, 90, 180, 365)):
            buckets = Buckets(limits)
            for offset in (0, 1, 15, 16, 30, 31, 90, 91, 400):
                day = date(2025, 1, 10) + timedelta(days=offset)
                for item in self.items(self.ask(str(day), limits=limits)):
                    self.assertEqual(item["bucket"], buckets.index(item["days_late"]))

    def test_two_companies_and_their_currencies(self):
        """Each company keeps its own currency and its own ledger."""
        data = self.setup_other_company(currency_id=self.foreign.id)
        other = data["company"]
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": other.id,
                "partner_id": self.partner_a.id,
                "invoice_date": "2025-02-02",
                "journal_id": data["default_journal_sale"].id,
                "invoice_line_ids": [
                    (0, 0, {"name": "x", "price_unit": 42, "tax_ids": [(5, 0, 0)]})
                ],
            }
        )
        move.action_post()
        request = self.ask("2025-03-31", company_ids=(self.company | other).ids)
        totals = {}
        for item in self.items(request):
            key = (item["company_id"], item["company_currency_id"])
            totals[key] = totals.get(key, 0) + item["amount"]
        self.assertEqual(
            totals,
            {
                (self.company.id, self.company.currency_id.id): self.ledger(
                    "2025-03-31"
                ),
                (other.id, self.foreign.id): self.ledger("2025-03-31", other),
            },
        )

    def test_number_of_queries_does_not_grow(self):
        """Summary and ledger cost the same number of queries at two sizes."""
        engine = self.env["recouvrement.aged.balance.engine"]
        request = self.ask("2025-12-31")

        def queries():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            engine._summary_rows(request)
            engine._ledger_rows(request)
            return self.env.cr.sql_log_count - before

        queries()
        small = queries()
        for number in range(30):
            partner = self.partner_a.copy({"name": f"Customer {number}"})
            self.invoice("2025-07-01", 10 + number, partner=partner)
        self.env.flush_all()
        queries()  # caches of the registry, emptied by what was just made
        self.assertEqual(queries(), small)
