"""The measured parts of `setup/bench scores`; each runs inside an `odoo shell`."""

import json
import time
from datetime import date
from pathlib import Path

from psycopg2.extras import execute_values

from odoo.tools import SQL

from odoo.addons.recouvrement_auto.tools.payment_trial import trial

REGION = "FR"


def measure(env, jobs):
    """Figures of one history, which is read through the product's own relation."""
    path = Path(jobs)
    job = json.loads(path.read_text())
    path.unlink()
    started = time.perf_counter()
    env.cr.execute(
        """CREATE TEMPORARY TABLE bench_history (
               invoice text, customer text, invoice_date date, due_date date,
               paid_date date, amount numeric, disputed boolean) ON COMMIT DROP"""
    )
    execute_values(
        env.cr._obj, "INSERT INTO bench_history VALUES %s", job["rows"], page_size=1000
    )
    items = env["recouvrement.payment.history"]._items(
        SQL("SELECT * FROM bench_history"), REGION if job["business_days"] else None
    )
    found = trial(items, date.fromisoformat(job["cutoff"]).toordinal())
    seconds = round(time.perf_counter() - started, 2)
    env.cr.rollback()
    return [
        {**line, "business_days": job["business_days"], "seconds": seconds}
        for line in found
    ]
