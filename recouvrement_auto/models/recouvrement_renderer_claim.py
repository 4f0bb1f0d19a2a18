from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import penalty, template
from .recouvrement_renderer_blocks import NO_BLOCK
from .recouvrement_renderer_facts import dec
from .recouvrement_renderer_message import by_currency


@dataclass
class ClaimLine:
    """One invoice of the claim: its interest, segment by segment, and its fee."""

    row: object
    statement: penalty.Statement
    fee: Decimal = Decimal(0)


class RecouvrementRenderer(models.AbstractModel):
    """The claim (décompte): principal, interest and recovery fees on the day of the
    message, for the legal regime of the customer. Empty when the regime is unknown.
    """

    _inherit = "recouvrement.renderer"

    @api.model
    def _claim(self, message):
        """Lines of the claim; computed once per message."""
        if "claim" not in message.cache:
            message.cache["claim"] = self._claim_lines(message)
        return message.cache["claim"]

    @api.model
    def _claim_lines(self, message):
        if message.regime not in penalty.REGIMES or message.regime == penalty.UNKNOWN:
            return []
        movements = self._movements(message)
        rates = self._rates(message)
        charged = set()
        lines = []
        for row in message.chased:
            statement = self._interest(message, row, movements[row.line_id], rates)
            line = ClaimLine(row, statement)
            due = [(row.due_date, message.date)]
            if row.move_id not in charged and penalty.fee_is_due(message.regime, due):
                charged.add(row.move_id)  # once per invoice, whatever its instalments
                line.fee = self._fee(message)
            lines.append(line)
        return lines

    @api.model
    def _interest(self, message, row, movements, rates):
        paid = sum((m.amount for m in movements), Decimal(0))
        debt = penalty.Debt(
            max(row.asked, Decimal(0)) + paid,
            row.due_date,
            movements,
            self._notice_day(message, row),
        )
        order = message.company.recouvrement_settlement_order or penalty.INTEREST_FIRST
        if message.regime == penalty.CONSUMER:
            order = penalty.PRINCIPAL_FIRST
        precision = Decimal(1).scaleb(-row.currency.decimal_places)
        try:
            return penalty.late_interest(
                debt, message.date, rates, message.regime, order, precision
            )
        except penalty.MissingRate as error:
            raise UserError(
                self._for_reader().env._(
                    "The rate of late interest is missing for %(period)s: a collection "
                    "manager adds it in the legal values.",
                    period=error.semester,
                )
            ) from error

    @api.model
    def _rates(self, message):
        Rate = self._for_reader("recouvrement.legal.rate")
        kind = Rate._regime_kinds()[message.regime]
        first = min((row.due_date for row in message.chased), default=message.date)
        return Rate._series(kind, min(first, message.date), message.date)

    @api.model
    def _fee(self, message):
        return self._for_reader("recouvrement.legal.rate")._rate(
            "recovery_fee", message.date
        )

    @api.model
    def _fee_currency(self, message):
        return self.env.ref("base.EUR")

    @api.model
    def _movements(self, message):
        """Payments and credit notes matched with each line: ``{line id: (Movement, ...)}``.

        Exchange differences are no money and stay out.
        """
        exchange = message.company.currency_exchange_journal_id.id or 0
        rows = self.env.execute_query(
            SQL(
                """SELECT part.debit_move_id, other.date, part.debit_amount_currency,
                          move.move_type
                     FROM account_partial_reconcile part
                     JOIN account_move_line other ON other.id = part.credit_move_id
                     JOIN account_move move ON move.id = other.move_id
                    WHERE part.debit_move_id IN %s AND move.journal_id != %s""",
                tuple(row.line_id for row in message.chased) or (0,),
                exchange,
            )
        )
        found = defaultdict(tuple)
        for line_id, day, amount, move_type in rows:
            kind = penalty.CREDIT_NOTE if move_type == "out_refund" else penalty.PAYMENT
            day = min(day, message.date) if isinstance(day, date) else message.date
            found[line_id] += (penalty.Movement(day, dec(amount), kind),)
        return found

    # === FIGURES === #

    @api.model
    def _principal_totals(self, message):
        lines = self._claim(message)
        if not lines:
            return self._asked_totals(message)
        totals = by_currency(
            (ln.row.currency, ln.statement.principal_due) for ln in lines
        )
        for row in message.credits:
            if row.currency in totals:
                totals[row.currency] = max(
                    totals[row.currency] + row.residual, Decimal(0)
                )
        return totals

    @api.model
    def _interest_totals(self, message):
        return by_currency(
            (line.row.currency, line.statement.interest_due)
            for line in self._claim(message)
        )

    @api.model
    def _fee_total(self, message):
        return sum((line.fee for line in self._claim(message)), Decimal(0))

    @api.model
    def _claimed_totals(self, message):
        pairs = [
            *self._principal_totals(message).items(),
            *self._interest_totals(message).items(),
        ]
        fees = self._fee_total(message)
        if fees:
            pairs.append((self._fee_currency(message), fees))
        return by_currency(pairs)

    @api.model
    def _value_principal(self, message):
        return self._totals(message, self._principal_totals(message))

    @api.model
    def _value_penalty_amount(self, message):
        return self._totals(message, self._interest_totals(message))

    @api.model
    def _value_total_claimed(self, message):
        return self._totals(message, self._claimed_totals(message))

    @api.model
    def _value_fee_count(self, message):
        return str(sum(1 for line in self._claim(message) if line.fee))

    @api.model
    def _value_penalty_rate(self, message):
        Rate = self._for_reader("recouvrement.legal.rate")
        kind = Rate._regime_kinds().get(message.regime)
        return self._percent(message, Rate._rate(kind, message.date)) if kind else ""

    # === BLOCKS === #

    @api.model
    def _legal_sentence(self, message, kind):
        """The wording of the law on the day of the message, its figures filled in."""
        text = self._for_reader("recouvrement.legal.text")._wording(
            kind, message.date, message.lang
        )
        names = template.names(text)
        values = {"claim_date": self._long_day(message, message.date)}
        if "penalty_rate" in names:
            values["penalty_rate"] = self._value_penalty_rate(message)
        if "recovery_fee" in names:
            values["recovery_fee"] = self._money(
                message, self._fee(message), self._fee_currency(message), False
            )
        return template.render_text(text, values, max_length=2000)

    @api.model
    def _block_legal_notice(self, message):
        """Reminder of the law; nothing at all for a consumer or an unknown regime."""
        if message.regime not in (penalty.BUSINESS, penalty.PUBLIC):
            return NO_BLOCK
        sentence = self._legal_sentence(message, f"notice_{message.regime}")
        return self._block(message, "legal_notice", sentence=sentence)

    @api.model
    def _block_claim_statement(self, message):
        """Table of the calculation and the sentence that it rests on."""
        lines = self._claim(message)
        if not lines:
            return NO_BLOCK
        return self._block(
            message,
            "claim",
            lines=lines,
            credits=message.credits,
            principal=self._principal_totals(message),
            interest=self._interest_totals(message),
            fees=self._fee_total(message),
            fee_count=self._value_fee_count(message),
            fee_currency=self._fee_currency(message),
            claimed=self._claimed_totals(message),
            percent=lambda rate: self._percent(message, rate),
            interest_first=any(
                line.statement.order == penalty.INTEREST_FIRST and line.row.paid
                for line in lines
            ),
            with_interest=any(line.statement.segments for line in lines),
            sentence=self._legal_sentence(message, f"claim_{message.regime}"),
        )
