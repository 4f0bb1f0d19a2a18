import time
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL, hmac

from ..tools.rate import Limiter

SCOPE = "recouvrement_auto.portal_visit"
KEPT = timedelta(minutes=10)  # longer than the longest limit below
# What is counted: how many, in how many seconds.
LIMITS = {
    "page": (240, 60),  # per address; the count is a system parameter
    "document": (30, 300),  # per customer: each costs seconds of processor time
}
# A flood meets these first, in the memory of its worker, and costs the database nothing.
FIRST = {kind: Limiter(*limit) for kind, limit in LIMITS.items()}


class RecouvrementPortalVisit(models.Model):
    """Visits of the last minutes, so that all workers and hosts count together.

    Rows are only inserted and counted: two visits at once never wait for each other nor make
    each other fail. Nobody has rights on them, and an address is kept as a keyed hash.
    """

    _name = "recouvrement.portal.visit"
    _description = "Visit counted by a limit"
    _log_access = False

    mark = fields.Char(required=True)
    at = fields.Datetime(required=True)

    _mark_at = models.Index("(mark, at)")

    @api.model
    def _allow(self, kind, key, count=None):
        """Count a visit of ``key``; False, uncounted, when it is one too many.

        :param kind: key of ``LIMITS``
        :param count: another number of visits, for a limit that people set
        """
        usual, seconds = LIMITS[kind]
        if not FIRST[kind].allow(key, time.monotonic(), count):
            return False
        # sudo: the secret of the database is read to hash, it never leaves
        mark = hmac(self.env(su=True), SCOPE, f"{kind}|{key}")[:32]
        counted = self.env.execute_query(
            SQL(
                """INSERT INTO recouvrement_portal_visit (mark, at)
                   SELECT %(mark)s, now() AT TIME ZONE 'UTC'
                    WHERE (SELECT COUNT(*) FROM recouvrement_portal_visit
                            WHERE mark = %(mark)s
                              AND at > now() AT TIME ZONE 'UTC' - %(period)s) < %(most)s
                RETURNING id""",
                mark=mark,
                period=timedelta(seconds=seconds),
                most=count or usual,
            )
        )
        return bool(counted)

    @api.autovacuum
    def _gc_visits(self):
        """Forget what no limit counts any more."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM recouvrement_portal_visit
                    WHERE at < now() AT TIME ZONE 'UTC' - %s""",
                KEPT,
            )
        )
