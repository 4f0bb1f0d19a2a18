from dataclasses import replace

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..placeholders import names_in
from ..tools.ladder import step_from_snapshot, version_from_snapshot
from ..tools.planning import step_date

# What a time-line may send of a step that is not saved yet.
STEP_FIELDS = (
    "name",
    "code",
    "channel",
    "tone",
    "anchor",
    "delay",
    "mode",
    "template_id",
    "min_amount",
    "responsible",
    "user_id",
    "attach_invoices",
    "attach_statement",
    "payment_link",
    "deadline_days",
)


class RecouvrementScenarioLine(models.Model):
    """A step as a real customer would get it, and when; nothing is written."""

    _inherit = "recouvrement.scenario.line"

    nature = fields.Selection(related="scenario_id.nature")
    legal_checklist = fields.Json(compute="_compute_legal_checklist")

    @api.model
    def get_preview(self, values, customer_id, lang=False, scenario_id=False):
        """The message of a step, saved or not, for one customer.

        :param values: fields of the step as they stand on the screen, with its ``id``
        :return: dict of what the panel shows; ``error`` is a sentence when there is no text
        """
        scenario = self.env["recouvrement.scenario"].browse(scenario_id)
        scenario.check_access("read")
        line = self._on_screen(values, scenario)
        return line._preview_for(self._preview_file(customer_id, scenario), lang)

    @api.model
    def _on_screen(self, values, scenario):
        """The step with the values of the screen, in memory only."""
        origin = self.browse(values.get("id") or 0).exists()
        origin.check_access("read")
        known = {name: values[name] for name in STEP_FIELDS if name in values}
        text = self.env["recouvrement.template"].browse(known.get("template_id") or 0)
        text.check_access("read")
        return self.new({**known, "scenario_id": scenario.id}, origin=origin or None)

    @api.model
    def _preview_file(self, customer_id, scenario):
        customer = self.env["recouvrement.customer"].browse(customer_id or 0).exists()
        customer.check_access("read")
        return customer or scenario._preview_customer()

    def _preview_for(self, customer, lang=False):
        if not customer:
            return {
                "error": self.env._("No customer has anything open: nothing to show.")
            }
        result = {
            "customer_id": customer.id,
            "customer_name": customer.display_name,
            "channel": self.channel,
            "sentences": self._step_sentences(customer),
        }
        try:
            result.update(self._preview_words(customer, lang))
        except UserError as error:
            result["error"] = str(error)
        return result

    def _preview_words(self, customer, lang):
        """Subject and document in ``lang``, by default that of the customer."""
        renderer = self.env["recouvrement.renderer"]
        message = renderer._preview_message(self, customer)
        if lang and lang != message.lang:
            message.lang = lang
            renderer._set_text(message)
        words = {
            "lang": message.lang,
            "to": self._addressee(message),
            "day": format_date(self.env, message.date),
            "joined": self._joined(message),
        }
        if message.is_internal:
            subject, card = renderer._localized(message)._card(message)
            return {**words, "subject": subject, "body": str(card)}
        renderer._check_text(message)
        content = renderer._localized(message)._compose(message)
        return {**words, "subject": content["subject"], "body": content["body"]}

    def _addressee(self, message):
        """Who is reached, and where, by this channel."""
        contact = message.contact
        where = {"email": contact.email, "call": contact.phone}.get(message.channel)
        if message.channel == "letter":
            where = ", ".join(filter(None, (contact.street, contact.zip, contact.city)))
        return " · ".join(filter(None, (contact.display_name, where)))

    def _joined(self, message):
        """What goes with the message, in words."""
        joined = []
        if self.attach_invoices:
            joined += [
                self.env._("Invoice %s", row.name) for row in message.chased if row.name
            ]
        if self.attach_statement:
            joined.append(self.env._("Statement of account"))
        return joined

    # === WHEN === #

    def _step_sentences(self, customer):
        """When this step comes for this customer, and what he really follows."""
        company = customer.company_id
        Facts = self.env["recouvrement.planner.facts"].sudo()  # the file was checked
        day = company._recouvrement_today()
        versions = Facts._current_versions(company.sudo())
        context = Facts._context(company.sudo(), day, versions)
        bundle = next(iter(Facts._load(context, customer.partner_id.ids)), None)
        if not bundle or not self.scenario_id._origin:
            return []
        sentences = [self._when_sentence(context, bundle)]
        own, other = self.scenario_id.id, bundle.version
        if own and other and other.scenario_id != own:
            sentences.append(
                self.env._("This customer follows “%s”.", other.ladder.name)
            )
        return [sentence for sentence in sentences if sentence]

    def _when_sentence(self, context, bundle):
        item = self._item_of(context, bundle)
        if not item:
            return ""
        scenario = self.scenario_id._origin
        ladder = version_from_snapshot(scenario._current_snapshot(), 0).ladder
        step = step_from_snapshot(self._snapshot(self.env.lang or "en_US"))
        codes = [known.code for known in ladder.steps]
        used = ladder.position(item.reached, item.reached_rank)
        if step.code in codes and used >= codes.index(step.code):
            return self._used_sentence(item, step)
        item = replace(item, ladder=ladder)
        calendar = context.calendar.for_planning
        on = step_date(step, item, calendar, ladder.min_gap_days)
        return self._coming_sentence(item, on, context.day)

    def _item_of(self, context, bundle):
        """The invoice that the step would be about."""
        debts = sorted(
            (item for item in bundle.items if item.amount > 0),
            key=lambda item: (item.due_date, item.line_id),
        )
        if self.is_pre_due:
            coming = [item for item in debts if item.due_date > context.day]
            return next(iter(coming or debts[-1:]), None)
        return next(iter(debts), None)

    def _used_sentence(self, item, step):
        if item.reached == step.code and item.reached_on:
            return self.env._(
                "%(invoice)s: this step left on %(day)s.",
                invoice=item.name,
                day=format_date(self.env, item.reached_on, date_format="full"),
            )
        return self.env._("%(invoice)s: this step is behind.", invoice=item.name)

    def _coming_sentence(self, item, on, today):
        values = {
            "invoice": item.name,
            "due": format_date(self.env, item.due_date, date_format="long"),
            "day": format_date(self.env, on, date_format="full"),
        }
        if on <= today:
            return self.env._(
                "%(invoice)s, due on %(due)s: this step was due from %(day)s.", **values
            )
        return self.env._(
            "%(invoice)s, due on %(due)s: this step comes on %(day)s.", **values
        )

    # === EDITING === #

    @api.onchange("tone")
    def _onchange_tone(self):
        if self.tone == "formal" and self.channel != "task":
            self.mode = "confirm"

    @api.onchange("channel")
    def _onchange_channel(self):
        if self.template_id.channel != self.channel:
            self.template_id = False

    # === LEGAL STEPS === #

    @api.depends("tone", "channel", "mode", "deadline_days", "template_id")
    @api.depends_context("lang")
    def _compute_legal_checklist(self):
        for line in self:
            formal = line.tone == "formal" and line.channel != "task"
            line.legal_checklist = line._legal_points() if formal else []

    def _legal_points(self):
        """Mentions that a formal notice carries (legal-fr.md section 5): ``label, ok``."""
        texts = self.template_id._texts().values() if self.template_id else ()
        names = names_in(*(part for text in texts for part in text.values()))
        subjects = [text["subject"].lower() for text in texts]
        titles = ("mise en demeure", "formal notice")
        title = bool(subjects) and all(any(t in s for t in titles) for s in subjects)
        regime = self.template_id.regime
        checks = [
            (self.env._("Title “Mise en demeure”"), title),
            (self.env._("Both parties, with SIREN and registered office"), "parties"),
            (self.env._("Table of the invoices"), "items_table"),
            (self.env._("Calculation of the claim"), "claim_statement"),
            (
                self.env._("Total claimed"),
                ("total_claimed", "principal", "claim_statement"),
            ),
            (self.env._("Earlier messages really sent"), "previous_messages"),
            (self.env._("Delay given"), ("deadline_days", "deadline_date")),
            (self.env._("How to pay"), "payment_block"),
            (self.env._("Named signatory"), ("signature", "sender_name")),
            (self.env._("Text for one legal regime"), regime not in (False, "any")),
            (self.env._("By letter, with proof"), self.channel == "letter"),
            (self.env._("Confirmed by a person"), self.mode == "confirm"),
        ]
        return [
            {"label": label, "ok": self._is_present(wanted, names)}
            for label, wanted in checks
        ]

    @api.model
    def _is_present(self, wanted, names):
        if isinstance(wanted, bool):
            return wanted
        wanted = (wanted,) if isinstance(wanted, str) else wanted
        return any(name in names for name in wanted)
