from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

from odoo import api, models
from odoo.tools import SQL

from ..tools import guard
from ..tools.ladder import version_from_snapshot
from .recouvrement_planner_bundle import Context


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
    def _gate(self, company, agent, day):
        """What the company and its agent say right now, as plain values in one query.

        Everything that ``_context`` takes from records which may be seconds old, as far as
        it can forbid a message. Two equal answers mean that the context still holds.
        """
        names = [
            SQL("company.%s", SQL.identifier(name))
            for name, field in company._fields.items()
            if name.startswith("recouvrement_") and field.store and field.column_type
        ]
        return self.env.execute_query(
            SQL(
                """SELECT company.partner_id, own.lang, own.email, (%s), (%s),
                          EXISTS (SELECT 1 FROM ir_mail_server WHERE active),
                          (SELECT array_agg(usr.id || ' ' || usr.active || ' '
                                            || coalesce(partner.email, '')
                                   ORDER BY usr.id)
                             FROM res_users usr
                             JOIN res_partner partner ON partner.id = usr.partner_id
                            WHERE usr.id IN (%s, company.recouvrement_user_id)), %s
                     FROM res_company company
                     JOIN res_partner own ON own.id = company.partner_id
                    WHERE company.id = %s""",
                self.env["recouvrement.planner"]._last_bank_day_sql(company, day),
                SQL(
                    "SELECT array_agg(id ORDER BY id) FROM (%s) missing",
                    self._currencies_without_rate_sql(company, day),
                ),
                agent.id or 0,
                SQL(", ").join(names),
                company.id,
            )
        )[0]

    @api.model
    def _current_versions(self, company):
        """The scenarios as they stand now, for screens and simulation; writes nothing."""
        return [
            SimpleNamespace(snapshot=snapshot, id=version_id)
            for snapshot, version_id in self.env[
                "recouvrement.scenario"
            ]._current_snapshots(company)
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
        rows = self.env.execute_query(self._currencies_without_rate_sql(company, day))
        return frozenset(row[0] for row in rows)

    @api.model
    def _currencies_without_rate_sql(self, company, day):
        return SQL(
            """SELECT currency.id FROM res_currency currency
                WHERE currency.active AND currency.id != %(own)s
                  AND NOT EXISTS (
                      SELECT 1 FROM res_currency_rate rate
                       WHERE rate.currency_id = currency.id AND rate.rate > 0
                         AND rate.name <= %(day)s
                         AND (rate.company_id IS NULL OR rate.company_id = %(root)s))""",
            own=company.currency_id.id,
            day=day,
            root=company.root_id.id,
        )

    # === CUSTOMERS === #

    @api.model
    def _load(self, context, partner_ids, ignore_reminder_ids=()):
        """Bundles of the customers ``partner_ids`` (commercial partners), in their order.

        Missing collection files are created. ``ignore_reminder_ids``: reminders that are
        being claimed, one per customer; none counts as waiting for itself.
        """
        self.env.flush_all()  # what follows is SQL
        files = self._files(context, partner_ids)
        customer_ids = [file.id for file in files.values()]
        rows = self._item_rows(context, partner_ids)
        facts = self._without_absent(customer_ids, rows)
        tables = {
            "positions": facts._positions(
                context.company, customer_ids, self._owners(files, rows)
            ),
            "cycles": facts._cycles(rows),
            "pauses": facts._pauses(context, customer_ids),
            "options": facts._invoice_options(rows),
            "contacts": facts._contacts(partner_ids),
            "pressure": facts._pressure(context, customer_ids, ignore_reminder_ids),
            "waiting": facts._waiting(customer_ids, ignore_reminder_ids),
            "extra": facts._extra_item_facts(context, customer_ids, rows),
        }
        by_customer = defaultdict(list)
        for row in rows:
            by_customer[row["partner_id"]].append(row)
        customers = self.env["recouvrement.customer"].browse(customer_ids)
        by_partner = dict(zip(files, customers, strict=True))
        return [
            self._bundle(
                context,
                by_partner[partner_id],
                files[partner_id],
                by_customer[partner_id],
                tables,
            )
            for partner_id in partner_ids
            if partner_id in files
        ]
