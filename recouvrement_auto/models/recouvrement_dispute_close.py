from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools.planning import END_STEP, TONES

ALLOWED = {
    "to_review": ("open", "closed"),
    "open": ("answered", "credit_note", "closed"),
    "answered": ("open", "credit_note", "closed"),
    "credit_note": ("open", "closed"),
    "closed": (),
}


class RecouvrementDispute(models.Model):
    """From the opening to the outcome, and back into the scenario."""

    _inherit = "recouvrement.dispute"

    def _update_state(self, state, event=None, **values):
        """Move these disputes to ``state``: the only mutator.

        :raises UserError: for a transition that does not exist
        """
        for dispute in self:
            if state not in ALLOWED[dispute.state]:
                raise UserError(
                    self.env._("“%s” is already decided.", dispute.display_name)
                )
        # Callers checked who decides; nobody writes the state by himself.
        self.sudo().write({"state": state, **values})
        self._touch_customers()
        self._log(
            event or state,
            {"outcome": values.get("outcome") or ""},
            state=state,
            personal={"reason": values.get("outcome_note") or ""},
        )

    def _close(self, outcome, note, step=None, amount=None):
        """Decide the dispute.

        ``confirmed`` and ``abandoned``: the contested part is chased again, after ``step``.
        ``credit_note``: it stays out of the chase until the credit note is matched, which
        closes the dispute. ``split``: ``amount`` is to be credited, the rest is chased.

        :param step: dict ``code, tone, delay`` after which the ladder continues; None =
            after the step that each instalment had reached, counted from today
        :param amount: for ``split``, what is granted, in the currency of the invoice
        :raises UserError: no words, no amount, or already closed
        """
        if not (note or "").strip():
            raise UserError(self.env._("Say in a few words what was decided."))
        for dispute in self:
            if outcome in ("credit_note", "split"):
                dispute._await_credit_note(outcome, note, amount)
            else:
                dispute._end(outcome, note)
            if outcome != "credit_note":
                dispute._re_enter(step)

    def _await_credit_note(self, outcome, note, amount):
        values = {"outcome": outcome, "outcome_note": note}
        if outcome == "split":
            if not amount or not 0 < amount < self.amount:
                raise UserError(
                    self.env._(
                        "Say how much is credited: more than zero, less than what is "
                        "contested."
                    )
                )
            values.update(amount=amount, whole=False)
        self._update_state("credit_note", **values)
        self._end_activities(note)
        self._tell(
            self._agent(),
            self.env._("Credit note to make: %s", self.move_name),
            [note],
        )

    def _end(self, outcome, note):
        today = self.company_id._recouvrement_today()
        self._update_state(
            "closed",
            outcome=self.outcome if outcome == "credited" and self.outcome else outcome,
            outcome_note=self.outcome_note or note,
            closed_on=today,
            closed_by_id=self.env.uid,
            days_to_solve=(today - self.opened_on).days,
        )
        self._end_activities(note or "")

    # === BACK INTO THE SCENARIO === #

    def _re_enter(self, step=None):
        """Let the open instalments of the invoice climb again (``item.cycle``)."""
        self.ensure_one()
        rows = self._open_rows()
        positions = self._reached_positions(rows)
        today = self.company_id._recouvrement_today()
        Cycle = self.env["recouvrement.item.cycle"].sudo()  # decided by the caller
        for (move_id, due_date), reached in positions.items():
            entry = step or self._entry_after(reached)
            Cycle._raise_cycle(
                [
                    (
                        self.company_id.id,
                        self.customer_id.id,
                        move_id,
                        due_date,
                        reached["cycle"],
                    )
                ],
                reason="dispute_closed",
                comment=self.outcome_note or None,
                step=entry,
                day=today if entry else None,
            )

    def _open_rows(self):
        """Open instalments of the invoice."""
        company = self.company_id
        query = self.env["recouvrement.open.item"]._query(
            company,
            company._recouvrement_today(),
            live=True,
            partner_ids=self.sudo().partner_id.ids,
        )
        self.env.flush_all()
        return self.env.execute_query_dict(
            SQL(
                "SELECT * FROM (%s) item WHERE move_id = %s AND amount > 0",
                query,
                self.move_id.id or 0,
            )
        )

    def _reached_positions(self, rows):
        """Where each instalment stands, as the planner reads it."""
        Facts = self.env["recouvrement.planner.facts"].sudo()  # positions only
        tables = {
            "positions": Facts._positions(self.company_id, self.customer_id.ids),
            "cycles": Facts._cycles(rows),
        }
        return {
            key: Facts._reached(key, tables)
            for key in {(row["move_id"], row["due_date"]) for row in rows}
        }

    @api.model
    def _entry_after(self, reached):
        """The step reached, as an entry of a new cycle; None = from the first step."""
        code, rank = reached.get("reached"), reached.get("reached_rank")
        if not code or code == END_STEP or not rank or (rank[0] or 0) < 0:
            return None
        return {"code": code, "tone": TONES[rank[0]], "delay": rank[1] or 0}

    # === AUTOMATIC CLOSING === #

    @api.model
    def _close_settled(self, company, day):
        """Close the disputes of ``company`` that a payment, a credit note or a cancelled
        invoice settled. Reads the ledger in one query, whatever their number.

        :param day: local day written as the end
        :return: the disputes closed
        """
        closed = self.browse()
        for row in self.env.execute_query_dict(self._settled_sql(company)):
            dispute = self.browse(row["id"])
            dispute._settle(row["outcome"], day)
            closed |= dispute
        return closed

    @api.model
    def _unsettled_sql(self, day):
        """SQL: condition on ``parent``, a dispute that the night may close or recall."""
        return SQL("parent.state != 'closed'")

    def _settle(self, outcome, day):
        words = {
            "paid": self.env._("The invoice was paid."),
            "credited": self.env._("The contested part was credited."),
            "cancelled": self.env._("The invoice does not exist any more."),
        }
        self._end(outcome, words[outcome])
        if day:
            self.sudo().write(  # the night writes its own day
                {"closed_on": day, "days_to_solve": (day - self.opened_on).days}
            )

    @api.model
    def _settled_sql(self, company):
        self.env.flush_all()
        return SQL(
            """SELECT * FROM (
                  SELECT dispute.id,
                         CASE WHEN move.id IS NULL OR move.state = 'cancel'
                                   THEN 'cancelled'
                              WHEN move.state != 'posted' THEN NULL
                              WHEN NOT dispute.whole AND notes.amount
                                   - dispute.credited_before >= dispute.amount
                                   THEN 'credited'
                              WHEN open.residual > 0 THEN NULL
                              WHEN notes.amount > dispute.credited_before
                                   THEN 'credited'
                              ELSE 'paid' END AS outcome
                    FROM recouvrement_dispute dispute
               LEFT JOIN account_move move ON move.id = dispute.move_id
               LEFT JOIN LATERAL (%(open)s) open ON TRUE
               LEFT JOIN LATERAL (%(notes)s) notes ON TRUE
                   WHERE dispute.company_id = %(company)s
                     AND dispute.state != 'closed') settled
                WHERE outcome IS NOT NULL ORDER BY id""",
            company=company.id,
            open=SQL(
                """SELECT COALESCE(SUM(line.amount_residual_currency), 0) AS residual
                     FROM %s line""",
                self.env["recouvrement.open.item"]._lines_of(
                    SQL("dispute.move_id"), company
                ),
            ),
            notes=self._credited_sql(company),
        )

    @api.model
    def _credited_sql(self, company, account_ids=None):
        """SQL: credit notes matched with ``dispute.move_id``, in its currency.

        :param account_ids: ids of the trade receivable accounts where they are known
        """
        return SQL(
            """SELECT COALESCE(SUM(part.debit_amount_currency), 0) AS amount
                 FROM %s line
           CROSS JOIN LATERAL (
                      SELECT credit_move_id, debit_amount_currency
                        FROM account_partial_reconcile
                       WHERE debit_move_id = line.id OFFSET 0) part
           CROSS JOIN LATERAL (
                      SELECT move_id FROM account_move_line
                       WHERE id = part.credit_move_id LIMIT 1) other
           CROSS JOIN LATERAL (
                      SELECT move_type FROM account_move
                       WHERE id = other.move_id LIMIT 1) note
                WHERE note.move_type = 'out_refund'""",
            self.env["recouvrement.open.item"]._lines_of(
                SQL("dispute.move_id"), company, account_ids
            ),
        )
