from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..tools.dashboard import parse_filters

ITEM = "recouvrement.kpi.item"
FORECAST = "recouvrement.kpi.forecast"
SNAPSHOT = "recouvrement.kpi.snapshot"
LOSS = "recouvrement.loss"


class RecouvrementDashboard(models.AbstractModel):
    """The first page: numbers, charts and the list behind each number.

    A tile is a model and a domain; its number and its list use that same domain. Other
    add-ons add tiles by extending ``_tiles``; a tile whose model is not installed, or not
    readable by the user, is left out.
    """

    _name = "recouvrement.dashboard"
    _description = "Dashboard"

    @api.model
    def read_figures(self, filters=None):
        """Everything on the page in one call; the number of queries does not depend on
        the data.

        :param filters: dict with ``segment_id``, ``salesperson_id`` and ``months``
        """
        self._check_reader()
        scope = self._scope(filters)
        tiles = self._figures_of(self._tiles(scope), scope)
        return {
            "date": scope["today"].isoformat(),
            "currency_id": scope["currency"].id,
            "left_out": scope["left_out"].mapped("name"),
            "tiles": tiles,
            "choices": self._choices(scope),
            **self._charts(scope, tiles),
        }

    @api.model
    def open_list(self, key, filters=None):
        """Action that shows the records behind the number ``key``."""
        self._check_reader()
        scope = self._scope(filters)
        tile = next((one for one in self._tiles(scope) if one.key == key), None)
        if tile is None:
            raise UserError(self.env._("This figure is no longer on the dashboard."))
        self.env[tile.model].check_access("read")
        action = {
            "type": "ir.actions.act_window",
            "res_model": tile.model,
            "views": [[False, "list"], [False, "form"]],
        }
        if tile.action:
            action = self.env["ir.actions.act_window"]._for_xml_id(tile.action)
        return {
            **action,
            "name": tile.label,
            "display_name": tile.label,
            "domain": list(tile.domain) + self._scope_domain(tile.model, scope),
            "context": {"create": False},
            "target": "current",
        }

    @api.model
    def _check_reader(self):
        if not self.env["recouvrement.customer"].has_access("read"):
            raise AccessError(
                self.env._("The dashboard is for people with a collection role.")
            )

    # === SCOPE === #

    @api.model
    def _scope(self, filters):
        """Companies, day and filters of a reading.

        Amounts in different currencies cannot be added: companies in another currency than
        the current one are left out and named.
        """
        company, asked = self.env.company, parse_filters(filters)
        companies = self.env.companies.filtered(
            lambda one: one.currency_id == company.currency_id
        )
        return {
            "filters": asked,
            "company": company,
            "companies": companies,
            "left_out": self.env.companies - companies,
            "currency": company.currency_id,
            "today": company._recouvrement_today(),
        }

    @api.model
    def _scope_domain(self, model, scope):
        """Companies and filters as a domain on ``model``, a list of leaves."""
        found = []
        if "company_id" in self.env[model]._fields:
            found.append(("company_id", "in", scope["companies"].ids))
        segment, seller = (
            scope["filters"].segment_id,
            scope["filters"].salesperson_id,
        )
        direct = model in (ITEM, FORECAST, SNAPSHOT, LOSS)
        prefix = "" if model == "recouvrement.customer" else "customer_id."
        if segment:
            path = "segment_id" if direct else f"{prefix}effective_segment_id"
            found.append((path, "=", segment))
        if seller:
            path = "salesperson_id" if direct else f"{prefix}partner_id.user_id"
            found.append((path, "=", seller))
        return found

    @api.model
    def _choices(self, scope):
        """What the filters offer: segments, and salespersons for who sees them all."""
        segments = self.env["recouvrement.segment"].search_read(
            [("company_id", "in", [*scope["companies"].ids, False])], ["name"]
        )
        sellers = []
        if self.env["recouvrement.aged.balance.engine"]._sees_every_customer():
            sellers = self._salespersons(scope)
        return {
            "segments": [(one["id"], one["name"]) for one in segments],
            "salespersons": sellers,
        }

    @api.model
    def _salespersons(self, scope):
        """``(id, name)`` of the salespersons named on a customer with a file."""
        return self.env.execute_query(
            SQL(
                """SELECT users.id, person.name FROM res_users users
                     JOIN res_partner person ON person.id = users.partner_id
                    WHERE users.id IN (
                          SELECT debtor.user_id FROM recouvrement_customer customer
                            JOIN res_partner debtor ON debtor.id = customer.partner_id
                           WHERE customer.company_id IN %s)
                 ORDER BY LOWER(person.name)""",
                tuple(scope["companies"].ids),
            )
        )

    # === NUMBERS === #

    @api.model
    def _is_readable(self, model):
        return model in self.env and self.env[model].has_access("read")

    @api.model
    def _figures_of(self, tiles, scope):
        """Tiles as dicts with ``count`` and ``amount``; one query per pass."""
        by_model = {}
        for tile in tiles:
            by_model.setdefault(self._pass_of(tile.model), []).append(tile)
        sums = {}
        for model, group in by_model.items():
            sums.update(self._sums(model, group, scope))
        return [self._tile_values(tile, *sums[tile.key]) for tile in tiles]

    @api.model
    def _pass_of(self, model):
        """The model whose records give the sums of the tiles on ``model``."""
        return model

    @api.model
    def _tile_values(self, tile, count, amount):
        return {
            "key": tile.key,
            "label": tile.label,
            "group": tile.group,
            "tone": tile.tone,
            "help": tile.help,
            "count": count,
            "amount": amount if tile.amount else None,
        }

    @api.model
    def _query_of(self, model, scope):
        """The records of ``model`` within the filters and the record rules; made once."""
        queries = scope.setdefault("queries", {})
        if model not in queries:
            domain = Domain(self._scope_domain(model, scope))
            queries[model] = self.env[model]._search(domain)
        return queries[model]

    @api.model
    def _sums(self, model, tiles, scope):
        """``{key: (count, sum)}`` of tiles on one model, with its record rules."""
        query = self._query_of(model, scope)
        if query.is_empty():
            return {tile.key: (0, 0.0) for tile in tiles}
        counts = {tile.model: SQL("COUNT(*)") for tile in tiles}
        parts = self._sums_sql(model, tiles, query, counts)
        [row] = self.env.execute_query(query.select(*parts))
        return self._paired(tiles, row, scope)

    @api.model
    def _sums_sql(self, model, tiles, query, counts):
        """Two columns per tile: how many of its domain, and their amount.

        :param counts: model of a tile -> aggregate that counts its records
        """
        Model, parts = self.env[model], []
        for tile in tiles:
            domain = Domain(list(tile.domain)).optimize_full(Model)
            condition = domain._to_sql(Model, query.table, query)
            amount = SQL("0")
            if tile.amount:
                amount = Model._field_to_sql(query.table, tile.amount, query)
            summed = SQL("SUM(%s) FILTER (WHERE %s)", amount, condition)
            counted = SQL("%s FILTER (WHERE %s)", counts[tile.model], condition)
            parts.append(SQL("COALESCE(%s, 0)", counted))
            parts.append(SQL("COALESCE(%s, 0)::float", summed))
        return parts

    @api.model
    def _paired(self, tiles, row, scope):
        return {
            tile.key: (
                int(row[2 * index]),
                scope["currency"].round(row[2 * index + 1]),
            )
            for index, tile in enumerate(tiles)
        }
