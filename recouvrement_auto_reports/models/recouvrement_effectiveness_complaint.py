from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..tools import kpi
from .recouvrement_effectiveness_rate import RATES

RATES["complaint_rate"] = ("complained", "sent")


class RecouvrementEffectiveness(models.Model):
    """Complaints about the messages themselves, apart from disputes (practice.md P21)."""

    _inherit = "recouvrement.effectiveness"

    complained = fields.Integer(
        string="Complaints",
        readonly=True,
        help="Messages that a customer complained about within 45 days.",
    )
    complaint_rate = fields.Float(
        string="Complaints (%)", compute="_compute_rates", aggregator="avg"
    )

    @api.depends("complained")
    def _compute_rates(self):
        """EXTENDS: the rate of complaints is counted on the messages that left."""
        return super()._compute_rates()

    @api.model
    def _refresh(self, company, date):
        """EXTENDS: complaints come later than the message; one more statement."""
        written = super()._refresh(company, date)
        self.env.cr.execute(
            SQL(
                """UPDATE recouvrement_effectiveness row
                      SET complained = found.count
                     FROM (SELECT row.id, COUNT(DISTINCT complaint.reminder_id) AS count
                             FROM recouvrement_effectiveness row
                        LEFT JOIN recouvrement_complaint complaint
                               ON complaint.reminder_id = row.reminder_id
                              AND complaint.recorded_on <= %(date)s
                            WHERE row.company_id = %(company)s AND row.day >= %(since)s
                         GROUP BY row.id) found
                    WHERE row.id = found.id
                      AND row.complained IS DISTINCT FROM found.count""",
                date=date,
                company=company.id,
                since=date - timedelta(days=45),
            )
        )
        self.invalidate_model(["complained"])
        return written


class RecouvrementAlertFigures(models.AbstractModel):
    """Share of the messages of a period that customers complained about."""

    _inherit = "recouvrement.alert.figures"

    @api.model
    def _company_figures(self, company, date, periods):
        """EXTENDS: with the rate of complaints, counted on the period of each rule."""
        found = super()._company_figures(company, date, periods)
        for period in periods:
            found[period]["complaint_share"] = self._complaint_share(
                company, date, period
            )
        return found

    @api.model
    def _complaint_share(self, company, date, period):
        """Percent, or None when no message left in the period."""
        since = date - timedelta(days=period)
        sent, complained = self.env.execute_query(
            SQL(
                """SELECT COUNT(*), COUNT(*) FILTER (WHERE EXISTS (
                              SELECT 1 FROM recouvrement_complaint complaint
                               WHERE complaint.reminder_id = reminder.id
                                 AND complaint.recorded_on <= %(date)s))
                     FROM recouvrement_reminder reminder
                    WHERE reminder.company_id = %(company)s
                      AND reminder.state = 'sent'
                      AND reminder.date > %(since)s AND reminder.date <= %(date)s""",
                company=company.id,
                since=since,
                date=date,
            )
        )[0]
        return kpi.percent(complained, sent) if sent else None
