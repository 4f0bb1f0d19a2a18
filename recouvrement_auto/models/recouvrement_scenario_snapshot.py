import hashlib
from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from ..tools.hash_chain import canonical

SCHEMA = 1


class RecouvrementScenario(models.Model):
    """Freezing: what a night uses, and the same in memory for screens and simulation.

    The keys are those that ``tools/ladder.py`` reads; amounts are strings, so that the same
    scenario always gives the same hash.
    """

    _inherit = "recouvrement.scenario"

    @api.model
    def _usable_by(self, company):
        """Active scenarios that ``company`` may use, with at least one step."""
        domain = Domain("company_id", "in", [False, *company.parent_ids.ids])
        return self.sudo().search(domain).filtered("line_ids")  # night of any company

    @api.model
    def _freeze_versions(self, company):
        """Freeze every scenario usable by ``company`` and return the versions.

        A new version is written only when the content differs from the last one.

        :return: ``recouvrement.scenario.version``, one per scenario
        """
        scenarios = self._usable_by(company)
        latest = scenarios._latest_versions()
        # sudo: whoever starts a plan freezes it, nobody writes versions by himself
        versions = Version = self.env["recouvrement.scenario.version"].sudo()
        texts = scenarios._frozen_texts()
        for scenario in scenarios:
            snapshot = scenario._build_snapshot(texts)
            digest = self._digest(snapshot)
            last = latest.get(scenario.id)
            if not last or last.content_hash != digest:
                last = Version.create(
                    {
                        "scenario_id": scenario.id,
                        "version": (last.version if last else 0) + 1,
                        "snapshot": snapshot,
                        "content_hash": digest,
                    }
                )
            versions |= last
        return versions.with_env(self.env)

    @api.model
    def _snapshots(self, company):
        """What ``_freeze_versions`` would use, without writing anything.

        :return: list of ``(scenario, snapshot, version id)``; the id is 0 when the scenario
            changed since its last version
        """
        scenarios = self._usable_by(company)
        latest = scenarios._latest_versions()
        result = []
        texts = scenarios._frozen_texts()
        for scenario in scenarios:
            snapshot = scenario._build_snapshot(texts)
            last = latest.get(scenario.id)
            same = last and last.content_hash == self._digest(snapshot)
            result.append(
                (scenario.with_env(self.env), snapshot, last.id if same else 0)
            )
        return result

    def _frozen_texts(self):
        """``{template id: frozen text}``: a text used by several steps is read once."""
        return {text.id: text._snapshot() for text in self.line_ids.template_id}

    def _build_snapshot(self, texts):
        """The scenario as plain JSON, texts in each active language included."""
        self.ensure_one()
        lang = self._naming_lang()
        snapshot = {
            "schema": SCHEMA,
            "scenario": {
                "id": self.id,
                "code": self.code,
                "name": self.with_context(lang=lang).name,
                "sequence": self.sequence,
                "nature": self.nature or "",
                "segments": sorted(
                    code for code in self.segment_ids.mapped("code") if code
                ),
                "for_hardship": self.for_hardship,
                "condition_min_total": self._amount(self.condition_min_total),
                "condition_min_relation_days": self.condition_min_relation_days,
                "min_gap_days": self.min_gap_days,
                "min_total": self._amount(self.min_customer_total),
                "min_item": self._amount(self.min_item_amount),
                "max_contacts_7": self.max_contacts_7,
                "max_contacts_30": self.max_contacts_30,
                "max_pause_days": self.max_pause_days,
                "end_action": self.end_action,
                "end_delay_days": self.end_delay_days,
            },
            "steps": [
                line._snapshot(lang, texts.get(line.template_id.id))
                for line in self.line_ids.sorted(_ladder_order)
            ],
        }
        if self.grade_from:  # only where used, so that older versions stay as they are
            snapshot["scenario"]["grade_from"] = self.grade_from
            snapshot["scenario"]["grade_to"] = self.grade_to
        return snapshot

    def _naming_lang(self):
        """Language of the frozen names: the company's, never that of who happens to plan."""
        company = self.company_id or self._first_company()
        lang = company.partner_id.lang
        installed = {code for code, _name in self.env["res.lang"].get_installed()}
        return lang if lang in installed else "en_US"

    @api.model
    def _first_company(self):
        """The oldest company; looked up once in a transaction, for all scenarios."""
        known = self.env.cr.cache
        if "recouvrement_first_company" not in known:
            found = self.env["res.company"].search([], order="id", limit=1)
            known["recouvrement_first_company"] = found.id
        return self.env["res.company"].browse(known["recouvrement_first_company"])

    @api.model
    def _amount(self, amount):
        return str(Decimal(str(amount or 0)).quantize(Decimal("0.01")))

    @api.model
    def _digest(self, snapshot):
        return hashlib.sha256(canonical(snapshot)).hexdigest()


def _ladder_order(line):
    return (line.sequence, line.id)
