from datetime import timedelta

from odoo import Command, api, models

AUDITOR = "Cabinet Rocher Audit"
ADDRESS = "Cabinet Rocher Audit\n12 quai Perrache\n69002 Lyon\nconfirmations@rocher-audit.example"
CLOSING_DAYS = 40
NOTES = (
    ("Virement du 29 reçu le 2, rapproché.", 0.82),
    ("Facture non reçue par le client, copie envoyée.", 0.6),
)


class RecouvrementDemo(models.AbstractModel):
    """What the auditor finds: confirmations of balances under way and files asked for."""

    _inherit = "recouvrement.demo"

    @api.model
    def _make_auditor_lists(self, company, today, users):
        closing = (today - timedelta(days=CLOSING_DAYS)).replace(day=1) - timedelta(1)
        self._ask_confirmations(company, today, closing, users["manager"])
        self._ask_exports(company, today, closing, users)
        # since the first message that left
        self.env["recouvrement.roi"].create({"company_id": company.id})

    @api.model
    def _ask_confirmations(self, company, today, closing, manager):
        """A list of the last closing: agreed, different, without answer, still awaited."""
        campaign = (
            self.env["recouvrement.circularisation"]
            .with_user(manager)
            .with_company(company)
            .create(
                {
                    "company_id": company.id,
                    "closing_date": closing,
                    "reply_by": today + timedelta(days=10),
                    "auditor_name": AUDITOR,
                    "auditor_address": ADDRESS,
                    "coverage": 40,
                    "random_count": 4,
                    "seed": 2024,
                }
            )
        )
        campaign.action_choose()
        lines = campaign.line_ids
        with self._on(closing + timedelta(days=12)):
            lines[:-2].action_sent()
        answered = lines[: len(lines) // 2]
        with self._on(closing + timedelta(days=24)):
            answered[2:].action_confirmed()
            for line, (note, share) in zip(answered[:2], NOTES, strict=False):
                line.write(
                    {
                        "reply_on": closing + timedelta(days=24),
                        "reply_balance": round(line.balance * share, 2),
                        "note": note,
                    }
                )
                line.action_differs()
            lines[len(lines) // 2 : len(lines) // 2 + 1].action_no_answer()

    @api.model
    def _ask_exports(self, company, today, closing, users):
        """Files asked for this morning; the server makes them once it runs."""
        late = self._late_files(company, today, 6)
        month = today.replace(day=1)
        wanted = (
            ("manager", {"kind": "history", "date_from": month, "date_to": today}),
            (
                "agent",
                {
                    "kind": "statements",
                    "statement_day": today,
                    "statement_format": "both",
                    "customer_ids": [Command.set(late.ids)],
                },
            ),
            (
                "auditor",
                {"kind": "receipts", "statement_day": closing, "date_to": today},
            ),
        )
        for login, values in wanted:
            Export = self.env["recouvrement.export"].with_user(users[login])
            Export.with_company(company).create(
                {"company_id": company.id, **values}
            ).action_start()
