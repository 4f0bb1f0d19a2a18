from collections import defaultdict
from decimal import Decimal
from types import SimpleNamespace

from markupsafe import Markup

from odoo import api, models
from odoo.tools import SQL

from ..tools.excuse import BROKEN, PARTLY
from .recouvrement_planner_build import money

# How often an outcome waits for a payment that nobody has matched yet, and how long.
MAX_WAITS = 3
WAIT_DAYS = 3


class RecouvrementExcuseCash(models.AbstractModel):
    """What the night reads of the ledger to settle promises and plans, all at once."""

    _inherit = "recouvrement.excuse.cash"

    @api.model
    def _totals(self, company, table, owner, where, until):
        """Sums per promise or plan, in the currency of each.

        :param table: table of the items, with ``move_id, due_date, residual, cash_before``
        :param owner: ``(table, column)`` of the promise or plan
        :param where: SQL condition on ``parent``
        :param until: SQL expression, last bank date that counts
        :return: ``[dict]``: ``id, customer_id, residual, received, late`` (cash after
            ``until``), ``draft, keys``
        """
        parent, column = owner
        self.env.flush_all()
        items = SQL(
            """(SELECT child.id, child.move_id, child.due_date, %s
                  FROM %s child JOIN %s parent ON parent.id = child.%s
                 WHERE %s)""",
            until,
            SQL.identifier(table),
            SQL.identifier(parent),
            SQL.identifier(column),
            where,
        )
        return self.env.execute_query_dict(
            SQL(
                """SELECT parent.id, parent.customer_id, BOOL_OR(ledger.draft) AS draft,
                          SUM(%(residual)s) AS residual, SUM(%(late)s) AS late,
                          SUM(%(cash)s - COALESCE(child.cash_before, 0)) AS received,
                          JSON_AGG(JSON_BUILD_ARRAY(ledger.move_id, ledger.due_date))
                              AS keys
                     FROM (%(ledger)s) ledger
                     JOIN %(items)s child ON child.id = ledger.id
                     JOIN %(parent)s parent ON parent.id = child.%(column)s
                 GROUP BY parent.id, parent.customer_id
                 ORDER BY parent.id""",
                ledger=self._query(company, items),
                items=SQL.identifier(table),
                parent=SQL.identifier(parent),
                column=SQL.identifier(column),
                **{
                    n: self._of_parent(company, n) for n in ("residual", "late", "cash")
                },
            )
        )

    @api.model
    def _of_parent(self, company, name):
        """SQL of an amount of ``ledger`` in the currency of ``parent``."""
        return SQL(
            "CASE WHEN parent.currency_id = %s THEN %s ELSE %s END",
            company.currency_id.id,
            SQL.identifier("ledger", name),
            SQL.identifier("ledger", f"{name}_currency"),
        )

    @api.model
    def _contested(self, company, day, customer_ids):
        """``(move, due date) -> share of what is left to pay that is contested``."""
        if not customer_ids:
            return {}
        rows = self._customer_rows(company, day, customer_ids)
        facts = self.env["recouvrement.planner.facts"]._dispute_facts(
            SimpleNamespace(company=company, day=day, account_ids=None),
            list(customer_ids),
            rows,
        )
        amounts = defaultdict(Decimal)
        for row in rows:
            amounts[row["move_id"], row["due_date"]] += money(row["amount"])
        return {
            key: values["disputed"] / amounts[key]
            for key, values in facts.items()
            if amounts[key] > 0
        }

    @api.model
    def _unmatched(self, company, day, customer_ids):
        """``customer id -> payments not matched yet`` (company currency, positive)."""
        if not customer_ids:
            return {}
        found = defaultdict(Decimal)
        for row in self._customer_rows(company, day, customer_ids):
            if row["amount"] < 0 and row["move_type"] == "entry":
                found[row["customer_id"]] -= money(row["amount"])
        return found

    @api.model
    def _customer_rows(self, company, day, customer_ids):
        """Open items of these collection files, with the id of the file.

        Only their own: one promise that ends never reads the items of all customers.
        """
        files = dict(
            self.env.execute_query(
                SQL(
                    "SELECT partner_id, id FROM recouvrement_customer"
                    " WHERE company_id = %s AND id IN %s",
                    company.id,
                    tuple(customer_ids),
                )
            )
        )
        rows = self.env.execute_query_dict(
            self.env["recouvrement.open.item"]._query(
                company, day, live=True, partner_ids=files
            )
        )
        return [row | {"customer_id": files[row["partner_id"]]} for row in rows]


class RecouvrementExcuseMixin(models.AbstractModel):
    """Telling people what the night found, one message for each of them."""

    _inherit = "recouvrement.excuse.mixin"

    def _wait_for_matching(self, day):
        """A payment of the customer is not matched yet: the outcome waits some days.

        :return: the records that wait; the others waited often enough
        """
        waiting = self.filtered(lambda r: r.extended < MAX_WAITS)
        for record in waiting:
            calendar = self.env["recouvrement.planner"]._calendar(record.company_id)
            until = calendar.add_gap(day, WAIT_DAYS)
            record.sudo().write({"wait_until": until, "extended": record.extended + 1})
            record._log("waits", {"until": str(until)}, state=record.state)
        return waiting

    def _tell_agents(self, title, sentence, day, kind="call", user=None):
        """One activity for each record and one e-mail for each agent.

        :param title: function that gives the summary of a record
        :param sentence: function that gives the words of a record
        :param user: function that gives who is told; by default the agent
        """
        by_agent = defaultdict(self.browse)
        for record in self:
            by_agent[(user or type(record)._agent)(record)] |= record
        for agent, records in by_agent.items():
            words = []
            for record in records.with_context(lang=agent.lang or self.env.lang):
                line = sentence(record)
                record.sudo().with_context(
                    mail_activity_quick_update=True
                ).activity_schedule(
                    f"mail.mail_activity_data_{kind}",
                    date_deadline=day,
                    summary=title(record),
                    note=Markup("<p>%s</p>") % line,
                    user_id=agent.id,
                )
                words.append(Markup("<li>%s</li>") % line)
            first = records[:1].with_context(lang=agent.lang or self.env.lang)
            first.sudo().message_notify(
                partner_ids=agent.partner_id.ids,
                subject=title(first)
                if len(records) == 1
                else f"{title(first)} (+ {len(records) - 1})",
                body=Markup("<ul>%s</ul>") % Markup("").join(words),
                email_layout_xmlid="mail.mail_notification_layout",
                email_add_signature=False,
            )


UNKEPT = (BROKEN, PARTLY)
