from decimal import Decimal

from odoo import api, models

from ..tools.ladder import BY_INVOICE, Profile
from ..tools.planning import Item
from .recouvrement_planner_bundle import Bundle


def money(value):
    """Exact ``Decimal`` of an amount read by SQL: Odoo's cursors give floats, whose shortest
    form is the number that the database holds."""
    return Decimal(repr(value)) if isinstance(value, float) else Decimal(value)


class RecouvrementPlannerFacts(models.AbstractModel):
    """From rows to the bundle of a customer."""

    _inherit = "recouvrement.planner.facts"

    @api.model
    def _choose(self, context, file, total):
        """The scenario of a customer and why: ``(version or None, reason key)``.

        :param total: of all his open items, credits deducted (company currency)
        """
        return context.choose(self._profile(context, file, [{"amount": total}]))

    @api.model
    def _profile(self, context, file, rows):
        """What the choice of the scenario reads of a customer."""
        return Profile(
            override_id=file.scenario_override_id,
            nature=file.nature,
            segment=file.segment,
            in_hardship=bool(file.hardship_until and file.hardship_until > context.day),
            # Credits beyond the debts are no debt: the scenario without minimum applies.
            total=max(
                sum((money(row["amount"]) for row in rows), Decimal(0)), Decimal(0)
            ),
            relation_days=file.relation_days(context.day),
            grade=file.grade,
        )

    @api.model
    def _bundle(self, context, customer, file, rows, tables):
        profile = self._profile(context, file, rows)
        version, why = context.choose(profile)
        pauses = tables["pauses"].get(file.id, [])
        items = [self._item(row, context, version, tables, pauses) for row in rows]
        return Bundle(
            customer=customer,
            file=file,
            items=items,
            version=version,
            why=why,
            contacts=tables["contacts"].get(file.partner_id, []),
            contact_days=tuple(sorted(tables["pressure"].get(file.id, ()))),
            waiting=file.id in tables["waiting"],
            pause=next((p for p in pauses if not p["move_res_id"]), None),
            context=context,
        )

    @api.model
    def _item(self, row, context, version, tables, pauses):
        key = (row["move_id"], row["due_date"])
        chosen = context.version_of(tables["options"].get(row["move_id"])) or version
        pause = next(
            (
                p
                for p in pauses
                if p["move_res_id"] == row["move_id"]
                and p["due_date"] in (None, row["due_date"])
            ),
            None,
        )
        values = dict(
            move_id=row["move_id"],
            line_id=row["line_id"],
            name=row["move_name"] or "",
            due_date=row["due_date"],
            invoice_date=row["invoice_date"],
            amount=money(row["amount"]),
            residual=money(row["residual"]),
            currency_id=row["currency_id"],
            ladder=chosen.ladder if chosen else None,
            move_type=row["move_type"],
            no_followup=row["no_followup"],
            general_journal=row["general_journal"],
            blocked=bool(row["blocked"]),
            paused_until=pause and pause["date_end"],
            pause_kind=pause["kind"] if pause else "",
            pause_reason=pause["reason"] if pause else "",
            ref=row["move_ref"] or row["invoice_origin"] or "",
            contact_id=row["contact_id"] or 0,
            **self._reached(key, tables),
        )
        values.update(tables["extra"].get(key, {}))
        return Item(**values)

    @api.model
    def _reached(self, key, tables):
        """Position of an item on its ladder in its current cycle."""
        cycle = tables["cycles"].get(key)
        position = tables["positions"].get(key)
        number = cycle["cycle"] if cycle else 1
        if position and position["cycle"] >= number:
            return {
                "cycle": position["cycle"],
                "reached": position["step_code"],
                "reached_rank": (position["tone_rank"], position["step_delay"]),
                "reached_on": position["used_on"],
            }
        if cycle and cycle["entry_step_code"]:
            return {
                "cycle": number,
                "reached": cycle["entry_step_code"],
                "reached_rank": (cycle["entry_tone_rank"], cycle["entry_delay"]),
                "reached_on": cycle["entry_on"],
            }
        return {"cycle": number}

    @api.model
    def _why_scenario(self, bundle, item=None):
        """Key of the rule that chose the scenario of an item."""
        own = bundle.version.scenario_id if bundle.version else 0
        if item and item.ladder and item.ladder.scenario_id != own:
            return BY_INVOICE
        return ":".join(part for part in (bundle.why, bundle.person_asked) if part)
