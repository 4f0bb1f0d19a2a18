from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, formatLang

from ..tools import alert as pure
from ..tools import kpi

NEAR_DAYS = 10  # a snapshot that much older than asked still stands for the day


class Figures:
    """Figures of one company on one day: of the company, per period, and per customer."""

    def __init__(self, env, company, by_period, customers):
        self.env = env
        self.company = company
        self.by_period = by_period
        self.customers = customers

    def matches(self, rule, running):
        """``{(rule id, customer id or False): words}`` where the rule is on."""
        conditions, found = rule._conditions(), {}
        if rule.scope == "company":
            values = self.by_period.get(rule.period_days, {})
            active = (rule.id, False) in running
            if pure.is_on(values, conditions, rule.margin, active):
                found[rule.id, False] = self.words(rule, conditions, values)
            return found
        segments = set(rule.segment_ids.ids)
        for customer_id, values in self.customers.items():
            if segments and values["segment_id"] not in segments:
                continue
            active = (rule.id, customer_id) in running
            if pure.is_on(values, conditions, rule.margin, active):
                found[rule.id, customer_id] = self.words(rule, conditions, values)
        return found

    def words(self, rule, conditions, values):
        """The figures in words, in the language of the company."""
        field = self.env["recouvrement.alert.condition"]._fields["measure"]
        labels = dict(field._description_selection(self.env))
        parts = (
            self.env._(
                "%(label)s: %(value)s",
                label=labels[one.measure],
                value=self.number(one.measure, values[one.measure]),
            )
            for one in conditions
        )
        return " · ".join(parts)

    def number(self, measure, value):
        """A number as its measure is written: days and counts whole, money as money."""
        if measure in ("overdue", "late_over", "receivable", "disputed"):
            return formatLang(self.env, value, currency_obj=self.company.currency_id)
        whole = measure in ("oldest_days", "days_untouched", "orphan_count")
        return formatLang(self.env, value, digits=0 if whole else 1)


class RecouvrementAlertFigures(models.AbstractModel):
    """What alert rules look at, read in sets."""

    _name = "recouvrement.alert.figures"
    _description = "Figures of the alerts"

    @api.model
    def _load(self, company, date, rules):
        """``Figures`` of ``company`` on ``date``; customers only when a rule is about them."""
        lang = company.partner_id.lang or self.env.lang
        env = self.with_context(lang=lang).env
        periods = {r.period_days for r in rules if r.scope == "company"}
        customers = {}
        if any(rule.scope == "customer" for rule in rules):
            customers = self._customer_figures(company, date)
        by_period = self._company_figures(company, date, periods) if periods else {}
        return Figures(env, company, by_period, customers)

    @api.model
    def _company_figures(self, company, date, periods):
        """``{period in days: {measure: value}}`` from the snapshots."""
        since = date - timedelta(days=max(periods) + NEAR_DAYS)
        series = self.env["recouvrement.kpi.snapshot"]._series(
            [
                ("company_id", "=", company.id),
                ("date", ">=", since),
                ("date", "<=", date),
            ]
        )
        orphans = self.env["recouvrement.kpi.orphan"].search_count(
            [("company_id", "=", company.id)]
        )
        if not series or (date - series[-1]["date"]).days > NEAR_DAYS:
            return {period: {"orphan_count": orphans} for period in periods}
        last = series[-1]
        return {
            period: {"orphan_count": orphans, **self._changes(series, last, period)}
            for period in periods
        }

    @api.model
    def _changes(self, series, last, period):
        limit = last["date"] - timedelta(days=period)
        older = [one for one in series if one["date"] <= limit]
        before = older[-1] if older else None
        if before and (limit - before["date"]).days > NEAR_DAYS:
            before = None
        late = sum(
            last[name] for name in ("late_30", "late_60", "late_90", "late_over")
        )
        return {
            "dso": last["dso"],
            "over_90": last["over_90"],
            "disputed_share": last["disputed_share"],
            "overdue_share": kpi.percent(late, last["receivable"]),
            "dso_change": before and kpi.change(before["dso"], last["dso"]),
            "over_90_change": before
            and kpi.change(before["late_over"], last["late_over"]),
            "disputed_change": before
            and kpi.change(before["disputed"], last["disputed"]),
        }

    @api.model
    def _customer_figures(self, company, date):
        """``{customer id: {measure: value}}`` of the files with an open item."""
        rows = self.env.execute_query_dict(self._customers_sql(company, date))
        found = {}
        for row in rows:
            since = row.pop("days_since")
            late = max(row["oldest_days"], 0)
            # never contacted: untouched since the oldest item is late
            row["days_untouched"] = late if since is None else min(since, late)
            found[row.pop("customer_id")] = row
        return found

    @api.model
    def _customers_sql(self, company, date):
        """SQL: one row per file with an open item."""
        self.env.flush_all()
        return SQL(
            """
            WITH contact AS (%(contacts)s)
            SELECT item.customer_id, MIN(item.segment_id) AS segment_id,
                   SUM(item.amount)::float AS receivable,
                   COALESCE(SUM(amount) FILTER (WHERE days_late > 0), 0)::float AS overdue,
                   COALESCE(SUM(amount) FILTER (WHERE days_late > 90), 0)::float
                       AS late_over,
                   COALESCE(SUM(amount) FILTER (WHERE is_disputed), 0)::float AS disputed,
                   COALESCE(MAX(days_late) FILTER (WHERE amount > 0), 0) AS oldest_days,
                   %(date)s::date - MAX(contact.day) AS days_since
              FROM (%(items)s) item
         LEFT JOIN contact ON contact.customer_id = item.customer_id
             WHERE item.customer_id IS NOT NULL
          GROUP BY item.customer_id
            """,
            contacts=self._contacts_sql(company),
            date=date,
            items=self.env["recouvrement.kpi.engine"]._items_sql(company, date),
        )

    @api.model
    def _contacts_sql(self, company):
        """SQL: last day on which somebody dealt with a customer: message, promise, dispute,
        or a note that a person wrote on his file."""
        return SQL(
            """
            SELECT customer_id, MAX(day) AS day FROM (
                SELECT customer_id, date AS day FROM recouvrement_reminder
                 WHERE company_id = %(company)s AND state IN ('sent', 'unknown')
             UNION ALL
                SELECT customer_id, recorded_on FROM recouvrement_promise
                 WHERE company_id = %(company)s
             UNION ALL
                SELECT customer_id, opened_on FROM recouvrement_dispute
                 WHERE company_id = %(company)s
             UNION ALL
                SELECT message.res_id, message.date::date
                  FROM mail_message message
                  JOIN recouvrement_customer customer ON customer.id = message.res_id
                 WHERE message.model = 'recouvrement.customer'
                   AND message.message_type IN ('comment', 'email')
                   AND customer.company_id = %(company)s) touched
          GROUP BY customer_id
            """,
            company=company.id,
        )
