import logging

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.portfolio import Candidate, first_rule
from .recouvrement_planner_build import money

_logger = logging.getLogger(__name__)


class RecouvrementCustomer(models.Model):
    """Customers get their agent by rule; the choice of a person always stands."""

    _inherit = "recouvrement.customer"

    agent_rule_id = fields.Many2one(
        "recouvrement.portfolio.rule",
        string="Agent by rule",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The rule that gave the customer to his agent. Empty: a person did.",
    )

    def write(self, vals):
        """An agent chosen by a person is no longer the rule's."""
        if "agent_id" in vals and "agent_rule_id" not in vals:
            vals = {**vals, "agent_rule_id": False}
        return super().write(vals)

    @api.model
    def _create_missing(self, company, partner_ids):
        """EXTENDS: a new customer has his agent at once."""
        created = super()._create_missing(company, partner_ids)
        self._assign_by_rule(company, created)
        return created

    @api.model
    def _assign_by_rule(self, company, files=None, again=False):
        """Give the files without an agent to the agents of the rules that fit them.

        :param files: only these; all of the company when None
        :param again: also files that a rule gave to an agent before
        :return: the files whose agent changed
        """
        rules = self.env["recouvrement.portfolio.rule"]._of_company(company)
        # sudo: whoever opens a customer causes his file, the rules decide its agent
        customers = self.sudo()
        if not rules or (files is not None and not files):
            return self.browse()
        candidates = customers._portfolio_candidates(company, rules, files, again)
        by_id = {rule.rule_id: rule for rule in rules}
        chosen = {}
        for agent_id, rule_id, candidate in candidates:
            rule = first_rule(rules, candidate)
            before = (agent_id, rule_id)
            after = (rule.user_id, rule.rule_id) if rule else (0, 0)
            if before != after:
                chosen.setdefault(after, []).append((candidate.customer_id, agent_id))
        changed = self.browse()
        for (user_id, rule_id), rows in chosen.items():
            changed |= customers._hand_to(by_id.get(rule_id), user_id, rows)
        return changed.with_env(self.env)

    @api.model
    def _portfolio_candidates(self, company, rules, files, again):
        """``(agent id, rule id, Candidate)`` of the files that rules may decide about."""
        overdue = SQL("SELECT 0 AS partner_id, 0 AS overdue WHERE FALSE")
        if any(rule.min_overdue or rule.max_overdue for rule in rules):
            overdue = self._overdue_sql(company)
        only = SQL("TRUE") if files is None else SQL("file.id IN %s", tuple(files.ids))
        free = SQL("file.agent_id IS NULL")
        if again:
            free = SQL("(%s OR file.agent_rule_id IS NOT NULL)", free)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT COALESCE(file.agent_id, 0), COALESCE(file.agent_rule_id, 0),
                          file.id, COALESCE(partner.name, ''),
                          COALESCE(CASE WHEN file.segment_override_until >= %(day)s
                                        THEN file.segment_override_id END,
                                   file.segment_id, 0),
                          COALESCE(partner.user_id, 0), COALESCE(partner.country_id, 0),
                          COALESCE(partner.zip, ''), COALESCE(late.overdue, 0)
                     FROM recouvrement_customer file
                     JOIN res_partner partner ON partner.id = file.partner_id
                LEFT JOIN (%(overdue)s) late ON late.partner_id = file.partner_id
                    WHERE file.company_id = %(company)s AND %(free)s AND %(only)s
                 ORDER BY file.id""",
                day=company._recouvrement_today(),
                overdue=overdue,
                company=company.id,
                free=free,
                only=only,
            )
        )
        return [
            (agent, rule, Candidate(*values, overdue=money(late)))
            for agent, rule, *values, late in rows
        ]

    @api.model
    def _overdue_sql(self, company):
        """SQL: ``partner_id, overdue`` of who is late today."""
        today = company._recouvrement_today()
        items = self.env["recouvrement.open.item"]._live_amounts(company)
        return SQL(
            """SELECT item.partner_id, SUM(item.amount) AS overdue FROM (%s) item
                WHERE item.amount > 0 AND item.due_date < %s GROUP BY item.partner_id""",
            items,
            today,
        )

    def _hand_to(self, rule, user_id, rows):
        """Give files to an agent (nobody when no rule fits any more); the log keeps who had
        them.

        :param rows: ``(file id, id of the agent so far or 0)``
        """
        files = self.browse([row[0] for row in rows])
        files.with_context(tracking_disable=True).write(
            {"agent_id": user_id or False, "agent_rule_id": rule and rule.rule_id}
        )
        users = self.env["res.users"].browse({user_id, *(row[1] for row in rows)} - {0})
        names = {user.id: user.name for user in users}
        record = self.env["recouvrement.portfolio.rule"].browse(rule and rule.rule_id)
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "customer.assigned",
                    "company": file.company_id.id,
                    "customer": file.id,
                    "partner": file.partner_id.id,
                    "facts": {
                        "from": names.get(former, ""),
                        "to": names.get(user_id, ""),
                        "rule": record.name or "",
                    },
                }
                for file, (_id, former) in zip(files, rows, strict=True)
            ]
        )
        return files

    @api.model
    def _domain_unassigned(self):
        """Late customers for whom nobody in particular is responsible."""
        return Domain("agent_id", "=", False) & Domain("total_overdue", ">", 0)


class RecouvrementRun(models.Model):
    """Agents by rule with the night, once the segments of the day are known."""

    _inherit = "recouvrement.run"

    @api.model
    def _refresh_facts(self, company, date):
        """EXTENDS: customers without an agent get theirs; a failure costs no night."""
        result = super()._refresh_facts(company, date)
        try:
            self.env["recouvrement.customer"]._assign_by_rule(company)
        except Exception as error:  # noqa: BLE001 - the default agent is better than no night
            _logger.warning("Portfolios of %s not shared", company.name, exc_info=True)
            self._forget()
            self._note_problem(company, date, f"{type(error).__name__}: {error}")
        self._checkpoint()
        return result


class RecouvrementWatch(models.AbstractModel):
    """Late customers that no rule gives to anybody."""

    _inherit = "recouvrement.watch"

    @api.model
    def _problems(self, company):
        """EXTENDS: told once, while a rule exists and somebody is left over."""
        found = super()._problems(company)
        Rule = self.env["recouvrement.portfolio.rule"]
        if not Rule.search_count([("company_id", "=", company.id)], limit=1):
            return found
        Customer = self.env["recouvrement.customer"].with_context(
            allowed_company_ids=company.ids
        )
        left = Customer.search_count(
            Domain("company_id", "=", company.id) & Customer._domain_unassigned()
        )
        if left:
            found["unassigned"] = self.env._(
                "%s late customers have no agent: no portfolio rule fits them. Add a rule, "
                "or choose their agent in “My day”.",
                left,
            )
        return found
