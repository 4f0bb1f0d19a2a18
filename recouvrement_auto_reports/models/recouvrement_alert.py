from odoo import api, fields, models
from odoo.exceptions import AccessError


class RecouvrementAlert(models.Model):
    """An alert that started one night, and ended another one or still lasts.

    Written by the night alone (``_open``, ``_keep``, ``_end``); at most one open alert per
    rule, company and customer, so that nothing is told twice.
    """

    _name = "recouvrement.alert"
    _description = "Alert"
    _order = "ended_on DESC NULLS FIRST, since desc, id desc"
    _rec_name = "rule_id"

    rule_id = fields.Many2one(
        "recouvrement.alert.rule",
        required=True,
        ondelete="cascade",
        readonly=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    customer_id = fields.Many2one(
        "recouvrement.customer",
        ondelete="restrict",
        readonly=True,
        index="btree_not_null",
    )
    color = fields.Integer(related="rule_id.color")
    since = fields.Date(required=True, readonly=True)
    seen_on = fields.Date(string="Last seen", required=True, readonly=True)
    ended_on = fields.Date(readonly=True)
    told_on = fields.Date(string="Told on", readonly=True)
    words = fields.Char(string="Figures", readonly=True)

    _open_uniq = models.UniqueIndex(
        "(rule_id, company_id, COALESCE(customer_id, 0)) WHERE ended_on IS NULL",
        "This alert is open already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        self._check_night()
        return super().create(vals_list)

    def write(self, vals):
        self._check_night()
        return super().write(vals)

    def unlink(self):
        self._check_night()
        return super().unlink()

    @api.model
    def _check_night(self):
        if not self.env.su:
            raise AccessError(self.env._("Alerts are written by the night alone."))

    # === THE NIGHT === #

    @api.model
    def _evaluate(self, company, date):
        """Start, keep and end the alerts of ``company`` on ``date``, then tell people.

        Rules are few, their figures are read once for all customers: the number of queries
        does not depend on the customers.

        :return: the alerts that started
        """
        rules = self.env["recouvrement.alert.rule"].search(
            [("company_id", "in", (company.id, False))]
        )
        figures = self.env["recouvrement.alert.figures"]._load(company, date, rules)
        running = {
            (alert.rule_id.id, alert.customer_id.id): alert
            for alert in self.search(
                [("company_id", "=", company.id), ("ended_on", "=", False)]
            )
        }
        on = self._due(rules, figures, running)
        (self.browse().union(*running.values()) - self._kept(on, running))._end(date)
        started = self._open(company, date, on, running)
        self._keep(date, on, running)
        (started | self._to_repeat(date, on, running))._tell(date)
        return started

    @api.model
    def _due(self, rules, figures, running):
        """``{(rule id, customer id): words}`` of what is on; customer id False = company."""
        found = {}
        for rule in rules:
            found.update(figures.matches(rule, running))
        return found

    @api.model
    def _kept(self, on, running):
        return self.browse().union(*(running[key] for key in on if key in running))

    @api.model
    def _open(self, company, date, on, running):
        return self.create(
            [
                {
                    "rule_id": rule_id,
                    "customer_id": customer_id,
                    "company_id": company.id,
                    "since": date,
                    "seen_on": date,
                    "words": words,
                }
                for (rule_id, customer_id), words in on.items()
                if (rule_id, customer_id) not in running
            ]
        )

    @api.model
    def _keep(self, date, on, running):
        for key, alert in running.items():
            if key in on:
                alert.write({"seen_on": date, "words": on[key]})

    def _end(self, date):
        self.write({"ended_on": date})

    @api.model
    def _to_repeat(self, date, on, running):
        """Alerts that last and whose rule says to tell again by now."""
        return self._kept(on, running).filtered(
            lambda alert: (
                alert.rule_id.repeat_days
                and alert.told_on
                and (date - alert.told_on).days >= alert.rule_id.repeat_days
            )
        )
