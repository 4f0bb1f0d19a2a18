import logging
from datetime import date as Date
from json import dumps

from odoo import api, models
from odoo.tools import SQL, split_every

from ..tools.payment_history import Ask, observe
from ..tools.payment_model import has_drifted, train, watch
from ..tools.payment_outlook import outlook
from ..tools.working_time import next_business_day

_logger = logging.getLogger(__name__)

BATCH = 5000
REFIT_WAIT_DAYS = 7
WATCHED = 5000  # the newest items that show how the model does


class RecouvrementPrediction(models.Model):
    """The predictions of all open items of a company, once a day, in sets."""

    _inherit = "recouvrement.prediction"

    @api.model
    def _cron_foretell(self):
        """Learn when it is time, and foretell the open items of each company."""
        Run = self.env["recouvrement.run"]
        for company in Run._companies():
            today = company._recouvrement_today()
            try:
                if self._is_due(company, today):
                    self.with_company(company)._refresh(company, today)
            except Exception as error:  # noqa: BLE001 - the next company has its turn
                _logger.exception("Predictions of %s not renewed", company.name)
                Run._forget()
                self.env["recouvrement.log"]._append(
                    "predictions.not_renewed",
                    company=company,
                    facts={"date": str(today), "error": type(error).__name__},
                )
            Run._checkpoint()

    @api.model
    def _is_due(self, company, today):
        model = self.env["recouvrement.score.model"]._in_use(company)
        return (
            not model
            or model.foretold_on != today
            or bool((model.watch or {}).get("refit"))
        )

    @api.model
    def _refresh(self, company, date):
        """Renew the predictions of ``company`` at the end of ``date``.

        :return: number of rows written
        """
        Model = self.env["recouvrement.score.model"]
        model = Model._in_use(company)
        asked = (model.watch or {}).get("refit")
        if model._is_old(date) or asked or model._payload() is None:
            model = Model._train(company, date)
        items = self.env["recouvrement.payment.history"]._load(company, date)
        watched = self._watch(model, items, date)
        waited = (date - model.trained_on).days >= REFIT_WAIT_DAYS
        if waited and has_drifted(watched):
            model = Model._train(company, date)
            watched = {}
        rows = self._rows(company, date, model, items)
        self._replace(company, rows)
        model.write({"foretold_on": date, "watch": {"targets": watched}})
        return len(rows)

    @api.model
    def _watch(self, model, items, date):
        """How the model did on what was invoiced since it was trained."""
        start, today = model.trained_on.toordinal(), date.toordinal()
        asks = [
            Ask(position, item.invoiced)
            for position, item in enumerate(items)
            if start <= item.invoiced and item.due < today
        ][-WATCHED:]
        if not asks:
            return {}
        return watch(model._payload(), observe(items, asks), items, today)

    @api.model
    def _rows(self, company, date, model, items):
        """Values of the rows of ``recouvrement.prediction``; writes no row."""
        details = self._open_details(company, date)
        positions = [
            position
            for position, item in enumerate(items)
            if item.paid is None and item.key in details
        ]
        payload = model._payload() or train([], date.toordinal())
        region = company.recouvrement_region
        found = outlook(payload, items, positions, date.toordinal())
        return [
            self._row(
                company, date, model, region, details[items[one.position].key], one
            )
            for one in found
        ]

    @api.model
    def _row(self, company, date, model, region, detail, one):
        percent = [None, None, None]
        if model.level != "0" and detail["may_score"]:
            percent = [c if c is None else round(100 * c, 1) for c in one.chances]
            if one.days_late > 30:
                percent[2] = 100.0
        days = (one.expected, one.earliest, one.latest)
        days = [next_business_day(Date.fromordinal(day), region) for day in days]
        return {
            "company_id": company.id,
            "customer_id": detail["customer_id"],
            "model_id": model.id or None,
            "date": date,
            "move_res_id": detail["move_id"],
            "line_res_id": detail["line_id"],
            "move_name": detail["move_name"],
            "due_date": detail["due_date"],
            "days_late": one.days_late,
            "amount": detail["amount"],
            "chance_late": percent[0],
            "chance_7": percent[1],
            "chance_30": percent[2],
            "has_chances": percent[2] is not None,
            "history": self._history_of(one.seen),
            "seen": one.seen,
            "expected_date": days[0],
            "earliest_date": days[1],
            "latest_date": days[2],
            "risk_amount": round(detail["amount"] * (percent[2] or 0) / 100, 2),
            "facts": dumps(one.facts) if detail["may_score"] else None,
        }

    @api.model
    def _open_details(self, company, date):
        """What the rows need of the open items: dict by journal item."""
        self.env.flush_all()
        query = self.env["recouvrement.open.item"]._query(company, date)
        missing = self.env.execute_query(
            SQL(
                """SELECT DISTINCT item.partner_id FROM (%s) item
                    WHERE item.partner_id IS NOT NULL AND item.amount > 0
                      AND NOT EXISTS (SELECT 1 FROM recouvrement_customer
                                       WHERE partner_id = item.partner_id
                                         AND company_id = %s)""",
                query,
                company.id,
            )
        )
        if missing:
            self.env["recouvrement.customer"]._get_or_create(
                company, [row[0] for row in missing]
            )
            self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT item.line_id, item.move_id, item.move_name, item.due_date,
                          item.amount::float, customer.id AS customer_id,
                          %(may)s AS may_score
                     FROM (%(items)s) item
                     JOIN recouvrement_customer customer
                       ON customer.partner_id = item.partner_id
                      AND customer.company_id = item.company_id
                     JOIN res_partner partner ON partner.id = item.partner_id
                    WHERE item.amount > 0""",
                items=query,
                may=self.env["recouvrement.score"]._may_score_sql(company),
            )
        )
        return {row["line_id"]: row for row in rows}

    @api.model
    def _replace(self, company, rows):
        """All the rows of the company at once: a reader sees the old or the new ones."""
        self.env.cr.execute(
            SQL("DELETE FROM recouvrement_prediction WHERE company_id = %s", company.id)
        )
        for batch in split_every(BATCH, rows, list):
            self._insert_rows(batch)
        self.env.invalidate_all(flush=False)
