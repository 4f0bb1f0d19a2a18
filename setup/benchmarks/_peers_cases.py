"""Documents that the generated ledgers lack, posted by the accounting's own methods."""

from datetime import timedelta


class Cases:
    """Hard cases on top of a generated ledger; each carries its name as reference."""

    def __init__(self, env, today):
        self.env = env
        self.today = today
        self.company = env.company
        self.partners = env["res.partner"].search(
            [("customer_rank", ">", 0), ("is_company", "=", True)], limit=4, order="id"
        )
        self.receivable = self.partners[0].property_account_receivable_id
        self.bank = env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )

    def write(self):
        """All cases, committed."""
        self.exchange()
        self.no_due_date()
        self.second_account()
        self.across_customers()
        self.late_credit()
        self.env.cr.commit()

    def day(self, back):
        return self.today - timedelta(days=back)

    def invoice(self, partner, amount, back, **values):
        """A posted invoice or credit note of one untaxed line."""
        line = {"name": "x", "quantity": 1, "price_unit": amount, "tax_ids": [(5,)]}
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": self.day(back),
                "date": self.day(back),
                "invoice_date_due": self.day(back),
                "invoice_payment_term_id": False,
                "invoice_line_ids": [(0, 0, line)],
                **values,
            }
        )
        move.action_post()
        return move

    def pay(self, move, back, amount=None):
        """Paid by the wizard, in full unless an amount is given."""
        values = {"payment_date": self.day(back), "journal_id": self.bank.id}
        if amount:
            values["amount"] = amount
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        ).create(values)._create_payments()

    def entry(self, back, lines, ref):
        """A posted entry without due dates; ``lines`` are (account, partner, amount)."""
        journal = self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", self.company.id)], limit=1
        )
        move = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": journal.id,
                "date": self.day(back),
                "ref": ref,
                "line_ids": [
                    (
                        0,
                        0,
                        {
                            "account_id": account.id,
                            "partner_id": partner and partner.id,
                            "debit": max(amount, 0),
                            "credit": max(-amount, 0),
                        },
                    )
                    for account, partner, amount in lines
                ],
            }
        )
        move.action_post()
        move.line_ids.date_maturity = False
        return move

    def exchange(self):
        """Two rates: the payment leaves an exchange difference."""
        pound = self.env.ref("base.GBP")
        pound.active = True
        for back, rate in ((500, 0.80), (200, 0.95)):
            self.env["res.currency.rate"].create(
                {
                    "currency_id": pound.id,
                    "company_id": self.company.id,
                    "name": self.day(back),
                    "rate": rate,
                }
            )
        move = self.invoice(self.partners[0], 1234.56, 300, currency_id=pound.id)
        self.pay(move, 150)

    def no_due_date(self):
        """Without due date, without customer."""
        income = self.company.income_account_id or self.env["account.account"].search(
            [("account_type", "=", "income")], limit=1
        )
        lines = ((self.receivable, None, 321.09), (income, None, -321.09))
        self.entry(120, lines, "case: no due date, no customer")
        partner = self.partners[1]
        lines = ((self.receivable, partner, 77.7), (income, partner, -77.7))
        self.entry(100, lines, "case: no due date")

    def second_account(self):
        """Another trade receivable account, and a VAT credit of the receivable type."""
        other = self.receivable.copy({"code": "411900", "name": "Clients - effets"})
        tax = self.receivable.copy(
            {"code": "445679", "name": "Credit of VAT", "non_trade": True}
        )
        partner = self.partners[2]
        lines = ((other, partner, 654.32), (self.receivable, partner, -654.32))
        self.entry(90, lines, "case: moved to bills")
        lines = ((tax, None, 5000), (self.receivable, None, -5000))
        self.entry(80, lines, "case: not trade")

    def across_customers(self):
        """The invoice of one customer settled by the payment of another."""
        move = self.invoice(self.partners[3], 400, 70)
        payment = self.invoice(self.partners[2], 400, 60, move_type="out_refund")
        both = move.line_ids | payment.line_ids
        both.filtered(lambda x: x.account_id == self.receivable).reconcile()

    def late_credit(self):
        """Cancelled by a credit note two months later."""
        move = self.invoice(self.partners[1], 888.88, 200)
        move._reverse_moves(
            [{"date": self.day(140), "invoice_date": self.day(140)}], cancel=True
        )
