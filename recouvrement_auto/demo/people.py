from odoo import Command, api, models

from .company import DOMAIN
from .plan import identity

GROUP = "recouvrement_auto.recouvrement_auto_group_"
# login (= password): name, function, own group, telephone
USERS = {
    "agent": ("Sophie Marchand", "Chargée de recouvrement", "agent", 1210),
    "agent2": ("Karim Benali", "Chargé de recouvrement", "agent", 1211),
    "manager": ("Hélène Vasseur", "Responsable crédit client", "manager", 1212),
    "adv": ("Claire Fontaine", "Administration des ventes", "solver", 1216),
    "auditor": ("Étienne Rocher", "Commissaire aux comptes", "auditor", 1213),
    "commercial": ("Julien Perrin", "Technico-commercial", "salesperson", 1214),
    "commercial2": ("Nadia Chevalier", "Technico-commerciale", "salesperson", 1215),
}
SELLERS = {"perrin": "commercial", "chevalier": "commercial2"}


class RecouvrementDemo(models.AbstractModel):
    _inherit = "recouvrement.demo"

    @api.model
    def _make_users(self, company):
        """The people of the demo, by login. Their password is their login."""
        rows = [
            self._user_values(company, login, *values)
            for login, values in USERS.items()
        ]
        users = self.env["res.users"].create(rows)
        for user, (_name, function, _group, number) in zip(
            users, USERS.values(), strict=True
        ):
            user.partner_id.write(
                {"function": function, "phone": identity.phone(number)}
            )
        self._greet_admin(company)
        return {user.login: user for user in users}

    @api.model
    def _user_values(self, company, login, name, function, group, _number):
        first, last = name.split(" ", 1)
        plain = f"{first}.{last}".lower().replace("é", "e").replace("è", "e")
        return {
            "name": name,
            "login": login,
            "password": login,
            "email": f"{plain}@{DOMAIN}",
            "lang": "fr_FR",
            "tz": "Europe/Paris",
            "company_id": company.id,
            "company_ids": [Command.set(company.ids)],
            "group_ids": [Command.link(self.env.ref(f"{GROUP}{group}").id)],
            "signature": f"<p>{name}<br>{function}</p>",
        }

    @api.model
    def _greet_admin(self, company):
        """The administrator speaks French and works in this company; login unchanged."""
        admin = self.env.ref("base.user_admin")
        admin.write(
            {
                "company_ids": [Command.link(company.id)],
                "company_id": company.id,
                "lang": "fr_FR",
                "tz": "Europe/Paris",
                "email": admin.email or f"admin@{DOMAIN}",
            }
        )

    @api.model
    def _make_portal_user(self, company, partner):
        """The portal user of one debtor: login and password ``client``."""
        return self.env["res.users"].create(
            {
                "login": "client",
                "password": "client",
                "partner_id": partner.id,
                "lang": "fr_FR",
                "tz": "Europe/Paris",
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.set([self.env.ref("base.group_portal").id])],
            }
        )
