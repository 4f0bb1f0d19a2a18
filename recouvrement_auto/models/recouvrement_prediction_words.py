import math

from odoo import api, fields, models
from odoo.tools import LazyTranslate

from ..tools.payment_history import COMMON, HORIZONS, NEW_BELOW, OWN
from ..tools.payment_outlook import drivers
from ..tools.segment import whole

_lt = LazyTranslate(__name__)

# Words for a fact above and below what is usual in the company; None = nothing to say.
WORDS = {
    "drift_last": (
        _lt("The last payments came later than the record"),
        _lt("The last payments came earlier than the record"),
    ),
    "drift_recent": (
        _lt("Worse in the last six months than before"),
        _lt("Better in the last six months than before"),
    ),
    "other_ratio": (
        _lt("Long delays in the record"),
        _lt("Hardly any long delay in the record"),
    ),
    "due_weekday": (
        _lt("Due on a weekday on which this customer pays late"),
        _lt("Due on a weekday on which this customer pays in time"),
    ),
    "mean_delay": (
        _lt("Average delay of %(days)s days"),
        _lt("Average delay of %(days)s days"),
    ),
    "spread": (_lt("Pays irregularly"), _lt("Pays regularly")),
    "overdue_share": (
        _lt("A large share of what is open is overdue"),
        _lt("Hardly anything open is overdue"),
    ),
    "overdue_count": (
        _lt("Other items overdue: %(count)s"),
        _lt("No other item overdue"),
    ),
    "amount": (_lt("Larger amount than usual"), _lt("Smaller amount than usual")),
    "amount_relative": (
        _lt("Larger than the customer's other invoices"),
        _lt("Smaller than the customer's other invoices"),
    ),
    "terms": (_lt("Long terms: %(count)s days"), _lt("Short terms: %(count)s days")),
    "new": (_lt("No instalment known yet"), None),
    "due_monday": (_lt("Due on a Monday"), None),
    "due_friday": (_lt("Due on a Friday"), None),
    "due_saturday": (_lt("Due on a Saturday"), None),
    "due_sunday": (_lt("Due on a Sunday"), None),
    "month_end": (_lt("Due at the end of a month"), None),
    "disputes": (_lt("Disputes in the record"), _lt("No dispute in the record")),
    "disputes_lost": (
        _lt("Contested invoices that stood in the end"),
        _lt("No invoice contested without reason"),
    ),
    "disputes_won": (
        _lt("Contested invoices that were credited"),
        _lt("No contested invoice was credited"),
    ),
    "promises_broken": (_lt("Promises not kept"), _lt("Keeps promises")),
    "bounces": (
        _lt("Messages that came back: %(count)s"),
        _lt("No message came back"),
    ),
    "age": (_lt("Customer of long standing"), _lt("Customer for a short time")),
    "season": (
        _lt("One pays later at this time of the year"),
        _lt("One pays sooner at this time of the year"),
    ),
}


class RecouvrementPrediction(models.Model):
    """Why a prediction says what it says, in words with the numbers."""

    _inherit = "recouvrement.prediction"

    reason = fields.Text(compute="_compute_reason", string="Why")

    @api.depends("facts", "model_id")
    @api.depends_context("lang")
    def _compute_reason(self):
        words = {
            name: [text and self.env._(text) for text in pair]
            for name, pair in WORDS.items()
        }
        # A salesperson may read why, not the weights of the model.
        payloads = {model: model._payload() for model in self.sudo().model_id}
        for row in self:
            payload = payloads.get(row.sudo().model_id)
            lines = row._reason_lines(payload, words) if payload and row.facts else []
            row.reason = "\n".join(lines)

    def _reason_lines(self, payload, words):
        self.ensure_one()
        index = 1 if self.days_late <= HORIZONS[1] else 2
        lines = [self._record_line(index)]
        if self.days_late:
            text = self.env._(
                "%(days)s days late and unpaid: judged by what was as late before.",
                days=self.days_late,
            )
            lines.append(text)
        if self.facts["seen"] < NEW_BELOW:
            return lines
        target = payload["targets"][str(HORIZONS[index])]
        if target["used"] != "model":
            return lines
        values = dict(zip(OWN, self.facts["own"][index], strict=True))
        values.update(zip(COMMON, self.facts["common"], strict=True))
        for name, part in drivers(payload, self.facts, index)[1:]:
            value = values[name]
            text = words[name][0 if value >= target["means"][name] else 1]
            if text:
                sign = "+" if part > 0 else "−"
                lines.append(f"{sign} {text % self._numbers(value)}")
        return lines

    def _record_line(self, index):
        seen = self.facts["seen"]
        if seen < NEW_BELOW:
            return self.env._(
                "New customer (%(seen)s instalments known): only the record of the "
                "company's other newcomers speaks.",
                seen=seen,
            )
        late, days = self.facts["late"][index], HORIZONS[index]
        if not days:
            return self.env._(
                "%(late)s of %(seen)s known instalments came late.",
                late=late,
                seen=seen,
            )
        return self.env._(
            "%(late)s of %(seen)s known instalments came more than %(days)s days late.",
            late=late,
            seen=seen,
            days=days,
        )

    @api.model
    def _numbers(self, value):
        """A feature that is a logarithm, as people count: days, items."""
        size = whole(math.copysign(math.expm1(min(abs(value), 10)), value))
        return {"days": size, "count": size}
