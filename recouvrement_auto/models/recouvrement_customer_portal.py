from datetime import timedelta
from urllib.parse import urlencode

from odoo import api, fields, models
from odoo.tools import SQL, consteq, hmac

from ..tools.portal_link import (
    SHORT_SEAL,
    PortalLink,
    decode,
    decode_short,
    encode,
    encode_short,
    seal_of,
)

PATH = "/my/statement"
SHORT_PATH = "/f"
SCOPE = "recouvrement_auto.portal_link"
SHORT_SCOPE = "recouvrement_auto.portal_short_link"


class RecouvrementCustomer(models.Model):
    """The debtor's page: signed links that open it without login, and their revocation.

    A link is a function of the file, its day of expiry and a revision: a preview shows the
    very link that leaves, and nothing is written to make one.
    """

    _inherit = "recouvrement.customer"

    portal_revision = fields.Integer(
        string="Revision of the links",
        readonly=True,
        copy=False,
        default=0,
        groups="recouvrement_auto.recouvrement_auto_group_agent",
    )

    # === LINKS === #

    @api.model
    def _portal_seal(self, link, revision, scope=SCOPE):
        # sudo: the secret of the database is read to sign, it never leaves
        return seal_of(hmac(self.env(su=True), scope, link.message(revision)))

    def _portal_sealed(self, until, scope=SCOPE):
        """The link that works until the day ``until``, included."""
        self.ensure_one()
        customer = self.sudo()  # the revision is no business of who reads a message
        link = PortalLink(customer.id, until)
        seal = self._portal_seal(link, customer.portal_revision, scope)
        return PortalLink(link.customer_id, link.until, seal)

    def _portal_until(self, day):
        """Last day of the links of a message of ``day``; None when the company gives none."""
        self.ensure_one()
        days = (
            self.sudo().company_id.recouvrement_portal_days
        )  # as in ``_portal_sealed``
        return day + timedelta(days=days) if days and self.id else None

    def _portal_token(self, day):
        """Token of a message of ``day``; '' when the company gives no link.

        It works until ``recouvrement_portal_days`` days after that day, included.
        """
        until = self._portal_until(day)
        return encode(self._portal_sealed(until)) if until else ""

    def _portal_short_link(self, day):
        """Address of the same page in a few characters; '' when the company gives no link."""
        until = self._portal_until(day)
        if not until:
            return ""
        code = encode_short(self._portal_sealed(until, SHORT_SCOPE))
        return f"{self.company_id.get_base_url()}{SHORT_PATH}/{code}"

    def _portal_link(self, day, page="", **query):
        """Whole address of the debtor's page (or of a page below it) for a message of
        ``day``; '' when the company gives no link."""
        token = self._portal_token(day)
        if not token:
            return ""
        address = f"{self.company_id.get_base_url()}{PATH}/{token}"
        if page:
            address += f"/{page}"
        return f"{address}?{urlencode(query)}" if query else address

    @api.model
    def _of_portal_token(self, token):
        """The file that a token opens today (superuser), else an empty record.

        Absent, altered, expired and revoked tokens cost the same: one read, one HMAC, one
        comparison in constant time.
        """
        return self._of_portal_seal(decode(token), SCOPE)

    @api.model
    def _of_portal_code(self, code):
        """``(file, token)`` that a short code opens today, else an empty file and ''."""
        link = decode_short(code)
        customer = self._of_portal_seal(link, SHORT_SCOPE, SHORT_SEAL)
        return customer, encode(customer._portal_sealed(link.until)) if customer else ""

    @api.model
    def _of_portal_seal(self, link, scope, length=None):
        rows = self.env.execute_query(
            SQL(
                """SELECT customer.company_id, customer.portal_revision
                     FROM (SELECT 1) one LEFT JOIN recouvrement_customer customer
                       ON customer.id = %s""",
                link.customer_id,
            )
        )
        company_id, revision = rows[0]
        seal = self._portal_seal(link, revision or 0, scope)[:length]
        # sudo: the visitor has no rights; the seal is what lets him in
        company = (
            self.env["res.company"].sudo().browse(company_id or self.env.company.id)
        )
        open_today = company._recouvrement_today() <= link.until
        given = bool(company.recouvrement_portal_days)
        if consteq(seal, link.seal) and company_id and open_today and given:
            return self.sudo().browse(link.customer_id)
        return self.sudo().browse()

    @api.model
    def _of_portal_user(self, user, customer_id=None):
        """Files (superuser) of the customer behind a portal user, in his companies."""
        partner = user.sudo().partner_id.commercial_partner_id
        domain = [
            ("partner_id", "=", partner.id),
            ("company_id", "in", user.sudo().company_ids.ids),
        ]
        if customer_id is not None:
            domain.append(("id", "=", customer_id))
        if not user._is_portal():
            domain.append(("id", "=", 0))  # as much work for whoever has no page
        # sudo: portal users have no rights on files; the domain lets only their own out
        return self.sudo().search(domain)

    # === BUTTONS === #

    def action_open_portal(self):
        """The debtor's page as he sees it; a colleague cannot answer in his place."""
        self.ensure_one()
        self.check_access("read")
        today = self.company_id._recouvrement_today()
        return {
            "type": "ir.actions.act_url",
            "target": "new",
            "url": self._portal_link(today) or f"{PATH}/{self.id}",
        }

    def action_revoke_portal_links(self):
        """No link sent so far opens the page any more; the next message carries a new one."""
        self.check_access("write")
        for customer in self:
            # sudo: the field is not for hands, the right to write the file was checked
            customer.sudo().portal_revision += 1
            customer._portal_log(
                "portal.revoked", facts={"new": str(customer.sudo().portal_revision)}
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The links sent so far no longer open the customer's page."
                ),
            },
        }

    def _portal_log(self, event, **values):
        """An entry of the log about this page."""
        self.ensure_one()
        return self.env["recouvrement.log"]._append(
            event,
            company=self.company_id,
            customer=self.id,
            partner=self.partner_id.id,
            **values,
        )

    def _portal_log_opening(self, trace):
        """One entry a day: a mail filter that follows links looks like a person."""
        self.ensure_one()
        self.env.cr.execute(
            """SELECT 1 FROM recouvrement_log
                WHERE customer_res_id = %s AND event = 'portal.opened' AND at >= %s
                LIMIT 1""",
            [self.id, fields.Datetime.now().replace(hour=0, minute=0, second=0)],
        )
        if not self.env.cr.fetchone():
            self._portal_log("portal.opened", **trace)

    def _portal_invoice(self, move_id):
        """A posted invoice or credit note of this customer and company, else none.

        Absent and foreign ids cost the same read.
        """
        self.ensure_one()
        return self.env["account.move"].search(
            [
                ("id", "=", move_id),
                ("company_id", "=", self.company_id.id),
                ("commercial_partner_id", "=", self.partner_id.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
            ]
        )
