from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import LazyTranslate, format_date, formatLang

_lt = LazyTranslate(__name__)

SIZE, EDGE = 260, 34
PURPLE, GREY = "#875A7B", "#8a8a8a"

WAYS = {
    "mix": _lt("the customer's usual and last delays together"),
    "median": _lt("the customer's usual delay"),
    "weekday": _lt("the customer's usual delay, moved to the day on which he pays"),
    "company": _lt("the usual delay of all customers"),
}


class RecouvrementScoreModel(models.Model):
    """The back-test page: what the model was worth on invoices that it had not seen."""

    _inherit = "recouvrement.score.model"

    backtest_html = fields.Html(
        compute="_compute_backtest_html", sanitize=False, string="Back-test"
    )
    date_text = fields.Text(compute="_compute_date_text", string="Expected dates")

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_backtest_html(self):
        for model in self:
            payload = model._payload()
            if payload is None:
                model.backtest_html = (
                    Markup('<div class="alert alert-danger">%s</div>')
                    % model._refusal()
                )
                continue
            model.backtest_html = Markup("").join(
                model._target_html(target, payload["targets"][str(target.horizon)])
                for target in model.target_ids
            )

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_date_text(self):
        for model in self:
            learnt = (model._payload() or {}).get("date")
            if not learnt:
                model.date_text = ""
                continue
            way = learnt["way"]
            error, words = learnt["errors"].get(way), WAYS[way]
            text = self.env._(
                "The expected day is foretold from %s.", self.env._(words)
            )
            if error is not None:
                text += " " + self.env._(
                    "Mean error on the history: %s days.",
                    formatLang(self.env, error, digits=1),
                )
            model.date_text = text

    # === ONE TARGET === #

    def _target_html(self, target, payload):
        """Verdict, figures side by side, calibration curve."""
        used = target.used == "model"
        verdict = (
            self.env._("The model is used") if used else self.env._("The rule is used")
        )
        selection = dict(target._fields["why"]._description_selection(self.env))
        return Markup(
            '<section class="o_recouvrement_backtest mb-4"><h3>{title} '
            '<span class="badge text-bg-{colour} ms-2">{verdict}</span></h3>'
            '<p class="text-muted">{why}. {rows}</p>'
            '<div class="d-flex flex-wrap gap-4 align-items-start">{table}{curve}</div>'
            "</section>"
        ).format(
            title=target.display_name,
            colour="success" if used else "secondary",
            verdict=verdict,
            why=selection[target.why],
            rows=self._rows_text(target, payload),
            table=self._figures_html(target) if target.test_rows else "",
            curve=self._curve_svg(payload) if payload.get("curve") else "",
        )

    def _rows_text(self, target, payload):
        if not target.test_rows:
            return self.env._(
                "%(rows)s instalments known, %(late)s of them late.",
                rows=target.rows,
                late=target.late,
            )
        day = fields.Date.to_date("0001-01-01").fromordinal(payload["split_on"])
        return self.env._(
            "Tested on %(rows)s invoices from %(day)s on, which the model had not seen.",
            rows=target.test_rows,
            day=format_date(self.env, day),
        )

    def _figures_html(self, target):
        env = self.env
        rows = (
            (env._("AUC (1 = perfect order, 0.5 = chance)"), "auc", 3, True),
            (env._("Brier score (0 = perfect)"), "brier", 4, False),
            (env._("Calibration error"), "ece", 3, False),
            (
                env._("Late ones in the riskiest 10 %, times the average"),
                "lift",
                1,
                True,
            ),
        )
        body = Markup("").join(self._figure_row(target, *row) for row in rows)
        return Markup(
            '<table class="table table-sm w-auto"><thead><tr><th></th><th>{model}</th>'
            "<th>{rule}</th></tr></thead><tbody>{body}</tbody></table>"
        ).format(model=env._("Model"), rule=env._("Rule"), body=body)

    def _figure_row(self, target, label, name, digits, more_is_better):
        model, rule = target[f"model_{name}"], target[f"rule_{name}"]
        wins = model > rule if more_is_better else model < rule
        bold = "fw-bold" if wins else ""
        other = "" if wins or model == rule else "fw-bold"
        return Markup(
            '<tr><td>{}</td><td class="text-end {}">{}</td>'
            '<td class="text-end {}">{}</td></tr>'
        ).format(
            label,
            bold,
            formatLang(self.env, model, digits=digits),
            other,
            formatLang(self.env, rule, digits=digits),
        )

    # === CURVE === #

    def _curve_svg(self, payload):
        """Share foretold against share seen; on the diagonal the percentages are right."""
        env = self.env
        full = SIZE - EDGE
        return Markup(
            '<figure class="mb-0"><svg width="{size}" height="{size}" role="img" '
            'aria-label="{label}" viewBox="0 0 {size} {size}">'
            '<rect x="{edge}" y="6" width="{inner}" height="{inner}" fill="none" '
            'stroke="currentColor" stroke-opacity="0.3"/>'
            '<line x1="{edge}" y1="{full}" x2="{right}" y2="6" stroke="currentColor" '
            'stroke-opacity="0.4" stroke-dasharray="4 4"/>{rule}{model}{labels}</svg>'
            '<figcaption class="small text-muted"><span style="color:{purple}">●</span> '
            '{model_word} <span style="color:{grey}" class="ms-2">●</span> {rule_word}'
            "</figcaption></figure>"
        ).format(
            size=SIZE,
            edge=EDGE,
            inner=full - 6,
            full=full,
            right=SIZE - 6,
            purple=PURPLE,
            grey=GREY,
            label=env._("Calibration curve"),
            rule=self._points(payload["rule_curve"], GREY),
            model=self._points(payload["curve"], PURPLE),
            labels=self._axes(),
            model_word=env._("Model"),
            rule_word=env._("Rule"),
        )

    def _axes(self):
        """Words along the two axes."""
        full, middle = SIZE - EDGE, (SIZE - EDGE) // 2
        turned = Markup('text-anchor="middle" transform="rotate(-90 12 {0})"')
        texts = (
            (EDGE, full + 14, Markup(""), "0\u00a0%"),
            (SIZE - 6, full + 14, Markup('text-anchor="end"'), "100\u00a0%"),
            (
                (SIZE + EDGE) // 2,
                SIZE - 4,
                Markup('text-anchor="middle"'),
                self.env._("foretold"),
            ),
            (12, middle, turned.format(middle), self.env._("came late")),
        )
        return Markup("").join(
            Markup(
                '<text x="{}" y="{}" font-size="11" fill="currentColor" {}>{}</text>'
            ).format(*text)
            for text in texts
        )

    @api.model
    def _points(self, curve, colour):
        """A line through the bins, each a circle that grows with its number of rows."""
        full = SIZE - EDGE - 6
        most = max(count for count, _foretold, _seen in curve)
        places = [
            (
                EDGE + full * foretold,
                6 + full * (1 - seen),
                2 + 5 * (count / most) ** 0.5,
            )
            for count, foretold, seen in curve
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _r in places)
        circles = Markup("").join(
            Markup(
                '<circle cx="{}" cy="{}" r="{}" fill="{}" fill-opacity="0.7"/>'
            ).format(f"{x:.1f}", f"{y:.1f}", f"{r:.1f}", colour)
            for x, y, r in places
        )
        return (
            Markup(
                '<polyline points="{}" fill="none" stroke="{}" stroke-width="1.5"/>'
            ).format(line, colour)
            + circles
        )
