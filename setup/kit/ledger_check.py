"""Has Odoo compute a generated ledger again: differences are errors of the generator."""

MOVE_FIELDS = (
    "amount_untaxed",
    "amount_tax",
    "amount_total",
    "amount_residual",
    "amount_untaxed_signed",
    "amount_tax_signed",
    "amount_total_signed",
    "amount_total_in_currency_signed",
    "amount_residual_signed",
    "payment_state",
    "invoice_date_due",
)
LINE_FIELDS = ("amount_residual", "amount_residual_currency", "reconciled")
UNBALANCED = """
    SELECT count(*) FROM (SELECT move_id FROM account_move_line
     GROUP BY move_id HAVING round(sum(balance), 2) <> 0) wrong
"""
RESIDUALS = """
    SELECT count(*) FROM account_move_line line
      JOIN account_account account ON account.id = line.account_id
 LEFT JOIN (SELECT id, sum(amount) AS amount, sum(cur) AS cur FROM (
                SELECT debit_move_id AS id, amount, debit_amount_currency AS cur
                  FROM account_partial_reconcile
             UNION ALL SELECT credit_move_id, -amount, -credit_amount_currency
                  FROM account_partial_reconcile) part GROUP BY id) matched ON matched.id = line.id
     WHERE account.account_type = 'asset_receivable' AND line.parent_state = 'posted'
       AND (line.amount_residual <> line.balance - COALESCE(matched.amount, 0)
         OR line.amount_residual_currency
            <> line.amount_currency - COALESCE(matched.cur, 0)
         OR line.reconciled <> (line.amount_residual = 0))
"""


def problems(env, sample=300):
    """Counts of what is wrong, by sort; nothing is written."""
    env.cr.execute(UNBALANCED)
    found = {"unbalanced": env.cr.fetchone()[0]}
    env.cr.execute(RESIDUALS)
    found["wrong residual"] = env.cr.fetchone()[0]
    env.cr.execute(
        "SELECT id FROM account_move WHERE state = 'posted'"
        " ORDER BY md5(id::text) LIMIT %s",
        [sample],
    )
    moves = env["account.move"].browse(row[0] for row in env.cr.fetchall())
    found["recomputed entries"] = _recompute(env, moves, MOVE_FIELDS)
    found["recomputed items"] = _recompute(env, moves.line_ids, LINE_FIELDS)
    found["customers"] = _customers(env, sample)
    env.cr.rollback()
    return found


def _recompute(env, records, names):
    before = {record: [record[name] for name in names] for record in records}
    for name in names:
        env.add_to_compute(records._fields[name], records)
    records._recompute_recordset(names)
    wrong = 0
    for record, old in before.items():
        different = {
            n: (o, record[n])
            for n, o in zip(names, old, strict=True)
            if not _same(o, record[n])
        }
        if different:
            wrong += 1
            print("different:", record, record.display_name, different)
    return wrong


def _same(old, new):
    if isinstance(old, float):
        return abs(old - new) < 0.005
    return old == new


def _customers(env, sample):
    """Customers whose `credit` is not the sum of the residuals of their items."""
    env.cr.execute(
        """SELECT line.partner_id, sum(line.amount_residual) FROM account_move_line line
             JOIN account_account account ON account.id = line.account_id
            WHERE account.account_type = 'asset_receivable'
              AND line.parent_state = 'posted' AND line.partner_id IS NOT NULL
         GROUP BY line.partner_id ORDER BY md5(line.partner_id::text) LIMIT %s""",
        [sample],
    )
    sums = dict(env.cr.fetchall())
    partners = env["res.partner"].browse(sums)
    return sum(not _same(float(sums[p.id]), p.credit) for p in partners)
