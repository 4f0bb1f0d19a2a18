from datetime import date, timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from .common import TODAY, RecouvrementCommon


@tagged("post_install", "-at_install")
class TestPaymentFacts(RecouvrementCommon):
    """Delays come from real cash, as it was known at the date."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor = cls.make_debtor("Facts")
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.general = cls.company_data["default_journal_misc"]
        cls.bank = cls.company_data["default_journal_bank"]
        cls.doubtful = cls.env["account.account"].create(
            {
                "name": "Doubtful customers",
                "code": "416000",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )

    def facts(self, partner=None, day=TODAY, **kwargs):
        """Facts of one customer at ``day``, or None."""
        partner = partner or self.debtor
        loaded = self.env["recouvrement.payment.facts"]._load(
            self.company, day, **kwargs
        )
        return loaded.get(partner.id)

    def entry(self, journal, day, *lines):
        """A posted entry; ``lines`` are ``(account, balance, extra values)``."""
        move = self.env["account.move"].create(
            {
                "journal_id": journal.id,
                "date": day,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "balance": balance,
                            "partner_id": self.debtor.id,
                            **values,
                        }
                    )
                    for account, balance, values in lines
                ],
            }
        )
        move.action_post()
        return move

    def close_with_entry(self, invoice, account, day, amount=None, journal=None):
        """Close an invoice with an entry against ``account``."""
        amount = amount or invoice.amount_residual
        move = self.entry(
            journal or self.general,
            day,
            (account, amount, {}),
            (self.receivable, -amount, {}),
        )
        lines = (invoice + move).line_ids.filtered(
            lambda line: line.account_id == self.receivable and not line.reconciled
        )
        lines.reconcile()
        return move

    def paid(self, late, delay, amount=100.0, **values):
        """An invoice paid ``delay`` days after its due date."""
        invoice = self.make_invoice(self.debtor, late, amount, **values)
        self.pay(invoice, day=invoice.invoice_date_due + timedelta(delay))
        return invoice

    # === CASH === #

    def test_paid_on_time_and_late(self):
        for delay in (-2, 0, 10, 45):  # due on a Monday
            self.paid(57, delay)
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.seen), (4, 4))
        self.assertEqual((facts.late_count, facts.late30_count), (2, 1))
        self.assertEqual((facts.median_delay, facts.mean_delay), (5.0, 13.25))
        self.assertEqual((facts.last_invoice_days, facts.first_invoice_days), (87, 87))
        self.assertEqual(facts.open_overdue_count, 0)

    def test_last_five_payments(self):
        for delay in (0, 0, 0, 20, 20, 20, 20, 20):
            self.paid(57, delay)
        self.assertEqual(self.facts().last5_delay, 20)
        self.assertEqual(self.facts().mean_delay, 12.5)

    def test_lateness_starts_on_the_next_business_day_after_grace(self):
        saturday = (TODAY - date(2026, 3, 7)).days
        self.paid(saturday, 5)  # Thursday, third day after the Monday
        self.assertEqual((self.facts().paid_count, self.facts().late_count), (1, 0))
        self.paid(saturday, 6)
        self.assertEqual((self.facts().paid_count, self.facts().late_count), (2, 1))

    def test_public_holiday_of_the_region(self):
        day = date(2025, 12, 26)  # a Friday, closed in Alsace-Moselle only
        self.paid((TODAY - day).days, 3)
        self.assertEqual(self.facts().median_delay, 3)
        self.company.recouvrement_region = "FR-AM"
        self.assertEqual(self.facts().median_delay, 0)

    def test_only_the_last_year(self):
        self.paid(400, 0)
        self.assertEqual(self.facts().paid_count, 0)
        self.paid(400, 60)  # an old invoice, paid within the year
        self.assertEqual((self.facts().paid_count, self.facts().late30_count), (1, 1))

    def test_instalments_count_one_by_one(self):
        invoice = self.make_invoice(
            self.debtor,
            57,
            invoice_payment_term_id=self.pay_terms_b.id,
            invoice_date_due=False,
        )
        first, second = invoice.line_ids.filtered("date_maturity").sorted(
            "date_maturity"
        )
        self.assertNotEqual(first.date_maturity, second.date_maturity)
        self.pay(invoice, first.amount_residual, first.date_maturity)
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.late_count), (1, 0))
        self.assertEqual(facts.open_overdue_count, 1)
        self.assertEqual(facts.open_overdue_amount, second.amount_residual)
        self.pay(invoice, day=second.date_maturity + timedelta(40))
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.late30_count), (2, 1))

    def test_partial_payment_is_not_yet_paid(self):
        invoice = self.make_invoice(self.debtor, 57)
        self.pay(invoice, 40, invoice.invoice_date_due)
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.open30_count), (0, 1))
        self.assertEqual(facts.open_overdue_amount, 60)
        self.pay(invoice, day=invoice.invoice_date_due + timedelta(20))
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.median_delay), (1, 20))

    def test_direct_debit_is_never_late(self):
        method = (
            self.env["account.payment.method"]
            .sudo()  # comes with the add-on that makes direct debits
            .create({"name": "Debit", "code": "sdd", "payment_type": "inbound"})
        )
        line = self.env["account.payment.method.line"].create(
            {
                "name": "Debit",
                "payment_method_id": method.id,
                "journal_id": self.bank.id,
            }
        )
        invoice = self.make_invoice(self.debtor, 57)
        payment = self.pay(invoice, day=TODAY)
        self.assertEqual(self.facts().late_count, 1)
        payment.payment_method_line_id = line
        self.assertEqual((self.facts().paid_count, self.facts().late_count), (1, 0))

    def test_bank_entry_made_by_hand_is_cash(self):
        """A migration brings the bank as entries without payment."""
        invoice = self.make_invoice(self.debtor, 57)
        account = self.bank.default_account_id
        self.close_with_entry(invoice, account, TODAY, journal=self.bank)
        self.assertEqual((self.facts().paid_count, self.facts().late30_count), (1, 1))

    def test_opening_entry_with_due_date_is_an_instalment(self):
        equity = self.company_data["default_account_revenue"]
        due = TODAY - timedelta(50)
        opening = self.entry(
            self.general,
            TODAY - timedelta(90),
            (self.receivable, 100, {"date_maturity": due}),
            (equity, -100, {}),
        )
        line = opening.line_ids.filtered(lambda li: li.account_id == self.receivable)
        self.assertEqual(self.facts().open30_count, 1)
        bank = self.entry(
            self.bank,
            TODAY,
            (self.bank.default_account_id, 100, {}),
            (self.receivable, -100, {}),
        )
        (
            line + bank.line_ids.filtered(lambda li: li.account_id == self.receivable)
        ).reconcile()
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.late30_count), (1, 1))
        self.assertIsNone(facts.last_invoice_days)

    # === NO CASH === #

    def test_credit_note_is_no_payment(self):
        invoice = self.make_invoice(self.debtor, 57)
        invoice._reverse_moves([{"invoice_date": TODAY, "date": TODAY}], cancel=True)
        self.assertEqual(invoice.payment_state, "reversed")
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.seen), (0, 0))

    def test_rest_after_a_credit_note_counts_from_its_cash(self):
        invoice = self.make_invoice(self.debtor, 57)
        self.pay(invoice, 70, invoice.invoice_date_due + timedelta(1))
        note = self.env["account.move"].create(
            {
                "move_type": "out_refund",
                "partner_id": self.debtor.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [
                    Command.create(
                        {"name": "Tiles", "price_unit": 30, "tax_ids": False}
                    )
                ],
            }
        )
        note.action_post()
        (invoice + note).line_ids.filtered(
            lambda line: line.account_id == self.receivable
        ).reconcile()
        self.assertEqual(invoice.payment_state, "paid")
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.median_delay), (1, 1))

    def test_transfer_to_doubtful_is_no_payment(self):
        invoice = self.make_invoice(self.debtor, 57)
        self.close_with_entry(invoice, self.doubtful, TODAY)
        self.assertEqual(invoice.payment_state, "paid")
        facts = self.facts()
        self.assertEqual(facts.paid_count, 0)
        self.assertEqual(facts.open30_count, 1, "given up late: not forgotten")
        self.assertEqual(facts.open_overdue_count, 0)

    def test_early_transfer_says_nothing(self):
        """A claim sold to a factor leaves the account before it is due."""
        invoice = self.make_invoice(self.debtor, 57)
        self.close_with_entry(invoice, self.doubtful, invoice.invoice_date)
        self.assertEqual(self.facts().seen, 0)

    def test_write_off_after_some_cash(self):
        mostly = self.make_invoice(self.debtor, 57)
        self.pay(mostly, 10, mostly.invoice_date_due)
        self.close_with_entry(mostly, self.doubtful, TODAY)
        hardly = self.make_invoice(self.debtor, 57)
        self.pay(hardly, 90, hardly.invoice_date_due)
        self.close_with_entry(hardly, self.doubtful, TODAY)
        facts = self.facts()
        self.assertEqual((facts.paid_count, facts.late_count), (1, 0))
        self.assertEqual(facts.open30_count, 1)

    def test_exchange_difference(self):
        """Paid in full in its currency; the difference is entered at the end of the month."""
        currency = self.setup_other_currency(
            "CHF", rates=[("2025-01-01", 2.0), ("2026-02-10", 4.0)]
        )
        invoice = self.make_invoice(
            self.debtor, 57, 1000, currency_id=currency.id, post=True
        )
        self.pay(invoice, day=date(2026, 2, 12))
        exchange = self.env["account.partial.reconcile"].search(
            [("exchange_move_id", "!=", False)]
        )
        self.assertTrue(exchange.exchange_move_id)
        self.env.cr.execute(  # as the closing of the month would date it
            "UPDATE account_partial_reconcile SET max_date = %s WHERE id IN "
            "(SELECT p.id FROM account_partial_reconcile p JOIN account_move_line l "
            "ON l.id IN (p.debit_move_id, p.credit_move_id) WHERE l.move_id IN %s)",
            (date(2026, 2, 28), tuple(exchange.exchange_move_id.ids)),
        )
        for day in (date(2026, 2, 15), TODAY):
            facts = self.facts(day=day)
            self.assertEqual((facts.paid_count, facts.late_count), (1, 1), day)
            self.assertEqual(facts.median_delay, 24)
            self.assertEqual(facts.open_overdue_count, 0)

    # === OPEN ITEMS === #

    def test_open_items(self):
        self.make_invoice(self.debtor, 95, 100)
        self.make_invoice(self.debtor, 5, 50)
        self.make_invoice(self.debtor, -5, 25)
        facts = self.facts()
        self.assertEqual((facts.open_overdue_count, facts.open30_count), (2, 1))
        self.assertEqual(facts.open_overdue_amount, 150)
        self.assertEqual(facts.oldest_open_days, 95)

    def test_unmatched_payment_covers_the_oldest_items(self):
        oldest = self.make_invoice(self.debtor, 95, 100)
        self.make_invoice(self.debtor, 5, 50)
        self.env["account.payment"].create(
            {
                "partner_id": self.debtor.id,
                "amount": 110,
                "date": TODAY,
                "journal_id": self.bank.id,
            }
        ).action_post()
        facts = self.facts()
        self.assertEqual((facts.open_overdue_count, facts.open30_count), (1, 0))
        self.assertEqual((facts.open_overdue_amount, facts.oldest_open_days), (40, 5))
        self.assertEqual(oldest.payment_state, "not_paid")

    def test_blocked_invoice_is_left_out(self):
        invoice = self.make_invoice(self.debtor, 95, 100)
        invoice.action_toggle_block_payment()
        self.assertEqual(self.facts().open_overdue_count, 0)

    # === SCOPE === #

    def test_litigation_comes_from_the_file(self):
        files = self.env["recouvrement.customer"]._get_or_create(
            self.company, self.debtor.ids
        )
        self.assertIsNone(self.facts())
        files.litigation = True
        self.assertTrue(self.facts().manual_litigation)
        files.write({"litigation": False, "insolvency": True})
        self.assertTrue(self.facts().manual_litigation)

    def test_chosen_customers_and_own_company_only(self):
        other = self.make_debtor("Other")
        self.make_invoice(other, 10)
        self.paid(57, 10)
        self.assertTrue(self.facts(other, partner_ids=other.ids))
        self.assertIsNone(self.facts(partner_ids=other.ids))
        alone = self.facts(partner_ids=self.debtor.ids)
        self.assertEqual(alone, self.facts())
        elsewhere = self.setup_other_company()["company"]
        self.assertFalse(self.env["recouvrement.payment.facts"]._load(elsewhere, TODAY))

    def test_shared_accounts_do_not_mix_companies(self):
        self.paid(57, 10)
        other = self.setup_other_company()["company"]
        self.env.flush_all()
        for table in ("account_move_line", "account_move"):
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET company_id = %s WHERE partner_id = %s",
                    SQL.identifier(table),
                    other.id,
                    self.debtor.id,
                )
            )
        self.assertIsNone(self.facts())

    def test_company_ratios(self):
        Facts = self.env["recouvrement.payment.facts"]
        self.assertEqual(Facts._company_ratios({}), (0.0, 0.0))
        for delay in (0, 0, 10, 45):
            self.paid(57, delay)
        loaded = Facts._load(self.company, TODAY)
        self.assertEqual(Facts._company_ratios(loaded), (0.5, 0.25))

    # === TIME AND SIZE === #

    def test_no_look_into_the_future(self):
        """Erase what comes after a day, compute that day again: nothing differs."""
        day = TODAY - timedelta(20)
        self.paid(57, 10)
        self.paid(57, 50)  # paid after the day
        partly = self.make_invoice(self.debtor, 80, 300)
        self.pay(partly, 100, day - timedelta(3))
        self.pay(partly, day=day + timedelta(3))
        moved = self.make_invoice(self.debtor, 80)
        self.close_with_entry(moved, self.doubtful, day + timedelta(1))
        self.make_invoice(self.debtor, -60)  # invoiced after the day
        with_future = self.facts(day=day)
        self.assertNotEqual(with_future, self.facts())
        self.erase_after(day)
        self.assertEqual(self.facts(day=day), with_future)
        self.assertEqual(with_future.paid_count, 1)
        self.assertEqual(with_future.open_overdue_amount, 400)

    def erase_after(self, day):
        """The ledger as it was at the end of ``day``."""
        self.env.flush_all()
        self.env.cr.execute(
            "DELETE FROM account_partial_reconcile WHERE max_date > %s", (day,)
        )
        self.env.cr.execute(
            "UPDATE account_payment SET move_id = NULL WHERE date > %s", (day,)
        )
        self.env.cr.execute("DELETE FROM account_move_line WHERE date > %s", (day,))
        self.env.cr.execute("DELETE FROM account_move WHERE date > %s", (day,))
        self.env.invalidate_all()
        lines = self.env["account.move.line"].search(
            [("account_id", "=", self.receivable.id)]
        )
        for name in ("amount_residual", "amount_residual_currency", "reconciled"):
            self.env.add_to_compute(lines._fields[name], lines)
        self.env.flush_all()

    def test_number_of_queries_does_not_grow(self):
        self.paid(57, 10)
        few = self.queries()
        for number in range(12):
            partner = self.make_debtor(f"Many {number}")
            self.pay(self.make_invoice(partner, 57), day=TODAY)
            self.make_invoice(partner, 20)
        self.assertEqual(self.queries(), few)
        self.assertLessEqual(few, 15)

    def queries(self):
        """Queries of one load without records in cache, the second one: the first fills
        what the registry keeps."""
        for _run in range(2):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.facts()
        return self.env.cr.sql_log_count - before
