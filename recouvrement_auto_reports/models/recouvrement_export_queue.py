import hashlib
import logging
import os
import tempfile
import time

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .recouvrement_export import DONE, FAILED, RUNNING, WAITING

_logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
TICK_SECONDS = 2


class RecouvrementExport(models.Model):
    """The scheduled action that makes the files, one after the other."""

    _inherit = "recouvrement.export"

    @api.model
    def _cron_build(self):
        """Make what was asked for, oldest first, each with the rights of its asker.

        Odoo runs a scheduled action in one worker at a time: an export that is found
        "being made" was left by a worker that died, and is begun again up to three times.
        """
        Run = self.env["recouvrement.run"]
        found = self.search([("state", "in", (WAITING, RUNNING))], order="id")
        for number, export in enumerate(found, 1):
            if not export._make():
                Run._checkpoint(remaining=1)
                return
            if Run._checkpoint(1, remaining=len(found) - number) <= 0:
                return

    def _make(self):
        """Make one file. False: a part is done, the rest comes with the next time slice."""
        self.ensure_one()
        Run = self.env["recouvrement.run"]
        if self.attempts >= MAX_ATTEMPTS:
            self._fail(self.env._("Interrupted three times: ask for a smaller part."))
            return True
        self._update_state(
            RUNNING, attempts=self.attempts + 1, started_at=fields.Datetime.now()
        )
        Run._checkpoint()
        try:
            builder = self._as_asker()
            builder._check_asker()
            return getattr(builder, f"_build_{self.kind}")() is not False
        except (AccessError, UserError, ValidationError) as error:
            Run._forget()
            self._fail(str(error))
        except Exception as error:
            _logger.exception("Export %s failed", self.id)
            Run._forget()
            self._fail(f"{type(error).__name__}: {error}"[:300])
        return True

    def _as_asker(self):
        """This export in the environment of who asked: rights, language, companies."""
        user = self.user_id
        return (
            self.with_user(user)
            .with_company(self.company_id)
            .with_context(
                allowed_company_ids=self.company_id.ids,
                lang=user.lang,
                tz=user.tz,
                active_test=False,
            )
        )

    def _fail(self, message):
        self._update_state(FAILED, message=message, finished_at=fields.Datetime.now())
        self._log("export.failed", {"error": message[:200]})

    def _log(self, event, facts):
        """An export is an entry of the history that it exports."""
        self.env["recouvrement.log"]._append(
            event,
            company=self.company_id,
            customer=self.customer_ids.id if len(self.customer_ids) == 1 else None,
            moves=self.move_id.ids,
            facts={"kind": self.kind, "export": self.id, **facts},
        )

    # === FOR THE BUILDERS === #

    def _tick(self, done, total=None, force=False):
        """Show the progress, at most every two seconds; commits.

        :return: seconds left of the time slice
        """
        now = time.monotonic()
        last = self.env.context.get("recouvrement_tick", [0.0])
        if not force and now - last[0] < TICK_SECONDS:
            return 1.0
        last[0] = now
        values = {"progress_done": done}
        if total is not None:
            values["progress_total"] = total
        # progress is written by the making, never by the user
        self.sudo().write(values)
        return self.env["recouvrement.run"]._checkpoint(remaining=1)

    def _with_ticks(self):
        """This export with a clock of its own for ``_tick``."""
        return self.with_context(recouvrement_tick=[0.0])

    def _temporary(self, suffix):
        """Path of an empty file; the builder removes it."""
        handle, path = tempfile.mkstemp(prefix="recouvrement-", suffix=suffix)
        os.close(handle)
        return path

    def _finish(self, path, file_name, entries):
        """Keep the file and its fingerprint, and write the export in the log."""
        digest, content = hashlib.sha256(), b""
        with open(path, "rb") as source:
            content = source.read()
        digest.update(content)
        # the asker may lack the right to create attachments on this model
        attachment = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                {
                    "name": file_name,
                    "raw": content,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
        )
        self._update_state(
            DONE,
            attachment_id=attachment.id,
            file_name=file_name,
            sha256=digest.hexdigest(),
            entry_count=entries,
            message=False,
            finished_at=fields.Datetime.now(),
        )
        self._log("export.made", {"entries": entries, "sha256": digest.hexdigest()})
