import json
import zlib
from datetime import date
from itertools import islice

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import id_ranges
from .recouvrement_export import RUNNING

PAGE = 2000
PART_PAGES = 5


class RecouvrementExport(models.Model):
    """The reading of the history: page by page, kept in parts until all of it is there.

    Which entries are read is fixed first, by one statement in one snapshot: the horizon.
    An entry whose transaction commits later is left to the next export, also where its
    number is lower. A worker that is stopped loses the part that it was reading.
    """

    _inherit = "recouvrement.export"

    horizon = fields.Binary(
        attachment=False,
        readonly=True,
        copy=False,
        help="Numbers of the log entries that this export holds.",
    )
    horizon_at = fields.Datetime(
        string="State of the history at",
        readonly=True,
        copy=False,
        help="Every entry that was committed by then is in the file.",
    )

    def _update_state(self, state, **values):
        """EXTENDS: only an export that is being made has a list of what to read."""
        if state != RUNNING:
            values = {"horizon": False, **values}
        return super()._update_state(state, **values)

    def _read_history(self):
        """Read what is not read yet.

        :return: False while pages are left to read
        """
        runs = self._horizon_runs()
        parts = self.sudo().part_ids  # the making alone writes and reads them
        done = sum(parts.mapped("entry_count"))
        last, total = max(parts.mapped("last_entry"), default=0), id_ranges.total(runs)
        self._tick(done, total, force=True)
        pages = self._history_pages(runs, last)
        while batch := list(islice(pages, PART_PAGES)):
            rows = [row for page, _last in batch for row in page]
            done, last = done + len(rows), batch[-1][1]
            self._keep_rows(rows, last)
            # progress: nothing was interrupted
            self.sudo().attempts = 0
            if self._tick(done, force=True) <= 0 and done < total:
                return False
        return True

    def _horizon_runs(self):
        """The entries to read as runs of ids, fixed when it is asked first."""
        own = self.sudo()  # written by the making alone
        if not own.horizon:
            # when the transaction began: its snapshot is no older
            own.horizon_at = self.env.cr.now().replace(microsecond=0)
            own.horizon = id_ranges.pack(self._history_runs())
        return id_ranges.unpack(own.horizon)

    def _history_runs(self):
        """``(first id, count)`` of the neighbours among the entries asked for and seen by
        this transaction; one statement, one snapshot."""
        query = self.env["recouvrement.log"]._search(self._history_domain())
        return self.env.execute_query(
            SQL(
                """SELECT MIN(id), COUNT(*)::int
                     FROM (SELECT id, id - ROW_NUMBER() OVER (ORDER BY id) AS run
                             FROM (%s) entry) numbered
                 GROUP BY run ORDER BY 1""",
                query.select(SQL.identifier(query.table, "id")),
            )
        )

    def _keep_rows(self, rows, last):
        lines = "\n".join(json.dumps(row, default=str) for row in rows)
        self.env["recouvrement.export.part"].sudo().create(  # as above
            {
                "export_id": self.id,
                "name": str(last),
                "last_entry": last,
                "entry_count": len(rows),
                "content": zlib.compress(lines.encode()),
            }
        )

    def _kept_rows(self):
        """Tuples in the order of ``_history_columns``; memory holds one part."""
        days = [c.kind == "date" for c in self._history_columns()]
        for content in self._part_contents():
            for line in zlib.decompress(content).decode().split("\n"):
                yield tuple(
                    date.fromisoformat(value) if is_day and value else value
                    for is_day, value in zip(days, json.loads(line), strict=True)
                )

    def _part_contents(self):
        """What is in each part, one at a time."""
        Part = self.env["recouvrement.export.part"].sudo()  # of this export
        for part_id in self.sudo().part_ids.ids:
            part = Part.browse(part_id)
            yield part.content
            part.invalidate_recordset(["content"])

    def _history_pages(self, runs, last=0):
        """Pages of the entries of ``runs`` after the id ``last``: lists of tuples in the
        order of ``_history_columns``, each with the id of its last entry.

        :raises UserError: an entry of the horizon is not there or not readable any more
        """
        Log = self.env["recouvrement.log"]
        for ids in id_ranges.pages(runs, last, PAGE):
            page = Log.search([("id", "in", ids)], order="id")
            if page.ids != ids:
                raise UserError(
                    self.env._(
                        "Entries of the history can no longer be read: start again."
                    )
                )
            seals = self._seals_of(ids)
            yield [self._history_values(entry, seals) for entry in page], ids[-1]
            self.env.invalidate_all()

    @api.model
    def _seals_of(self, log_ids):
        # number and link of the chain: proof, no personal value
        seals = self.env["recouvrement.log.seal"].sudo()
        found = seals.search_fetch(
            [("log_id", "in", log_ids)], ["log_id", "seq", "hash"]
        )
        return {seal.log_id: (seal.seq, seal.hash) for seal in found}
