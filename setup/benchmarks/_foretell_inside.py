"""The measured parts of `setup/bench foretell`; runs inside an `odoo shell`."""

from . import _gauge


def measure(env):
    """The first step, which trains, and one of an ordinary day."""
    company = env["res.company"].search([], order="id", limit=1)
    env.cr.execute(
        "SELECT company_id, COUNT(*) FROM account_move WHERE move_type = 'out_invoice'"
        " AND state = 'posted' GROUP BY 1 ORDER BY 2 DESC LIMIT 1"
    )
    company_id, invoices = env.cr.fetchone()
    company = env["res.company"].browse(company_id)
    Prediction = env["recouvrement.prediction"].with_company(company)
    env.cr.execute(
        "SELECT MAX(date) FROM account_move WHERE company_id = %s", [company_id]
    )
    today = env.cr.fetchone()[0]
    steps = {}
    for label in ("with training", "every day"):
        cost, _rows = _gauge.measure(env, lambda: Prediction._refresh(company, today))
        steps[label] = {
            name: getattr(cost, name) for name in ("wall", "cpu", "queries", "memory")
        }
        env.cr.commit()
    rows = Prediction.search_count([("company_id", "=", company_id)])
    return {"steps": steps, "rows": rows, "invoices": invoices}
