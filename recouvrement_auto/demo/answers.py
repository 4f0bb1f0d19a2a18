import io
from contextlib import contextmanager
from datetime import timedelta

from PIL import Image, ImageDraw

from odoo import Command, api, models
from odoo.tools import SQL

from .plan import answers as plan
from .story import instant

ADV = ("delivery", "quantity", "order_number")  # reasons that the sales office solves
KEPT = 3  # promises of the past that were kept
SIGNER = "Le gérant"


class RecouvrementDemo(models.AbstractModel):
    """What customers said on past days, by the product's own methods, each at its day."""

    _inherit = "recouvrement.demo"

    @api.model
    def _tell_answers(self, company, ledger, files, users):
        """Disputes open and decided, promises running, kept and broken, a signed plan,
        calls with their results. Nobody of the demo is really written to."""
        last = self.env["mail.mail"].search([], order="id desc", limit=1).id or 0
        self.env["recouvrement.dispute.reason"].search([("code", "in", ADV)]).write(
            {"owner_kind": "user", "owner_id": users["adv"].id}
        )
        self._keep_promises(company, ledger.today)
        for answer in plan.load(ledger.today):
            found = files.get(answer.customer)
            lines = self._late_lines(company, found, ledger.today)
            if lines:
                user = found.agent_id or users["agent"]
                self.with_user(user).with_company(company)._tell_answer(
                    company, answer, found.id, lines.ids
                )
        # The nights since then found which promises were broken.
        for days in range(12, 0, -1):
            day = ledger.today - timedelta(days=days)
            with self._on(day):
                self.env["recouvrement.promise"]._settle_all(company, day)
        # Alerts of past days reached their readers then.
        self.env["mail.mail"].search([("id", ">", last)]).unlink()

    @contextmanager
    def _on(self, day):
        """``day`` is the local day of every company: set-up and tests only, one process."""
        model = self.env.registry["res.company"]
        known = vars(model).get("_recouvrement_today")
        model._recouvrement_today = lambda company: day
        try:
            yield
        finally:
            if known:
                model._recouvrement_today = known
            else:
                del model._recouvrement_today

    @api.model
    def _late_lines(self, company, found, today):
        """Overdue receivable lines of a customer, the oldest first."""
        lines = self.env["account.move.line"]
        if not found:
            return lines
        query = self.env["recouvrement.open.item"]._query(
            company, today, live=True, partner_ids=found.partner_id.ids
        )
        rows = self.env.execute_query_dict(query)
        late = [r for r in rows if r["amount"] > 0 and r["due_date"] < today]
        late.sort(key=lambda row: (row["due_date"], row["line_id"]))
        return lines.browse([row["line_id"] for row in late])

    @api.model
    def _tell_answer(self, company, answer, customer_id, line_ids):
        """One answer, told by the agent of the customer on its day."""
        customer = self.env["recouvrement.customer"].browse(customer_id)
        lines = self.env["account.move.line"].browse(line_ids)
        with self._on(answer.day):
            said = getattr(self, f"_answer_{answer.kind}")(answer, customer, lines)
            if answer.kind != "plan":
                self._note_call(answer, customer, lines, said)
        if answer.decision:
            with self._on(answer.end):
                self._decide(answer, said["dispute_ids"])

    def _contact(self, customer):
        return customer.collection_contact_ids[:1] or customer.partner_id

    def _note_call(self, answer, customer, lines, said):
        outcome = {"closed": "dispute", "credit_note": "dispute"}
        disputes = said.get("dispute_ids")
        self.env["recouvrement.call"].create(
            {
                "customer_id": customer.id,
                "at": instant(answer.day, 10, 12 + len(answer.note) % 40),
                "date": answer.day,
                "contact_id": self._contact(customer).id,
                "outcome": outcome.get(answer.kind, answer.kind),
                "until": False if disputes else answer.end,
                "note": answer.note,
                "amount": sum(lines.mapped("amount_residual")),
                "moves": sorted(lines.move_id.ids),
                "promise_id": said.get("promise_id"),
                "dispute_ids": [(6, 0, disputes.ids if disputes else [])],
            }
        )

    # === DISPUTES === #

    def _answer_dispute(self, answer, customer, lines):
        reason = self.env["recouvrement.dispute.reason"].search(
            [("code", "=", answer.code)]
        )
        move = lines[0].move_id
        part = move.currency_id.round(move.amount_residual * answer.share)
        dispute = self.env["recouvrement.dispute"]._open(
            customer,
            move,
            reason,
            amount=part if answer.share < 1 else None,
            note=answer.note,
            contact=self._contact(customer),
        )
        return {"dispute_ids": dispute}

    _answer_closed = _answer_credit_note = _answer_dispute

    def _decide(self, answer, dispute):
        outcome = "credit_note" if answer.kind == "credit_note" else "confirmed"
        if answer.code == "discount":
            outcome = "abandoned"
        dispute._close(outcome, answer.decision)

    # === PROMISES === #

    def _answer_promise(self, answer, customer, lines):
        promise = self.env["recouvrement.promise"]._record(
            customer,
            lines,
            None,
            answer.end,
            "call",
            note=answer.note,
            contact=self._contact(customer),
        )
        return {"promise_id": promise.id}

    @api.model
    def _keep_promises(self, company, today):
        """Promises about invoices that were paid late since: the ledger says they were
        kept. The rows are those that the dialog wrote while the invoices were open."""
        made = self.env["recouvrement.promise"]
        for row in self._paid_late(company, today):
            said = row["paid_on"] - timedelta(days=6)
            file = self.env["recouvrement.customer"]._get_or_create(
                company, [row["partner_id"]]
            )
            made |= made.create(
                {
                    "customer_id": file.id,
                    "date": row["paid_on"],
                    "recorded_on": said,
                    "hold_until": made._hold_until(company, row["paid_on"]),
                    "currency_id": row["currency_id"],
                    "amount": row["amount"],
                    "source": "call",
                    "note": "Règlement confirmé par la comptabilité.",
                    "contact_id": self._contact(file).id,
                    "item_ids": [Command.create(self._promised_item(row))],
                }
            )
        for day in sorted({promise.hold_until for promise in made}):
            with self._on(day + timedelta(days=1)):
                made._settle_all(company, day + timedelta(days=1))

    @api.model
    def _promised_item(self, row):
        return {
            "move_id": row["move_id"],
            "move_name": row["name"],
            "due_date": row["due_date"],
            "residual": row["amount"],
            "cash_before": 0,
        }

    @api.model
    def _paid_late(self, company, today):
        """The last invoices paid at once by one transfer, a week late or more."""
        return self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (line.partner_id) line.partner_id, line.move_id,
                          move.name, line.date_maturity AS due_date, line.currency_id,
                          line.amount_currency AS amount, part.max_date AS paid_on
                     FROM account_move_line line
                     JOIN account_move move ON move.id = line.move_id
                     JOIN account_partial_reconcile part ON part.debit_move_id = line.id
                     JOIN account_move_line paid ON paid.id = part.credit_move_id
                     JOIN account_journal journal ON journal.id = paid.journal_id
                    WHERE line.company_id = %s AND move.move_type = 'out_invoice'
                      AND line.reconciled AND part.amount = line.balance
                      AND journal.type = 'bank'
                      AND part.max_date BETWEEN %s AND %s
                      AND part.max_date - line.date_maturity > 7
                 ORDER BY line.partner_id, part.max_date DESC, line.id
                    LIMIT %s""",
                company.id,
                today - timedelta(days=75),
                today - timedelta(days=8),
                KEPT,
            )
        )

    # === PLAN AND PAUSES === #

    def _answer_plan(self, answer, customer, lines):
        """Three monthly dates, signed by the manager on the letter that was sent to him."""
        total = sum(lines.mapped("amount_residual_currency"))
        currency = lines.currency_id[:1]
        third = currency.round(total / 3)
        first = answer.day + timedelta(days=20)
        dates = [first + timedelta(days=30 * n) for n in range(3)]
        amounts = [third, third, currency.round(total - 2 * third)]
        contact = self._contact(customer)
        # sudo: agreed with the manager, beyond what the agent grants alone
        proposed = (
            self.env["recouvrement.payment.plan"]
            .sudo()
            ._propose(
                customer,
                lines,
                list(zip(dates, amounts, strict=True)),
                note=answer.note,
                contact=contact,
            )
        )
        signature = self._signature()
        proposed._accept(contact.name or SIGNER, signature=signature)
        return {}

    @api.model
    def _signature(self):
        """A drawn signature, as the pad of the customer's page gives it: PNG bytes."""
        image = Image.new("RGBA", (320, 120), (255, 255, 255, 0))
        pen = ImageDraw.Draw(image)
        points = [
            (20, 80),
            (60, 25),
            (75, 95),
            (110, 40),
            (130, 85),
            (175, 55),
            (300, 70),
        ]
        pen.line(points, fill=(25, 40, 110, 255), width=4, joint="curve")
        pen.arc((60, 50, 240, 110), 10, 170, fill=(25, 40, 110, 255), width=3)
        content = io.BytesIO()
        image.save(content, "PNG")
        return content.getvalue()

    def _answer_unreachable(self, answer, customer, _lines):
        customer.activity_schedule(
            "mail.mail_activity_data_call",
            date_deadline=answer.end,
            summary="Rappeler",
            user_id=self.env.uid,
        )
        return {}

    def _answer_in_validation(self, answer, customer, lines):
        dialog = self.env["recouvrement.pause.items"].create(
            {
                "line_ids": [(6, 0, lines.ids)],
                "kind": "transfer_announced"
                if answer.kind == "transfer"
                else "in_validation",
                "date_end": answer.end,
                "reason": answer.note,
            }
        )
        dialog.action_pause()
        return {}

    _answer_transfer = _answer_in_validation
