from odoo import api, models
from odoo.exceptions import UserError

from .recouvrement_approval import OPEN


class RecouvrementApproval(models.Model):
    """Asking a second person, and telling both."""

    _inherit = "recouvrement.approval"

    @api.model
    def _ask(self, customer, subject, measured, reason, **values):
        """Ask for a second person, and tell who may decide.

        :param customer: ``recouvrement.customer`` record
        :param subject: code of ``SUBJECTS``
        :param measured: ``{kind of limit: number}`` beyond what the user may decide
        :param reason: why, in the words of the proposer
        """
        self.env["recouvrement.reminder"]._check_decider()
        if len((reason or "").strip()) < 3:
            raise UserError(self.env._("Say in a few words why this is asked."))
        # Rows are written by asking and deciding alone; the right was checked above.
        one = self.sudo().create(
            {
                "customer_id": customer.id,
                "subject": subject,
                "measured": measured,
                "reason": reason,
                "user_id": self.env.uid,
                "asked_on": customer.company_id._recouvrement_today(),
                **values,
            }
        )
        one._log(
            "asked",
            {
                "kind": subject,
                "limits": list(measured),
                "asked": [f"{number:.2f}" for number in measured.values()],
            },
            amount=str(one.amount),
            state=OPEN,
            personal={"reason": reason},
        )
        for user in one._deciders()[:3]:
            told = one.with_context(lang=user.lang)
            told._tell(user, told.name, [reason, told.above])
        return one.sudo(False)

    def _deciders(self):
        """Who may decide: managers of the company and persons with limits of their own."""
        self.ensure_one()
        limits = (
            self.env["recouvrement.delegation"]
            .sudo()
            .search([("user_id", "!=", False)])
        )
        group = self.env.ref("recouvrement_auto.recouvrement_auto_group_manager")
        users = self.company_id.recouvrement_manager_id
        users |= group.sudo().all_user_ids | limits.user_id
        return users.filtered(
            lambda user: (
                user.active
                and self.company_id in user.company_ids
                and self._is_second(user)
            )
        )

    def _tell_proposer(self):
        self.ensure_one()
        one = self.sudo().with_context(lang=self.user_id.lang)  # whoever decided
        labels = dict(one._fields["state"]._description_selection(one.env))
        one.message_notify(
            partner_ids=one.user_id.partner_id.ids,
            subject=f"{labels[one.state]} · {one.name}",
            body=one.decision_note or labels[one.state],
            email_layout_xmlid="mail.mail_notification_layout",
        )
