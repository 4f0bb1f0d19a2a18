"""Realistic French ledgers for the measurements, written by set-based SQL.

Runs inside `odoo shell`. One real document of each sort is posted first; the statements of
`ledger/` decide what happened, and each entry is a copy of its real document but for what
differs. `kit.ledger_check` has Odoo compute the result again.
"""

from datetime import timedelta
from pathlib import Path

from . import ledger_prototypes

SIZES = {"S": (2_000, 100), "M": (20_000, 1_000), "L": (200_000, 10_000)}
FOLDER = Path(__file__).with_name("ledger")
SEED = 0.42


def fill(env, size, today):
    """Write the ledger of this size for the company of ``env``; commits."""
    invoices, customers = SIZES[size]
    env = env(context={**env.context, "tracking_disable": True, "lang": "en_US"})
    rows = ledger_prototypes.create(env, today - timedelta(days=740))
    env.flush_all()
    cr = env.cr
    cr.execute("SET LOCAL max_parallel_workers_per_gather = 0")
    cr.execute("SET LOCAL work_mem = '256MB'")
    cr.execute("SELECT setseed(%s)", [SEED])
    values = {"today": today, "invoices": invoices, "customers": customers}
    _script(cr, "1_plan.sql", values)
    _register(cr, rows)
    _script(cr, "2_documents.sql", values)
    _partners(cr, rows["partner"])
    _moves(cr)
    _lines(cr)
    _line_relations(cr)
    _statement_lines(cr)
    _matches(cr)
    ledger_prototypes.remove(env, rows)
    cr.commit()
    cr.execute("ANALYZE")
    cr.commit()


def _script(cr, name, values):
    cr.execute((FOLDER / name).read_text(), values)


def _register(cr, rows):
    """The real documents as tables: their entries, items and numbering."""
    cr.execute("CREATE TEMP TABLE led_proto (key text, mid int, sid int, prefix text)")
    cr.execute(
        "CREATE TEMP TABLE led_proto_line (key text, role text, part int, proto int)"
    )
    for key, proto in rows["documents"].items():
        cr.execute(
            "INSERT INTO led_proto VALUES (%s, %s, %s, %s)",
            [key, proto["move"], proto["statement_line"], proto["prefix"]],
        )
        for role, part, line in proto["lines"]:
            cr.execute(
                "INSERT INTO led_proto_line VALUES (%s, %s, %s, %s)",
                [key, role, part, line],
            )
    cr.execute(  # their numbers are for the copies
        "UPDATE account_move SET name = 'PROTOTYPE/' || id, sequence_number = -id,"
        " sequence_prefix = 'PROTOTYPE/' WHERE id IN (SELECT mid FROM led_proto)"
    )


def _columns(cr, table):
    cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = %s"
        " AND table_schema = current_schema",
        [table],
    )
    return [row[0] for row in cr.fetchall()]


def _clone(cr, table, source, changes):
    """Insert a copy of the row ``proto`` of ``table`` for each row of ``source``.

    ``changes``: column -> SQL expression, for what is not as in the row copied.
    """
    columns = _columns(cr, table)
    chosen = [changes.get(column, f"proto.{column}") for column in columns]
    names = ", ".join(f'"{column}"' for column in columns)
    cr.execute(
        f"INSERT INTO {table} ({names}) SELECT {', '.join(chosen)} FROM {source}"
    )


def _partners(cr, partner_id):
    """A company each, one in fifty without address; every other one with a contact."""
    mail = "'compta' || customer.k || '@client' || customer.k || '.example'"
    mail = f"CASE WHEN customer.k % 50 = 0 THEN NULL ELSE {mail} END"
    source = f"led_customer customer JOIN res_partner proto ON proto.id = {partner_id}"
    company = {
        "id": "customer.pid",
        "name": "customer.name",
        "complete_name": "customer.name",
        "commercial_company_name": "customer.name",
        "commercial_partner_id": "customer.pid",
        "email": mail,
        "email_normalized": mail,
    }
    _clone(cr, "res_partner", source, company)
    mail = "'factures' || customer.k || '@client' || customer.k || '.example'"
    contact = {
        **company,
        "id": "customer.contact",
        "parent_id": "customer.pid",
        "type": "'invoice'",
        "is_company": "FALSE",
        "name": "'Comptabilité fournisseurs'",
        "complete_name": "customer.name || ', Comptabilité fournisseurs'",
        "email": mail,
        "email_normalized": mail,
        "customer_rank": "0",
    }
    _clone(cr, "res_partner", f"{source} WHERE customer.k % 2 = 1", contact)


def _moves(cr):
    def invoice_only(value):
        return f"CASE WHEN doc.sign = 0 THEN NULL ELSE {value} END"

    changes = {
        "id": "doc.mid",
        "name": "doc.name",
        "payment_reference": invoice_only("doc.name"),
        "sequence_prefix": "doc.prefix",
        "sequence_number": "doc.number",
        "date": "doc.day",
        "invoice_date": invoice_only("doc.day"),
        "delivery_date": invoice_only("doc.day"),
        "invoice_date_due": "doc.due",
        "partner_id": "doc.pid",
        "commercial_partner_id": "doc.pid",
        "partner_shipping_id": invoice_only("doc.pid"),
        "invoice_partner_display_name": invoice_only("customer.name"),
        "statement_line_id": "NULL",
        "payment_state": "doc.payment_state",
        **_amounts(),
    }
    source = """led_doc doc JOIN led_proto USING (key)
        JOIN account_move proto ON proto.id = led_proto.mid
        JOIN led_customer customer ON customer.pid = doc.pid ORDER BY doc.mid"""
    _clone(cr, "account_move", source, changes)


def _amounts():
    """Totals of an entry; a bank entry counts its debit side, in absolute figures."""

    def by_sort(invoice, bank):
        return f"CASE WHEN doc.sign = 0 THEN {bank} ELSE {invoice} END"

    total, c_total = "doc.untaxed + doc.tax", "doc.c_untaxed + doc.c_tax"
    return {
        "amount_untaxed": by_sort("doc.untaxed", "0"),
        "amount_tax": by_sort("doc.tax", "0"),
        "amount_total": by_sort(total, "doc.c_untaxed"),
        "amount_residual": "doc.residual",
        "amount_untaxed_signed": by_sort("doc.sign * doc.c_untaxed", "0"),
        "amount_untaxed_in_currency_signed": by_sort("doc.sign * doc.untaxed", "0"),
        "amount_tax_signed": by_sort("doc.sign * doc.c_tax", "0"),
        "amount_total_signed": by_sort(f"doc.sign * ({c_total})", "doc.c_untaxed"),
        "amount_total_in_currency_signed": by_sort(
            f"doc.sign * ({total})", "doc.c_untaxed"
        ),
        "amount_residual_signed": "doc.sign * doc.c_residual",
    }


def _lines(cr):
    price = "CASE WHEN line.role = 'product' THEN {} ELSE proto.{} END"
    changes = {
        "id": "line.lid",
        "move_id": "line.mid",
        "move_name": "doc.name",
        "partner_id": "doc.pid",
        "date": "doc.day",
        "invoice_date": "CASE WHEN doc.sign = 0 THEN proto.invoice_date ELSE doc.day END",
        "date_maturity": "line.due",
        "name": "CASE WHEN line.role = 'term' THEN doc.name ELSE proto.name END",
        "balance": "line.balance",
        "debit": "GREATEST(line.balance, 0)",
        "credit": "GREATEST(-line.balance, 0)",
        "amount_currency": "line.amount_currency",
        "amount_residual": "line.residual",
        "amount_residual_currency": "line.residual_currency",
        "reconciled": "line.reconciled",
        "full_reconcile_id": "NULL",
        "statement_line_id": "NULL",
        "price_unit": price.format("doc.untaxed", "price_unit"),
        "price_subtotal": price.format("doc.untaxed", "price_subtotal"),
        "price_total": price.format("doc.untaxed + doc.tax", "price_total"),
        "tax_base_amount": "CASE WHEN line.role = 'tax' THEN doc.sign * doc.c_untaxed"
        " ELSE proto.tax_base_amount END",
        "extra_tax_data": "NULL",
    }
    source = """led_line line JOIN led_doc doc USING (mid)
        JOIN led_proto_line known USING (key, role, part)
        JOIN account_move_line proto ON proto.id = known.proto ORDER BY line.lid"""
    _clone(cr, "account_move_line", source, changes)


def _line_relations(cr):
    """Taxes and tax tags of the items, as on the real ones."""
    for table, other in (
        ("account_move_line_account_tax_rel", "account_tax_id"),
        ("account_account_tag_account_move_line_rel", "account_account_tag_id"),
    ):
        cr.execute(
            f"""INSERT INTO {table} (account_move_line_id, {other})
                SELECT line.lid, relation.{other}
                  FROM led_line line JOIN led_doc doc USING (mid)
                  JOIN led_proto_line known USING (key, role, part)
                  JOIN {table} relation ON relation.account_move_line_id = known.proto"""
        )


def _statement_lines(cr):
    changes = {
        "id": "doc.sid",
        "move_id": "doc.mid",
        "partner_id": "doc.pid",
        "amount": "doc.c_untaxed",
        "amount_currency": "CASE WHEN doc.key = 'bank' THEN 0 ELSE doc.untaxed END",
        "internal_index": "to_char(doc.day, 'YYYYMMDD') || substr(proto.internal_index, 9,"
        " 10) || lpad(doc.sid::text, 10, '0')",
    }
    source = """led_doc doc JOIN led_proto USING (key)
        JOIN account_bank_statement_line proto ON proto.id = led_proto.sid"""
    _clone(cr, "account_bank_statement_line", source, changes)
    cr.execute(
        "UPDATE account_move SET statement_line_id = doc.sid FROM led_doc doc"
        " WHERE doc.sid IS NOT NULL AND doc.mid = account_move.id"
    )
    cr.execute(
        "UPDATE account_move_line SET statement_line_id = doc.sid FROM led_doc doc"
        " WHERE doc.sid IS NOT NULL AND doc.mid = account_move_line.move_id"
    )


def _matches(cr):
    """Full reconciliations, the partials under them, and the mark on each item."""
    _script(cr, "3_matches.sql", None)
