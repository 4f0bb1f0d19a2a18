"""Customers with invoices and every kind of key that must not open; committed."""

from datetime import timedelta

INVOICES = 40


def prepare(env):
    """``{kind: path}``; ``absent`` is the key of nobody."""
    company = env.company
    company.recouvrement_portal_days = 60
    env["ir.config_parameter"].set_param(
        "recouvrement_auto.portal_visits_per_minute", "1000000"
    )
    today = company._recouvrement_today()
    mine, other = (_customer(env, name, today) for name in ("Mine", "Other"))
    token = mine._portal_token(today)
    number, days, seal = token.split("-", 2)
    other_seal = other._portal_token(today).split("-", 2)[2]
    revoked = other._portal_token(today)
    other.action_revoke_portal_links()
    expired = mine._portal_token(today - timedelta(days=400))
    flipped = _flipped(token)
    short, old, away = (
        customer._portal_short_link(day).rpartition("/")[2]
        for customer, day in (
            (mine, today),
            (mine, today - timedelta(days=400)),
            (other, today - timedelta(days=1)),
        )
    )
    foreign = env["account.move"].search([("partner_id", "=", other.partner_id.id)])[:1]
    env.cr.commit()
    keys = {
        "absent": f"zzzzz-{days}-{seal}",
        "altered": flipped,
        "seal of another": f"{number}-{days}-{other_seal}",
        "expired": expired,
        "revoked": revoked,
        "no token": "x" * len(token),
        "id of a file": str(mine.id),
        "id of nothing": "999999999",
    }
    paths = {kind: f"/my/statement/{key}" for kind, key in keys.items()}
    codes = {
        "short altered": _flipped(short),
        "short absent": f"zzzzz{short[-13:]}",
        "short expired": old,
        "short seal of another": short[:-10] + away[-10:],
        "short nonsense": "x" * len(short),
    }
    paths.update({kind: f"/f/{code}" for kind, code in codes.items()})
    paths["foreign invoice"] = f"/my/statement/{token}/invoice/{foreign.id}"
    paths["absent invoice"] = f"/my/statement/{token}/invoice/999999999"
    return paths


def _flipped(key):
    return key[:-1] + ("A" if key[-1] != "A" else "B")


def _customer(env, name, today):
    partner = env["res.partner"].create({"name": name, "is_company": True})
    moves = env["account.move"].create(
        [
            {
                "move_type": "out_invoice",
                "partner_id": partner.id,
                "invoice_date": today - timedelta(days=60),
                "invoice_date_due": today - timedelta(days=30 - index % 20),
                "invoice_line_ids": [(0, 0, {"name": "Tiles", "price_unit": 100.0})],
            }
            for index in range(INVOICES)
        ]
    )
    moves.action_post()
    return env["recouvrement.customer"]._get_or_create(env.company, partner.ids)
