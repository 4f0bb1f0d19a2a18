from odoo import api, fields, models
from odoo.exceptions import AccessError

from .recouvrement_kpi_engine import LATE_COLUMNS

READERS = (
    "recouvrement_auto.recouvrement_auto_group_agent",
    "recouvrement_auto.recouvrement_auto_group_auditor",
)
LESS_IS_BETTER = ("kpi_recouvrement_overdue", "kpi_recouvrement_dso")


class DigestDigest(models.Model):
    """Figures of the collection in Odoo's own digest e-mails.

    A period is what ``digest`` gives in the context; as in ``account`` its first day is
    left out and its last day counts.
    """

    _inherit = "digest.digest"

    kpi_recouvrement_overdue = fields.Boolean("Overdue receivables")
    kpi_recouvrement_overdue_value = fields.Monetary(
        compute="_compute_kpi_recouvrement_overdue_value"
    )
    kpi_recouvrement_dso = fields.Boolean("DSO (days)")
    kpi_recouvrement_dso_value = fields.Float(
        compute="_compute_kpi_recouvrement_dso_value"
    )
    kpi_recouvrement_cash = fields.Boolean("Cash received from customers")
    kpi_recouvrement_cash_value = fields.Monetary(
        compute="_compute_kpi_recouvrement_cash_value"
    )
    kpi_recouvrement_sent = fields.Boolean("Reminders sent")
    kpi_recouvrement_sent_value = fields.Integer(
        compute="_compute_kpi_recouvrement_sent_value"
    )

    def _compute_kpi_recouvrement_overdue_value(self):
        """What was overdue on the last evening of the period, from the frozen days."""
        for digest, last in self._recouvrement_last_days():
            digest.kpi_recouvrement_overdue_value = last["overdue"] if last else 0.0

    def _compute_kpi_recouvrement_dso_value(self):
        """DSO of 90 days on the last evening of the period."""
        for digest, last in self._recouvrement_last_days():
            digest.kpi_recouvrement_dso_value = (last and last["dso"]) or 0.0

    def _compute_kpi_recouvrement_cash_value(self):
        """Payments matched with receivables in the period, by bank date."""
        self._check_recouvrement_reader()
        first, last = self._recouvrement_period()
        Weekly = self.env["recouvrement.weekly"]
        for digest in self:
            digest.kpi_recouvrement_cash_value = Weekly._cash(
                digest.company_id or self.env.company, first, last
            )

    def _compute_kpi_recouvrement_sent_value(self):
        """Reminders whose sending succeeded in the period."""
        self._check_recouvrement_reader()
        self._calculate_company_based_kpi(
            "recouvrement.reminder",
            "kpi_recouvrement_sent_value",
            date_field="sent_at",
            additional_domain=[("state", "=", "sent")],
        )

    def _compute_kpis(self, company, user):
        """EXTENDS 'digest': no margin where less is better, it shows each rise in green."""
        kpis = super()._compute_kpis(company, user)
        for kpi in kpis:
            if kpi["kpi_name"] in LESS_IS_BETTER:
                for column in ("kpi_col1", "kpi_col2", "kpi_col3"):
                    kpi[column]["margin"] = 0.0
        return kpis

    def _compute_kpis_actions(self, company, user):
        """EXTENDS 'digest': each figure opens its list."""
        actions = super()._compute_kpis_actions(company, user)
        menu = self.env.ref("recouvrement_auto.recouvrement_menu_root").id
        for name, action in {
            "kpi_recouvrement_overdue": "recouvrement_auto_reports.recouvrement_dashboard_action",
            "kpi_recouvrement_dso": "recouvrement_auto_reports.recouvrement_kpi_snapshot_action",
            "kpi_recouvrement_cash": "recouvrement_auto_reports.recouvrement_dashboard_action",
            "kpi_recouvrement_sent": "recouvrement_auto.recouvrement_reminder_action",
        }.items():
            actions[name] = f"{action}?menu_id={menu}"
        return actions

    @api.model
    def _check_recouvrement_reader(self):
        """Raise ``AccessError`` for who may not see the whole company: ``digest`` then
        leaves the figure out of this reader's mail."""
        if not any(self.env.user.has_group(group) for group in READERS):
            raise AccessError(
                self.env._("Only collection agents and auditors see these figures.")
            )

    @api.model
    def _recouvrement_period(self):
        """First and last day of the period of the context."""
        start, end, _companies = self._get_kpi_compute_parameters()
        return (
            fields.Date.add(fields.Date.to_date(start), days=1),
            fields.Date.to_date(end),
        )

    def _recouvrement_last_days(self):
        """Pairs of a digest and the frozen figures of the last evening of its period.

        The figures are a dict of ``recouvrement.kpi.snapshot._series`` and ``overdue``
        (company currency); ``None`` without any evening in the week before.
        """
        self._check_recouvrement_reader()
        _first, end = self._recouvrement_period()
        Snapshot = self.env["recouvrement.kpi.snapshot"]
        for digest in self:
            company = digest.company_id or self.env.company
            series = Snapshot._series(
                [
                    ("company_id", "=", company.id),
                    ("date", "<=", end),
                    ("date", ">", fields.Date.subtract(end, days=7)),
                ]
            )
            last = series[-1] if series else None
            if last:
                last["overdue"] = sum(last[name] for name in LATE_COLUMNS)
            yield digest, last
