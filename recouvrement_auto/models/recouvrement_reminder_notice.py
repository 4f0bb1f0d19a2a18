from dataclasses import dataclass, replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import html_sanitize

from ..tools import guard
from ..tools.planning import (
    ROLE_LEADER,
    ROLE_LISTED,
    CustomerPlan,
    Ladder,
    PlannedLine,
    Step,
)
from .recouvrement_planner_bundle import Bundle

NOTICES = [
    ("promise", "Promise confirmed"),
    ("dispute", "Dispute received"),
    ("in_validation", "Being validated, noted"),
    ("invoice_copy", "Copy of the invoice"),
    ("transfer", "Transfer announced, noted"),
    ("unreachable", "We tried to call"),
    ("other", "After our call"),
    ("thanks", "Thank you for the payment"),
    ("statement", "Statement of account"),
]
# A notice stands on no ladder: no limit, no minimum, no step follows from it.
NO_LADDER = Ladder(scenario_id=None, version_id=None, name="", steps=(), min_gap_days=0)


@dataclass
class NoticeBundle(Bundle):
    """A customer whose notice goes to the person who was spoken with."""

    addressee_id: int = 0

    def ordered_contacts(self, leader):
        """The person spoken with alone; without one, as for every message."""
        if not self.addressee_id:
            return super().ordered_contacts(leader)
        chosen = [c for c in self.contacts if c.id == self.addressee_id]
        return chosen, {self.addressee_id}


class RecouvrementReminder(models.Model):
    """Notice: a message that a person decided outside the ladder, such as the confirmation
    of what was agreed by phone.

    It leaves by the one way (claim, send, outcome, log) and counts as a contact. Guards of
    the chase do not hold it (practice.md P11: a confirmation is never blocked by the limit
    of contacts); those of the person written to do: address, freeze, sender, law.
    """

    _inherit = "recouvrement.reminder"

    notice = fields.Selection(
        NOTICES, readonly=True, help="A message outside the scenario, made by a person."
    )
    notice_values = fields.Json(readonly=True)

    def _step_options(self):
        """EXTENDS: a notice has no frozen version; its options are its own."""
        if not self.notice:
            return super()._step_options()
        values = self.notice_values or {}
        return {
            "code": self.step_code,
            "name": self.step_name,
            "attach_invoices": bool(values.get("attach_invoices")),
            "payment_link": True,
        }

    @api.model
    def _plan_notice(self, customer, notice, items, subject, body, values=None):
        """Plan a notice and wake the sender.

        :param customer: ``recouvrement.customer`` record
        :param notice: code of ``NOTICES``
        :param items: ``(move id, due date)`` keys of the open items that it is about
        :param subject: words with the closed placeholders, in the language of the addressee
        :param values: dict ``agreed_date``, ``agreed_amount``, ``agreed_reason``,
            ``answer_date`` (texts for the placeholders), ``attach_invoices`` (bool) and
            ``addressee`` (id of the contact)
        :return: the reminder, queued, or held with its reason
        :raises UserError: none of the items is open any more
        """
        self._check_decider()
        company = customer.company_id
        values = dict(values or {})
        context, bundle = self._notice_facts(customer, values)
        step = self._notice_step(notice, subject, body, values)
        plan = self._notice_plan(bundle, set(items), step)
        if not plan.lines:
            raise UserError(self.env._("Nothing is open on these invoices any more."))
        planner = self.env["recouvrement.planner"].sudo()  # facts of the night
        verdict = planner._notice_verdict(context, bundle, plan)
        run = self._notice_run(company, context.day)
        decision = planner._decision(bundle, plan, verdict)
        reminder = self.sudo()._create_planned(run, context, [decision])
        reminder._set_notice(notice, values, subject, body)
        run._close_if_done()
        self.env["recouvrement.run"]._wake_senders()
        return reminder.sudo(False)

    @api.model
    def _notice_run(self, company, day):
        """A run by hand, released: agents plan through their customers, not by run rows."""
        return (
            self.env["recouvrement.run"]
            .sudo()
            .create(
                {
                    "company_id": company.id,
                    "date": day,
                    "kind": "manual",
                    "state": "released",
                    "started_at": fields.Datetime.now(),
                    "planned_at": fields.Datetime.now(),
                }
            )
        )

    def _set_notice(self, notice, values, subject, body):
        """Its own words and values, signed and confirmed by who writes it."""
        self.write(
            {
                "notice": notice,
                "notice_values": values,
                "agent_id": self.env.uid,
                "confirmed_by_id": self.env.uid,
                "confirmed_at": fields.Datetime.now(),
                "custom_subject": subject,
                "custom_body": html_sanitize(body),
            }
        )

    @api.model
    def _notice_facts(self, customer, values):
        """``(context, bundle)`` of today; same facts as the night, decided by a person."""
        Facts = self.env["recouvrement.planner.facts"].sudo()
        company = customer.company_id.sudo()
        day = company._recouvrement_today()
        context = Facts._context(company, day, ())
        context.manual = context.decided = True
        context.mode = "auto"  # the person who writes it has confirmed it
        bundle = Facts._load(context, customer.partner_id.ids)[0]
        return context, self._notice_bundle(bundle, values)

    @api.model
    def _notice_bundle(self, bundle, values):
        found = NoticeBundle(
            **vars(bundle), addressee_id=int(values.get("addressee") or 0)
        )
        found.why = ""
        return found

    @api.model
    def _notice_label(self, notice):
        return dict(self._fields["notice"]._description_selection(self.env))[notice]

    @api.model
    def _notice_step(self, notice, subject, body, values):
        company_lang = self.env.company.partner_id.lang or self.env.lang
        text = {"subject": subject, "body": str(body or "")}
        return Step(
            code=f"notice_{notice}",
            name=self.with_context(lang=company_lang)._notice_label(notice),
            channel="email",
            tone="courteous",
            delay=0,
            options={
                "attach_invoices": bool(values.get("attach_invoices")),
                "template": {
                    "regime": "any",
                    "texts": {code: text for code, _n in self._langs()},
                },
            },
        )

    @api.model
    def _langs(self):
        return self.env["res.lang"].get_installed()

    @api.model
    def _notice_plan(self, bundle, keys, step):
        """The items of ``keys`` that are still open, without any position on a ladder."""
        items = [
            replace(item, ladder=NO_LADDER)
            for item in bundle.items
            if item.key in keys and item.amount > 0
        ]
        items.sort(key=lambda item: (item.due_date, item.line_id))
        lines = tuple(
            PlannedLine(item, ROLE_LISTED if rank else ROLE_LEADER)
            for rank, item in enumerate(items)
        )
        return CustomerPlan(items[0] if items else None, step, lines)


class RecouvrementPlanner(models.AbstractModel):
    _inherit = "recouvrement.planner"

    @api.model
    def _notice_verdict(self, context, bundle, plan):
        """The first objection to a notice, or None."""
        channel = self.env[f"recouvrement.channel.{plan.step.channel}"]
        subject = bundle.subject_for(context, plan, channel)
        facts = guard.Facts(context.day, subject, context.policy, plan.step)
        many = plan.step.options.get("statement")
        among = guard.STATEMENT_GUARDS if many else guard.NOTICE_GUARDS
        return guard.decide(facts, guard.CUSTOMER, channel._guards(), among)
