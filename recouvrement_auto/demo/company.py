import base64
from datetime import timedelta
from pathlib import Path

from odoo import Command, api, models
from odoo.exceptions import UserError

from .plan import identity

LOGO = Path(__file__).resolve().parent / "img" / "logo.png"
DOMAIN = "bastide-ferrand.example"
SIREN = identity.siren(0)
COMPANY = {
    "name": "Bastide Ferrand Matériaux",
    "street": "12 chemin de la Gravière",
    "zip": "69360",
    "city": "Saint-Symphorien-d'Ozon",
    "phone": identity.phone(1200),
    "email": f"comptabilite@{DOMAIN}",
    "website": f"https://www.{DOMAIN}",
    "vat": identity.french_vat(SIREN),
    "company_registry": identity.siret(SIREN),
    "primary_color": "#2f4858",
    "secondary_color": "#b4532a",
    "font": "Lato",
}
DETAILS = """<p><strong>Bastide Ferrand Matériaux</strong><br>12 chemin de la Gravière<br>
69360 Saint-Symphorien-d'Ozon<br>France</p>"""
FOOTER = """<p>SAS au capital de 480 000 € – RCS Lyon {siren} – TVA {vat}<br>
{phone} – {email}</p>"""
TERMS = """<p>En cas de retard de paiement, application d'une pénalité au taux de la BCE
majoré de 10 points et, entre professionnels, d'une indemnité forfaitaire de 40 € pour
frais de recouvrement (articles L441-10 et D441-5 du code de commerce). Pas d'escompte pour
paiement anticipé.</p>"""
SWISS_RATE = 0.9412


class RecouvrementDemo(models.AbstractModel):
    _inherit = "recouvrement.demo"

    @api.model
    def _make_company(self, company=None):
        """The company with French accounts, its bank, its currencies and its papers."""
        self._activate_french()
        company = company or self._pick_company()
        company = company.with_env(self.env)
        france = self.env.ref("base.fr")
        company.write({"country_id": france.id, "name": COMPANY["name"]})
        if company.chart_template != "fr":
            chart = self.env["account.chart.template"]
            chart.try_loading("fr", company=company, install_demo=False)
        company.partner_id.write({"lang": "fr_FR", "tz": "Europe/Paris"})
        company.write(self._company_values())
        # The legal sentences of TERMS stand on every invoice.
        self.env["ir.config_parameter"].set_param("account.use_invoice_terms", True)
        self._name_journals(company)
        self._make_alias_domain(company)
        self._make_bank(company)
        self._enable_demo_payment(company)
        return company

    @api.model
    def _activate_french(self):
        Lang = self.env["res.lang"]
        if not Lang.search_count([("code", "=", "fr_FR")]):
            lang = Lang.with_context(active_test=False).search([("code", "=", "fr_FR")])
            wizard = self.env["base.language.install"]
            wizard.create({"lang_ids": [Command.set(lang.ids)]}).lang_install()

    @api.model
    def _pick_company(self):
        main = self.env.ref("base.main_company")
        if not self.env["account.move"].search_count([("company_id", "=", main.id)]):
            return main
        company = self.env["res.company"].create(
            {"name": COMPANY["name"], "country_id": self.env.ref("base.fr").id}
        )
        self.env.user.company_ids = [Command.link(company.id)]
        return company

    @api.model
    def _company_values(self):
        values = {
            **COMPANY,
            "logo": base64.b64encode(LOGO.read_bytes()),
            "company_details": DETAILS,
            "report_footer": FOOTER.format(siren=SIREN, **COMPANY),
            "invoice_terms": TERMS,
            "external_report_layout_id": self.env.ref(
                "web.external_layout_standard"
            ).id,
            "email_primary_color": "#ffffff",
            "email_secondary_color": COMPANY["primary_color"],
        }
        if "iap_enrich_auto_done" in self.env["res.company"]._fields:
            values["iap_enrich_auto_done"] = True  # no call to a directory service
        return values

    @api.model
    def _name_journals(self, company):
        """The prefixes that a French accountant expects, before the first entry."""
        Journal = self.env["account.journal"]
        for kind, code in (("sale", "FAC"), ("purchase", "ACH"), ("bank", "BNQ")):
            journal = Journal.search(
                [("type", "=", kind), ("company_id", "=", company.id)], limit=1
            )
            journal.code = code
        misc = self._misc_journal(company)
        misc.code = "OD"

    @api.model
    def _make_alias_domain(self, company):
        """Replies and bounces need a domain; one that exists is kept."""
        if not company.alias_domain_id:
            Domain = self.env["mail.alias.domain"]
            found = Domain.search([("name", "=", DOMAIN)], limit=1)
            company.alias_domain_id = found or Domain.create({"name": DOMAIN})

    @api.model
    def _make_bank(self, company):
        """A trusted IBAN, and a journal whose payments go straight to the bank account."""
        journal = self._bank_journal(company)
        bank = self.env["res.bank"].create(
            {"name": "Banque de Démonstration du Rhône", "bic": "DEMOFRPPXXX"}
        )
        journal.bank_account_id = self.env["res.partner.bank"].create(
            {
                "acc_number": identity.iban(20190603),
                "partner_id": company.partner_id.id,
                "company_id": company.id,
                "bank_id": bank.id,
                "allow_out_payment": True,
            }
        )
        lines = journal.inbound_payment_method_line_ids
        lines |= journal.outbound_payment_method_line_ids
        lines.payment_account_id = journal.default_account_id

    @api.model
    def _bank_journal(self, company):
        journal = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", company.id)], limit=1
        )
        if not journal:
            raise UserError(self.env._("The company has no bank journal."))
        return journal

    @api.model
    def _enable_demo_payment(self, company):
        """Payment links that work without a bank: Odoo's demo provider, when it is there."""
        provider = self.env["payment.provider"].search(
            [("code", "=", "demo"), ("company_id", "=", company.id)], limit=1
        )
        if provider:
            provider.write({"state": "test", "is_published": True})

    @api.model
    def _make_rates(self, company, today):
        """Swiss francs with a rate a week, moving slowly around parity."""
        franc = self.env.ref("base.CHF")
        franc.active = True
        monday = today - timedelta(days=today.weekday() + 7 * 112)
        days = [monday + timedelta(days=7 * week) for week in range(113)]
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": franc.id,
                    "company_id": company.id,
                    "name": day,
                    "rate": round(SWISS_RATE + 0.0004 * ((week * 7) % 23 - 11), 4),
                }
                for week, day in enumerate(days)
            ]
        )
        return franc
