from dateutil.relativedelta import relativedelta

from odoo import api, models

from ..tools.dashboard import Tile
from .recouvrement_dashboard import ITEM

CORE = "recouvrement_auto."
OWN = "recouvrement_auto_reports."
ITEM_ACTION = f"{OWN}recouvrement_kpi_item_action"
# Columns of the ageing: key, first and last day late.
AGEING = (
    ("not_due", None, 0),
    ("late_30", 1, 30),
    ("late_60", 31, 60),
    ("late_90", 61, 90),
    ("late_over", 91, None),
)


class RecouvrementDashboard(models.AbstractModel):
    """The numbers of the first page, each a model and a domain."""

    _inherit = "recouvrement.dashboard"

    @api.model
    def _tiles(self, scope):
        """Every number, shown or used by a chart, that this user can have."""
        found = [
            *self._tiles_money(scope),
            *self._tiles_ageing(scope),
            *self._tiles_forecast(scope),
            *self._tiles_promises(scope),
            *self._tiles_night(scope),
            *self._tiles_law(scope),
        ]
        return [tile for tile in found if self._is_readable(tile.model)]

    @api.model
    def _words(self):
        """Label and explanation of each number."""
        night = self.env._("As of the last night.")
        law = self.env._("As of the last night, on what is overdue today.")
        forecast = self.env._(
            "The promised day, the dates of payment plans, the predicted day, else the due "
            "date plus the usual delay of the customer. Disputed items and those more than "
            "90 days late without an agreement are left out."
        )
        balance = self.env._(
            "Balance of the trade receivable accounts, credits deducted."
        )
        overdue = self.env._("Past their due date, credits of that age deducted.")
        return {
            "receivable": (self.env._("Receivables"), balance),
            "overdue": (self.env._("Overdue"), overdue),
            "over_90": (
                self.env._("Over 90 days late"),
                self.env._("More than 90 days past their due date."),
            ),
            "disputed": (
                self.env._("In dispute"),
                self.env._("Contested part of the invoices, until it is decided."),
            ),
            "forecast": (self.env._("Cash expected in 3 months"), forecast),
            "forecast_week": (self.env._("Cash expected"), forecast),
            "promises_due": (self.env._("Promises awaited"), ""),
            "promises_kept": (self.env._("Promises kept"), ""),
            "promises_broken": (self.env._("Promises broken"), ""),
            "night": (self.env._("Messages of the night"), ""),
            "to_confirm": (self.env._("To confirm"), ""),
            "unknown": (self.env._("Outcome unknown"), ""),
            "orphans": (self.env._("Customers nothing follows"), night),
            "fees": (self.env._("Recovery fees claimable"), law),
            "interest": (self.env._("Late interest claimable"), law),
        }

    @api.model
    def _tile(self, key, model, domain, amount, group, tone="", action="", words=None):
        label, text = self._words()[words or key]
        return Tile(key, label, model, domain, amount, group, tone, action, text)

    @api.model
    def _item_tile(self, key, domain, group, tone="", words=None):
        """A tile on the open items of now."""
        return self._tile(key, ITEM, domain, "amount", group, tone, ITEM_ACTION, words)

    @api.model
    def _tiles_money(self, scope):
        return [
            self._item_tile("receivable", (), "money"),
            self._item_tile("overdue", (("days_late", ">", 0),), "money", "warning"),
            self._item_tile("over_90", (("days_late", ">", 90),), "money", "danger"),
            self._tile_disputed(),
        ]

    @api.model
    def _tile_disputed(self):
        """Disputes where they are kept, else the invoices that accounting blocked."""
        if self._is_readable("recouvrement.dispute"):
            return self._tile(
                "disputed",
                "recouvrement.dispute",
                (("state", "!=", "closed"),),
                "amount_company",
                "money",
                "info",
            )
        blocked = (("is_disputed", "=", True),)
        return self._item_tile("disputed", blocked, "money", "info")

    @api.model
    def _ageing_labels(self):
        return {
            "not_due": self.env._("Not due"),
            "late_30": self.env._("1-30 days"),
            "late_60": self.env._("31-60 days"),
            "late_90": self.env._("61-90 days"),
            "late_over": self.env._("Over 90 days"),
        }

    @api.model
    def _tiles_ageing(self, scope):
        labels, found = self._ageing_labels(), []
        for key, first, last in AGEING:
            domain = []
            if first is not None:
                domain.append(("days_late", ">=", first))
            if last is not None:
                domain.append(("days_late", "<=", last))
            found.append(
                Tile(
                    f"ageing_{key}",
                    labels[key],
                    ITEM,
                    tuple(domain),
                    "amount",
                    "ageing",
                    action=ITEM_ACTION,
                )
            )
        return found

    # === PROMISES, NIGHT, LAW === #

    @api.model
    def _tiles_promises(self, scope):
        since = scope["today"] - relativedelta(months=scope["filters"].months)
        own = (("currency_id", "=", scope["currency"].id),)
        settled = (*own, ("settled_on", ">=", since.isoformat()))
        specs = (
            ("promises_due", own, ("running",), ""),
            ("promises_kept", settled, ("kept", "partly_kept"), "success"),
            ("promises_broken", settled, ("broken",), "danger"),
        )
        return [
            self._tile(
                key,
                "recouvrement.promise",
                (*domain, ("state", "in", states)),
                "amount",
                "promises",
                tone,
            )
            for key, domain, states, tone in specs
        ]

    @api.model
    def _tiles_night(self, scope):
        nights = self._last_nights(scope)
        all_messages = f"{CORE}recouvrement_reminder_action"
        confirm = f"{CORE}recouvrement_reminder_action_to_confirm"
        planned = (("run_id", "in", nights), ("state", "!=", "skipped"))
        specs = (
            ("night", planned, "", all_messages),
            ("to_confirm", (("state", "=", "to_confirm"),), "warning", confirm),
            ("unknown", (("state", "=", "unknown"),), "danger", all_messages),
        )
        found = [
            self._tile(
                key,
                "recouvrement.reminder",
                domain,
                "total_overdue",
                "night",
                tone,
                action,
            )
            for key, domain, tone, action in specs
        ]
        orphans = self._tile(
            "orphans", "recouvrement.kpi.orphan", (), "amount", "night", "danger"
        )
        return [*found, orphans]

    @api.model
    def _last_nights(self, scope):
        """Ids of the last night of each company."""
        rows = (
            self.env["recouvrement.run"]
            .sudo()  # ids only: salespersons count the messages of their customers
            ._read_group(
                [
                    ("company_id", "in", scope["companies"].ids),
                    ("kind", "!=", "manual"),
                ],
                ["company_id"],
                ["id:max"],
            )
        )
        return [run_id for _company, run_id in rows]

    @api.model
    def _tiles_law(self, scope):
        model = "recouvrement.kpi.claimable"
        return [
            self._tile("fees", model, (("fee", ">", 0),), "fee", "law"),
            self._tile("interest", model, (("interest", ">", 0),), "interest", "law"),
        ]
