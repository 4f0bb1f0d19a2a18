from odoo import models
from odoo.exceptions import UserError
from odoo.tools import format_date

NEEDS_ITEMS = ("promise", "dispute", "in_validation", "invoice_missing", "transfer")
NEEDS_DATE = ("promise", "in_validation", "invoice_missing", "transfer")
NEXT_CALLS = 100  # more than anybody calls in a day
PAUSES = {
    "in_validation": "in_validation",
    "invoice_missing": "in_validation",
    "transfer": "transfer_announced",
}


class RecouvrementCallResult(models.TransientModel):
    """Noting the call: what was said takes effect at once, by the methods that the rest of
    the product uses."""

    _inherit = "recouvrement.call.result"

    def action_record(self):
        """Note the call, confirm it when wanted, end what was asked, plan what follows."""
        return self._recorded({"type": "ir.actions.act_window_close"})

    def action_record_next(self):
        """The same, then the dialog of the next call that the user has to make today."""
        answer = self._recorded({"type": "ir.actions.act_window_close"})
        following = self._next_call()
        if following:
            answer["params"]["next"] = following.action_recouvrement_call_result()
        return answer

    def _recorded(self, following):
        call = self._record_call()
        notice = call.notice_id
        parts = [self.env._("Call noted.")]
        held = notice.state in ("held", "skipped")
        if held:
            parts.append(
                self.env._("The e-mail does not leave: %s.", notice.reason_label)
            )
        elif notice:
            parts.append(self.env._("The e-mail leaves in a moment."))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning" if held else "success",
                "message": " ".join(parts),
                "sticky": held,
                "next": following,
            },
        }

    def _record_call(self):
        """Write everything; returns the ``recouvrement.call``.

        :raises AccessError: only collection agents note calls
        :raises UserError: something is missing; the sentence says what
        """
        self.ensure_one()
        self.env["recouvrement.reminder"]._check_decider()
        self.customer_id.check_access("write")
        lines = self.line_ids.filtered("selected")
        self._check_complete(lines)
        if self.send_mail:
            self._check_mail()
        said = getattr(self, f"_say_{self.outcome}")(lines)
        call = self.env["recouvrement.call"].create(self._call_values(lines, said))
        if self.send_mail:
            # The call was just noted by this agent; nothing else may change it.
            call.sudo().notice_id = self._send_notice(lines)
        self._end_activity(call)
        self._plan_next()
        return call

    def _check_complete(self, lines):
        found = {(x.partner_id, x.company_id) for x in lines.line_id}
        if found - {(self.partner_id, self.company_id)}:
            raise UserError(self.env._("Choose invoices of this customer only."))
        if self.outcome in NEEDS_ITEMS and not lines:
            raise UserError(self.env._("Tick the invoices that the call was about."))
        if self.outcome in NEEDS_DATE and not self.date:
            raise UserError(self.env._("Enter the day that was named."))
        if self.outcome == "dispute" and not self.reason_id:
            raise UserError(self.env._("Choose why the customer contests."))
        if self.outcome == "other" and not (self.note or "").strip():
            raise UserError(self.env._("Write in a few words what was said."))
        if self.next_action != "none" and not self.next_date:
            raise UserError(self.env._("Enter the day of the next action."))

    def _check_mail(self):
        """Refuse a text that would not leave, before anything is noted."""
        if not self._mail_is_about():
            raise UserError(self._nothing_ticked())
        self._render_mail()

    def _call_values(self, lines, said):
        company = self.company_id
        return {
            "customer_id": self.customer_id.id,
            "date": company._recouvrement_today(),
            "contact_id": self.contact_id.id,
            "outcome": self.outcome,
            "until": self.date,
            "note": self.note,
            "amount": sum(lines.mapped("amount_company")),
            "moves": sorted(set(lines.mapped("move_res_id"))),
            "reminder_id": self.reminder_id.id,
            **said,
        }

    # === WHAT WAS SAID === #

    def _say_promise(self, lines):
        promise = self.env["recouvrement.promise"]._record(
            self.customer_id,
            lines.line_id,
            self.amount or None,
            self.date,
            "call",
            note=self.note or "",
            contact=self.contact_id,
        )
        return {"promise_id": promise.id}

    def _say_dispute(self, lines):
        """One dispute for each invoice; a part only when the call was about one item."""
        disputes = self.env["recouvrement.dispute"]
        for move, items in lines.line_id.grouped("move_id").items():
            part = len(lines) == 1 and self.amount and self.amount < self.total
            rest = move._recouvrement_open_lines() - items
            disputes |= disputes._open(
                self.customer_id,
                move,
                self.reason_id,
                amount=self._disputed_amount(items, rest, part),
                source="call",
                note=self.note or "",
                contact=self.contact_id,
                due_date=items.date_maturity if rest and len(items) == 1 else None,
            )
        return {"dispute_ids": [(6, 0, disputes.ids)]}

    def _disputed_amount(self, items, rest, part):
        if part:
            return self.amount
        return sum(items.mapped("amount_residual_currency")) if rest else None

    def _say_in_validation(self, lines):
        return self._pause(lines, self.env._("Being validated by the customer"))

    def _say_invoice_missing(self, lines):
        """A copy goes at once; without an address somebody posts it."""
        if not self.send_mail:
            self._schedule("todo", self.env._("Send a copy of the invoice"))
        return self._pause(lines, self.env._("Copy of the invoice sent after a call"))

    def _say_transfer(self, lines):
        return self._pause(lines, self.env._("Transfer announced by phone"))

    def _say_unreachable(self, _lines):
        return {}

    def _say_other(self, _lines):
        return {}

    def _pause(self, lines, reason):
        if self.note:
            reason = f"{reason}: {self.note}"
        dialog = self.env["recouvrement.pause.items"].create(
            {
                "line_ids": [(6, 0, lines.line_id.ids)],
                "kind": PAUSES[self.outcome],
                "date_end": self.date,
                "reason": reason,
            }
        )
        dialog.action_pause()
        return {}

    # === CONFIRMATION AND WHAT FOLLOWS === #

    def _send_notice(self, lines):
        lines = lines or self.line_ids
        return self.env["recouvrement.reminder"]._plan_notice(
            self.customer_id,
            self._notice(),
            [(line.move_res_id, line.due_date) for line in lines],
            self.mail_subject,
            self.mail_body,
            self._agreed(),
        )

    def _end_activity(self, call):
        """The call that was asked for is done, with its result."""
        outcomes = dict(call._fields["outcome"]._description_selection(self.env))
        label = outcomes[call.outcome]
        if self.date and self.outcome != "unreachable":
            label = f"{label} · {format_date(self.env, self.date)}"
        if self.activity_id.exists():
            self.activity_id.action_feedback(
                feedback=": ".join(part for part in (label, self.note) if part)
            )

    def _plan_next(self):
        if self.next_action == "none":
            return
        summary = self.next_summary or (
            self.env._("Call again") if self.next_action == "call" else self.note
        )
        self._schedule(self.next_action, summary or self.env._("After a call"))

    def _schedule(self, kind, summary):
        self.customer_id.with_context(
            mail_activity_quick_update=True
        ).activity_schedule(
            f"mail.mail_activity_data_{kind}",
            date_deadline=self.next_date or self.company_id._recouvrement_today(),
            summary=summary,
            user_id=(self.next_user_id or self.env.user).id,
        )

    def _next_call(self):
        """The next call of the user that is due, of another customer: first those whose
        best half-day is now, like the list of calls."""
        calls = self.env["mail.activity"].search(
            [
                ("res_model", "=", "recouvrement.customer"),
                ("activity_type_id.category", "=", "phonecall"),
                ("user_id", "=", self.env.uid),
                ("date_deadline", "<=", self.company_id._recouvrement_today()),
                ("res_id", "!=", self.customer_id.id),
            ],
            order="date_deadline, id",
            limit=NEXT_CALLS,
        )
        files = self.env["recouvrement.customer"].browse(calls.mapped("res_id"))
        now = set(files.filtered("is_call_moment").ids)
        return calls.sorted(lambda call: call.res_id not in now)[:1]
