from datetime import datetime

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools import timeline

PAGE = 30
INVOICES = 80  # numbers offered by the filter


class RecouvrementTimeline(models.AbstractModel):
    """Two-sided history of a customer or an invoice: the debtor at left, we at right.

    A source is a pair of methods: ``_sql_<name>(scope)`` gives the events as SQL with the
    columns ``id, at, kind`` and its own, and ``_describe_<name>(scope, rows)`` puts a page
    of them in words. Other models add theirs by extending ``_sources`` and ``_kinds``. A
    page costs the same number of queries whatever the length of the history.
    """

    _name = "recouvrement.timeline"
    _description = "History of a customer"

    @api.model
    def _sources(self):
        """``name -> model`` that the reader must be allowed to read to see the source."""
        return {
            "reminder": "recouvrement.reminder",
            "delivery": "recouvrement.delivery",
            "message": "recouvrement.customer",
            "payment": "recouvrement.customer",
            "pause": "recouvrement.pause",
            "log": "recouvrement.customer",
            "invoice": "recouvrement.customer",
        }

    @api.model
    def _kinds(self):
        """``code -> label`` of what the reader may filter by."""
        return {
            "message": self.env._("Messages"),
            "call": self.env._("Calls"),
            "reply": self.env._("Replies"),
            "payment": self.env._("Payments"),
            "credit": self.env._("Credit notes"),
            "skipped": self.env._("Skipped or held"),
            "pause": self.env._("Pauses"),
            "bounce": self.env._("Returned"),
            "note": self.env._("Notes"),
            "portal": self.env._("Portal"),
            "other": self.env._("Other"),
        }

    # === ENTRY === #

    @api.model
    def get_page(self, model, res_id, kinds=None, move_id=None, shown=None, limit=PAGE):
        """One page of history, newest first.

        :param model: ``recouvrement.customer`` or ``account.move``
        :param kinds: codes of ``_kinds`` to show; nothing = all
        :param move_id: only what concerns this invoice
        :param shown: what the last page answered as ``shown``; nothing = first page
        :return: dict ``events``, ``shown``, ``more``, and on the first page ``kinds`` and
            ``invoices`` for the filters
        :raises AccessError: the reader may not read the customer or the invoice
        """
        scope = self._scope(model, res_id, move_id)
        if not scope:
            return {"events": [], "shown": {}, "more": False}
        limit = max(1, min(int(limit), PAGE))
        positions = self._positions(shown)
        found = self._found(scope, set(kinds or ()), positions, limit)
        page, positions, more = timeline.merge(found, limit, positions)
        answer = {
            "events": self._described(scope, page),
            "shown": {k: [at.isoformat(), i] for k, (at, i) in positions.items()},
            "more": more,
        }
        if not shown:
            kinds = self._kinds()
            other = ("other", kinds.pop("other"))
            answer["kinds"] = [*kinds.items(), other]
            answer["invoices"] = self._invoices(scope)
        return answer

    @api.model
    def _scope(self, model, res_id, move_id):
        """Customer and invoice that the reader may see, or None."""
        Move = self.env["account.move"]
        if model == "account.move":
            move_id = res_id
            move = Move.browse(res_id)
            move.check_access("read")
            partner, company = move.commercial_partner_id, move.company_id
            customer = self.env["recouvrement.customer"].search(
                [("partner_id", "=", partner.id), ("company_id", "=", company.id)]
            )
        else:
            customer = self.env["recouvrement.customer"].browse(res_id)
            customer.check_access("read")
        if not customer:
            return None
        return Scope(customer, int(move_id or 0))

    @api.model
    def _positions(self, shown):
        sources = self._sources()
        return {
            name: (datetime.fromisoformat(at), int(res_id))
            for name, (at, res_id) in (shown or {}).items()
            if name in sources
        }

    @api.model
    def _found(self, scope, kinds, positions, limit):
        """Events of each source after its position, one query each."""
        self.env.flush_all()
        found = {}
        for name, model in self._sources().items():
            inner = getattr(self, f"_sql_{name}")(scope)
            if inner is None or not self.env[model].has_access("read"):
                continue
            rows = self.env.execute_query_dict(
                SQL(
                    "SELECT * FROM (%s) event WHERE event.at IS NOT NULL %s %s "
                    "ORDER BY event.at DESC, event.id DESC LIMIT %s",
                    inner,
                    SQL("AND event.kind IN %s", tuple(kinds)) if kinds else SQL(""),
                    SQL("AND (event.at, event.id) < (%s, %s)", *positions[name])
                    if name in positions
                    else SQL(""),
                    limit + 1,
                )
            )
            found[name] = [{**row, "source": name} for row in rows]
        return found

    # === WORDS === #

    @api.model
    def _described(self, scope, page):
        """The page in words; one call per source."""
        words = {}
        for name in {event["source"] for event in page}:
            rows = [event for event in page if event["source"] == name]
            described = getattr(self, f"_describe_{name}")(scope, rows)
            for row, more in zip(rows, described, strict=True):
                words[name, row["id"]] = more
        events = [
            {
                "source": event["source"],
                "id": event["id"],
                "at": event["at"],
                "kind": event["kind"],
                "side": timeline.OURS,
                **words[event["source"], event["id"]],
            }
            for event in page
        ]
        return [self._ready(event) for event in timeline.fold(events)]

    @api.model
    def _ready(self, event):
        """Dates as the browser reads them."""
        event["key"] = f"{event['source']}-{event['id']}"
        event["at"] = event["at"].strftime("%Y-%m-%d %H:%M:%S")
        if event.get("since"):
            event["since"] = event["since"].strftime("%Y-%m-%d %H:%M:%S")
        event.pop("fold", None)
        return event

    @api.model
    def _labels(self, name):
        """Labels of a selection of the reminder, in the language of the reader."""
        field = self.env["recouvrement.reminder"]._fields[name]
        return dict(field._description_selection(self.env))

    @api.model
    def _names(self, model, ids):
        """Display names, also of what the reader may not open: authors and invoices."""
        # Names only, of events that the reader may read.
        records = self.env[model].sudo().browse(sorted(set(ids) - {None, 0})).exists()
        return {record.id: record.display_name for record in records}

    @api.model
    def _invoices(self, scope):
        """``(id, number)`` for the filter: the last invoices of the customer."""
        if scope.fixed:
            return []
        Move = self.env["account.move"]
        if not Move.has_access("read"):
            return []
        moves = Move.with_context(active_test=False).search_fetch(
            # By contact, which has an index; the invoices keep their own rules.
            Domain(
                "partner_id",
                "any!",
                Domain("commercial_partner_id", "=", scope.customer.partner_id.id),
            )
            & Domain("company_id", "=", scope.customer.company_id.id)
            & Domain("move_type", "=", "out_invoice")
            & Domain("state", "=", "posted"),
            ["name"],
            order="invoice_date desc, id desc",
            limit=INVOICES,
        )
        return [(move.id, move.name) for move in moves]


class Scope:
    """Whose history is asked for."""

    def __init__(self, customer, move_id):
        self.customer = customer
        self.company = customer.company_id
        self.move_id = move_id

    @property
    def fixed(self):
        """True when the history is that of one invoice."""
        return bool(self.move_id)
