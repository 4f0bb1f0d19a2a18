from datetime import timedelta

from odoo import Command, api, models

from .plan.terms import month_end, previous_open_day

SUPPLIERS, WAGES, TAX = 0.63, 0.15, 0.14  # shares of the receipts of a month


class RecouvrementDemo(models.AbstractModel):
    _inherit = "recouvrement.demo"

    @api.model
    def _book_entries(self, company, ledger, booked, partners):
        """What is neither an invoice nor a receipt."""
        self._book_openings(company, ledger, partners)
        for invoice, move in booked:
            if "doubtful" in invoice.marks:
                self._book_doubtful(company, move, ledger.today)
            if "blocked" in invoice.marks:
                move.action_toggle_block_payment()
            if "no_followup" in invoice.marks:
                move.no_followup = True
        self._book_bank_outflow(company, ledger.today)

    @api.model
    def _account(self, company, template):
        return self.env["account.chart.template"].with_company(company).ref(template)

    @api.model
    def _misc_journal(self, company):
        return self.env["account.journal"].search(
            [("type", "=", "general"), ("company_id", "=", company.id)],
            order="sequence, id",
            limit=1,
        )

    @api.model
    def _book_openings(self, company, ledger, partners):
        """Items taken over: one general entry, which Odoo marks "no follow-up"."""
        if not ledger.openings:
            return
        lines, total = [], 0.0
        for opening in ledger.openings:
            partner = partners[opening.customer.key]
            total += float(opening.amount)
            lines.append(
                {
                    "name": f"Reprise Garnier Matériaux – {opening.name}",
                    "partner_id": partner.id,
                    "account_id": partner.property_account_receivable_id.id,
                    "date_maturity": opening.due,
                    "debit": float(opening.amount),
                }
            )
        suspense = self._account(company, "pcg_471")
        lines.append(
            {
                "name": "Reprise Garnier Matériaux",
                "account_id": suspense.id,
                "credit": round(total, 2),
            }
        )
        self._post_entry(
            company, ledger.openings[0].day, "Reprise des comptes clients", lines
        )

    @api.model
    def _book_doubtful(self, company, move, today):
        """Reclassify an invoice to doubtful debts: Odoo then calls it paid."""
        receivable = self._receivable(move)
        amount = receivable.amount_residual
        common = {"partner_id": receivable.partner_id.id, "name": move.name}
        entry = self._post_entry(
            company,
            month_end(today.replace(day=1) - timedelta(days=40)),
            f"Créance douteuse {move.name}",
            [
                {**common, "account_id": receivable.account_id.id, "credit": amount},
                {
                    **common,
                    "account_id": self._account(company, "pcg_416").id,
                    "debit": amount,
                },
            ],
        )
        (receivable | self._receivable(entry)).reconcile()

    @api.model
    def _post_entry(self, company, day, ref, lines):
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": self._misc_journal(company).id,
                "date": day,
                "ref": ref,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        entry._post(soft=False)
        return entry

    @api.model
    def _book_bank_outflow(self, company, today):
        """Suppliers, wages and tax of each month, so that the bank balance is believable,
        and the bank charge of the last working day: the bank is up to date."""
        journal = self._bank_journal(company)
        last = previous_open_day(today - timedelta(days=1))
        tax = company.account_sale_tax_id.invoice_repartition_line_ids.account_id[:1]
        uses = (
            (
                "VIREMENTS FOURNISSEURS",
                self._account(company, "pcg_607_account"),
                SUPPLIERS,
            ),
            ("SALAIRES", self._account(company, "pcg_6411"), WAGES),
            ("DGFIP TVA", tax, TAX),
        )
        charges = self._account(company, "pcg_6278")
        rows = [(last, "FRAIS DE TENUE DE COMPTE", charges, 24.60)]
        for month, receipts in sorted(self._monthly_receipts(journal).items()):
            day = previous_open_day(month_end(month))
            if day < today and receipts > 0:
                rows += [
                    (day, label, account, round(receipts * share, 2))
                    for label, account, share in uses
                ]
        self.env["account.bank.statement.line"].create(
            [
                {
                    "journal_id": journal.id,
                    "date": day,
                    "payment_ref": label,
                    "counterpart_account_id": account.id,
                    "amount": -amount,
                }
                for day, label, account, amount in rows
            ]
        )
