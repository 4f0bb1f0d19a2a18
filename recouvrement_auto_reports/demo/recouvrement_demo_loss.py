from datetime import timedelta

from odoo import api, models

DEPRECIATED = 0.5  # of what is doubtful, without tax
GIVEN_UP = 0.2  # of the debt, by an agreement with the debtor


class RecouvrementDemo(models.AbstractModel):
    """The doubtful customer: half of his debt is depreciated, a part is lost for good."""

    _inherit = "recouvrement.demo"

    @api.model
    def _make_collection(self, company, ledger, partners, users):
        """EXTENDS: what the accountant books on doubtful customers."""
        result = super()._make_collection(company, ledger, partners, users)
        doubtful = self.env["account.move.line"].search(
            [
                ("company_id", "=", company.id),
                ("account_id", "=", self._account(company, "pcg_416").id),
                ("parent_state", "=", "posted"),
                ("balance", ">", 0),
            ]
        )
        for line in doubtful:
            self._depreciate(company, line)
            self._give_up_a_part(company, line, ledger.today)
        return result

    @api.model
    def _untaxed(self, amount):
        """Without VAT of 20 %, which is taken back on what is lost."""
        return round(amount / 1.2, 2)

    @api.model
    def _depreciate(self, company, line):
        amount = round(self._untaxed(line.balance) * DEPRECIATED, 2)
        self._post_entry(
            company,
            line.date,
            f"Dépréciation de 50 % : {line.name}",
            [
                self._half(company, line, "pcg_68174", amount),
                self._half(company, line, "pcg_491", -amount),
            ],
        )

    @api.model
    def _give_up_a_part(self, company, line, today):
        day = today.replace(day=1) - timedelta(days=1)
        lost = round(line.balance * GIVEN_UP, 2)
        untaxed = self._untaxed(lost)
        entry = self._post_entry(
            company,
            max(day, line.date),
            f"Abandon partiel, facture rectifiée : {line.name}",
            [
                self._half(company, line, "pcg_6541", untaxed),
                self._half(company, line, "pcg_44571", round(lost - untaxed, 2)),
                self._half(company, line, "pcg_416", -lost),
            ],
        )
        if line.account_id.reconcile:
            (line | entry.line_ids[-1]).reconcile()

    @api.model
    def _half(self, company, line, template, balance):
        return {
            "account_id": self._account(company, template).id,
            "partner_id": line.partner_id.id,
            "name": line.name,
            "debit": max(balance, 0),
            "credit": max(-balance, 0),
        }
