from odoo import Command, api, models

from .people import SELLERS
from .plan import identity
from .plan.customers import IRISH, SWISS, ascii_name
from .plan.terms import TERMS

FOREIGN = "de_DE"


class RecouvrementDemo(models.AbstractModel):
    _inherit = "recouvrement.demo"

    @api.model
    def _make_customers(self, company, customers, users):
        """Commercial partners by key, each with its named contact."""
        terms = self._make_terms(company)
        sellers = {name: users[login] for name, login in SELLERS.items()}
        partners = self.env["res.partner"].create(
            [self._partner_values(c, terms, sellers[c.seller]) for c in customers]
        )
        by_key = dict(zip((c.key for c in customers), partners, strict=True))
        with_contact = [c for c in customers if c.contact]
        contacts = self.env["res.partner"].create(
            [self._contact_values(c, by_key[c.key]) for c in with_contact]
        )
        for customer, contact in zip(with_contact, contacts, strict=True):
            if "client" in customer.tags:
                self._make_portal_user(company, contact)
            if "archived_contact" in customer.tags:
                self._make_foreign_archive(by_key[customer.key])
        return by_key

    @api.model
    def _make_terms(self, company):
        """Payment terms by key; ``now`` has none."""
        delay = {True: "days_end_of_month_on_the", False: "days_after"}
        rows = {
            key: {
                "name": name,
                "company_id": company.id,
                "note": f"<p>Conditions de règlement : {name}</p>",
                "line_ids": [
                    Command.create(
                        {
                            "value": "percent",
                            "value_amount": percent,
                            "nb_days": days,
                            "delay_type": delay[end_of_month],
                            "days_next_month": "0" if end_of_month else "10",
                        }
                    )
                    for percent, days, end_of_month in lines
                ],
            }
            for key, (name, lines) in TERMS.items()
            if name
        }
        terms = self.env["account.payment.term"].create(list(rows.values()))
        return dict(zip(rows, terms, strict=True))

    @api.model
    def _partner_values(self, customer, terms, seller):
        country = {SWISS: "base.ch", IRISH: "base.ie"}
        xmlid = next((country[t] for t in country if t in customer.tags), "base.fr")
        vat = identity.french_vat(customer.siren) if customer.siren else False
        if IRISH in customer.tags:
            vat = identity.irish_vat(3456789)
        term = terms.get(customer.terms)
        return {
            "name": customer.name,
            "is_company": not customer.is_person,
            "ref": f"C{customer.number:05d}",
            "street": customer.street,
            "zip": customer.zip,
            "city": customer.city,
            "country_id": self.env.ref(xmlid).id,
            "lang": "en_US" if IRISH in customer.tags else "fr_FR",
            "phone": self._phone(customer),
            "email": customer.email,
            "vat": vat,
            "company_registry": customer.siren and identity.siret(customer.siren),
            "user_id": seller.id,
            "customer_rank": 1,
            "property_payment_term_id": term.id if term else False,
        }

    @api.model
    def _phone(self, customer):
        if customer.tags & {SWISS, IRISH}:
            return False  # no range is kept for fiction there
        if customer.is_person:
            return identity.mobile(4200 + customer.number)
        return identity.phone(2000 + customer.number, customer.zip)

    @api.model
    def _contact_values(self, customer, partner):
        return {
            "name": customer.contact,
            "parent_id": partner.id,
            "type": "contact",
            "function": customer.function,
            "email": customer.contact_email,
            "phone": identity.mobile(4200 + customer.number),
            "lang": partner.lang,
            "user_id": partner.user_id.id,
        }

    @api.model
    def _make_foreign_archive(self, partner):
        """A contact that left, in a language that was switched off since."""
        Lang = self.env["res.lang"].with_context(active_test=False)
        german = Lang.search([("code", "=", FOREIGN)], limit=1)
        was_active = german.active
        german.active = True
        contact = self.env["res.partner"].create(
            {
                "name": "Jürgen Keller",
                "parent_id": partner.id,
                "function": "Ancien responsable administratif",
                "email": f"{ascii_name('Jürgen Keller')}@ferme-des-collines.example",
                "lang": FOREIGN,
            }
        )
        contact.active = False
        german.active = was_active
