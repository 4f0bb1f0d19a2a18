import json
import secrets
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.hash_chain import canonical, commitment


class Gathered:
    """Entries that wait for the end of their transaction. Always true, equal to itself."""

    def __init__(self):
        self.entries = []


class RecouvrementLog(models.Model):
    """Traçabilité: one entry for each transition, never changed afterwards.

    Append-only by access rights, by this model and by a trigger. There is no foreign key to
    anything that users may delete or merge: the entry describes itself. ``_append_many``
    only inserts; the sealer (``recouvrement.log.seal``) chains committed entries, because a
    chain written inside REPEATABLE READ transactions forks or fails them.
    """

    _name = "recouvrement.log"
    _inherit = ["recouvrement.bulk.mixin"]
    _description = "Collection log"
    _log_access = False
    _order = "id desc"
    _rec_name = "event"

    at = fields.Datetime(required=True, readonly=True)
    company_id = fields.Integer(required=True, readonly=True)
    event = fields.Char(required=True, readonly=True)
    actor_id = fields.Integer(string="User id", readonly=True)
    customer_res_id = fields.Integer(string="Collection file", readonly=True)
    partner_res_id = fields.Integer(string="Customer id", readonly=True)
    reminder_res_id = fields.Integer(string="Reminder id", readonly=True)
    channel = fields.Char(readonly=True)
    step_code = fields.Char(readonly=True)
    state = fields.Char(readonly=True)
    reason_code = fields.Char(string="Reason", readonly=True)
    amount = fields.Char(string="Amount (company currency)", readonly=True)
    content_hash = fields.Char(readonly=True)
    moves = fields.Json(readonly=True)  # ids of the invoices concerned
    payload = fields.Text(
        required=True, readonly=True
    )  # canonical JSON, what is hashed

    _customer_index = models.Index("(customer_res_id, id)")
    _moves_index = models.Index("USING gin (moves jsonb_path_ops)")

    def init(self):
        """The trigger that stops raw UPDATE, DELETE and TRUNCATE."""
        self.env.cr.execute(
            """
            CREATE OR REPLACE FUNCTION recouvrement_append_only() RETURNS trigger AS $$
            BEGIN
                RAISE EXCEPTION 'The collection log is append-only (table %)',
                    TG_TABLE_NAME;
            END $$ LANGUAGE plpgsql;
            """
        )
        self._protect_table(self._table)

    @api.model
    def _protect_table(self, table):
        name = SQL.identifier(table)
        for trigger, when, each in (
            ("recouvrement_append_only_row", "UPDATE OR DELETE", "ROW"),
            ("recouvrement_append_only_table", "TRUNCATE", "STATEMENT"),
        ):
            self.env.cr.execute(
                SQL("DROP TRIGGER IF EXISTS %s ON %s", SQL.identifier(trigger), name)
            )
            self.env.cr.execute(
                SQL(
                    "CREATE TRIGGER %s BEFORE %s ON %s FOR EACH %s "
                    "EXECUTE FUNCTION recouvrement_append_only()",
                    SQL.identifier(trigger),
                    SQL(when),
                    name,
                    SQL(each),
                )
            )

    @api.model
    def _append(self, event, **values):
        """Write one entry; see ``_append_many``."""
        return next(iter(self._append_many([{"event": event, **values}])), 0)

    @contextmanager
    def _gathered(self, records):
        """``records`` whose entries of the log are written together at the end.

        The entries of one transaction belong together; nobody reads them before its commit.
        An error writes none: what they tell of is undone with it.
        """
        gathered = Gathered()
        yield records.with_context(recouvrement_log_gathered=gathered)
        self._append_many(gathered.entries)

    @api.model
    def _append_many(self, entries):
        """The only writer of the log. Inserts and returns the ids (none while gathered).

        Each entry is a dict: ``event`` and ``company`` (record or id) are required;
        ``customer``, ``partner``, ``reminder`` (ids), ``channel``, ``step_code``, ``state``,
        ``reason``, ``amount`` (Decimal or str), ``content_hash``, ``moves`` (list of ids),
        ``facts`` (dict of str, int, bool, lists), ``personal`` (dict name -> str: stored
        behind a salted commitment).
        """
        gathered = self.env.context.get("recouvrement_log_gathered")
        if gathered:
            gathered.entries += entries
            return []
        if not entries:
            return []
        rows, personal = [], []
        at = fields.Datetime.now()
        for log_id, entry in zip(self._next_ids(len(entries)), entries, strict=True):
            row, secret = self._prepare_row(log_id, entry, at)
            rows.append(row)
            personal.append(secret)
        ids = self.sudo()._insert_rows(rows)  # no group may create entries by itself
        self._keep_personal(ids, rows, personal)
        return ids

    @api.model
    def _next_ids(self, count):
        """Ids reserved for new entries: the id is part of what is hashed."""
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) "
                "FROM generate_series(1, %s)",
                self._table,
                count,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _prepare_row(self, log_id, entry, at):
        company = entry["company"]
        company_id = company if isinstance(company, int) else company.id
        salted = {
            name: (secrets.token_hex(16), value)
            for name, value in (entry.get("personal") or {}).items()
            if value
        }
        amount = entry.get("amount")
        row = {
            "id": log_id,
            "at": at,
            "company_id": company_id,
            "event": entry["event"],
            "actor_id": self.env.uid,
            "customer_res_id": entry.get("customer") or None,
            "partner_res_id": entry.get("partner") or None,
            "reminder_res_id": entry.get("reminder") or None,
            "channel": entry.get("channel") or None,
            "step_code": entry.get("step_code") or None,
            "state": entry.get("state") or None,
            "reason_code": entry.get("reason") or None,
            "amount": None if amount is None else str(amount),
            "content_hash": entry.get("content_hash") or None,
        }
        moves = sorted(entry.get("moves") or [])
        payload = {k: v for k, v in row.items() if v is not None}
        payload["at"] = at.isoformat()
        payload["moves"] = moves
        payload["facts"] = entry.get("facts") or {}
        payload["personal"] = {n: commitment(s, v) for n, (s, v) in salted.items()}
        row["moves"] = json.dumps(moves)
        row["payload"] = canonical(payload).decode()
        return row, salted

    @api.model
    def _keep_personal(self, ids, rows, personal):
        self.env["recouvrement.log.secret"].sudo()._insert_rows(  # nobody may write it
            [
                {
                    "log_id": log_id,
                    "company_id": row["company_id"],
                    "name": name,
                    "salt": salt,
                    "value": value,
                }
                for log_id, row, secret in zip(ids, rows, personal, strict=True)
                for name, (salt, value) in secret.items()
            ]
        )

    @api.model_create_multi
    def create(self, vals_list):
        """Refuse: entries are written by ``_append_many`` alone."""
        if vals_list:
            raise UserError(self.env._("The collection log writes itself."))
        return super().create(vals_list)

    def write(self, vals):
        """Refuse: nothing in the log is ever changed."""
        if vals:
            raise UserError(self.env._("The collection log cannot be changed."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(self.env._("The collection log cannot be deleted."))
