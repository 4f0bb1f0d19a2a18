"""One real posted document of each sort, of which the ledger generator makes copies."""

import re

RATE = 1.1  # of the second currency, the same over the two years
TERMS = (30, 45, 60)


def create(env, day):
    """Post the documents: ids of their entries and items by key, and of the partner."""
    dollar = env.ref("base.USD")
    dollar.active = True
    company = env.company
    env["res.currency.rate"].create(
        {"currency_id": dollar.id, "company_id": company.id, "name": day, "rate": RATE}
    )
    partner = env["res.partner"].create(
        {
            "name": "Prototype",
            "is_company": True,
            "lang": "fr_FR",
            "street": "12 rue des Docks",
            "zip": "69009",
            "city": "Lyon",
            "country_id": env.ref("base.fr").id,
            "customer_rank": 1,
        }
    )
    documents = {}
    for days in TERMS:
        whole, halves = _term(env, [days]), _term(env, [days, days + 30])
        common = {"partner": partner, "day": day}
        documents[f"one{days}"] = _invoice(env, term=whole, **common)
        documents[f"two{days}"] = _invoice(env, term=halves, **common)
        documents[f"usd{days}"] = _invoice(env, term=whole, currency=dollar, **common)
    documents["credit"] = _invoice(
        env, partner, day, _term(env, [0]), None, "out_refund"
    )
    documents["bank"] = _statement_line(env, partner, day, None)
    documents["bank_usd"] = _statement_line(env, partner, day, dollar)
    return {"partner": partner.id, "documents": documents}


def _term(env, delays):
    share = 100 / len(delays)
    return env["account.payment.term"].create(
        {
            "name": " + ".join(f"{days} jours" for days in delays),
            "line_ids": [
                (0, 0, {"value": "percent", "value_amount": share, "nb_days": days})
                for days in delays
            ],
        }
    )


def _invoice(env, partner, day, term, currency=None, move_type="out_invoice"):
    tax = env["account.tax"].search(
        [
            ("company_id", "=", env.company.id),
            ("type_tax_use", "=", "sale"),
            ("amount", "=", 20.0),
            ("price_include", "=", False),
        ],
        limit=1,
    )
    product = {"name": "Matériaux", "price_unit": 100.0, "tax_ids": [(6, 0, tax.ids)]}
    move = env["account.move"].create(
        {
            "move_type": move_type,
            "partner_id": partner.id,
            "invoice_date": day,
            "currency_id": (currency or env.company.currency_id).id,
            "invoice_payment_term_id": term.id,
            "invoice_line_ids": [(0, 0, product)],
        }
    )
    move.action_post()
    terms = move.line_ids.filtered(lambda line: line.display_type == "payment_term")
    lines = [
        ("term", i, line.id) for i, line in enumerate(terms.sorted("date_maturity"), 1)
    ]
    for role in ("product", "tax"):
        lines += [
            (role, 1, line.id)
            for line in move.line_ids.filtered(
                lambda x, role=role: x.display_type == role
            )
        ]
    assert len(lines) == len(terms) + 2, "an invoice is expected to bear one tax"
    return _described(move, lines, None)


def _statement_line(env, partner, day, currency):
    journal = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    receivable = partner.property_account_receivable_id
    values = {
        "journal_id": journal.id,
        "date": day,
        "payment_ref": "Virement",
        "partner_id": partner.id,
        "amount": 100.0,
        "counterpart_account_id": receivable.id,
    }
    if currency:
        values |= {"foreign_currency_id": currency.id, "amount_currency": 100.0 * RATE}
    line = env["account.bank.statement.line"].create(values)
    roles = [
        ("counterpart" if item.account_id == receivable else "bank", 1, item.id)
        for item in line.move_id.line_ids
    ]
    return _described(line.move_id, roles, line.id)


def _described(move, lines, statement_line):
    prefix = re.match(r"(.*?)\d{4}/", move.name).group(1)
    return {
        "move": move.id,
        "lines": lines,
        "statement_line": statement_line,
        "prefix": prefix,
    }


def remove(env, rows):
    """Take the prototypes out of the books again."""
    moves = tuple(proto["move"] for proto in rows["documents"].values())
    cr = env.cr
    cr.execute(
        "UPDATE account_move SET statement_line_id = NULL WHERE id IN %s", [moves]
    )
    cr.execute("DELETE FROM account_bank_statement_line WHERE move_id IN %s", [moves])
    cr.execute("DELETE FROM account_move_line WHERE move_id IN %s", [moves])
    cr.execute("DELETE FROM account_move WHERE id IN %s", [moves])
    cr.execute(
        "DELETE FROM mail_message WHERE model = 'account.move' AND res_id IN %s",
        [moves],
    )
    cr.execute("DELETE FROM res_partner WHERE id = %s", [rows["partner"]])
    cr.postcommit.clear()  # what waits there is about rows that are gone
    env.invalidate_all(flush=False)
