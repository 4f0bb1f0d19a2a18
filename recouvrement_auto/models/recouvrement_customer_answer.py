import base64
import binascii
import json
from datetime import datetime, time
from zoneinfo import ZoneInfo

from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.upload import MAX_BYTES, UploadRefused, kind_of

ANSWERS = ("portal.promise", "portal.dispute", "portal.request", "portal.plan")
NOTE_LENGTH = 2000
MAX_DISPUTES = 10  # invoices disputed at once
MAX_FILES_A_DAY = 10
MAX_BYTES_A_DAY = 25 * 1024 * 1024


class RecouvrementCustomer(models.Model):
    """What the debtor says on his page: recorded at once, people told, all of it logged.

    ``self`` is a superuser record that a signed link or a login opened; ``lines`` are lines
    of this customer's own statement. ``trace`` is what the log keeps of the visit.
    """

    _inherit = "recouvrement.customer"

    def _portal_env(self, contact):
        """Models in the name of who answers: his contact's user, else the system, which
        has an address to write from."""
        context = {"mail_create_nosubscribe": True, "mail_create_nolog": True}
        user = contact.user_ids[:1] or self.env.ref("base.user_root")
        return self.with_user(user).sudo().with_context(**context)

    def _portal_note(self, note):
        note = (note or "").replace("\x00", "").strip()
        if len(note) > NOTE_LENGTH:
            raise UserError(
                self.env._("Write at most %(count)s characters.", count=NOTE_LENGTH)
            )
        return note

    # === ANSWERS === #

    def _portal_promise(self, lines, day, note, contact, trace):
        """A promise to pay these lines on ``day``; its limits are those of the company."""
        self._portal_check_quota()
        if not lines:
            raise UserError(self.env._("Tick the invoices first."))
        if not day:
            raise UserError(self.env._("Choose a day."))
        note, mine = self._portal_note(note), self._portal_env(contact)
        promise = mine.env["recouvrement.promise"]._record(
            mine, [line.line_id for line in lines], None, day, "portal", note, contact
        )
        user = promise._agent()
        told = promise.with_context(lang=user.lang)
        told._tell(
            user, told.env._("Promise to pay from the customer"), [told.name, note]
        )
        moves = sorted({line.move_id for line in lines})
        trace["facts"]["until"] = str(day)
        self._portal_log("portal.promise", **trace, moves=moves)
        return promise

    def _portal_dispute(self, lines, reason, amount, note, files, contact, trace):
        """A dispute of each invoice of these lines, with the papers of the customer.

        :param amount: contested part, for one invoice only; None = all that is left
        :param files: contents of the papers, as bytes
        """
        self._portal_check_quota()
        moves = self.env["account.move"].browse(
            list(dict.fromkeys(line.move_id for line in lines))
        )
        self._portal_check_dispute(lines, moves, reason, amount)
        note, mine = self._portal_note(note), self._portal_env(contact)
        if not note:
            raise UserError(self.env._("Say in a few words what is wrong."))
        papers = self._portal_papers(files, moves)
        Dispute = mine.env["recouvrement.dispute"]
        disputes = Dispute.browse()
        for move in moves:
            disputes |= Dispute._open(
                mine, move, reason, amount, None, "portal", note, papers, contact
            )
        trace["facts"].update(files=len(papers), size=sum(map(len, files)))
        trace["facts"]["kind"] = reason.code
        self._portal_log("portal.dispute", **trace, moves=moves.ids)
        return disputes

    def _portal_check_dispute(self, lines, moves, reason, amount):
        if not lines:
            raise UserError(self.env._("Tick the invoices first."))
        if not reason or not reason.portal_allowed:
            raise UserError(self.env._("Choose what is wrong."))
        if len(moves) > MAX_DISPUTES:
            raise UserError(
                self.env._(
                    "Report at most %(count)s invoices at once.", count=MAX_DISPUTES
                )
            )
        if amount is None:
            return
        left = float(sum(line.residual for line in lines))
        if len(moves) > 1 or not 0 < amount <= left:
            raise UserError(
                self.env._(
                    "The contested amount is more than zero and at most what is left to "
                    "pay, for one invoice at a time."
                )
            )

    def _portal_request(self, lines, kind, note, contact, trace):
        """A request about these lines, or about the account when none is ticked."""
        self._portal_check_quota()
        note, mine = self._portal_note(note), self._portal_env(contact)
        if kind == "other" and not note:
            raise UserError(self.env._("Write your question."))
        moves = mine.env["account.move"].browse(
            list(dict.fromkeys(line.move_id for line in lines))
        )
        Request = mine.env["recouvrement.portal.request"]
        if kind not in dict(Request._fields["kind"].selection):
            raise UserError(self.env._("Choose what you need."))
        request = Request._ask(mine, kind, moves, note, contact)
        trace["facts"]["kind"] = kind
        self._portal_log("portal.request", **trace, moves=moves.ids)
        return request

    def _portal_plan(self, plan_id):
        """A plan of this customer that waits for his signature or runs, else none."""
        return self.env["recouvrement.payment.plan"].search(
            [
                ("id", "=", plan_id),
                ("customer_id", "=", self.id),
                ("state", "in", ("proposed", "running")),
            ]
        )

    def _portal_accept_plan(self, plan, name, signature, contact, trace):
        """The customer signs a proposed plan in his own name.

        :param signature: PNG in base64, as the browser drew it
        """
        self._portal_check_quota()
        if plan.state != "proposed":
            raise UserError(self.env._("This payment plan is already settled."))
        drawn = self._portal_drawing(signature)
        name = str(name or "").strip()[:100]
        mine = self._portal_env(contact)
        plan = plan.with_env(mine.env)
        plan._accept(name, signature=drawn, ip=trace["personal"]["ip"] or "-")
        user = plan._agent()
        told = plan.with_context(lang=user.lang)
        told._tell(
            user, told.env._("Payment plan accepted by the customer"), [told.name]
        )
        self._portal_log("portal.plan", **trace, moves=plan._move_ids())
        return plan

    def _portal_drawing(self, signature):
        """Bytes of a drawn signature.

        :raises UserError: nothing was drawn, or it is no picture of that kind
        """
        try:
            drawn = base64.b64decode(str(signature or ""), validate=True)
            kind = kind_of(drawn).extension
        except (binascii.Error, UploadRefused):
            kind = "none"
        if kind != "png":
            raise UserError(self.env._("Sign in the box first."))
        return drawn

    # === LIMITS === #

    def _portal_answers_today(self):
        """Facts of the answers of the company's day so far."""
        self.ensure_one()
        company = self.company_id
        midnight = datetime.combine(
            company._recouvrement_now().date(), time(), company._recouvrement_zone()
        )
        since = midnight.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
        self.env.cr.execute(
            """SELECT payload FROM recouvrement_log
                WHERE customer_res_id = %s AND event IN %s AND at >= %s""",
            [self.id, ANSWERS, since],
        )
        return [json.loads(row[0]).get("facts") or {} for row in self.env.cr.fetchall()]

    def _portal_check_quota(self, files=0, size=0):
        """Refuse what goes beyond the answers, files or bytes of a day."""
        facts = self._portal_answers_today()
        many = sum(fact.get("files", 0) for fact in facts) + files > MAX_FILES_A_DAY
        heavy = sum(fact.get("size", 0) for fact in facts) + size > MAX_BYTES_A_DAY
        if len(facts) >= self.company_id.recouvrement_portal_answers or (
            files and (many or heavy)
        ):
            raise UserError(
                self.env._("That is a lot for one day: please call or write to us.")
            )

    def _portal_papers(self, files, moves):
        """``(name of ours, bytes)`` of the papers, each checked by its content.

        :raises UserError: a paper that is not taken; the sentence says which are
        """
        if files:
            self._portal_check_quota(len(files), sum(map(len, files)))
        papers = []
        number = (moves[:1].name or "").replace("/", "_")
        day = fields.Date.to_string(self.company_id._recouvrement_today())
        for rank, content in enumerate(files, 1):
            try:
                kind = kind_of(content)
            except UploadRefused as refused:
                raise UserError(self._portal_refusal(refused.code)) from refused
            papers.append((f"{number}_{day}_{rank}.{kind.extension}", content))
        return papers

    def _portal_refusal(self, code):
        return {
            "empty": self.env._("The file is empty."),
            "too_large": self.env._(
                "The file is too large: at most %(size)s MB.", size=MAX_BYTES >> 20
            ),
            "type": self.env._(
                "Join a PDF, a photo (JPEG, PNG, HEIC), or a Word or Excel document "
                "without macros."
            ),
        }[code]
