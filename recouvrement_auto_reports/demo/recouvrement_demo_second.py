from datetime import timedelta

from odoo import Command, api, fields, models

COMPLAINTS = (
    (
        "wrong_person",
        "call",
        "Je ne suis plus à la comptabilité depuis janvier, écrivez à ma collègue.",
        "Contact de recouvrement corrigé, excuses faites par téléphone.",
    ),
    (
        "too_many",
        "mail",
        "Trois messages en deux semaines pour la même facture, c'est trop.",
        "",
    ),
    (
        "settled",
        "portal",
        "Le virement était parti la veille de votre relance.",
        "",
    ),
)


class RecouvrementDemo(models.AbstractModel):
    """What the second person sees: requests beyond the limits, complaints, statements."""

    _inherit = "recouvrement.demo"

    @api.model
    def _make_collection(self, company, ledger, partners, users):
        """EXTENDS: requests and complaints of the last days, and the auditor's lists."""
        result = super()._make_collection(company, ledger, partners, users)
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        with self._timed("second person"):
            self._tell_complaints(company, ledger.today, users)
            self._ask_second_person(company, ledger.today, users)
            self._tell_statements(company, ledger.today)
        with self._timed("auditor"):
            self._make_auditor_lists(company, ledger.today, users)
        # Nobody of the demo is really written to.
        self.env["mail.mail"].search([("id", ">", last)]).unlink()
        return result

    @api.model
    def _late_files(self, company, today, number):
        """The files with the largest overdue debt, the largest first."""
        query = self.env["recouvrement.open.item"]._query(company, today, live=True)
        totals = {}
        for row in self.env.execute_query_dict(query):
            if row["amount"] > 0 and row["due_date"] < today:
                key = row["partner_id"]
                totals[key] = totals.get(key, 0) + row["amount"]
        ordered = sorted(totals, key=lambda key: (-totals[key], key))[:number]
        files = self.env["recouvrement.customer"]._get_or_create(company, ordered)
        return files.sorted(lambda file: ordered.index(file.partner_id.id))

    @api.model
    def _tell_complaints(self, company, today, users):
        """Complaints about messages that were sent to different customers."""
        Complaint = self.env["recouvrement.complaint"].with_user(users["agent"])
        reminders = self.env["recouvrement.reminder"].search(
            [("company_id", "=", company.id), ("state", "=", "sent")],
            order="date desc, id",
            limit=200,
        )
        firsts = list(reminders.grouped("customer_id").values())[: len(COMPLAINTS)]
        for number, (found, words) in enumerate(zip(firsts, COMPLAINTS, strict=False)):
            kind, source, note, answer = words
            with self._on(today - timedelta(days=number + 1)):
                complaint = Complaint.create(
                    {
                        "customer_id": found.customer_id.id,
                        "reminder_id": found[:1].id,
                        "kind": kind,
                        "source": source,
                        "note": note,
                    }
                )
                if answer:
                    complaint.answer = answer
                    complaint.action_done()

    @api.model
    def _ask_second_person(self, company, today, users):
        """A pause and an irrecoverable that wait, another irrecoverable that was approved."""
        files = self._late_files(company, today, 40)
        agent = users["agent"]
        Ask = self.env["recouvrement.approval.ask"].with_user(agent)
        open_files = files.filtered(lambda f: not f._frozen_reason())
        with self._on(today - timedelta(days=1)):
            for file in open_files[5:6]:
                Ask.create(
                    {
                        "customer_id": file.id,
                        "subject": "pause",
                        "until": today + timedelta(days=75),
                        "reason": "Redressement en cours de négociation avec sa banque.",
                    }
                ).action_ask()
        small = (self._small_invoice(file, today) for file in open_files[::-1])
        invoices = [invoice for invoice in small if invoice][:2]
        for days, invoice in zip((6, 1), invoices, strict=False):
            with self._on(today - timedelta(days=days)):
                action = Ask.create(
                    {
                        "customer_id": self._file_of(company, invoice).id,
                        "subject": "irrecoverable",
                        "move_ids": [Command.set(invoice.ids)],
                        "reason": "Solde sans réponse depuis des mois, montant inférieur "
                        "au coût d'une procédure.",
                    }
                ).action_ask()
            if days == 6:
                with self._on(today - timedelta(days=5)):
                    self._approve(action["res_id"], users["manager"])

    @api.model
    def _approve(self, approval_id, user):
        approval = self.env["recouvrement.approval"].browse(approval_id)
        approval = approval.with_user(user)
        approval.decision_note = "D'accord, le dossier ne justifie plus de frais."
        approval.action_approve()

    @api.model
    def _file_of(self, company, invoice):
        return self.env["recouvrement.customer"]._get_or_create(
            company, invoice.commercial_partner_id.ids
        )

    @api.model
    def _small_invoice(self, file, today):
        """The smallest invoice of a file that is late by two months or more."""
        return self.env["account.move"].search(
            [
                ("company_id", "=", file.company_id.id),
                ("commercial_partner_id", "=", file.partner_id.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("amount_residual", ">", 0),
                ("invoice_date_due", "<", today - timedelta(days=60)),
            ],
            order="amount_residual",
            limit=1,
        )

    @api.model
    def _tell_statements(self, company, today):
        """Key accounts want a statement at each month's end, confirmed before it leaves."""
        self.env["recouvrement.customer"].search(
            [("company_id", "=", company.id), ("nature", "=", "key_account")]
        ).write(
            {"statement_rule": "own", "statement_day": fields.Date.to_date(today).day}
        )
