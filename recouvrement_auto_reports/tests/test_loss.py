import io
from datetime import date

from openpyxl import load_workbook

from odoo import Command
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged

from .common import AgedBalanceCommon

GROUP = "recouvrement_auto.recouvrement_auto_group_"
TODAY = date(2027, 3, 31)


@tagged("post_install", "-at_install")
class TestLoss(AgedBalanceCommon):
    """What is lost, as the ledger has it: the example of legal-fr.md section 10."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.classPatch(
            cls.registry["res.company"], "_recouvrement_today", lambda this: TODAY
        )
        Account = cls.env["account.account"]
        cls.accounts = {
            code: Account.create({"code": code, "name": code, "account_type": kind})
            for code, kind in (
                ("654100", "expense"),
                ("654400", "expense"),
                ("758300", "income"),
                ("491000", "asset_current"),
                ("681740", "expense"),
                ("781740", "income"),
                ("445710", "liability_current"),
            )
        }
        cls.accounts["416000"] = cls.doubtful
        cls.debtor = cls.partner_a.copy({"name": "Falls"})
        cls.file = cls.env["recouvrement.customer"]._get_or_create(
            cls.company, (cls.debtor | cls.partner_a | cls.partner_b).ids
        )
        cls.file = cls.file.filtered(lambda one: one.partner_id == cls.debtor)
        cls.bad = cls.invoice("2026-06-15", 12_000, partner=cls.debtor)
        cls.reclassify(cls.bad, "2026-12-31")

    @classmethod
    def book(cls, day, *lines, partner=None):
        """A posted entry: ``(code or account, balance)``, the partner on the last line."""
        move = cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": cls.company_data["default_journal_misc"].id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": cls.accounts.get(account, account).id,
                            "balance": balance,
                            "name": "Irrecoverable",
                            "partner_id": partner.id
                            if partner and number == len(lines)
                            else False,
                        }
                    )
                    for number, (account, balance) in enumerate(lines, 1)
                ],
            }
        )
        move.action_post()
        return move

    def follow_the_example(self):
        """Depreciated by half at year end, lost in March, VAT taken back."""
        self.book(
            "2026-12-31", ("681740", 5_000), ("491000", -5_000), partner=self.debtor
        )
        final = self.book(
            "2027-03-10",
            ("654400", 10_000),
            ("445710", 2_000),
            ("416000", -12_000),
            partner=self.debtor,
        )
        doubtful = self.env["account.move.line"].search(
            [("account_id", "=", self.doubtful.id), ("partner_id", "=", self.debtor.id)]
        )
        doubtful.reconcile()
        self.book(
            "2027-03-10", ("491000", 5_000), ("781740", -5_000), partner=self.debtor
        )
        return final

    def losses(self, env=None, **values):
        domain = [(key, "=", value) for key, value in values.items()]
        return (env or self.env)["recouvrement.loss"].search(domain)

    def test_example(self):
        """10,000 lost and 2,000 of VAT back; nothing doubtful nor depreciated is left."""
        final = self.follow_the_example()
        [row] = self.losses(kind="loss")
        self.assertEqual((row.amount, row.tax), (10_000, 2_000))
        self.assertEqual((row.date, row.account_code), (date(2027, 3, 10), "654400"))
        self.assertEqual((row.partner_id, row.customer_id), (self.debtor, self.file))
        self.assertEqual((row.move_name, row.cause), (final.name, "other"))
        own = self.losses(partner_id=self.debtor.id)
        by_kind = own.grouped("kind")
        self.assertEqual(by_kind["doubtful"].mapped("amount"), [-12_000, 12_000])
        self.assertEqual(by_kind["allowance"].mapped("amount"), [-5_000, 5_000])
        self.assertEqual(sum(by_kind["doubtful"].mapped("amount")), 0)
        self.assertEqual(sum(own.mapped("tax")), 2_000)
        action = row.action_open_move()
        self.assertEqual(action["res_id"], final.id)

    def lose(self, move, day="2027-03-15"):
        """Written off at once on the customer's account; the row of the loss."""
        amount = move.amount_residual
        entry = self.book(
            day, ("654100", amount), (self.receivable, -amount), partner=self.debtor
        )
        self.match(move, entry)
        return self.losses(move_res_id=entry.id, kind="loss")

    def test_causes(self):
        """The dispute, the approval or the insolvency behind it, also over 416."""
        plain, disputed, given_up = (
            self.invoice("2026-10-01", amount, partner=self.debtor)
            for amount in (10, 20, 30)
        )
        self.env["recouvrement.dispute"].sudo().create(
            {
                "customer_id": self.file.id,
                "move_id": disputed.id,
                "reason_id": self.env["recouvrement.dispute.reason"]
                .search([], limit=1)
                .id,
            }
        )
        approval = self.approval_of(given_up | self.bad)
        self.env["recouvrement.approval"].sudo().create(approval)
        causes = [self.lose(move).cause for move in (plain, disputed, given_up)]
        self.assertEqual(causes, ["other", "dispute", "approved"])
        self.follow_the_example()
        over_416 = self.losses(kind="loss", account_code="654400")
        self.assertEqual(over_416.cause, "approved")
        self.file.sudo().insolvency = True
        self.env.invalidate_all()
        self.assertEqual(set(self.losses(kind="loss").mapped("cause")), {"insolvency"})

    def approval_of(self, move):
        second = self.env.ref("base.user_admin")
        return {
            "customer_id": self.file.id,
            "subject": "irrecoverable",
            "state": "approved",
            "user_id": self.env.user.id,
            "decided_by_id": second.id,
            "asked_on": "2027-01-10",
            "amount": 1,
            "move_ids": [Command.set(move.ids)],
        }

    def test_credit_note_that_gives_up(self):
        """Counted once the irrecoverable is approved, without its tax; else no loss."""
        tax = self.company_data["default_tax_sale"]
        bad = self.invoice("2026-09-01", 100, partner=self.debtor, post=False)
        bad.invoice_line_ids.tax_ids = tax
        bad.action_post()
        note = bad._reverse_moves([{"invoice_date": date(2027, 2, 1)}], cancel=True)
        self.assertEqual(note.amount_residual, 0)
        self.assertFalse(self.losses(kind="credit_note"))
        self.env["recouvrement.approval"].sudo().create(self.approval_of(bad))
        [row] = self.losses(kind="credit_note")
        self.assertEqual((row.amount, row.tax), (100, note.amount_tax))
        self.assertTrue(row.tax)
        self.assertEqual((row.cause, row.date), ("approved", note.date))

    def oracle(self, condition, day, *values):
        """Plain SQL: lost over the year before ``day``, sales of it without tax."""
        self.env.cr.execute(
            f"""SELECT SUM(line.balance)
                  FROM account_move_line line
                  JOIN account_account account ON account.id = line.account_id
                  JOIN res_partner debtor ON debtor.id = (
                       SELECT MAX(partner_id) FROM account_move_line other
                        WHERE other.move_id = line.move_id)
                 WHERE line.parent_state = 'posted' AND line.company_id = %s
                   AND account.code_store->>%s SIMILAR TO '(654|7583)%%'
                   AND line.date > %s - 365 AND line.date <= %s AND {condition}""",
            [self.company.id, str(self.company.root_id.id), day, day, *values],
        )
        lost = float(self.env.cr.fetchone()[0] or 0)
        self.env.cr.execute(
            f"""SELECT SUM(move.amount_untaxed_signed) FROM account_move move
                  JOIN res_partner debtor ON debtor.id = move.commercial_partner_id
                 WHERE move.state = 'posted' AND move.company_id = %s
                   AND move.move_type IN ('out_invoice', 'out_refund')
                   AND move.date > %s - 365 AND move.date <= %s AND {condition}""",
            [self.company.id, day, day, *values],
        )
        return lost, float(self.env.cr.fetchone()[0] or 0)

    def test_rate_equals_plain_sql(self):
        """Of the company, a salesperson and a sector at three month ends; 365 days, the
        entry of exactly a year ago is out; received later is taken off."""
        seller = new_test_user(self.env(su=True), "loss_rate", f"{GROUP}salesperson")
        sector = self.env["res.partner.industry"].sudo().create({"name": "Stone"})
        self.debtor.write({"user_id": seller.id, "industry_id": sector.id})
        self.follow_the_example()
        self.invoice("2026-08-01", 50_000, partner=self.debtor)
        self.invoice("2026-08-03", 30_000, partner=self.partner_b)
        self.book(
            "2026-04-30",
            ("654100", 777),
            (self.receivable, -777),
            partner=self.partner_b,
        )
        self.book(
            "2027-04-02", (self.receivable, 400), ("758300", -400), partner=self.debtor
        )
        Snapshot = self.env(su=True)["recouvrement.kpi.snapshot"]
        rates = []
        for day in (date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30)):
            Snapshot._take(self.company, day)
            for leaf, condition, values in (
                ([], "TRUE", ()),
                (
                    [("salesperson_id", "=", seller.id)],
                    "debtor.user_id = %s",
                    (seller.id,),
                ),
                (
                    [("industry_id", "=", sector.id)],
                    "debtor.industry_id = %s",
                    (sector.id,),
                ),
            ):
                domain = [("company_id", "=", self.company.id), ("date", "=", day)]
                [(rate, lost, sold)] = Snapshot._read_group(
                    [*domain, ("level", "=", "group"), *leaf],
                    [],
                    ["loss_rate:avg", "lost_365:sum", "sales_untaxed_365:sum"],
                )
                expected = self.oracle(condition, day, *values)
                self.assertEqual((lost, sold), expected, (day, condition))
                self.assertAlmostEqual(rate, 100 * expected[0] / expected[1])
                rates.append(round(rate, 4))
            [one] = Snapshot._series([*domain])
            self.assertAlmostEqual(one["loss_rate"], rates[-3], 3)
        # 777 alone; with the 10,000; with 400 received, the 777 of a year ago left
        self.assertEqual(rates[0], round(100 * 777 / 92_000, 4))
        self.assertEqual(rates[3], round(100 * 10_777 / 92_000, 4))
        self.assertEqual(rates[6], round(100 * 9_600 / 92_000, 4))
        customer = Snapshot.search(
            [
                ("date", "=", date(2027, 3, 31)),
                ("level", "=", "customer"),
                ("customer_id", "=", self.file.id),
            ]
        )
        self.assertAlmostEqual(customer.loss_rate, 100 * 10_000 / 62_000)

    def test_accounts_of_the_company(self):
        """Other beginnings of codes are read instead; a pattern is refused."""
        self.follow_the_example()
        self.company.sudo().recouvrement_loss_prefix = "6541, 6714"
        self.assertFalse(self.losses(kind="loss"))
        self.company.sudo().recouvrement_loss_prefix = "6541, 6544"
        self.assertEqual(self.losses(kind="loss").amount, 10_000)
        self.company.sudo().recouvrement_loss_prefix = False
        self.assertFalse(self.losses(kind="loss"))
        self.assertTrue(self.losses(kind="allowance"))
        with self.assertRaises(ValidationError):
            self.company.sudo().recouvrement_allowance_prefix = "49%"

    def test_drafts_and_the_future_are_no_losses(self):
        self.book(
            "2027-04-01", ("654100", 50), (self.receivable, -50), partner=self.debtor
        )
        draft = self.book("2027-03-01", ("654100", 60), (self.receivable, -60))
        draft.button_draft()
        self.assertFalse(self.losses(kind="loss"))

    def test_salesperson_and_strangers(self):
        """His customers only; a stranger nothing; another company nothing."""
        self.follow_the_example()
        self.book(
            "2027-03-01", ("654100", 60), (self.receivable, -60), partner=self.partner_b
        )
        seller = new_test_user(
            self.env(su=True),
            "loss_sales",
            f"{GROUP}salesperson",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        self.partner_b.user_id = seller
        env = self.env(user=seller)
        self.assertEqual(self.losses(env).mapped("amount"), [60, 640])
        self.assertEqual(self.losses(env).partner_id, self.partner_b)
        nobody = new_test_user(self.env(su=True), "loss_none", "base.group_user")
        with self.assertRaises(AccessError):
            self.losses(self.env(user=nobody))
        other = self.setup_other_company()["company"]
        away = new_test_user(
            self.env(su=True),
            "loss_away",
            f"{GROUP}agent",
            company_id=other.id,
            company_ids=other.ids,
        )
        self.assertFalse(self.losses(self.env(user=away)))

    def test_dashboard(self):
        """The number of the period opens its list; the rate is that of the last night."""
        self.follow_the_example()
        su = self.env(su=True)
        su["recouvrement.kpi.snapshot"]._take(self.company, date(2027, 3, 30))
        board = self.env["recouvrement.dashboard"]
        for months, expected in ((3, 10_000), (12, 10_000)):
            figures = board.read_figures({"months": months})
            tiles = {tile["key"]: tile for tile in figures["tiles"]}
            self.assertEqual(tiles["lost"]["amount"], expected)
            self.assertEqual(tiles["doubtful"]["amount"], 640)
            action = board.open_list("lost", {"months": months})
            rows = self.env[action["res_model"]].search(action["domain"])
            self.assertEqual(sum(rows.mapped("amount")), expected)
        lost, sold = self.oracle("TRUE", date(2027, 3, 30))
        rate = figures["dso"]["last"]["loss_rate"]
        self.assertEqual(rate, round(100 * lost / sold, 2))
        self.assertTrue(rate)

    def test_export(self):
        """Every entry of the period with its totals, and the rate per customer."""
        self.follow_the_example()
        self.book(
            "2025-01-05", ("654100", 9), (self.receivable, -9), partner=self.partner_b
        )
        self.invoice("2026-08-01", 88_000, partner=self.debtor)
        export = self.env["recouvrement.export"].create(
            {"kind": "losses", "company_id": self.company.id, "date_to": TODAY}
        )
        export.action_start()
        self.env["recouvrement.export"].sudo()._cron_build()
        self.assertEqual((export.state, export.message), ("done", False))
        content = export.sudo().attachment_id.raw
        book = load_workbook(io.BytesIO(content), data_only=True)
        found = self.losses().filtered(lambda row: row.date > date(2026, 3, 31))
        self.assertEqual(export.entry_count, len(found))
        lost, doubtful, allowance, rates = book.worksheets
        for sheet, kind, count, tax in (
            (lost, "loss", 1, 2_000),
            (doubtful, "doubtful", 2, 0),
            (allowance, "allowance", 2, 0),
        ):
            rows = list(sheet.iter_rows(min_row=4, values_only=True))
            own = found.filtered(lambda row, kind=kind: row.kind == kind)
            self.assertEqual((len(rows), len(own)), (count, count))
            total = sum(own.mapped("amount"))
            self.assertEqual(sum(row[10] for row in rows), total)
            self.assertEqual([c.value for c in sheet[2]][9:], [tax, total])
        lines = {
            row[0]: row[1:] for row in rates.iter_rows(min_row=2, values_only=True)
        }
        self.assertEqual(lines["Falls"], (10_000, 100_000, 0.1))
        formulas = load_workbook(io.BytesIO(content)).worksheets
        self.assertEqual(formulas[3]["D4"].value, "=B4/C4")
        self.assertTrue(formulas[0]["K2"].value.startswith("=SUBTOTAL(9,"))

    def test_queries_do_not_grow(self):
        def count():
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.losses().mapped("amount")
            return self.env.cr.sql_log_count - before

        self.follow_the_example()
        count()
        few = count()
        for number in range(8):
            partner = self.partner_b.copy({"name": f"Gone {number}"})
            self.book(
                "2027-03-02", ("654100", 5), (self.receivable, -5), partner=partner
            )
        self.assertEqual(count(), few)
