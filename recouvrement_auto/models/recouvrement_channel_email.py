import contextlib
import smtplib
import socket

from odoo import api, models
from odoo.tools import config
from odoo.tools.mail import email_normalize

from ..tools.guard import HOLD, Verdict
from ..tools.smtp_phases import DEFERRED, FAILED, PHASE_CONNECT, Outcome, transmit


def server_missing(facts):
    """No outgoing mail server: every e-mail is held until one exists."""
    return None if facts.policy.has_mail_server else Verdict(HOLD, "missing_server")


class RecouvrementChannelEmail(models.AbstractModel):
    """E-mail: one SMTP transaction per recipient through Odoo's mail servers.

    Not through the stock queue, which sends twice when killed and stops after one batch
    (reliability.md B1 to B5).
    """

    _name = "recouvrement.channel.email"
    _inherit = ["recouvrement.channel"]
    _description = "E-mail channel"

    @api.model
    def _reach(self, contacts, wanted, step):
        chosen = self._pick(contacts, wanted, lambda c: (c.email or "").strip())
        if not chosen:
            return [], "missing_address"
        valid = [c for c in chosen if c.email_normalized]
        if not valid:
            return chosen, "invalid_address"
        usable = [c for c in valid if not c.blacklisted and not c.bounced]
        if not usable:
            return valid, "blacklisted" if valid[0].blacklisted else "address_bounced"
        seen = {}
        for contact in usable:  # two contacts sharing an address get one message
            seen.setdefault(contact.email_normalized, contact)
        return list(seen.values()), ""

    @api.model
    def _guards(self):
        return (server_missing,)

    @api.model
    def _address(self, contact):
        return (
            contact.email_normalized or email_normalize(contact.email) or contact.email
        )

    @api.model
    def _has_text(self):
        return True

    @api.model
    def _has_server(self):
        """True when an outgoing mail server is configured."""
        if self.env["ir.mail_server"].sudo().search_count([], limit=1):  # count only
            return True
        return bool(config.get("smtp_server")) and config["smtp_server"] != "localhost"

    @api.model
    def _is_ready(self):
        """Core answers success without SMTP in tests and while the registry loads."""
        return not self.env["ir.mail_server"]._disable_send()

    @api.model
    def _send(self, delivery, sender):
        reminder = delivery.reminder_id
        message, envelope_from = self._build(delivery)
        key = (reminder.company_id.id, envelope_from)
        if key not in sender.transports:
            sender.transports[key] = self._open_transport(envelope_from)
        deadline = reminder.company_id.recouvrement_deadline
        return sender.transports[key].send(
            envelope_from, delivery.address, message.as_bytes(), deadline
        )

    @api.model
    def _open_transport(self, smtp_from):
        return SmtpTransport(self.env, smtp_from)

    @api.model
    def _build(self, delivery):
        """The e-mail of one delivery and its envelope sender."""
        reminder = delivery.reminder_id
        company = reminder.company_id
        agent = reminder.agent_id
        email_from = agent.email_formatted or company.email_formatted
        delivery.message_id = self._message_id(delivery)
        message = self.env["ir.mail_server"]._build_email__(
            email_from=email_from,
            email_to=[delivery.contact_id.email_formatted or delivery.address],
            subject=reminder.subject,
            body=reminder.body,
            subtype="html",
            reply_to=reminder._reply_to(),
            message_id=delivery.message_id,
            references=reminder._message_reference(),
            attachments=reminder._attachment_parts(),
            headers={
                "X-Odoo-Objects": f"recouvrement.customer-{reminder.customer_id.id}",
                "Auto-Submitted": "auto-generated",
            },
        )
        envelope = company.bounce_email or email_normalize(email_from)
        message["Return-Path"] = envelope
        return message, envelope

    @api.model
    def _message_id(self, delivery):
        reference = delivery.reminder_id._message_reference()
        if len(delivery.reminder_id.delivery_ids) == 1:
            return reference
        return reference.replace("@", f".{delivery.contact_id.id}@", 1)


class SmtpTransport:
    """One open session, opened when needed and again after a loss."""

    def __init__(self, env, smtp_from):
        self.env = env
        self.smtp_from = smtp_from
        self.session = None

    def send(self, sender, recipient, payload, deadline):
        """Send one message; never raises for what the network does."""
        if self.session is None:
            problem = self._connect()
            if problem:
                return problem
        outcome = transmit(self.session, sender, recipient, payload, deadline)
        if outcome.connection_lost:
            self.close()
        return outcome

    def _connect(self):
        try:
            self.session = self.env["ir.mail_server"]._connect__(
                smtp_from=self.smtp_from
            )
        except smtplib.SMTPAuthenticationError as error:
            return Outcome(DEFERRED, PHASE_CONNECT, f"{error.smtp_code}: login refused")
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(
                DEFERRED, PHASE_CONNECT, f"{type(error).__name__}: {error}"[:300]
            )
        if self.session is None:
            return Outcome(FAILED, "build", "Sending is switched off in this process")
        self._send_at_once()
        return None

    def _send_at_once(self):
        """The final dot never waits for the acknowledgement of the text (40 ms each)."""
        with contextlib.suppress(OSError, AttributeError):
            self.session.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def close(self):
        """Leave politely; a dead session is dropped."""
        session, self.session = self.session, None
        if session is not None:
            try:
                session.quit()
            except (OSError, smtplib.SMTPException):
                session.close()
