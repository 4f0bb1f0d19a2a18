from psycopg2.extras import execute_values

from odoo import api, models
from odoo.tools import SQL

PAGE = 5000  # rows of one statement


class RecouvrementBulkMixin(models.AbstractModel):
    """Rows in sets: the night writes thousands, one statement per batch."""

    _name = "recouvrement.bulk.mixin"
    _description = "Bulk rows"

    @api.model
    def _insert_rows(self, rows):
        """Insert ``rows`` (dicts with the same keys) and return their ids in order.

        For tables of ours without computed stored fields. The caller's rows carry every
        required column; the four log columns are added.
        """
        if not rows:
            return []
        stamp = {}
        if self._log_access:
            now = self.env.cr.now()
            stamp = {"create_uid": self.env.uid, "write_uid": self.env.uid}
            stamp.update(create_date=now, write_date=now)
        columns = [*rows[0], *stamp]
        head = SQL(
            "INSERT INTO %s (%s)",
            SQL.identifier(self._table),
            SQL(", ").join(SQL.identifier(c) for c in columns),
        )
        # The one %s is execute_values' own: it takes all rows in one statement.
        query = f"{head.code} VALUES %s RETURNING id"
        values = [(*row.values(), *stamp.values()) for row in rows]
        self.env.flush_all()
        found = execute_values(
            self.env.cr._obj, query, values, page_size=PAGE, fetch=True
        )
        return [row[0] for row in found]

    def _changed_values(self, values):
        """Those of ``values`` (columns as ``_insert_rows`` takes them) that differ."""
        self.ensure_one()
        return {
            name: value
            for name, value in values.items()
            if self._fields[name].type != "html" and not self._is_same(name, value)
        }

    def _is_same(self, name, value):
        field, known = self._fields[name], self[name]
        if field.type == "many2one":
            return (known.id or None) == (value or None)
        if field.type in ("monetary", "float"):
            return round(float(value or 0), 6) == round(known, 6)
        return (known or None) == (value or None)

    def _are_rows(self, rows):
        """True when these records, in their order, hold just these rows."""
        return len(self) == len(rows) and not any(
            record._changed_values(row) for record, row in zip(self, rows, strict=True)
        )
