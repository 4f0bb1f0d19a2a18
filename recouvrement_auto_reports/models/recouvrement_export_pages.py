import json
import zlib
from datetime import date
from itertools import islice

from odoo import api, models

PAGE = 2000
PART_PAGES = 5


class RecouvrementExport(models.Model):
    """The reading of the history: page by page, kept in parts until all of it is there.

    In the order of the entries: the log only grows at its end, so that pages read in several
    transactions are one consistent picture up to the last entry that existed when the last
    of them were read. A worker that is stopped loses the part that it was reading.
    """

    _inherit = "recouvrement.export"

    def _read_history(self):
        """Read what is not read yet.

        :return: False while pages are left to read
        """
        parts = self.sudo().part_ids  # the making alone writes and reads them
        done = sum(parts.mapped("entry_count"))
        last = max(parts.mapped("last_entry"), default=0)
        self._tick(done, done + self._history_count(last), force=True)
        pages = self._history_pages(last)
        while batch := list(islice(pages, PART_PAGES)):
            rows = [row for page, _last in batch for row in page]
            done, last = done + len(rows), batch[-1][1]
            self._keep_rows(rows, last)
            # progress: nothing was interrupted
            self.sudo().attempts = 0
            if self._tick(done, force=True) <= 0 and self._history_count(last):
                return False
        return True

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

    def _history_pages(self, last=0):
        """Pages of entries after the id ``last``: lists of tuples in the order of
        ``_history_columns``, each with the id of its last entry."""
        Log, domain = self.env["recouvrement.log"], self._history_domain()
        newest = Log.search(domain, order="id desc", limit=1).id or 0
        while last < newest:
            page = Log.search(
                [*domain, ("id", ">", last), ("id", "<=", newest)],
                order="id",
                limit=PAGE,
            )
            if not page:
                break
            seals = self._seals_of(page.ids)
            last = page[-1].id
            yield [self._history_values(entry, seals) for entry in page], last
            self.env.invalidate_all()

    @api.model
    def _seals_of(self, log_ids):
        # number and link of the chain: proof, no personal value
        seals = self.env["recouvrement.log.seal"].sudo()
        found = seals.search_fetch(
            [("log_id", "in", log_ids)], ["log_id", "seq", "hash"]
        )
        return {seal.log_id: (seal.seq, seal.hash) for seal in found}
