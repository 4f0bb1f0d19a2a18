"""The measured part of `setup/bench night`; runs inside `odoo shell`."""

import json
from datetime import timedelta

from psycopg2.extras import execute_values

from . import _gauge

TABLES = (
    "recouvrement_customer",
    "recouvrement_reminder",
    "recouvrement_reminder_item",
    "recouvrement_log",
    "recouvrement_log_secret",
)
FAR = timedelta(days=900)  # a day before every due date: all is open, nothing is due


def prepare(env):
    """The company sends by the shipped scenarios; nothing is held for its settings."""
    user = env.ref("base.user_admin")
    user.partner_id.email = "agent@negoce.example"
    env["ir.mail_server"].search([]).unlink()
    env["ir.mail_server"].create({"name": "sink", "smtp_host": "127.0.0.1"})
    env.company.write(
        {
            "email": "compta@negoce.example",
            "recouvrement_mode": "auto",
            "recouvrement_release": "manual",
            "recouvrement_closed_days": True,
            "recouvrement_bank_stale_days": 0,
            "recouvrement_user_id": user.id,
        }
    )
    for table in (
        "recouvrement_log",
        "recouvrement_log_secret",
        "recouvrement_log_seal",
    ):
        env.cr.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    env["recouvrement.fingerprint"]._store()
    env.cr.commit()


def reset(env):
    """No collection file, no run, no message: as right after the installation."""
    env.flush_all()
    env.cr.execute(f"TRUNCATE {', '.join(TABLES)}, recouvrement_run CASCADE")
    env.cr.commit()
    env.invalidate_all()


class Night:
    """One night measured, and the floor of writing what it wrote."""

    def __init__(self, env, day):
        self.env = env
        self.cr = env.cr
        self.day = day
        self.company = env.company

    def marks(self):
        """The largest id of each table before the night."""
        found = {}
        for table in TABLES:
            self.cr.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}")
            found[table] = self.cr.fetchone()[0]
        return found

    def due_list(self):
        """Execute and fetch the SQL of the open items."""
        query = self.env["recouvrement.open.item"]._query(
            self.company, self.day, live=True
        )
        self.cr.execute(query)
        return len(self.cr.fetchall())

    def take(self, marks):
        """Rows that the night wrote: ``[(table, columns, rows)]``, and take them away."""
        found = []
        for table in TABLES:
            self.cr.execute(
                f"SELECT * FROM {table} WHERE id > %s ORDER BY id", [marks[table]]
            )
            columns = [column.name for column in self.cr._obj.description]
            rows = [tuple(map(_plain, row)) for row in self.cr.fetchall()]
            found.append((table, columns, rows))
        for table in reversed(TABLES):
            self.cr.execute(f"DELETE FROM {table} WHERE id > %s", [marks[table]])
        self.cr.commit()
        return found

    def write(self, taken):
        """The floor of writing: the same rows into the same tables, one commit."""
        for table, columns, rows in taken:
            if rows:
                names = ", ".join(f'"{name}"' for name in columns)
                statement = f"INSERT INTO {table} ({names}) VALUES %s"
                execute_values(self.cr._obj, statement, rows, page_size=1000)
        self.cr.commit()

    def run(self):
        """Measure the night, then its floor, on the same database."""
        marks = self.marks()
        Run = self.env["recouvrement.run"]
        cost, run = _gauge.measure(self.env, lambda: Run._run(self.company, self.day))
        assert not run.problem_ids, run.problem_ids.mapped("message")
        run_id = run.id
        read, items = _gauge.measure(self.env, self.due_list)
        taken = self.take(marks)
        written, _none = _gauge.measure(self.env, lambda: self.write(taken))
        rows = {table: len(rows) for table, _columns, rows in taken}
        return {
            "night": cost,
            "read": read,
            "write": written,
            "run": run_id,
            "open": items,
            "rows": rows,
        }


def _plain(value):
    return json.dumps(value) if isinstance(value, dict | list) else value


def all_sent(env, run_id):
    """As if every message of the run had left."""
    for table, column in (
        ("recouvrement_reminder", "run_id = %s"),
        (
            "recouvrement_reminder_item",
            "reminder_id IN (SELECT id FROM recouvrement_reminder WHERE run_id = %s)",
        ),
    ):
        env.cr.execute(
            f"UPDATE {table} SET state = 'sent' WHERE state IN"
            f" ('queued', 'to_confirm') AND {column}",
            [run_id],
        )
    env.cr.execute("UPDATE recouvrement_run SET state = 'closed'")
    env.cr.commit()
    env.cr.execute(f"ANALYZE {', '.join(TABLES)}")
    env.cr.commit()
    env.invalidate_all()


def measure(env, repeat):
    """Three nights, ``repeat`` times: a list of measures by kind, and the scoring."""
    prepare(env)
    today = env.company._recouvrement_today()
    found = {"first": [], "steady": [], "quiet": []}
    scoring = []

    def refresh():
        env["recouvrement.run"]._refresh_facts(env.company, today)

    for _repetition in range(repeat):
        reset(env)
        first = Night(env, today).run()
        all_sent(env, first["run"])
        steady = Night(env, today + timedelta(days=1)).run()
        quiet = Night(env, today - FAR).run()
        for kind, one in (("first", first), ("steady", steady), ("quiet", quiet)):
            found[kind].append(one)
        cost, _none = _gauge.measure(env, refresh)
        scoring.append(cost)
    return {
        "nights": {kind: _summary(nights) for kind, nights in found.items()},
        "scoring": _gauge.middle(scoring),
    }


def _summary(nights):
    costs = {
        key: _gauge.middle([night[key] for night in nights])
        for key in ("night", "read", "write")
    }
    return costs | {"open": nights[0]["open"], "rows": nights[0]["rows"]}
