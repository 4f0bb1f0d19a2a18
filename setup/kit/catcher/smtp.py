"""The receiving side: accepts every message and keeps it with its envelope."""


class Receiver:
    """Handler of aiosmtpd."""

    def __init__(self, mailbox):
        self.mailbox = mailbox

    async def handle_DATA(self, _server, _session, envelope):
        """Answer 250 only once the message is in its file."""
        name = self.mailbox.add(
            envelope.mail_from, envelope.rcpt_tos, envelope.original_content
        )
        return f"250 2.0.0 kept as {name}"
