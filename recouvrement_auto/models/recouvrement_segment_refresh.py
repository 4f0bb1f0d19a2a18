from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL, LazyTranslate, format_date, split_every

from ..tools.segment import Pending, decide, exact, settle

_lt = LazyTranslate(__name__)

BATCH = 5000

REASONS = {
    "manual_litigation": _lt("In litigation or insolvency."),
    "no_recent_invoice": _lt("No invoice for %(days)s days (limit: %(limit)s)."),
    "few_invoices": _lt(
        "%(seen)s instalments paid or long overdue in 12 months: too few to tell "
        "(at least %(limit)s)."
    ),
    "late_ratio": _lt(
        "%(count)s of %(seen)s instalments late in 12 months: %(percent)s %% once weighed "
        "with the other customers (limit: %(limit)s %%)."
    ),
    "late30_ratio": _lt(
        "%(count)s of %(seen)s instalments more than 30 days late in 12 months: "
        "%(percent)s %% once weighed with the other customers (limit: %(limit)s %%)."
    ),
    "oldest_open": _lt("Oldest open item %(days)s days late (limit: %(limit)s)."),
    "median_delay": _lt(
        "Half of the payments come %(days)s days late or more (limit: %(limit)s)."
    ),
    "pending": _lt(
        "Pays better since %(since)s: becomes %(segment)s if it lasts %(days)s days."
    ),
}


class Change(NamedTuple):
    """What the refresh writes on a collection file."""

    customer_id: int
    partner_id: int
    before: str
    after: str
    segment_id: int
    reason: str
    changed_on: object
    up_since: object
    up_id: int | None


class Refresh:
    """What all the files of one refresh share."""

    def __init__(self, env, company, date, facts):
        Segment = env["recouvrement.segment"]
        self.env = env
        self.date = date
        self.facts = facts
        ratios = env["recouvrement.payment.facts"]._company_ratios(facts)
        self.ratios = tuple(map(exact, ratios))  # once, not for each file
        self.thresholds = Segment._thresholds(company)
        self.segments = Segment._by_code(company)
        self.code_of = {s.id: s.code for s in Segment._of_company(company)}
        self.names = {code: s.name for code, s in self.segments.items()}
        self.words = {key: env._(text) for key, text in REASONS.items()}

    def change_of(self, row, no_facts):
        """The ``Change`` of one file, or None when it says so already."""
        facts = self.facts.get(row["partner_id"], no_facts)
        proposed, reasons = decide(facts, *self.ratios, self.thresholds)
        before = self.code_of.get(row["segment_id"], "")
        after, pending = settle(
            before or None,
            proposed,
            self._pending(row),
            self.date,
            self.thresholds.upgrade_days,
        )
        segment_id = self.segments[after].id
        up_id = self.segments[pending.code].id if pending else None
        up_since = pending.since if pending else None
        reason = self._reason(reasons, pending)
        changed_on = self.date if after != before else row["segment_changed_on"]
        new = (segment_id, reason, up_since, up_id)
        if new == (
            row["segment_id"],
            row["segment_reason"],
            row["segment_up_since"],
            row["segment_up_id"],
        ):
            return None
        return Change(
            row["id"],
            row["partner_id"],
            before,
            after,
            segment_id,
            reason,
            changed_on,
            up_since,
            up_id,
        )

    def _pending(self, row):
        code = self.code_of.get(row["segment_up_id"])
        since = row["segment_up_since"]
        return Pending(code, since) if code and since else None

    def _reason(self, reasons, pending):
        lines = [self.words[key] % numbers for key, numbers in reasons]
        if pending:
            lines.append(
                self.words["pending"]
                % {
                    "since": format_date(self.env, pending.since),
                    "segment": self.names[pending.code],
                    "days": self.thresholds.upgrade_days,
                }
            )
        return "\n".join(lines)


class RecouvrementSegment(models.Model):
    """The segments of all customers of a company, every night, in sets."""

    _inherit = "recouvrement.segment"

    @api.model
    def _refresh(self, company, date, facts=None):
        """Judge every collection file of ``company`` at ``date``.

        Files are written only where something changes, and each change of segment is
        logged. A customer goes down at once and up when it has lasted. The own segment that
        a person chose is left alone: it counts before this one while it runs. Customers
        without a file get one, so that their first message already suits them.

        :param facts: what ``recouvrement.payment.facts._load`` gave, to read it only once
        :return: number of files written
        """
        if facts is None:
            facts = self.env["recouvrement.payment.facts"]._load(company, date)
        self._open_files(company, facts)
        changes = self._changes(company, date, facts)
        for batch in split_every(BATCH, changes, list):
            self._write_changes(date, batch)
        if changes:
            self.env.invalidate_all(
                flush=False
            )  # everything was flushed before reading
            self._log_changes(company, date, changes)
        return len(changes)

    @api.model
    def _open_files(self, company, facts):
        """Files of the customers that are alive and have none yet."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id FROM recouvrement_customer WHERE company_id = %s",
                company.id,
            )
        )
        limit = self._thresholds(company).inactive_days
        missing = facts.keys() - {row[0] for row in rows}
        alive = [
            partner_id
            for partner_id in missing
            if facts[partner_id].seen
            or facts[partner_id].open_overdue_count
            or (facts[partner_id].last_invoice_days or 0) < limit
        ]
        if alive:
            self.env["recouvrement.customer"]._create_missing(company, alive)

    @api.model
    def _changes(self, company, date, facts):
        env = self.with_context(lang=self._reason_lang(company)).env
        refresh = Refresh(env, company, date, facts)
        no_facts = self.env["recouvrement.payment.facts"]._none()
        self.env.flush_all()
        rows = self.env.execute_query_dict(
            SQL(
                """SELECT id, partner_id, segment_id, segment_reason,
                          segment_changed_on, segment_up_since, segment_up_id
                     FROM recouvrement_customer WHERE company_id = %s ORDER BY id""",
                company.id,
            )
        )
        changes = (refresh.change_of(row, no_facts) for row in rows)
        return [change for change in changes if change]

    @api.model
    def _reason_lang(self, company):
        """Language of the stored sentences: that of the company, who reads them."""
        lang = company.partner_id.lang
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return lang if lang in installed else None

    @api.model
    def _write_changes(self, date, changes):
        """One statement for the whole batch; the columns travel as arrays."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE recouvrement_customer customer
                   SET segment_id = new.segment_id, segment_reason = new.reason,
                       segment_date = %(date)s, segment_changed_on = new.changed_on,
                       segment_up_since = new.up_since, segment_up_id = new.up_id
                  FROM unnest(%(ids)s::int[], %(segments)s::int[], %(reasons)s::text[],
                              %(changed)s::date[], %(since)s::date[], %(up)s::int[])
                       new (id, segment_id, reason, changed_on, up_since, up_id)
                 WHERE customer.id = new.id
                """,
                date=date,
                ids=[change.customer_id for change in changes],
                segments=[change.segment_id for change in changes],
                reasons=[change.reason for change in changes],
                changed=[change.changed_on for change in changes],
                since=[change.up_since for change in changes],
                up=[change.up_id for change in changes],
            )
        )

    @api.model
    def _log_changes(self, company, date, changes):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "segment.changed",
                    "company": company.id,
                    "customer": change.customer_id,
                    "partner": change.partner_id,
                    "facts": {
                        "from": change.before,
                        "to": change.after,
                        "date": str(date),
                    },
                }
                for change in changes
                if change.before != change.after
            ]
        )
