from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# Written by the chatter for whoever may write a message.
CHATTER = {"message_follower_ids", "message_ids", "activity_ids"}


class RecouvrementExcuseMixin(models.AbstractModel):
    """What dispute, promise and payment plan have in common: the customer, the history, the
    people told, and the order in which they and a message that is about to leave happen."""

    _name = "recouvrement.excuse.mixin"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "What a customer said about what he owes"
    _log_prefix = ""

    customer_id = fields.Many2one(
        "recouvrement.customer",
        string="Collection file",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        related="customer_id.company_id", store=True, index=True
    )
    partner_id = fields.Many2one(related="customer_id.partner_id", string="Customer")

    @api.model
    def _editable(self):
        """Fields that a person may write; everything else goes through the mutators."""
        return CHATTER

    def write(self, vals):
        """Persons edit a few fields; states and amounts change by buttons alone."""
        if not self.env.su and set(vals) - self._editable():
            raise AccessError(
                self.env._("This record is changed by its buttons, not by its fields.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_always(self):
        raise AccessError(self.env._("Close it instead: its history is kept."))

    def _touch_customers(self):
        """Make a message of these customers that is being claimed right now wait or fail.

        The claim locks the file on a snapshot of its own: a file written meanwhile gives it
        a serialization failure, so it reads again, with this record.
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE recouvrement_customer SET write_date = %s WHERE id IN %s",
                self.env.cr.now(),
                tuple(self.customer_id.ids) or (0,),
            )
        )
        self.customer_id.invalidate_recordset(flush=False)

    def _move_ids(self):
        """Ids of the invoices concerned; for the log."""
        return []

    def _log(self, event, facts=None, **values):
        """One log entry for each record."""
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": f"{self._log_prefix}.{event}",
                    "company": record.company_id.id,
                    "customer": record.customer_id.id,
                    "partner": record.customer_id.partner_id.id,
                    "moves": record._move_ids(),
                    "facts": {self._log_prefix: record.id, **(facts or {})},
                    **values,
                }
                # The file of the customer is not for everybody who may close a dispute.
                for record in self.sudo()
            ]
        )

    def _keep_attachments(self, attachments):
        """Papers of the customer, kept on the record: records or ``(name, bytes)`` pairs."""
        self.ensure_one()
        place = {"res_model": self._name, "res_id": self.id}
        if isinstance(attachments, models.BaseModel):
            attachments.sudo().write(place)  # checked by whoever received them
            return
        self.env["ir.attachment"].sudo().create(  # the debtor has no right of his own
            [{"name": name, "raw": raw, **place} for name, raw in attachments]
        )

    def _agent(self):
        """Who follows this customer: his agent, the company's, else an administrator."""
        self.ensure_one()
        customer = self.sudo().customer_id
        for user in (customer.agent_id, customer.company_id.recouvrement_user_id):
            if user and user.active:
                return user
        return self.env.ref("base.user_admin")

    def _tell(self, user, summary, lines, deadline=None, kind="todo"):
        """Tell ``user`` at once: an activity on the record and an e-mail.

        :param lines: sentences of the message, plain text
        :param deadline: day of the activity, by default the company's today
        :param kind: ``todo`` | ``call``
        """
        self.ensure_one()
        body = Markup("").join(Markup("<p>%s</p>") % line for line in lines if line)
        record = self.sudo()  # the debtor on the portal may cause it
        record.with_context(mail_activity_quick_update=True).activity_schedule(
            f"mail.mail_activity_data_{kind}",
            date_deadline=deadline or record.company_id._recouvrement_today(),
            summary=summary,
            note=body,
            user_id=user.id,
        )
        record.message_notify(
            partner_ids=user.partner_id.ids,
            subject=f"{summary} · {record.customer_id.partner_id.name}",
            body=body,
            email_layout_xmlid="mail.mail_notification_layout",
            email_add_signature=False,
        )

    def _end_activities(self, feedback):
        """Close what was asked of people about these records."""
        self.sudo().activity_feedback(  # whoever closes it, nobody has to act any more
            ["mail.mail_activity_data_todo", "mail.mail_activity_data_call"],
            feedback=feedback,
        )
