"""The measured part of `setup/bench peers`; runs inside `odoo shell`."""

import io
from collections import Counter
from datetime import date, timedelta

import xlsxwriter

from odoo.tools import SQL

from odoo.addons.recouvrement_auto_reports.tools.aged_request import AgedRequest

from . import _gauge, _peers_cases

LIMITS = (0, 30, 60, 90, 120)  # the columns of the peer
COLUMNS = ("current", "30_days", "60_days", "90_days", "120_days", "older")
PAST = 330  # days back: "eleven months ago"


class Balances:
    """The three ways to one figure: ours, the peer's, the general ledger."""

    def __init__(self, env, today):
        self.env = env
        self.today = today
        self.company = env.company
        self.accounts = env["recouvrement.open.item"]._account_ids(self.company)

    # === FIGURES === #

    def request(self, day, details=False):
        return AgedRequest(day, (self.company.id,), LIMITS, details=details)

    def ours(self, day):
        """``{partner id: [columns]}``; 0 stands for "no customer"."""
        engine = self.env["recouvrement.aged.balance.engine"]
        found = {}
        for row in engine._summary_rows(self.request(day)):
            sums = found.setdefault(row["debtor_id"] or 0, [0.0] * 6)
            for index in range(6):
                sums[index] += float(row[f"amount_{index}"])
        return found

    def wizard(self, day, details=False):
        Wizard = self.env["aged.partner.balance.report.wizard"]
        return Wizard.create(
            {
                "date_at": day,
                "company_id": self.company.id,
                "account_ids": [(6, 0, self.accounts)],
                "show_move_line_details": details,
            }
        )

    def peer_data(self, wizard):
        return {
            **wizard._prepare_report_data(),
            "date_at": str(wizard.date_at),
        }

    def peer_values(self, wizard):
        report = self.env["report.account_financial_report.aged_partner_balance"]
        return report._get_report_values(wizard.ids, self.peer_data(wizard))

    def peer(self, day):
        """The peer's figures, without what its report keeps only as a name: by the
        intermediate result that has the ids."""
        wizard = self.wizard(day)
        data = self.peer_data(wizard)
        report = self.env["report.account_financial_report.aged_partner_balance"]
        config = self.env["account.age.report.configuration"]
        figures, *_rest = report.with_context(
            age_partner_config=config
        )._get_move_lines_data(
            data["company_id"],
            data["account_ids"],
            data["partner_ids"],
            day,
            data["date_from"],
            data["only_posted_moves"],
            False,
        )
        found = {}
        for account in figures.values():
            for key, value in account.items():
                if isinstance(key, int):
                    sums = found.setdefault(key, [0.0] * 6)
                    for index, name in enumerate(COLUMNS):
                        sums[index] += value[name]
        return found

    def ledger(self, day):
        """Plain sum of the posted lines; knows nothing of reconciliation."""
        self.env.cr.execute(
            """SELECT COALESCE(line.partner_id, 0), SUM(line.balance)
                 FROM account_move_line line
                WHERE line.account_id IN %s AND line.company_id = %s
                  AND line.parent_state = 'posted' AND line.date <= %s
             GROUP BY 1""",
            [self.accounts, self.company.id, day],
        )
        return {key: float(total) for key, total in self.env.cr.fetchall()}

    def settled_by_others(self, day):
        """Customers touched by a match between two customers: there the ledger by
        customer and the open items must differ, and by how much."""
        self.env.cr.execute(
            """SELECT debit.partner_id, credit.partner_id, part.amount
                 FROM account_partial_reconcile part
                 JOIN account_move_line debit ON debit.id = part.debit_move_id
                 JOIN account_move_line credit ON credit.id = part.credit_move_id
                WHERE debit.account_id IN %s AND part.max_date <= %s
                  AND debit.partner_id IS DISTINCT FROM credit.partner_id""",
            [self.accounts, day],
        )
        found = Counter()
        for debit, credit, amount in self.env.cr.fetchall():
            found[debit or 0] -= float(amount)
            found[credit or 0] += float(amount)
        return found

    def undated(self, day):
        """Customers with an open line that has no due date: the peer calls it not due."""
        item = self.env["recouvrement.open.item"]._query(self.company, day)
        rows = self.env.execute_query(
            SQL("SELECT DISTINCT partner_id FROM (%s) item WHERE no_due_date", item)
        )
        return {row[0] or 0 for row in rows}

    def compare(self, day):
        """Numbers of customers that agree, and of each explained difference."""
        ours, peer, ledger = self.ours(day), self.peer(day), self.ledger(day)
        moved, undated = self.settled_by_others(day), self.undated(day)
        found = Counter(customers=len({*ours, *peer}))
        for key in {*ours, *peer, *ledger}:
            own, other = ours.get(key, [0.0] * 6), peer.get(key, [0.0] * 6)
            if round(sum(own) - sum(other), 2):
                found["total differs from the peer"] += 1
            elif any(round(a - b, 2) for a, b in zip(own, other, strict=True)):
                reason = "line without due date" if key in undated else "unexplained"
                found[f"column differs: {reason}"] += 1
            gap = round(ledger.get(key, 0) + moved[key] - sum(own), 2)
            found["settled by another customer"] += bool(round(moved[key], 2))
            found["differs from the ledger"] += bool(gap)
            gap = round(ledger.get(key, 0) + moved[key] - sum(other), 2)
            found["peer differs from the ledger"] += bool(gap)
        totals = [
            round(sum(map(sum, ours.values())), 2),
            round(sum(map(sum, peer.values())), 2),
            round(sum(ledger.values()), 2),
        ]
        return {"day": str(day), "totals": totals, **found}

    # === COSTS === #

    def floor_summary(self, day):
        """The SQL by customer and one row of nine cells each."""
        item = self.env["recouvrement.open.item"]._query(self.company, day)
        columns = SQL(", ").join(
            SQL(
                "SUM(amount) FILTER (WHERE %s - due_date BETWEEN %s AND %s)",
                day,
                first,
                last,
            )
            for first, last in (
                (-99999, 0),
                (1, 30),
                (31, 60),
                (61, 90),
                (91, 120),
                (121, 99999),
            )
        )
        rows = self.env.execute_query(
            SQL(
                "SELECT partner.name, partner.ref, SUM(amount), %s FROM (%s) item "
                "LEFT JOIN res_partner partner ON partner.id = item.partner_id "
                "GROUP BY partner.id ORDER BY partner.name",
                columns,
                item,
            )
        )
        return self.raw_book(rows)

    def floor_sql(self, day):
        item = self.env["recouvrement.open.item"]._query(self.company, day)
        return self.env.execute_query(
            SQL("SELECT partner_id, SUM(amount) FROM (%s) item GROUP BY 1", item)
        )

    def floor_detail(self, day):
        """The SQL of the items and one row of twelve cells each."""
        item = self.env["recouvrement.open.item"]._query(self.company, day)
        rows = self.env.execute_query(
            SQL(
                "SELECT partner.name, partner.ref, move_name, move_ref, move_type, "
                "invoice_date::text, due_date::text, %s - due_date, original, amount, "
                "residual, item.currency_id FROM (%s) item "
                "LEFT JOIN res_partner partner ON partner.id = item.partner_id "
                "ORDER BY partner.name, due_date",
                day,
                item,
            )
        )
        return self.raw_book(rows)

    def raw_book(self, rows):
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"constant_memory": True})
        sheet = book.add_worksheet()
        for row, values in enumerate(rows):
            for col, value in enumerate(values):
                if isinstance(value, str):
                    sheet.write_string(row, col, value)
                elif value is not None:
                    sheet.write_number(row, col, float(value))
        book.close()
        return len(rows)

    def our_book(self, day, details):
        request = self.request(day, details)
        return len(self.env["recouvrement.aged.balance.xlsx"]._build(request))

    def peer_book(self, day, details):
        wizard = self.wizard(day, details)
        report = self.env["ir.actions.report"].with_context(
            active_model=wizard._name, active_ids=wizard.ids
        )
        content, _kind = report._render_xlsx(
            "a_f_r.report_aged_partner_balance_xlsx",
            wizard.ids,
            self.peer_data(wizard),
        )
        return len(content)

    def costs(self, repeat):
        """``{what: {who: cost}}`` in one session, alternating."""
        past = self.today - timedelta(days=PAST)
        tasks = {
            "figures today": (
                self.floor_sql,
                self.ours,
                lambda day: self.peer_values(self.wizard(day)),
            ),
            "XLSX summary today": (
                self.floor_summary,
                lambda day: self.our_book(day, False),
                lambda day: self.peer_book(day, False),
            ),
            "XLSX detail today": (
                self.floor_detail,
                lambda day: self.our_book(day, True),
                lambda day: self.peer_book(day, True),
            ),
        }
        found = {
            name: self.alternate(calls, self.today, repeat)
            for name, calls in tasks.items()
        }
        for name in ("figures", "XLSX summary"):
            calls = tasks[f"{name} today"]
            found[f"{name} {PAST} days back"] = self.alternate(calls, past, repeat)
        return found

    def alternate(self, calls, day, repeat):
        costs = {name: [] for name in ("floor", "ours", "peer")}
        for _round in range(repeat):
            for name, call in zip(costs, calls, strict=True):
                cost, _none = _gauge.measure(self.env, lambda call=call: call(day))
                costs[name].append(cost)
                self.env.cr.rollback()
        return {name: _gauge.middle(values) for name, values in costs.items()}


def measure(env, today, repeat, cases):
    """Comparison at twelve past dates, then the costs."""
    today = date.fromisoformat(today)
    if cases:
        _peers_cases.Cases(env, today).write()
    balances = Balances(env, today)
    days = [today - timedelta(days=step * 55 + 3) for step in range(12)]
    return {
        "compared": [balances.compare(day) for day in days],
        "costs": balances.costs(repeat),
    }
