"""Actions of the web client that several models give back."""


def titled(action, name, **values):
    """``action`` with another title; the web client shows its ``display_name`` first."""
    return {**action, **values, "name": name, "display_name": name}


def form_of(record):
    """The action that opens the form of one record, under its own name."""
    record.ensure_one()
    return {
        "type": "ir.actions.act_window",
        "res_model": record._name,
        "res_id": record.id,
        "view_mode": "form",
        "name": record.display_name,
    }


def customers_of(name, domain):
    """The action that lists the collection files of ``domain``, under this name."""
    return {
        "type": "ir.actions.act_window",
        "res_model": "recouvrement.customer",
        "view_mode": "list,form",
        "name": name,
        "domain": domain,
    }
