from datetime import date

from odoo import Command
from odoo.tests import tagged

from odoo.addons.account.tests.common import AccountTestInvoicingCommon

from ..tools.aged_request import AgedRequest

MANAGER = "recouvrement_auto.recouvrement_auto_group_manager"


@tagged("post_install", "-at_install")
class AgedBalanceCommon(AccountTestInvoicingCommon):
    """A small ledger of 2025 with one case of each kind that spoils an aged balance."""

    @classmethod
    def get_default_groups(cls):
        """EXTENDS 'account': the test user manages the collection."""
        return super().get_default_groups() | cls.quick_ref(MANAGER)

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.receivable = cls.company_data["default_account_receivable"]
        cls.income = cls.company_data["default_account_revenue"]
        cls.second_receivable = cls.receivable.copy(
            {"code": "411900", "name": "Customers - bills"}
        )
        cls.doubtful = cls.env["account.account"].create(
            {
                "code": "416000",
                "name": "Doubtful customers",
                "account_type": "asset_current",
                "reconcile": True,
            }
        )
        cls.foreign = cls.setup_other_currency(
            "EUR", rates=[("2024-01-01", 2.0), ("2025-04-01", 4.0)]
        )
        cls.tell_story()

    @classmethod
    def tell_story(cls):
        """The ledger; the comments give the day from which a case matters."""
        cls.instalments = cls.invoice("2025-01-10", 1000, term=cls.pay_terms_b)
        cls.pay(cls.instalments, 350, "2025-03-05")  # partial payment
        cls.abroad = cls.invoice("2025-02-01", 200, currency=cls.foreign)
        cls.pay(cls.abroad, 200, "2025-04-10")  # exchange difference at month end
        cls.credit_note = cls.invoice("2025-03-20", 120, move_type="out_refund")
        cls.advance = cls.payment(400, "2025-02-15")  # unallocated until April
        cls.matched = cls.invoice("2025-04-20", 500)
        cls.match(cls.advance.move_id, cls.matched)
        cls.reversed = cls.invoice("2025-02-20", 80, partner=cls.partner_b)
        cls.reversed._reverse_moves([{"invoice_date": date(2025, 5, 2)}], cancel=True)
        cls.doubted = cls.invoice("2025-01-15", 640, partner=cls.partner_b)
        cls.reclassify(cls.doubted, "2025-06-10")
        cls.entry("2025-03-01", cls.receivable, 75)  # no due date, no customer
        cls.entry("2025-03-03", cls.second_receivable, 60, cls.partner_b)
        cls.invoice("2025-03-04", 999, post=False)
        cls.invoice("2025-03-04", 998).button_cancel()

    @classmethod
    def invoice(cls, day, amount, move_type="out_invoice", post=True, **values):
        """An invoice of one untaxed line; ``term`` makes instalments."""
        term, currency = values.pop("term", None), values.pop("currency", None)
        partner = values.pop("partner", None) or cls.partner_a
        line = {
            "name": "goods",
            "quantity": 1,
            "price_unit": amount,
            "account_id": cls.income.id,
            "tax_ids": [Command.clear()],
        }
        move = cls.env["account.move"].create(
            {
                "move_type": move_type,
                "partner_id": partner.id,
                "invoice_date": day,
                "date": day,
                "invoice_payment_term_id": term.id if term else False,
                "invoice_date_due": False if term else day,
                "currency_id": (currency or cls.company.currency_id).id,
                "invoice_line_ids": [Command.create(line)],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def pay(cls, move, amount, day):
        """Pay a part of an invoice."""
        wizard = (
            cls.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"payment_date": day, "amount": amount})
        )
        return wizard._create_payments()

    @classmethod
    def payment(cls, amount, day, partner=None):
        """A payment on account."""
        payment = cls.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": (partner or cls.partner_a).id,
                "amount": amount,
                "date": day,
                "journal_id": cls.company_data["default_journal_bank"].id,
            }
        )
        payment.action_post()
        return payment

    @classmethod
    def match(cls, *moves):
        """Reconcile the open receivable lines of these entries."""
        lines = cls.env["account.move.line"].union(*(m.line_ids for m in moves))
        lines.filtered(
            lambda line: line.account_type == "asset_receivable" and not line.reconciled
        ).reconcile()

    @classmethod
    def entry(cls, day, account, amount, partner=None, credit_account=None):
        """A posted entry of the general journal, without due date."""
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "debit": amount,
                            "partner_id": partner.id if partner else False,
                            "date_maturity": False,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": (credit_account or cls.income).id,
                            "credit": amount,
                            "partner_id": partner.id if partner else False,
                            "date_maturity": False,
                        }
                    ),
                ],
            }
        )
        move.action_post()
        return move

    @classmethod
    def reclassify(cls, move, day):
        """411 -> 416: the invoice becomes "paid" without cash."""
        amount, partner = move.amount_residual, move.partner_id
        account = partner.property_account_receivable_id
        entry = cls.entry(day, cls.doubtful, amount, partner, credit_account=account)
        cls.match(move, entry)

    def ask(self, day, **values):
        """A request at ``day`` for the company of the test."""
        values.setdefault("company_ids", self.company.ids)
        return AgedRequest(
            date=date.fromisoformat(day),
            **{**values, "company_ids": tuple(values["company_ids"])},
        )

    def ledger(self, day, company=None):
        """Oracle: balance of the trade receivable accounts, plain SQL over the entries."""
        self.env.flush_all()
        self.env.cr.execute(
            """SELECT COALESCE(SUM(line.balance), 0)
                 FROM account_move_line line
                 JOIN account_move move ON move.id = line.move_id
                 JOIN account_account account ON account.id = line.account_id
                WHERE account.account_type = 'asset_receivable'
                  AND account.non_trade IS NOT TRUE
                  AND move.state = 'posted' AND move.date <= %s
                  AND move.company_id = %s""",
            (day, (company or self.company).id),
        )
        return self.env.cr.fetchone()[0]

    def items(self, request):
        """Open items as the engine gives them."""
        self.env.flush_all()
        engine = self.env["recouvrement.aged.balance.engine"]
        return self.env.execute_query_dict(engine._items_query(request))
