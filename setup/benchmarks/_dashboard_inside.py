"""The measured part of `setup/bench dashboard`; runs inside `odoo shell`."""

from datetime import timedelta

from odoo.tools import SQL

from . import _gauge

SELLERS = 20
DAYS = 365


def prepare(env):
    """Files, segments, salespersons, the lists of a night and a year of snapshots."""
    company, today = env.company, env.company._recouvrement_today()
    env["recouvrement.run"]._run(company, today)
    env["recouvrement.run"]._refresh_facts(company, today)
    users = env["res.users"].create(
        [{"name": f"Seller {n}", "login": f"bench_seller_{n}"} for n in range(SELLERS)]
    )
    env.flush_all()
    env.cr.execute(
        """UPDATE res_partner partner SET user_id = (%s::int[])[1 + partner.id %% %s]
             FROM recouvrement_customer customer
            WHERE customer.partner_id = partner.id""",
        [users.ids, SELLERS],
    )
    env.invalidate_all()
    Snapshot = env["recouvrement.kpi.snapshot"]
    env["recouvrement.kpi.habit"]._refresh(company, today)
    Snapshot._take(company, today - timedelta(days=1))
    env.flush_all()
    columns = [
        f.name for f in Snapshot._fields.values() if f.store and f.name not in ("id",)
    ]
    copied = ", ".join("date - number" if c == "date" else c for c in columns)
    env.cr.execute(
        f"""INSERT INTO recouvrement_kpi_snapshot ({", ".join(columns)})
            SELECT {copied} FROM recouvrement_kpi_snapshot, generate_series(1, {DAYS}) number
             WHERE level = 'group'"""
    )
    env.cr.commit()
    env.cr.execute("ANALYZE")
    env.cr.commit()


def floor(env):
    """Plain SQL of the figures: what nobody can do without."""
    company = env.company
    today = company._recouvrement_today()
    items = env["recouvrement.open.item"]._query(company, today, live=True)
    env.cr.execute(
        SQL(
            """WITH item AS MATERIALIZED (
                    SELECT partner_id, amount, %(day)s - due_date AS late
                      FROM (%(items)s) open)
               SELECT 'sums', SUM(amount), SUM(amount) FILTER (WHERE late > 0),
                      SUM(amount) FILTER (WHERE late > 90),
                      SUM(amount) FILTER (WHERE late BETWEEN 1 AND 30),
                      SUM(amount) FILTER (WHERE late BETWEEN 31 AND 60),
                      SUM(amount) FILTER (WHERE late BETWEEN 61 AND 90), COUNT(*)
                 FROM item
            UNION ALL
             (SELECT partner_id::text, SUM(amount), NULL, NULL, NULL, NULL, NULL, NULL
                FROM item WHERE late > 0 GROUP BY partner_id ORDER BY 2 DESC LIMIT 10)""",
            day=today,
            items=items,
        )
    )
    return env.cr.fetchall()


def measure(env, repeat):
    """Medians of each cost."""
    prepare(env)
    company, today = env.company, env.company._recouvrement_today()
    board = env["recouvrement.dashboard"]
    board.read_figures({})
    found = {name: [] for name in ("floor", "dashboard", "list", "snapshot", "nightly")}
    for number in range(repeat):
        cost, rows = _gauge.measure(env, lambda: floor(env))
        found["floor"].append(cost)
        cost, figures = _gauge.measure(env, lambda: board.read_figures({}))
        found["dashboard"].append(cost)
        by_key = {tile["key"]: tile for tile in figures["tiles"]}
        assert abs(by_key["receivable"]["amount"] - rows[0][1]) < 0.01, rows[0]
        cost, _none = _gauge.measure(env, lambda: _open(env, board))
        found["list"].append(cost)
        if number < 3:
            day = today - timedelta(days=DAYS + 10 + number)
            cost, _none = _gauge.measure(
                env, lambda d=day: env["recouvrement.kpi.snapshot"]._take(company, d)
            )
            found["snapshot"].append(cost)
            cost, _none = _gauge.measure(env, lambda: _lists(env, company, today))
            found["nightly"].append(cost)
            env.cr.rollback()
    return {name: _gauge.middle(costs) for name, costs in found.items()}


def _open(env, board):
    """The list behind "over 90 days" as the browser asks for it: 80 rows and the count."""
    action = board.open_list("over_90", {})
    return env[action["res_model"]].web_search_read(
        action["domain"], {"partner_id": {}, "amount": {}, "days_late": {}}, limit=80
    )


def _lists(env, company, today):
    env["recouvrement.kpi.habit"]._refresh(company, today)
    env["recouvrement.kpi.claimable"]._refresh(company, today)
