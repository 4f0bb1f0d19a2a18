from datetime import timedelta
from decimal import Decimal

from odoo import Command, api, models

from ..tools.ladder import Profile, pick, version_from_snapshot
from ..tools.working_time import is_business_day
from .plan.ladders import NATURES

SEGMENTS = {
    "good": "good",
    "occasional": "occasional_late",
    "usual": "usual_late",
    "difficult": "difficult",
    "new": "new",
    "inactive": "inactive",
}
AGENTS = ("agent", "agent", "agent2")
PAUSES = {
    "paused": ("pause", "Échéancier en cours de négociation avec le dirigeant", 12),
    "item_paused": ("in_validation", "Bon à payer en cours chez le client", 9),
}


class RecouvrementDemo(models.AbstractModel):
    _inherit = "recouvrement.demo"

    @api.model
    def _make_collection(self, company, ledger, partners, users):
        """Settings, collection files, what happened so far, what is decided today."""
        today = ledger.today
        self._set_company(company, today, users)
        files = self._make_files(company, ledger, partners, users)
        with self._timed("history"):
            self._tell_story(company, ledger, files)
        self._decide_today(company, ledger, files, users)
        with self._timed("answers"):
            self._tell_answers(company, ledger, files, users)

    @api.model
    def _set_company(self, company, today, users):
        company.write(
            {
                "recouvrement_mode": "auto",
                "recouvrement_release": "immediate",
                "recouvrement_any_hour": True,
                "recouvrement_closed_days": not is_business_day(today),
                "recouvrement_run_hour": 0.0,
                "recouvrement_user_id": users["agent"].id,
                "recouvrement_iban_changed_on": False,
            }
        )

    @api.model
    def _ladders(self, company):
        """The ladder that the scenarios of the database give each behaviour and nature."""
        versions = [
            version_from_snapshot(snapshot, version_id)
            for _scenario, snapshot, version_id in self.env[
                "recouvrement.scenario"
            ]._snapshots(company)
        ]
        default_id = company.recouvrement_scenario_id.id
        common = {"total": Decimal(10_000), "relation_days": 700}
        profiles = {
            name: Profile(segment=code, **common) for name, code in SEGMENTS.items()
        }
        for nature in NATURES:
            profiles[nature] = Profile(nature=nature, segment="good", **common)
        found = {
            name: pick(versions, profile, default_id)[0]
            for name, profile in profiles.items()
        }
        return {name: version.ladder for name, version in found.items() if version}

    @api.model
    def _make_files(self, company, ledger, partners, users):
        """Collection files by customer key, with nature, agent and contact."""
        Customer = self.env["recouvrement.customer"]
        files = Customer._get_or_create(company, [p.id for p in partners.values()])
        by_partner = {found.partner_id.id: found for found in files}
        by_key = {key: by_partner[partner.id] for key, partner in partners.items()}
        for customer in ledger.customers:
            found = by_key[customer.key]
            values = {"agent_id": users[AGENTS[customer.number % len(AGENTS)]].id}
            if customer.nature != "standard":
                values["nature"] = customer.nature
            contacts = found.partner_id.with_context(active_test=False).child_ids
            contact = contacts.filtered(lambda c: c.email)[-1:]
            if contact:
                values["collection_contact_ids"] = [Command.set(contact.ids)]
            found.write(values)
        return by_key

    @api.model
    def _rate_so_far(self, company, today):
        """Segments of yesterday, and a score at each month's end of the last year."""
        Score = self.env["recouvrement.score"]
        day = today - timedelta(days=1)
        self.env["recouvrement.segment"]._refresh(company, day)
        days = [day]
        while len(days) < 12:
            days.append(days[-1].replace(day=1) - timedelta(days=1))
        for past in reversed(days):
            Score._refresh(company, past)

    @api.model
    def _decide_today(self, company, ledger, files, users):
        """What people decided this morning: pauses, litigation, an own segment."""
        for customer in ledger.customers:
            found = files[customer.key]
            for tag in customer.tags & set(PAUSES):
                self._pause(found, tag, ledger.today, users["agent"])
            if "doubtful" in customer.tags:
                found.litigation = True
            if "hardship" in customer.tags:
                found.hardship_until = ledger.today + timedelta(days=40)
            if "own_segment" in customer.tags:
                found.write(
                    {
                        "segment_override_id": self._segment("good").id,
                        "segment_override_until": ledger.today + timedelta(days=90),
                        "segment_override_reason": "Client historique, accord de la direction",
                    }
                )

    @api.model
    def _segment(self, code):
        return self.env["recouvrement.segment"].search([("code", "=", code)], limit=1)

    @api.model
    def _pause(self, found, tag, today, user):
        kind, reason, days = PAUSES[tag]
        values = {
            "customer_id": found.id,
            "kind": kind,
            "reason": reason,
            "date_start": today,
            "date_end": today + timedelta(days=days),
            "user_id": user.id,
        }
        if tag == "item_paused":
            move = self.env["account.move"].search(
                [
                    ("commercial_partner_id", "=", found.partner_id.id),
                    ("payment_state", "=", "not_paid"),
                    ("invoice_date_due", "<", today),
                ],
                order="invoice_date_due, id",
                limit=1,
            )
            values.update(move_res_id=move.id, move_name=move.name)
        self.env["recouvrement.pause"].create(values)
