"""Tonight's run in a running server: prepared, triggered, followed to its end."""

import time
from dataclasses import dataclass

from . import odoo_shell, ports, restore_lock
from .errors import SetupError
from .progress import say

PREPARE_AND_TRIGGER = (
    """
parameters = env["ir.config_parameter"].sudo()
parameters.set_param("web.base.url", url)
parameters.set_param("web.base.url.freeze", "True")
parameters.set_param("report.url", url)
servers = env["ir.mail_server"].sudo().with_context(active_test=False)
servers.search([]).active = False
servers.create({
    "name": "Mail catcher", "smtp_host": address, "smtp_port": smtp_port,
    "smtp_encryption": "none", "smtp_authentication": "login", "sequence": 1,
})
warranty = env.ref("mail.ir_cron_module_update_notification", raise_if_not_found=False)
if warranty:
    warranty.active = False
"""
    + restore_lock.CONFIRM
    + """
env.ref("recouvrement_auto.ir_cron_recouvrement_run")._trigger()
env.cr.commit()
give(True)
"""
)
SUMMARY = """
run = env["recouvrement.run"].browse(run_id)
give(run._summary(run))
"""
FIND = """
    SELECT id, state, hold_reason FROM recouvrement_run
    WHERE id > %s AND kind != 'manual' ORDER BY date DESC, id LIMIT 1
"""
COUNTS = (
    "SELECT state, count(*) FROM recouvrement_reminder WHERE run_id = %s GROUP BY state"
)
JOB = """
    SELECT cron.lastcall FROM ir_cron cron
      JOIN ir_model_data data ON data.model = 'ir.cron' AND data.res_id = cron.id
     WHERE data.module = 'recouvrement_auto' AND data.name = 'ir_cron_recouvrement_run'
"""
LAST_RUN = "SELECT coalesce(max(id), 0) FROM recouvrement_run"
UNFINISHED = ("queued", "claimed")
POLL = 0.5
SHOW_EVERY = 5
QUIET_LIMIT = 90
SHOWN_LINES, SHOWN_WIDTH = 8, 200


@dataclass
class Night:
    """The run that a server makes after it was asked to."""

    environment: object
    server: object
    before: int = 0
    run_id: int = 0
    called: object = None

    def _rows(self, query, *values):
        return self.environment.server.rows(query, values, self.server.database)

    def trigger(self, catcher):
        """Point the database at this server and catcher, and wake the nightly job."""
        self.before = self._rows(LAST_RUN)[0][0]
        self.called = self._rows(JOB)
        odoo_shell.run(
            self.environment,
            self.server.database,
            PREPARE_AND_TRIGGER,
            "demo-trigger",
            "Triggering tonight's run",
            url=self.server.url,
            address=ports.ADDRESS,
            smtp_port=catcher.smtp_port,
        )

    def wait(self):
        """Wait until nothing is left to send, or until nothing moves any more."""
        seen, moved = None, time.monotonic()
        shown = moved
        while True:
            now, state = time.monotonic(), self._progress()
            if state != seen:
                seen, moved = state, now
            if self._is_finished(state):
                return
            if not self.server.is_alive():
                raise SetupError(
                    f"The server ended during the run. Log: {self.server.log}"
                )
            if not self.run_id and self._rows(JOB) != self.called:
                self._refuse_silence()
            if now - moved > QUIET_LIMIT:
                self._give_up(state)
                return
            if now - shown > SHOW_EVERY:
                shown = now
                say(f"    {_describe(state)}")
            time.sleep(POLL)

    def _progress(self):
        found = self._rows(FIND, self.before)
        if not found:
            return None, None, {}
        self.run_id, state, obstacle = found[0]
        return state, obstacle, dict(self._rows(COUNTS, self.run_id))

    def _is_finished(self, progress):
        state, obstacle, counts = progress
        if state == "planned" and obstacle:
            say(f"    the run is planned and not released: {obstacle}")
            return True
        left = any(counts.get(waiting) for waiting in UNFINISHED)
        return state == "closed" or (state == "released" and not left)

    def _refuse_silence(self):
        """The job has ended; without a run there is nothing to wait for."""
        if self._progress()[0]:
            return
        lines = self.server.log.read_text(errors="replace").splitlines()
        errors = [line for line in lines if " ERROR " in line or "Error: " in line]
        raise SetupError(
            "The nightly job ran and opened no run.\n"
            + "\n".join(line[:SHOWN_WIDTH] for line in errors[-SHOWN_LINES:])
            + f"\nLog: {self.server.log}"
        )

    def _give_up(self, progress):
        if not self.run_id:
            raise SetupError(
                f"The nightly job did not start within {QUIET_LIMIT} s. "
                f"Log: {self.server.log}"
            )
        say(f"    nothing has moved for {QUIET_LIMIT} s: {_describe(progress)}")

    def summary(self):
        """The bookkeeping of the run, as its model gives it."""
        return odoo_shell.run(
            self.environment,
            self.server.database,
            SUMMARY,
            "demo-summary",
            "Reading the run",
            run_id=self.run_id,
        )


def _describe(progress):
    state, _obstacle, counts = progress
    if state is None:
        return "waiting for the nightly job to start"
    return f"run {state}: " + ", ".join(f"{n} {s}" for s, n in sorted(counts.items()))
