from odoo import api, models
from odoo.exceptions import UserError


class RecouvrementDispute(models.Model):
    """The one way in: completed from invoice and reason, logged, its owner told."""

    _inherit = "recouvrement.dispute"

    @api.model
    def _open(
        self,
        customer,
        move,
        reason,
        amount=None,
        lines=None,
        source="call",
        note="",
        attachments=(),
        contact=None,
        due_date=None,
    ):
        """Open a dispute: the contested part leaves the chase, its owner is told.

        :param customer: ``recouvrement.customer`` record
        :param move: posted ``account.move``
        :param reason: ``recouvrement.dispute.reason`` record
        :param amount: contested amount in the currency of the invoice, taxes included;
            None = everything that is left to pay
        :param lines: invoice lines whose totals with taxes make the amount
        :param attachments: ``ir.attachment`` records or ``(name, bytes)`` pairs
        :param contact: ``res.partner`` who said it
        :param due_date: the instalment contested; None = the invoice as a whole
        :return: ``recouvrement.dispute``; in state ``to_review`` it holds nothing yet
        :raises UserError: nothing is open on the invoice
        """
        dispute = self.create(
            {
                "customer_id": customer.id,
                "move_id": move.id,
                "reason_id": reason.id,
                "amount": amount or False,
                "line_ids": [(6, 0, lines.ids if lines else [])],
                "source": source,
                "note": note,
                "contact_id": contact.id if contact else False,
                "due_date": due_date,
            }
        )
        dispute._keep_attachments(attachments)
        return dispute

    @api.model_create_multi
    def create(self, vals_list):
        """Complete, create, log, tell the owner: the one way in, also from the form."""
        disputes = super().create([self._complete(dict(v)) for v in vals_list])
        disputes._touch_customers()
        for dispute in disputes:
            dispute._log_opening()
            dispute._alert_owner()
        return disputes

    @api.model
    def _complete(self, vals):
        """Values of a new dispute: what the invoice and the reason say."""
        move = self._contestable(vals.get("move_id"))
        reason = self.env["recouvrement.dispute.reason"].browse(vals["reason_id"])
        customer = self._customer_of(vals, move)
        today = move.company_id._recouvrement_today()
        calendar = self.env["recouvrement.planner"]._calendar(move.company_id)
        owner = reason._owner_for(customer, move).id or self._default_owner(customer)
        repeated = self._needs_a_yes(move, vals.get("source"))
        return {
            **vals,
            **self._amounts(vals, move),
            "customer_id": customer.id,
            "move_name": move.name,
            "opened_on": today,
            "deadline": vals.get("deadline")
            or calendar.add_gap(today, reason.deadline_days),
            "owner_id": vals.get("owner_id") or owner,
            "state": "to_review" if repeated else "open",
            # Decided later, by the mutator alone.
            "outcome": False,
            "closed_on": False,
            "closed_by_id": False,
            "alerted_on": False,
            "days_to_solve": 0,
        }

    @api.model
    def _contestable(self, move_id):
        """The invoice, when it can be contested.

        :raises UserError: not a posted customer invoice, or nothing left to pay
        """
        move = self.env["account.move"].browse(move_id)
        if not move or move.state != "posted" or move.move_type != "out_invoice":
            raise UserError(self.env._("Choose a posted customer invoice."))
        if move.currency_id.is_zero(move.amount_residual):
            raise UserError(
                self.env._(
                    "Nothing is left to pay on %s: nothing to contest.", move.name
                )
            )
        return move

    @api.model
    def _amounts(self, vals, move):
        """What is contested, and what was credited before."""
        amount = vals.get("amount")
        lines = self._ids_of(vals.get("line_ids"))
        if lines and not amount:
            rows = self.env["account.move.line"].browse(lines)
            amount = sum(rows.mapped("price_total"))
        contested = amount or move.amount_residual
        return {
            "currency_id": move.currency_id.id,
            "amount": contested,
            "whole": not amount,
            "amount_company": self._in_company_currency(move, contested),
            "credited_before": self._credited(move),
        }

    @api.model
    def _customer_of(self, vals, move):
        Customer = self.env["recouvrement.customer"]
        if vals.get("customer_id"):
            return Customer.browse(vals["customer_id"])
        return Customer._get_or_create(move.company_id, move.commercial_partner_id.ids)

    @api.model
    def _ids_of(self, commands):
        """Ids of x2many commands that a form or a caller gives."""
        ids = []
        for command in commands or ():
            if command[0] == 6:
                ids += command[2]
            elif command[0] == 4:
                ids.append(command[1])
        return ids
