from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from odoo import api, models
from odoo.tools import SQL

from ..const import LIVE_STATES, WAITING_STATES
from ..tools import guard
from ..tools.ladder import BY_INVOICE, Profile, pick, version_from_snapshot
from ..tools.planning import Item
from .recouvrement_planner_bundle import Bundle, Contact, Context


def money(value):
    """Exact ``Decimal`` of an amount read by SQL: Odoo's cursors give floats, whose shortest
    form is the number that the database holds."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


class RecouvrementPlannerFacts(models.AbstractModel):
    """Everything that planning has to know of a set of customers, read in sets.

    The number of queries is constant for a call, whatever the number of customers or items.
    """

    _name = "recouvrement.planner.facts"
    _description = "Facts for the planner"

    @api.model
    def _context(self, company, day, versions, kind=None):
        """Facts of the company and the day, shared by all customers of a call."""
        planner = self.env["recouvrement.planner"]
        calendar = planner._calendar(company)
        return Context(
            company=company,
            day=day,
            calendar=calendar,
            mode=company.recouvrement_mode,
            shadow=company.recouvrement_mode == "shadow" or kind == "shadow",
            versions=tuple(
                version_from_snapshot(version.snapshot, version.id)
                for version in versions
            ),
            default_id=company.recouvrement_scenario_id.id or 0,
            policy=self._policy(company, day, calendar),
            langs={code for code, _name in self.env["res.lang"].get_installed()},
            company_lang=company.partner_id.lang or self.env.lang or "en_US",
            default_user=company.recouvrement_user_id,
            legal=self._legal_gaps(day),
        )

    @api.model
    def _current_versions(self, company):
        """The scenarios as they stand now, for screens and simulation; writes nothing."""
        return [
            SimpleNamespace(snapshot=snapshot, id=version_id)
            for _scenario, snapshot, version_id in self.env[
                "recouvrement.scenario"
            ]._snapshots(company)
        ]

    @api.model
    def _policy(self, company, day, calendar):
        return guard.Policy(
            unallocated_percent=Decimal(str(company.recouvrement_unallocated_percent)),
            max_item_age=company.recouvrement_max_item_age,
            bank_stale_since=self.env["recouvrement.planner"]._bank_stale_since(
                company, day
            ),
            formal_notice_pause=calendar.formal_notice_pause,
            missing_currencies=self._currencies_without_rate(company, day),
            iban_changed_on=self._recent_iban_change(company, day),
            has_mail_server=self.env["recouvrement.channel.email"]._has_server(),
        )

    @api.model
    def _recent_iban_change(self, company, day):
        changed = company.recouvrement_iban_changed_on
        return changed if changed and day < changed + timedelta(days=30) else None

    @api.model
    def _legal_gaps(self, day):
        """Rate kinds that no record covers on ``day``."""
        Rate = self.env["recouvrement.legal.rate"]
        return frozenset(
            regime
            for regime, kind in Rate._regime_kinds().items()
            if not Rate._has_rate(kind, day)
        )

    @api.model
    def _currencies_without_rate(self, company, day):
        """Ids of the foreign currencies that have no rate at all on ``day``."""
        rows = self.env.execute_query(
            SQL(
                """SELECT currency.id FROM res_currency currency
                    WHERE currency.active AND currency.id != %(own)s
                      AND NOT EXISTS (
                          SELECT 1 FROM res_currency_rate rate
                           WHERE rate.currency_id = currency.id AND rate.rate > 0
                             AND rate.name <= %(day)s
                             AND (rate.company_id IS NULL OR rate.company_id = %(root)s))
                """,
                own=company.currency_id.id,
                day=day,
                root=company.root_id.id,
            )
        )
        return frozenset(row[0] for row in rows)

    # === CUSTOMERS === #

    @api.model
    def _load(self, context, partner_ids, ignore_reminder_id=0):
        """Bundles of the customers ``partner_ids`` (commercial partners), in their order.

        Missing collection files are created. ``ignore_reminder_id``: the reminder that is
        being claimed; it does not count as waiting for itself.
        """
        self.env.flush_all()  # what follows is SQL
        Customer = self.env["recouvrement.customer"]
        customers = Customer._get_or_create(context.company, partner_ids)
        by_partner = {customer.partner_id.id: customer for customer in customers}
        customer_ids = customers.ids
        rows = self._item_rows(context, partner_ids)
        tables = {
            "positions": self._positions(context.company, customer_ids),
            "cycles": self._cycles(rows),
            "pauses": self._pauses(context, customer_ids),
            "options": self._invoice_options(rows),
            "contacts": self._contacts(partner_ids),
            "pressure": self._pressure(context, customer_ids, ignore_reminder_id),
            "waiting": self._waiting(customer_ids, ignore_reminder_id),
            "extra": self._extra_item_facts(context, customer_ids),
        }
        by_customer = defaultdict(list)
        for row in rows:
            by_customer[row["partner_id"]].append(row)
        return [
            self._bundle(
                context, by_partner[partner_id], by_customer[partner_id], tables
            )
            for partner_id in partner_ids
            if partner_id in by_partner
        ]

    @api.model
    def _item_rows(self, context, partner_ids):
        return self.env.execute_query_dict(
            self.env["recouvrement.open.item"]._query(
                context.company, context.day, live=True, partner_ids=partner_ids
            )
        )

    @api.model
    def _positions(self, company, customer_ids):
        """Last step used by each item: ``(move, due date) -> dict``."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (move_res_id, due_date)
                          move_res_id, due_date, cycle, step_code, tone_rank, step_delay,
                          used_on
                     FROM recouvrement_reminder_item
                    WHERE company_id = %s AND customer_id IN %s
                      AND step_code != '' AND state IN %s
                 ORDER BY move_res_id, due_date, cycle DESC, used_on DESC, id DESC""",
                company.id,
                tuple(customer_ids) or (0,),
                LIVE_STATES,
            )
        )
        return {(row["move_res_id"], row["due_date"]): row for row in rows}

    @api.model
    def _cycles(self, rows):
        """Last named cycle event of each item: ``(move, due date) -> dict``."""
        found = self.env.execute_query_dict(
            SQL(
                """SELECT DISTINCT ON (move_res_id, due_date)
                          move_res_id, due_date, cycle, entry_step_code,
                          entry_tone_rank, entry_delay, entry_on
                     FROM recouvrement_item_cycle
                    WHERE move_res_id IN %s
                 ORDER BY move_res_id, due_date, cycle DESC""",
                tuple({row["move_id"] for row in rows}) or (0,),
            )
        )
        return {(row["move_res_id"], row["due_date"]): row for row in found}

    @api.model
    def _pauses(self, context, customer_ids):
        """Running pauses by customer: list of rows, longest first."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT customer_id, move_res_id, due_date, kind, reason, date_end
                     FROM recouvrement_pause
                    WHERE customer_id IN %s AND lifted_at IS NULL
                      AND date_start <= %s AND date_end > %s
                 ORDER BY date_end DESC""",
                tuple(customer_ids) or (0,),
                context.day,
                context.day,
            )
        )
        grouped = defaultdict(list)
        for row in rows:
            grouped[row["customer_id"]].append(row)
        return grouped

    @api.model
    def _invoice_options(self, rows):
        found = self.env.execute_query(
            SQL(
                """SELECT move_res_id, scenario_id FROM recouvrement_invoice_option
                    WHERE move_res_id IN %s AND scenario_id IS NOT NULL""",
                tuple({row["move_id"] for row in rows}) or (0,),
            )
        )
        return dict(found)

    @api.model
    def _contacts(self, partner_ids):
        """Active contacts of each commercial partner with what channels need of them."""
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT partner.id, partner.commercial_partner_id, partner.type,
                          partner.name, partner.email, partner.email_normalized,
                          partner.phone, partner.street, partner.zip, partner.city,
                          country.code AS country_code, partner.lang, partner.function,
                          EXISTS (SELECT 1 FROM mail_blacklist black
                                   WHERE black.email = partner.email_normalized
                                     AND black.active) AS blacklisted,
                          EXISTS (SELECT 1 FROM recouvrement_delivery delivery
                                   WHERE delivery.address = partner.email_normalized
                                     AND delivery.bounced_at IS NOT NULL
                                     AND delivery.bounce_cleared IS NOT TRUE) AS bounced
                     FROM res_partner partner
                LEFT JOIN res_country country ON country.id = partner.country_id
                    WHERE partner.commercial_partner_id IN %s AND partner.active
                 ORDER BY partner.id""",
                tuple(partner_ids) or (0,),
            )
        )
        grouped = defaultdict(list)
        for row in rows:
            grouped[row.pop("commercial_partner_id")].append(Contact(**row))
        return grouped

    @api.model
    def _pressure(self, context, customer_ids, ignore_reminder_id):
        """Days of the contacts of the last 30 days, over all channels, by customer."""
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_id, date FROM recouvrement_reminder
                    WHERE customer_id IN %(ids)s AND state IN %(live)s
                      AND channel != 'task' AND id != %(own)s AND date > %(since)s
                UNION ALL
                   SELECT res_id, (date AT TIME ZONE 'UTC' AT TIME ZONE %(tz)s)::date
                     FROM mail_message
                    WHERE model = 'recouvrement.customer' AND res_id IN %(ids)s
                      AND message_type IN ('comment', 'email_outgoing')
                      AND subtype_id = %(subtype)s AND date > %(since)s
                      AND id NOT IN (SELECT mail_message_id FROM recouvrement_reminder
                                      WHERE mail_message_id IS NOT NULL
                                        AND customer_id IN %(ids)s)""",
                ids=tuple(customer_ids) or (0,),
                live=LIVE_STATES,
                own=ignore_reminder_id,
                since=context.day - timedelta(days=30),
                tz=context.company.recouvrement_tz,
                subtype=self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_comment"),
            )
        )
        days = defaultdict(set)
        for customer_id, day in rows:
            days[customer_id].add(day)
        return days

    @api.model
    def _waiting(self, customer_ids, ignore_reminder_id):
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT customer_id FROM recouvrement_reminder
                    WHERE customer_id IN %s AND state IN %s AND id != %s""",
                tuple(customer_ids) or (0,),
                WAITING_STATES,
                ignore_reminder_id,
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _extra_item_facts(self, context, customer_ids):
        """Disputes and promises: ``(move, due date) -> dict`` of ``Item`` fields.

        The models that hold them extend this method; the guards that read them are in the
        one list already.
        """
        return {}

    # === BUILDING === #

    @api.model
    def _bundle(self, context, customer, rows, tables):
        profile = Profile(
            override_id=customer.scenario_override_id.id or 0,
            nature=customer.nature,
            segment=customer._effective_segment_code(context.day),
            in_hardship=bool(
                customer.hardship_until and customer.hardship_until > context.day
            ),
            total=sum((money(row["amount"]) for row in rows), Decimal(0)),
            relation_days=customer._relation_days(context.day),
        )
        version, why = pick(context.versions, profile, context.default_id)
        pauses = tables["pauses"].get(customer.id, [])
        items = [self._item(row, context, version, tables, pauses) for row in rows]
        return Bundle(
            customer=customer,
            items=items,
            version=version,
            why=why,
            contacts=tables["contacts"].get(customer.partner_id.id, []),
            contact_days=tuple(sorted(tables["pressure"].get(customer.id, ()))),
            waiting=customer.id in tables["waiting"],
            pause=next((p for p in pauses if not p["move_res_id"]), None),
            context=context,
        )

    @api.model
    def _item(self, row, context, version, tables, pauses):
        key = (row["move_id"], row["due_date"])
        chosen = context.version_of(tables["options"].get(row["move_id"])) or version
        pause = next(
            (
                p
                for p in pauses
                if p["move_res_id"] == row["move_id"]
                and p["due_date"] in (None, row["due_date"])
            ),
            None,
        )
        return Item(
            move_id=row["move_id"],
            line_id=row["line_id"],
            name=row["move_name"] or "",
            due_date=row["due_date"],
            invoice_date=row["invoice_date"],
            amount=money(row["amount"]),
            residual=money(row["residual"]),
            currency_id=row["currency_id"],
            ladder=chosen.ladder if chosen else None,
            move_type=row["move_type"],
            no_followup=row["no_followup"],
            general_journal=row["general_journal"],
            blocked=bool(row["blocked"]),
            paused_until=pause and pause["date_end"],
            pause_kind=pause["kind"] if pause else "",
            pause_reason=pause["reason"] if pause else "",
            ref=row["move_ref"] or row["invoice_origin"] or "",
            contact_id=row["contact_id"] or 0,
            **self._reached(key, tables),
            **tables["extra"].get(key, {}),
        )

    @api.model
    def _reached(self, key, tables):
        """Position of an item on its ladder in its current cycle."""
        cycle = tables["cycles"].get(key)
        position = tables["positions"].get(key)
        number = cycle["cycle"] if cycle else 1
        if position and position["cycle"] >= number:
            return {
                "cycle": position["cycle"],
                "reached": position["step_code"],
                "reached_rank": (position["tone_rank"], position["step_delay"]),
                "reached_on": position["used_on"],
            }
        if cycle and cycle["entry_step_code"]:
            return {
                "cycle": number,
                "reached": cycle["entry_step_code"],
                "reached_rank": (cycle["entry_tone_rank"], cycle["entry_delay"]),
                "reached_on": cycle["entry_on"],
            }
        return {"cycle": number}

    @api.model
    def _why_scenario(self, bundle, item=None):
        """Key of the rule that chose the scenario of an item."""
        if item and item.ladder and bundle.version:
            if item.ladder.scenario_id != bundle.version.scenario_id:
                return BY_INVOICE
        return bundle.why
