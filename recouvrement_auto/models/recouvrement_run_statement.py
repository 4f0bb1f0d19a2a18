from odoo import api, fields, models
from odoo.tools import SQL

from ..const import LIVE_STATES, QUEUED, SKIPPED, WAITING_STATES
from ..tools.monthly import last_occurrence
from .recouvrement_reminder_statement import STATEMENT
from .recouvrement_sender_memory import Memory

BATCH = 500
GRACE_DAYS = 7  # after an outage the statement of the month may still leave


class RecouvrementRun(models.Model):
    """Statements of account by e-mail: a run of their own, by hand or of the month.

    Same way through as every message: planned in sets, guarded, released, claimed, sent. A
    customer who gets another message on that day gets his statement of the month on a later
    one: one message a day (A5).
    """

    _inherit = "recouvrement.run"

    statement_day = fields.Date(
        string="Statements at", readonly=True, index="btree_not_null"
    )

    @api.model
    def _plan_statements(self, company, customers, values, confirm, asked=True):
        """Plan one statement for each of these customers.

        :param company: one ``res.company``
        :param customers: ``recouvrement.customer`` records of the company
        :param values: dict ``statement_day`` (ISO day of the figures), ``attach_pdf``,
            ``attach_xlsx``, ``attach_invoices``
        :param confirm: True leaves each message to be confirmed
        :param asked: by a person now; otherwise the run waits for the release of the night
        :return: the run; customers with nothing open, or with the statement of that day
            already, are not in it
        """
        Facts = self.env["recouvrement.planner.facts"].sudo()
        context = Facts._context(company.sudo(), company._recouvrement_today(), ())
        context.manual = context.decided = asked
        context.mode = "confirm" if confirm else "auto"
        day = fields.Date.to_date(values["statement_day"])
        run = self.env["recouvrement.reminder"]._notice_run(company, context.day)
        run.write({"state": "planning", "statement_day": day})
        wanted = self._without_statement(customers, day, retry=asked)
        partner_ids = wanted.partner_id.ids
        for start in range(0, len(partner_ids), BATCH):
            run._plan_statement_batch(
                context, partner_ids[start : start + BATCH], values
            )
        run.write({"state": "planned", "planned_at": fields.Datetime.now()})
        if asked:
            run._set_released()
        else:
            run._try_release()
        run._close_if_done()
        return run.sudo(False)

    def _plan_statement_batch(self, context, partner_ids, values):
        """Reminders of one batch of customers, written in sets."""
        Reminder = self.env["recouvrement.reminder"].sudo()  # rows of the planner
        bundles = (
            self.env["recouvrement.planner.facts"].sudo()._load(context, partner_ids)
        )
        decisions = self._statement_decisions(context, bundles, values)
        reminders = Reminder._create_planned(self, context, decisions)
        reminders.write(
            {
                "notice": STATEMENT,
                "notice_values": values,
                "statement_day": self.statement_day,
                "attachments_ready": False,
            }
        )
        if context.manual:
            reminders.agent_id = self.env.uid  # signed by who writes
            done = reminders.filtered(lambda r: r.state == QUEUED)
            done.write(
                {
                    "confirmed_by_id": self.env.uid,
                    "confirmed_at": fields.Datetime.now(),
                }
            )

    @api.model
    def _statement_decisions(self, context, bundles, values):
        """Decisions for the customers who have something to pay, due or not."""
        Reminder = self.env["recouvrement.reminder"].sudo()
        planner = self.env["recouvrement.planner"].sudo()
        step = Reminder._notice_step(STATEMENT, "", "", values)
        decisions = []
        for bundle in bundles:
            bundle = Reminder._notice_bundle(bundle, values)
            plan = Reminder._notice_plan(bundle, set(), step)
            if plan.lines:
                verdict = planner._notice_verdict(context, bundle, plan)
                decisions.append(planner._decision(bundle, plan, verdict))
        return decisions

    @api.model
    def _without_statement(self, customers, day, retry):
        """Those who neither got nor await the statement of ``day``.

        :param retry: also those whose statement did not leave; the night tries again only
            what was held, as what holds may be cured
        """
        ended = () if retry else (SKIPPED,)
        rows = self.env.execute_query(
            SQL(
                """SELECT customer_id FROM recouvrement_reminder
                    WHERE customer_id IN %s AND statement_day = %s AND state IN %s""",
                tuple(customers.ids) or (0,),
                day,
                (*WAITING_STATES, *LIVE_STATES, *ended),
            )
        )
        return customers - customers.browse(row[0] for row in rows)

    @api.model
    def _release_due_runs(self):
        """EXTENDS: statements of the month wait for the bank like the night."""
        result = super()._release_due_runs()
        waiting = [("state", "=", "planned"), ("statement_day", "!=", False)]
        self.search(waiting)._try_release()
        self._checkpoint()
        return result

    # === OF THE MONTH === #

    def _plan(self):
        """EXTENDS: after the chase, the statements of the month; they never cost a night."""
        result = super()._plan()
        self._settle_one(
            self.company_id,
            self.date,
            "recouvrement.reminder",
            self._plan_monthly_statements,
        )
        Memory(self.env).commit(0)
        return result

    def _plan_monthly_statements(self):
        company = self.company_id
        for day, customers in self._monthly_statements(company, self.date).items():
            customers -= self._waiting_customers(customers)
            customers = self._without_statement(customers, day, retry=False)
            if customers:
                self._plan_statements(
                    company,
                    customers,
                    company._recouvrement_statement_values(day),
                    confirm=company.recouvrement_mode == "confirm"
                    or company.recouvrement_statement_confirm,
                    asked=False,
                )

    def _waiting_customers(self, customers):
        """Those of ``customers`` to whom this run has a message that has not left yet."""
        domain = [
            ("run_id", "=", self.id),
            ("state", "in", WAITING_STATES),
            ("customer_id", "in", customers.ids),
        ]
        return self.env["recouvrement.reminder"].search(domain).customer_id

    @api.model
    def _monthly_statements(self, company, today):
        """``{day of the statement: customers}`` that the month brings until ``today``."""
        found = {}
        for number, customers in (
            self.env["recouvrement.customer"]._by_statement_day(company).items()
        ):
            day = last_occurrence(number, today)
            if (today - day).days <= GRACE_DAYS:
                found[day] = found.get(day, customers.browse()) | customers
        return found
