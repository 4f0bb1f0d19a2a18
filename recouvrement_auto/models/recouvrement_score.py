from json import dumps

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL, LazyTranslate, format_date, formatLang

from ..tools.score import GRADES, scorecard
from ..tools.score_basis import basis
from ..tools.segment import exact

_lt = LazyTranslate(__name__)

HISTORY_MONTHS = 24
MOVED_POINTS = 5

FACTORS = {
    "manual_litigation": _lt("In litigation or insolvency."),
    "few_invoices": _lt(
        "%(seen)s instalments paid or long overdue in 12 months: too few for a grade "
        "(at least %(limit)s)."
    ),
    "late_ratio": _lt("%(count)s of %(seen)s instalments paid late in 12 months."),
    "late30_ratio": _lt(
        "%(count)s of %(seen)s instalments more than 30 days late in 12 months."
    ),
    "oldest_open": _lt(
        "%(count)s overdue items open for %(amount)s, the oldest %(days)s days late."
    ),
    "median_delay": _lt("Half of the payments come %(days)s days late or more."),
    "broken_promises": _lt("%(count)s of %(seen)s promises to pay not kept."),
    "recent_drift": _lt("The last five payments came %(days)s days later than usual."),
    "disputes_lost": _lt("%(count)s of %(seen)s disputes without ground."),
    "signals": _lt("%(count)s external signals in force."),
    "short_history": _lt("Short history: %(seen)s instalments known."),
}


class RecouvrementScore(models.Model):
    """Risk score of a customer on a day: grade, points and what makes them.

    A sorting aid: nothing follows from a grade alone. Factors are stored as keys and
    numbers; the sentences are made for who reads them, in his language. Snapshots are kept
    24 months: one per month, one for each change of grade or move of five points.
    """

    _name = "recouvrement.score"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "Risk score"
    _order = "date desc, id desc"

    customer_id = fields.Many2one(
        "recouvrement.customer", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    date = fields.Date(required=True, readonly=True)
    grade = fields.Selection(
        [(grade, grade) for grade in GRADES],
        readonly=True,
        help="From A, the best, to E. Empty: too little is known of the customer.",
    )
    points = fields.Integer(
        readonly=True, aggregator="avg", help="From 0, the best, to 100."
    )
    short_history = fields.Boolean(
        readonly=True, help="Few instalments behind the grade."
    )
    factors = fields.Json(readonly=True)
    basis = fields.Json(readonly=True, help="What the score was computed from.")
    reason = fields.Text(compute="_compute_reason", string="Why this score")

    # The last snapshot of a file; merged files bring theirs, so days may repeat.
    _last_index = models.Index("(customer_id, date DESC, id DESC)")
    _points_range = models.Constraint(
        "CHECK (points BETWEEN 0 AND 100)", "The points of a score go from 0 to 100."
    )

    @api.depends("grade", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for score in self:
            day = format_date(self.env, score.date)
            score.display_name = f"{score.grade or '–'} ({day})"

    @api.depends("factors")
    @api.depends_context("lang")
    def _compute_reason(self):
        words = {key: self.env._(text) for key, text in FACTORS.items()}
        for score in self:
            score.reason = "\n".join(score._sentences(words))

    def _sentences(self, words):
        """One sentence per factor, with the points it adds."""
        self.ensure_one()
        currency = self.company_id.currency_id
        sentences = []
        for key, points, values in self.factors or ():
            if "amount" in values:
                amount = formatLang(
                    self.env, float(values["amount"]), currency_obj=currency
                )
                values = {**values, "amount": amount}
            sentence = words[key] % values
            sentences.append(f"+{points}  {sentence}" if points else sentence)
        return sentences

    # === SNAPSHOTS === #

    @api.model
    def _refresh(self, company, date, facts=None):
        """Snapshots of ``date`` for every collection file of ``company``.

        Written for the first score of a month, for each change of grade and for a move of
        five points. A natural person gets none unless the company scores them.

        :param facts: what ``recouvrement.payment.facts._load`` gave, to read it only once
        :return: number of snapshots written
        """
        Facts = self.env["recouvrement.payment.facts"]
        if facts is None:
            facts = Facts._load(company, date)
        self.env.flush_all()
        self._forget(company, date)
        ratios = tuple(map(exact, Facts._company_ratios(facts)))
        thresholds = self.env["recouvrement.segment"]._thresholds(company)
        cards = self.env["recouvrement.score.card"]._by_industry(company)
        rows, replaced = [], []
        for last in self._last_snapshots(company, date):
            known = facts.get(last["partner_id"], Facts._none())
            weights = cards.get(last["industry_id"]) or cards[False]
            score = scorecard(known, *ratios, thresholds, weights)
            if self._is_due(score, last, date):
                row = self._prepare_row(company, date, last["customer_id"], score)
                kept = basis(known, ratios, thresholds, weights)
                rows.append({**row, "basis": dumps(kept)})
                if last["date"] == date:
                    replaced.append(last["id"])
        self._write_snapshots(rows, replaced)
        return len(rows)

    @api.model
    def _last_snapshots(self, company, date):
        """The files to grade, each with its last snapshot up to ``date``."""
        return self.env.execute_query_dict(
            SQL(
                """
                SELECT customer.id AS customer_id, customer.partner_id,
                       partner.industry_id,
                       last.id, last.date, last.grade, last.points
                  FROM recouvrement_customer customer
                  JOIN res_partner partner ON partner.id = customer.partner_id
             LEFT JOIN LATERAL (
                       SELECT id, date, grade, points FROM recouvrement_score
                        WHERE customer_id = customer.id AND date <= %s
                     ORDER BY date DESC, id DESC LIMIT 1) last ON TRUE
                 WHERE customer.company_id = %s AND %s
              ORDER BY customer.id
                """,
                date,
                company.id,
                self._may_score_sql(company),
            )
        )

    @api.model
    def _is_due(self, score, last, date):
        if last["date"] is None or score.grade != last["grade"]:
            return True
        if not score.grade:
            return False
        # A signal, a broken promise: what moves the points is seen the same day.
        moved = abs(score.points - last["points"]) >= MOVED_POINTS
        month = last["date"].year, last["date"].month
        return moved or month != (date.year, date.month)

    @api.model
    def _prepare_row(self, company, date, customer_id, score):
        factors = list(score.factors)
        if score.short_history:
            seen = factors[0][2].get("seen", 0)
            factors.append(("short_history", 0, {"seen": seen}))
        return {
            "customer_id": customer_id,
            "company_id": company.id,
            "date": date,
            "grade": score.grade,
            "points": score.points,
            "short_history": score.short_history,
            "factors": dumps(factors),
        }

    @api.model
    def _write_snapshots(self, rows, replaced):
        if replaced:  # a second refresh on the same day: the last one holds
            self.env.cr.execute(
                SQL("DELETE FROM recouvrement_score WHERE id IN %s", tuple(replaced))
            )
        self._insert_rows(rows)
        if rows:
            self.env.invalidate_all(
                flush=False
            )  # everything was flushed before reading

    @api.model
    def _forget(self, company, date):
        """Delete what is older than the history that is kept."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM recouvrement_score WHERE company_id = %s AND date < %s",
                company.id,
                date - relativedelta(months=HISTORY_MONTHS),
            )
        )
