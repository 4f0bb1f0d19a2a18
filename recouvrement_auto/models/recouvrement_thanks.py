from datetime import timedelta
from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..tools.planning import ROLE_LEADER, ROLE_LISTED, CustomerPlan, Item, PlannedLine
from .recouvrement_reminder_notice import NO_LADDER

THANKS = "thanks"
STEP = f"notice_{THANKS}"
CHASED = timedelta(days=120)  # a chase that is older is no longer thanked for
PAID = timedelta(days=5)  # nor a payment that is older


class ResCompany(models.Model):
    _inherit = "res.company"

    recouvrement_thanks = fields.Boolean(
        string="Thank when a chase is settled",
        help="One short e-mail when everything that a customer was reminded of is paid and "
        "nothing else is late or contested. None after a message that claimed penalties.",
    )


class RecouvrementSettingsMixin(models.AbstractModel):
    _inherit = "recouvrement.settings.mixin"

    recouvrement_thanks = fields.Boolean(
        related="company_id.recouvrement_thanks", readonly=False
    )


class RecouvrementReminder(models.Model):
    """The thank-you: a notice about items that are settled, for which nothing is asked."""

    _inherit = "recouvrement.reminder"

    @api.model
    def _notice_plan(self, bundle, keys, step):
        """EXTENDS: a thank-you is about settled items, as long as nothing else is late."""
        if step.code != STEP:
            return super()._notice_plan(bundle, keys, step)
        items = self._thanked_items(bundle.context.company, keys)
        day = bundle.context.day
        late = any(
            item.amount > 0 and (item.due_date < day or item.disputed)
            for item in bundle.items
        )
        if late or len({item.key for item in items}) < len(keys):
            return CustomerPlan(None, step, ())
        lines = tuple(
            PlannedLine(item, ROLE_LISTED if rank else ROLE_LEADER)
            for rank, item in enumerate(items)
        )
        return CustomerPlan(items[0], step, lines)

    @api.model
    def _thanked_items(self, company, keys):
        """``Item`` of each instalment of ``keys`` that is paid in full, the oldest first."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT line.move_id, line.id AS line_id, move.name,
                          COALESCE(line.date_maturity, line.date) AS due_date,
                          COALESCE(move.invoice_date, line.date) AS invoice_date,
                          line.currency_id, move.move_type
                     FROM account_move_line line
                     JOIN account_move move ON move.id = line.move_id
                    WHERE line.move_id IN %s AND line.account_id IN %s
                      AND line.parent_state = 'posted' AND line.reconciled
                 ORDER BY due_date, line.id""",
                tuple({move_id for move_id, _day in keys}) or (0,),
                self.env["recouvrement.open.item"]._account_ids(company),
            )
        )
        items = [
            Item(amount=Decimal(0), residual=Decimal(0), ladder=NO_LADDER, **row)
            for row in rows
        ]
        return [item for item in items if item.key in keys]


class RecouvrementRun(models.Model):
    """After the chase of the night: whose chase is settled since yesterday."""

    _inherit = "recouvrement.run"

    def _plan(self):
        """EXTENDS: thank, once the messages that ask are planned; one failure of it never
        costs the night."""
        planned = super()._plan()
        company = self.company_id
        if company.recouvrement_thanks and company.recouvrement_mode == "auto":
            self._settle_one(
                company, self.date, "recouvrement.reminder", self._plan_thanks
            )
            self._checkpoint()
        return planned

    def _plan_thanks(self):
        """Write the thank-yous of the night among its reminders."""
        chases = self._settled_chases()
        if not chases:
            return
        Facts = self.env["recouvrement.planner.facts"]
        context = Facts._context(self.company_id, self.date, self.version_ids)
        bundles = Facts._load(context, list(chases))
        Reminder = self.env["recouvrement.reminder"]
        decided = []
        for bundle in bundles:
            decision, values = self._thanks(context, bundle, chases)
            if decision:
                decided.append((decision, values))
        reminders = Reminder._create_planned(self, context, [d for d, _v in decided])
        for reminder, (_decision, values) in zip(reminders, decided, strict=True):
            reminder.write(values)

    def _thanks(self, context, bundle, chases):
        """``(decision, values of the notice)``, or ``(None, None)``: nobody to thank, or
        something forbids it."""
        keys, cash = chases[bundle.file.partner_id]
        Reminder = self.env["recouvrement.reminder"]
        bundle = Reminder._notice_bundle(bundle, {})
        if bundle.waiting or bundle.pause:
            return None, None
        contacts, _wanted = bundle.ordered_contacts(None)
        lang = context.lang_for(contacts[0] if contacts else None)
        subject, body = self.env["recouvrement.template"]._notice_text(THANKS, lang)
        step = Reminder._notice_step(THANKS, subject, body, {})
        plan = Reminder._notice_plan(bundle, keys, step)
        planner = self.env["recouvrement.planner"]
        if not plan.lines or planner._notice_verdict(context, bundle, plan):
            return None, None
        currency = context.company.currency_id
        localized = self.with_context(lang=lang)
        numbers = dict.fromkeys(line.item.name for line in plan.lines)
        values = {
            "agreed_amount": formatLang(localized.env, cash, currency_obj=currency),
            "agreed_reason": ", ".join(numbers),
        }
        return planner._decision(bundle, plan), {
            "notice": THANKS,
            "notice_values": values,
            "custom_subject": subject,
            "custom_body": body,
        }

    def _settled_chases(self):
        """``{partner id: (keys, cash)}`` of the customers all of whose reminded items are
        paid, with money of the last days.

        ``keys`` are ``(move id, due date)`` of the items that this money settled and no
        thank-you named before; ``cash`` is that money, in company currency. A customer who
        gets another message tonight is thanked the night after.
        """
        rows = self.env.execute_query_dict(self._chased_sql())
        found = {}
        for partner_id in {row["partner_id"] for row in rows}:
            own = [row for row in rows if row["partner_id"] == partner_id]
            paid = [row for row in own if row["cash"] > 0]
            if paid and not any(row["open"] for row in own):
                keys = {(row["move_id"], row["due_date"]) for row in paid}
                found[partner_id] = (keys, sum(row["cash"] for row in paid))
        return self._without_claims(found)

    def _chased_sql(self):
        """SQL: one row per item that was reminded when late and not thanked for, of customers
        with a payment in the last days."""
        return SQL(
            """
            SELECT chased.partner_id, chased.move_res_id AS move_id, chased.due_date,
                   BOOL_OR(NOT line.reconciled) AS open,
                   COALESCE(SUM(cash.late), 0) AS cash
              FROM (%(chased)s) chased
              JOIN account_move_line line
                ON line.move_id = chased.move_res_id AND line.account_id IN %(accounts)s
               AND COALESCE(line.date_maturity, line.date) = chased.due_date
         LEFT JOIN LATERAL (SELECT %(before)s::date AS until) item ON TRUE
         LEFT JOIN LATERAL (%(cash)s) cash ON TRUE
          GROUP BY chased.partner_id, chased.move_res_id, chased.due_date
            """,
            chased=self._not_thanked_sql(),
            before=self.date - PAID - timedelta(days=1),
            accounts=self.env["recouvrement.open.item"]._account_ids(self.company_id),
            cash=self.env["recouvrement.excuse.cash"]._cash_sql(),
        )

    def _not_thanked_sql(self):
        return SQL(
            """
            SELECT DISTINCT customer.partner_id, item.move_res_id, item.due_date
              FROM recouvrement_reminder_item item
              JOIN recouvrement_customer customer ON customer.id = item.customer_id
             WHERE item.company_id = %(company)s AND item.state = 'sent'
               AND item.step_code != '' AND item.used_on >= %(chased)s
               AND item.used_on > item.due_date
               AND NOT EXISTS (
                   SELECT 1 FROM recouvrement_reminder tonight
                    WHERE tonight.run_id = %(run)s
                      AND tonight.customer_id = customer.id)
               AND customer.partner_id IN (
                   SELECT line.partner_id FROM account_partial_reconcile part
                     JOIN account_move_line line ON line.id = part.debit_move_id
                    WHERE part.company_id = %(company)s AND part.max_date >= %(paid)s)
               AND NOT EXISTS (
                   SELECT 1 FROM recouvrement_reminder_item own
                     JOIN recouvrement_reminder thanks ON thanks.id = own.reminder_id
                    WHERE own.move_res_id = item.move_res_id
                      AND own.due_date = item.due_date AND thanks.notice = %(thanks)s)
            """,
            company=self.company_id.id,
            run=self.id,
            chased=self.date - CHASED,
            paid=self.date - PAID,
            thanks=THANKS,
        )

    def _without_claims(self, chases):
        """Leave out whoever was asked for penalties: they are still open."""
        moves = {key[0] for keys, _cash in chases.values() for key in keys}
        items = self.env["recouvrement.reminder.item"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("move_res_id", "in", list(moves)),
                ("state", "=", "sent"),
                ("step_code", "!=", False),
            ]
        )
        asked = {
            reminder.partner_id.id
            for reminder in items.reminder_id
            if reminder.tone == "formal"
            or reminder._step_options().get("claims_penalties")
        }
        return {
            partner_id: chase
            for partner_id, chase in chases.items()
            if partner_id not in asked
        }
