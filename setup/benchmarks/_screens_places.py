"""Further screens of `setup/bench screens`: the day, disputes, promises, a large statement."""

from datetime import timedelta

SOON = timedelta(days=5)
LARGE = 500  # open invoices of the debtor whose page is measured
ROWS = 100  # disputes and promises that their lists are read with


def prepare(env, today):
    """Disputes and promises on open items, and one debtor with many; commits.

    :return: the file of the debtor with ``LARGE`` open invoices, or less in a small ledger
    """
    Item = env["recouvrement.open.item"].sudo()
    env.cr.execute(Item._query(env.company, today, live=True))
    columns = [column.name for column in env.cr._obj.description]
    rows = [dict(zip(columns, row, strict=True)) for row in env.cr.fetchall()]
    debts = [
        row for row in rows if row["move_type"] == "out_invoice" and row["amount"] > 50
    ]
    Customer = env["recouvrement.customer"]
    partners = sorted({row["partner_id"] for row in debts})
    files = {x.partner_id.id: x for x in Customer._get_or_create(env.company, partners)}
    reason = env["recouvrement.dispute.reason"].search([], limit=1)
    for number, row in enumerate(debts[: 2 * ROWS]):
        file = files[row["partner_id"]]
        if number % 2:
            move = env["account.move"].browse(row["move_id"])
            env["recouvrement.dispute"]._open(file, move, reason, source="call")
        else:
            line = env["account.move.line"].browse(row["line_id"])
            env["recouvrement.promise"]._record(
                file, line, row["amount"], today + SOON, "call"
            )
    env.cr.commit()
    return _large_debtor(env, debts[2 * ROWS :], files)


def _large_debtor(env, debts, files):
    """Open invoices of many given to one customer, as only a measurement may."""
    taken = debts[:LARGE]
    if not taken:
        return next(iter(files.values()))
    partner_id = taken[0]["partner_id"]
    moves = tuple(row["move_id"] for row in taken)
    env.cr.execute(
        "UPDATE account_move SET partner_id = %s, commercial_partner_id = %s"
        " WHERE id IN %s",
        [partner_id, partner_id, moves],
    )
    env.cr.execute(
        "UPDATE account_move_line SET partner_id = %s WHERE move_id IN %s",
        [partner_id, moves],
    )
    env.cr.commit()
    env.invalidate_all()
    return files[partner_id]


def screens(env, listed, large, floor):
    """``(name, ours, floor)`` of each; ``listed`` reads the first page of an action."""
    day = env["recouvrement.day"]
    yield "my day", lambda: _opened_day(day), floor.customers
    yield "disputes", listed("recouvrement_dispute_action"), floor.rows_of("dispute")
    yield "promises", listed("recouvrement_promise_action"), floor.rows_of("promise")
    statement = env["recouvrement.statement"].sudo()
    file = large.with_env(env).sudo()
    yield (
        "statement of 500",
        lambda: statement._build(file, live=True),
        lambda: floor.items_of(large.partner_id.id),
    )


def _opened_day(day):
    action = day.action_open_day()
    names = ("name", "hint", "icon", "mine_count", "all_count", "sequence")
    return day.web_search_read(action["domain"], dict.fromkeys(names, {}))
