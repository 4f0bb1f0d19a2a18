"""The same night planned with the first look and by reading everybody: the same rows."""

from unittest import mock

from odoo.tools import SQL

# Columns that differ between two nights that write the same: ids of rows that the night
# itself makes (files of new customers, versions of scenarios), and what is made of them.
ROWS = {
    "recouvrement_reminder": {"run_id", "customer_id", "version_id", "key"},
    "recouvrement_reminder_item": {"reminder_id", "customer_id"},
    "recouvrement_run_problem": {"run_id"},
}
STAMPS = {"id", "create_date", "write_date", "create_uid", "write_uid"}
LOG = "event, partner_res_id, channel, step_code, state, reason_code, amount, moves"


def everybody(self, run, context):
    """In the place of ``_partners_to_plan``: who owes something and is not planned yet."""
    query = self.env["recouvrement.open.item"]._query(
        run.company_id, run.date, live=True
    )
    rows = self.env.execute_query(
        self.env["recouvrement.reminder"]._open_partners_sql(query)
    )
    planned = set(run.reminder_ids.customer_id.partner_id.ids)
    return [row[0] for row in rows if row[0] not in planned]


class PlanTwice:
    """For test cases of a company ready to chase."""

    def planned_rows(self, day, read_everybody=False):
        """What the night of ``day`` would write, as sorted text; nothing of it stays."""
        planner = self.registry["recouvrement.planner"]
        with self.env.cr.savepoint() as savepoint:
            marks = {
                table: self._last_id(table) for table in (*ROWS, "recouvrement_log")
            }
            if read_everybody:
                with mock.patch.object(planner, "_partners_to_plan", everybody):
                    self.plan(day)
            else:
                self.plan(day)
            self.env.flush_all()
            found = [self._rows_after(table, marks[table]) for table in ROWS]
            found.append(self._log_after(marks["recouvrement_log"]))
            savepoint.rollback()
        self.env.invalidate_all(flush=False)
        return found

    def assert_planned_alike(self, day):
        """Both ways of planning ``day`` write the same; returns how many messages."""
        seen, everything = self.planned_rows(day), self.planned_rows(day, True)
        for ours, theirs in zip(seen, everything, strict=True):
            apart = sorted(set(theirs) ^ set(ours))
            self.assertFalse(apart, f"{day}: {len(ours)} rows, {len(theirs)} are due")
            self.assertEqual(ours, theirs, day)
        return len(seen[0])

    def _last_id(self, table):
        self.env.flush_all()
        query = SQL("SELECT COALESCE(MAX(id), 0) FROM %s", SQL.identifier(table))
        return self.env.execute_query(query)[0][0]

    def _rows_after(self, table, mark):
        rows = self.env.execute_query_dict(
            SQL("SELECT * FROM %s WHERE id > %s", SQL.identifier(table), mark)
        )
        hidden = ROWS[table] | STAMPS
        return sorted(
            repr({k: v for k, v in row.items() if k not in hidden}) for row in rows
        )

    def _log_after(self, mark):
        rows = self.env.execute_query(
            SQL(f"SELECT {LOG} FROM recouvrement_log WHERE id > %s", mark)
        )
        return sorted(map(repr, rows))
