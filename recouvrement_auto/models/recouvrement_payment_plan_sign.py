import base64
import hashlib
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.hash_chain import canonical

SIGNING_DAYS = 10


class RecouvrementPaymentPlan(models.Model):
    """From the terms to the signed agreement, and the proof that is kept of it."""

    _inherit = "recouvrement.payment.plan"

    signature = fields.Image(
        attachment=True, readonly=True, copy=False, max_width=1024, max_height=1024
    )
    signed_ip = fields.Char(string="Signed from", readonly=True)
    signed_at = fields.Datetime(readonly=True)
    proof_id = fields.Many2one(
        "ir.attachment",
        string="Signed document",
        readonly=True,
        ondelete="restrict",
        help="What the customer sent back, or the agreement as he accepted it.",
    )
    document_hash = fields.Char(
        string="Hash of the agreement",
        readonly=True,
        help="SHA-256 of parties, invoices, dates and amounts as they were accepted.",
    )

    @api.model
    def _propose(
        self,
        customer,
        items,
        lines,
        note="",
        penalties="keep",
        back_by=None,
        contact=None,
    ):
        """Propose a plan: its items wait for the signature until ``back_by``.

        :param customer: ``recouvrement.customer`` record
        :param items: as for ``recouvrement.promise._record``
        :param lines: list of ``(date, amount)``; the amounts add up to the debt
        :param penalties: ``keep`` | ``waive_if_kept``
        :param back_by: last day to sign; by default ten days from now
        :return: ``recouvrement.payment.plan`` in state ``proposed``
        """
        currency, rows = self.env["recouvrement.excuse.cash"]._open_rows(
            customer, items
        )
        plan = self.create(
            {
                "customer_id": customer.id,
                "currency_id": currency.id,
                "penalties": penalties,
                "back_by": back_by,
                "note": note,
                "contact_id": contact.id if contact else False,
                "tolerance_days": customer.company_id.recouvrement_promise_tolerance_days,
                "item_ids": [(0, 0, row) for row in rows],
                "line_ids": [(0, 0, {"date": d, "amount": a}) for d, a in lines],
            }
        )
        plan._set_proposed()
        return plan

    def _set_proposed(self):
        """Freeze the terms and let the customer sign them."""
        self.ensure_one()
        today = self.company_id._recouvrement_today()
        back_by = self.back_by or today + timedelta(days=SIGNING_DAYS)
        dates = self.line_ids.mapped("date")
        if not dates or min(dates) < today or len(set(dates)) < len(dates):
            raise UserError(
                self.env._("Each instalment has its own date, today or later.")
            )
        if back_by < today:
            raise UserError(self.env._("The last day to sign has already passed."))
        calendar = self.env["recouvrement.planner"]._calendar(self.company_id)
        plan = self.sudo()  # the agent writes terms by buttons only
        for line in plan.line_ids:
            line.last_day = (
                calendar.add_gap(line.date, plan.tolerance_days)
                if plan.tolerance_days
                else line.date
            )
        plan.write(
            {
                "back_by": back_by,
                "proposed_on": today,
                "next_date": min(dates),
                "document_hash": plan._terms_hash(),
            }
        )
        self._update_state("proposed", today)

    def _terms_hash(self):
        """SHA-256 of the terms as they stand."""
        return hashlib.sha256(canonical(self._terms())).hexdigest()

    def _terms(self):
        """What is agreed, in a form that can be hashed and checked years later."""
        self.ensure_one()
        return {
            "creditor": [self.company_id.id, self.company_id.name],
            "debtor": [self.partner_id.id, self.partner_id.name],
            "currency": self.currency_id.name,
            "total": f"{self.total:.2f}",
            "penalties": self.penalties,
            "tolerance_days": self.tolerance_days,
            "invoices": [
                [i.move_name or "", str(i.due_date), f"{i.residual:.2f}"]
                for i in self.item_ids
            ],
            "dates": [[str(x.date), f"{x.amount:.2f}"] for x in self.line_ids],
        }

    def _accept(self, signer_name, signature=None, ip=None, attachment=None):
        """The customer accepts: the plan runs, the proof is kept and logged.

        :param signer_name: who signs, a person with the power to do so
        :param signature: PNG bytes or base64 of the drawn signature
        :param ip: address from which it was accepted on the customer's page
        :param attachment: ``ir.attachment`` or ``(name, bytes)``: the letter sent back
        :raises UserError: nobody named, no proof at all, too late, or already settled
        """
        self.ensure_one()
        today = self.company_id._recouvrement_today()
        if not (signer_name or "").strip():
            raise UserError(self.env._("Say who signs the payment plan."))
        if not (signature or ip or attachment):
            raise UserError(
                self.env._(
                    "Join the signed letter, or let the customer sign on screen."
                )
            )
        if self.back_by and today > self.back_by:
            raise UserError(
                self.env._("The last day to sign has passed: propose the plan again.")
            )
        if isinstance(signature, bytes) and not _is_base64(signature):
            signature = base64.b64encode(signature)
        proof = self._keep_proof(attachment)
        self._update_state(
            "running",
            today,
            event="accepted",
            signer_name=signer_name.strip(),
            signature=signature or False,
            signed_ip=ip,
            signed_at=fields.Datetime.now(),
            accepted_on=today,
            proof_id=proof.id,
        )
        self._log_proof(proof)

    def _keep_proof(self, attachment):
        Attachment = self.env[
            "ir.attachment"
        ].sudo()  # the debtor has no right of his own
        if not attachment:
            return Attachment
        if isinstance(attachment, models.BaseModel):
            proof = attachment.sudo()
        else:
            proof = Attachment.create({"name": attachment[0], "raw": attachment[1]})
        proof.write({"res_model": self._name, "res_id": self.id})
        return proof

    def _log_proof(self, proof):
        """Hashes of signature and document: they prove later that neither was changed."""
        digest = hashlib.sha256
        self._log(
            "signed",
            {
                "terms": self.document_hash or "",
                "signature": digest(base64.b64decode(self.signature)).hexdigest()
                if self.signature
                else "",
                "document": digest(proof.raw or b"").hexdigest() if proof else "",
            },
            amount=str(self.total),
            content_hash=self.document_hash,
            personal={"signer": self.signer_name, "ip": self.signed_ip or ""},
        )


def _is_base64(content):
    try:
        return base64.b64encode(base64.b64decode(content, validate=True)) == content
    except ValueError:
        return False
