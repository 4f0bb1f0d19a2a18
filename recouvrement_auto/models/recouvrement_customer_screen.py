from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

OPERATORS = {
    ">": SQL(">"),
    ">=": SQL(">="),
    "<": SQL("<"),
    "<=": SQL("<="),
    "=": SQL("="),
    "!=": SQL("<>"),
}
LIVE_COLUMNS = ("total_due", "total_overdue", "oldest_days_late")


class RecouvrementCustomer(models.Model):
    """Filters, order and counters of the lists of collection files.

    The figures are never stored; searching and sorting read the one SQL of open items.
    """

    _inherit = "recouvrement.customer"

    segment_id = fields.Many2one(string="Computed segment")
    total_due = fields.Monetary(search="_search_total_due")
    total_overdue = fields.Monetary(search="_search_total_overdue")
    oldest_days_late = fields.Integer(search="_search_oldest_days_late")
    responsible_id = fields.Many2one(
        "res.users",
        string="In charge",
        compute="_compute_responsible_id",
        help="The agent of the file, else the default agent of the company.",
    )
    is_mine = fields.Boolean(
        string="My portfolio", compute="_compute_is_mine", search="_search_is_mine"
    )
    is_held = fields.Boolean(
        string="Held by the last run",
        compute="_compute_is_held",
        search="_search_is_held",
    )
    pause_until = fields.Date(
        string="Paused until",
        compute="_compute_pause_until",
        search="_search_pause_until",
        help="End of the longest running pause of the whole customer.",
    )
    pause_reason = fields.Char(compute="_compute_pause_until")

    # === ORDER AND SEARCH ON LIVE FIGURES === #

    @api.model
    def _live_totals_sql(self):
        """SQL: ``customer_id`` and the live figures of every file with an open item."""
        queries = []
        self.env.flush_all()  # the figures come from SQL of their own
        for company in self.env.companies:
            today = company._recouvrement_today()
            open_items = self.env["recouvrement.open.item"]._live_amounts(company)
            queries.append(
                SQL(
                    """SELECT item.company_id, item.partner_id,
                              SUM(item.amount) AS total_due,
                              SUM(item.amount) FILTER (WHERE item.amount > 0
                                  AND item.due_date < %(today)s) AS total_overdue,
                              MAX(%(today)s - item.due_date) FILTER (
                                  WHERE item.amount > 0
                                    AND item.due_date < %(today)s) AS oldest_days_late
                         FROM (%(items)s) item
                     GROUP BY item.company_id, item.partner_id""",
                    today=today,
                    items=open_items,
                )
            )
        return SQL(
            """(SELECT customer.id AS customer_id,
                       COALESCE(live.total_due, 0) AS total_due,
                       COALESCE(live.total_overdue, 0) AS total_overdue,
                       COALESCE(live.oldest_days_late, 0) AS oldest_days_late
                  FROM recouvrement_customer customer
             LEFT JOIN (%s) live ON live.partner_id = customer.partner_id
                                AND live.company_id = customer.company_id)""",
            SQL(" UNION ALL ").join(queries),
        )

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """EXTENDS 'base': lists sort by figures that are computed from the ledger."""
        if field_name not in LIVE_COLUMNS:
            return super()._order_field_to_sql(
                alias, field_name, direction, nulls, query
            )
        live = query.make_alias(alias, "live")
        query.add_join(
            "LEFT JOIN",
            live,
            self._live_totals_sql(),
            SQL(
                "%s = %s",
                SQL.identifier(live, "customer_id"),
                SQL.identifier(alias, "id"),
            ),
        )
        return SQL("%s %s %s", SQL.identifier(live, field_name), direction, nulls)

    def _search_live(self, column, operator, value):
        if operator in ("in", "not in"):
            condition = SQL(
                "%s IN %s", SQL.identifier(column), tuple(value or [0]) or (0,)
            )
            if operator == "not in":
                condition = SQL("NOT (%s)", condition)
        elif operator in OPERATORS:
            condition = SQL(
                "%s %s %s", SQL.identifier(column), OPERATORS[operator], value or 0
            )
        else:
            return NotImplemented
        rows = SQL(
            "(SELECT customer_id FROM %s live WHERE %s)",
            self._live_totals_sql(),
            condition,
        )
        return Domain("id", "in", rows)

    def _search_total_due(self, operator, value):
        return self._search_live("total_due", operator, value)

    def _search_total_overdue(self, operator, value):
        return self._search_live("total_overdue", operator, value)

    def _search_oldest_days_late(self, operator, value):
        return self._search_live("oldest_days_late", operator, value)

    # === WHOSE === #

    @api.depends("agent_id", "company_id.recouvrement_user_id")
    def _compute_responsible_id(self):
        for customer in self:
            customer.responsible_id = (
                customer.agent_id or customer.company_id.recouvrement_user_id
            )

    @api.depends("responsible_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for customer in self:
            customer.is_mine = customer.responsible_id == self.env.user

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        mine = Domain("agent_id", "=", self.env.uid) | (
            Domain("agent_id", "=", False)
            & Domain("company_id.recouvrement_user_id", "=", self.env.uid)
        )
        return mine if True in value else ~mine

    # === HELD, PAUSED, COUNTERS === #

    @api.model
    def _last_run_ids(self):
        """Ids of the last night of each company of the user."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT ON (company_id) id FROM recouvrement_run
                    WHERE kind != 'manual' AND company_id IN %s
                 ORDER BY company_id, date DESC, id DESC""",
                tuple(self.env.companies.ids) or (0,),
            )
        )
        return [row[0] for row in rows]

    def _compute_is_held(self):
        held = self.filtered_domain(self._search_is_held("in", {True}))
        for customer in self:
            customer.is_held = customer in held

    def _search_is_held(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["recouvrement.reminder"].flush_model(["state", "run_id"])
        rows = SQL(
            """(SELECT customer_id FROM recouvrement_reminder
                 WHERE state = 'held' AND run_id IN %s)""",
            tuple(self._last_run_ids()) or (0,),
        )
        return Domain("id", "in" if True in value else "not in", rows)

    @api.depends("pause_ids.date_end", "pause_ids.lifted_at", "pause_ids.move_res_id")
    def _compute_pause_until(self):
        for customer in self:
            running = customer.pause_ids.filtered(
                lambda p: p.state == "running" and not p.move_res_id
            ).sorted("date_end", reverse=True)[:1]
            customer.pause_until = running.date_end
            customer.pause_reason = running.reason

    def _search_pause_until(self, operator, value):
        running = Domain("state", "=", "running") & Domain("move_res_id", "=", 0)
        if operator == "in" and set(value) == {False}:
            return ~Domain("pause_ids", "any", running)
        if operator == "not in" and set(value) == {False}:
            return Domain("pause_ids", "any", running)
        if operator not in OPERATORS:
            return NotImplemented
        return Domain("pause_ids", "any", running & Domain("date_end", operator, value))
