import logging
from datetime import timedelta

from odoo import api, models
from odoo.tools import SQL, email_normalize, format_date, formatLang

from odoo.addons.recouvrement_auto.models.recouvrement_payment_instalment import (
    CASH_JOURNALS,
)

_logger = logging.getLogger(__name__)

MANAGERS = "recouvrement_auto.recouvrement_auto_group_manager"
MONDAY, MORNING = 1, 6
ALERTS = 10  # in the mail; all are on the page of alerts


class RecouvrementWeekly(models.AbstractModel):
    """The weekly summary of a company by e-mail to its managers, once a week.

    The figures are those of the dashboard and of the nights; each mail is written in the
    language of its reader and with his rights.
    """

    _name = "recouvrement.weekly"
    _description = "Weekly summary"

    @api.model
    def _cron_weekly(self):
        """Send the summary of each company whose Monday morning has come, once."""
        for company in self.env["recouvrement.run"]._companies():
            now = company._recouvrement_now()
            monday = now.date() - timedelta(days=now.isoweekday() - MONDAY)
            last = company.recouvrement_weekly_on
            if not company.recouvrement_weekly or (last and last >= monday):
                continue
            if now.date() == monday and now.hour < MORNING:
                continue
            try:
                self._send(company, monday)
            except Exception:
                _logger.exception("Weekly summary of %s failed", company.name)
                self.env["recouvrement.run"]._forget()
                self.env["recouvrement.log"]._append(
                    "kpi.failed", company=company, facts={"step": "weekly"}
                )
            self.env["recouvrement.run"]._checkpoint()

    @api.model
    def _send(self, company, monday):
        """Queue one mail per reader about the seven days before ``monday``.

        :return: the mails
        """
        mails = self.env["mail.mail"].sudo()  # the night writes to colleagues only
        for user in self._readers(company):
            reader = self.with_user(user).with_context(
                lang=user.lang, allowed_company_ids=company.ids
            )
            mails |= mails.create(reader._prepare_mail(company, monday, user))
        company.recouvrement_weekly_on = monday
        return mails

    @api.model
    def _readers(self, company):
        """Users with an address: those chosen, else the managers of the company."""
        users = company.recouvrement_weekly_user_ids
        if not users:
            users = self.env.ref(MANAGERS).all_user_ids
        return users.filtered(
            lambda user: (
                user.active
                and company in user.company_ids
                and email_normalize(user.email or "")
                and self.env["recouvrement.customer"].with_user(user).has_access("read")
            )
        )

    @api.model
    def _prepare_mail(self, company, monday, user):
        values = self._values(company, monday)
        body = self.env["ir.qweb"]._render(
            "recouvrement_auto_reports.recouvrement_weekly_mail", values
        )
        return {
            "subject": self.env._(
                "Collection: week of %(day)s, %(company)s",
                day=format_date(self.env, values["first"]),
                company=company.name,
            ),
            "body_html": body,
            "email_to": email_normalize(user.email),
            "email_from": company.email_formatted or user.email_formatted,
            "auto_delete": True,
        }

    # === FIGURES === #

    @api.model
    def _values(self, company, monday):
        """What the template shows; amounts and days already in words."""
        first, last = monday - timedelta(days=7), monday - timedelta(days=1)
        board = self.env["recouvrement.dashboard"].with_company(company)
        figures = board.read_figures({"months": 3})
        return {
            "company": company,
            "first": first,
            "last": last,
            "money": lambda value: self._whole(value, company.currency_id),
            "number": lambda value: formatLang(self.env, value or 0, digits=1),
            "day": lambda day: format_date(self.env, day),
            "tiles": {tile["key"]: tile for tile in figures["tiles"]},
            "dso": figures["dso"]["last"],
            "top": figures["top"][:5],
            "before": self._week_before(company, first),
            "cash": self._cash(company, first, last),
            "messages": self._messages(company, first, last),
            "alerts": self._new_alerts(company, first),
            "url": f"{company.get_base_url()}/odoo/recouvrement-dashboard",
        }

    @api.model
    def _whole(self, value, currency):
        """An amount in whole units: cents are in the lists."""
        number = formatLang(self.env, value, digits=0)
        parts = [number, currency.symbol]
        return "\u00a0".join(parts if currency.position == "after" else parts[::-1])

    @api.model
    def _new_alerts(self, company, first):
        """Alerts that started in the week and last, those about the company first."""
        found = self.env["recouvrement.alert"].search(
            [
                ("company_id", "=", company.id),
                ("since", ">=", first),
                ("ended_on", "=", False),
            ]
        )
        return found.sorted(lambda alert: bool(alert.customer_id))[:ALERTS]

    @api.model
    def _week_before(self, company, day):
        """The snapshot of the evening before the week, or None."""
        series = self.env["recouvrement.kpi.snapshot"]._series(
            [
                ("company_id", "=", company.id),
                ("date", ">=", day - timedelta(days=4)),
                ("date", "<", day),
            ]
        )
        return series[-1] if series else None

    @api.model
    def _cash(self, company, first, last):
        """Cash matched with receivables in these days, in company currency."""
        Item = self.env["recouvrement.open.item"]
        [(amount,)] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(part.amount), 0)::float
                     FROM account_partial_reconcile part
                     JOIN account_move_line debit ON debit.id = part.debit_move_id
                     JOIN account_move_line credit ON credit.id = part.credit_move_id
                     JOIN account_journal journal ON journal.id = credit.journal_id
                    WHERE part.company_id IN %s AND part.max_date BETWEEN %s AND %s
                      AND debit.company_id = %s AND debit.account_id IN %s
                      AND journal.type IN %s""",
                Item._partial_company_ids(company),
                first,
                last,
                company.id,
                Item._account_ids(company),
                CASH_JOURNALS,
            )
        )
        return amount

    @api.model
    def _messages(self, company, first, last):
        """``{state: number}`` of the messages of these days."""
        rows = self.env["recouvrement.reminder"]._read_group(
            [
                ("company_id", "=", company.id),
                ("date", ">=", first),
                ("date", "<=", last),
            ],
            ["state"],
            ["__count"],
        )
        return dict(rows)
