"""Proof that what one claim read still holds for the next: nobody has committed since.

PostgreSQL tells which transactions a snapshot sees. When a later snapshot sees nothing more
than our own transactions, every query gives the same answer in both, whatever it reads; the
clock and what we wrote ourselves are all that changed.
"""

from odoo.tools import SQL

MOST = 500  # transactions since: with more of them reading again is the cheaper proof
WRAP = 2**32  # the system column xmin holds the lower half of a transaction id

# What a sender writes of a message that it claims or that left, of its own customer alone.
HARMLESS = ("delivery.claimed", "delivery.sent", "reminder.claimed", "reminder.sent")
LATEST = (
    200  # entries of the log that are searched for the transactions of other senders
)


class Snapshot:
    """What the database had committed when facts were read."""

    def __init__(self):
        self.text = None  # pg_snapshot: xmin, xmax and those running in between
        self.own = set()  # transactions since that are ours, or another sender's

    def news_sql(self):
        """SQL: the current snapshot, our transaction, and an array of the others that it
        sees and the kept snapshot does not; NULL without one, or with too many."""
        news = SQL("NULL::bigint[]")
        if self.text:
            news = SQL(
                """CASE WHEN pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                             - pg_snapshot_xmax(%(old)s::pg_snapshot)::text::bigint > %(most)s
                   THEN NULL ELSE ARRAY(
                    SELECT xid FROM (
                        SELECT pg_snapshot_xip(%(old)s::pg_snapshot)::text::bigint AS xid
                     UNION ALL
                        SELECT generate_series(
                            pg_snapshot_xmax(%(old)s::pg_snapshot)::text::bigint,
                            pg_snapshot_xmax(pg_current_snapshot())::text::bigint - 1)) seen
                     WHERE pg_visible_in_snapshot(xid::text::xid8, pg_current_snapshot())
                       AND pg_xact_status(xid::text::xid8) = 'committed') END""",
                old=self.text,
                most=MOST,
            )
        return SQL(
            "pg_current_snapshot()::text, pg_current_xact_id()::text::bigint, %s", news
        )

    def holds(self, env, news, customer_ids):
        """True when nothing that concerns these customers was committed since.

        :param news: the third value of ``news_sql``
        :param customer_ids: files whose facts are kept
        """
        if self.text is None or news is None:
            return False
        others = set(news) - self.own
        if others:
            self.own |= self._of_senders(env, others, customer_ids)
        return others <= self.own

    def _of_senders(self, env, others, customer_ids):
        """Those of these transactions that are a claim or an outcome of another sender, who
        writes of his own customer alone and says so in the log."""
        rows = env.execute_query(
            SQL(
                """SELECT xmin::text::bigint FROM (
                          SELECT xmin, event, actor_id, customer_res_id FROM recouvrement_log
                        ORDER BY id DESC LIMIT %s) entry
                 GROUP BY 1
                   HAVING BOOL_AND(event IN %s AND actor_id = %s
                                   AND customer_res_id != ALL(%s))""",
                LATEST,
                HARMLESS,
                env.uid,
                list(customer_ids),
            )
        )
        known = {row[0] for row in rows}
        return {xid for xid in others if xid % WRAP in known}

    def keep(self, text, xid):
        """Facts are read now: this is the snapshot that they come from."""
        self.text = text
        self.own = {xid}

    def forget(self):
        """Nothing is kept any more."""
        self.text = None
        self.own.clear()
