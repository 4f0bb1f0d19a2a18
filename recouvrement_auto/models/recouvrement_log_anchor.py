import json

from markupsafe import Markup

from odoo import api, models

PARAMETER = "recouvrement_auto.anchored_seq_%s"


class RecouvrementLogSeal(models.Model):
    """The head of the chain leaves the database every night.

    Whoever can rewrite the whole chain cannot rewrite a mail in the auditor's box: the
    offline verifier takes these lines as ``--anchor``.
    """

    _inherit = "recouvrement.log.seal"

    @api.model
    def _cron_anchor(self):
        """Seal what is left, then send each company's head to its auditor."""
        self._cron_seal()
        self._send_anchors()

    @api.model
    def _send_anchors(self):
        """One e-mail per company whose head moved since the last one; returns the mails."""
        mails = self.env["mail.mail"].sudo()  # queued by a scheduled action
        for company in self.env["recouvrement.run"]._companies():
            seq, digest = self._head(company.id)
            if not company.recouvrement_anchor_email or not self._is_new(company, seq):
                continue
            line = json.dumps({"seq": seq, "hash": digest}, separators=(",", ":"))
            mails += mails.create(
                {
                    "subject": self.env._(
                        "%(company)s: head of the collection log, entry %(seq)s",
                        company=company.name,
                        seq=seq,
                    ),
                    "email_to": company.recouvrement_anchor_email,
                    "email_from": company.email_formatted,
                    "body_html": Markup("<p>%s</p><pre>%s</pre>")
                    % (
                        self.env._(
                            "Keep this line: with it, a log rewritten or cut afterwards "
                            "is recognised by verify_log.py --anchor."
                        ),
                        line,
                    ),
                }
            )
        return mails

    @api.model
    def _is_new(self, company, seq):
        """True once for each head; remembers it."""
        parameters = self.env["ir.config_parameter"].sudo()  # technical mark
        known = int(parameters.get_param(PARAMETER % company.id) or 0)
        if seq <= known:
            return False
        parameters.set_param(PARAMETER % company.id, str(seq))
        return True
