from odoo import api, models

from .recouvrement_setting_trace import MAX_TEXT

_WRITTEN_BY_JOBS = {
    "recouvrement_paused_until",
    "recouvrement_paused_reason",
    "recouvrement_sms_paused_until",
    "recouvrement_sms_paused_reason",
    "recouvrement_kpi_date",
}


class ResCompany(models.Model):
    """Changes of the settings of a company."""

    _inherit = "res.company"

    def write(self, vals):
        # EXTENDS 'base'
        Trace = self.env["recouvrement.setting.trace"]
        names = [
            name
            for name in vals
            if name.startswith("recouvrement_")
            and name not in _WRITTEN_BY_JOBS
            and name in self._fields
            and self._fields[name].type not in ("one2many", "binary")
            and not self._fields[name].readonly  # what jobs remember
        ]
        if not names or Trace._setting_is_silent():
            return super().write(vals)
        before = self._recouvrement_texts(names)
        result = super().write(vals)
        after = self._recouvrement_texts(names)
        self._recouvrement_trace(before, after)
        return result

    def _recouvrement_trace(self, before, after):
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "setting.changed",
                    "company": company,
                    "facts": {
                        "model": self._name,
                        "record": company.id,
                        "setting": company.name,
                        "field": f"{self._name}:{name}",
                        "old": old,
                        "new": after[company.id][name],
                    },
                }
                for company in self
                for name, old in before[company.id].items()
                if old != after[company.id][name]
            ]
        )

    def _recouvrement_texts(self, names):
        text = type(self.env["recouvrement.setting.trace"])._setting_text
        return {
            company.id: {name: text(company, name) for name in names}
            for company in self.sudo()  # names of what the values refer to
        }


class ResUsers(models.Model):
    """Changes of the rights in the collection: who gave whom which role."""

    _inherit = "res.users"

    def write(self, vals):
        # EXTENDS 'base'
        if not {"group_ids", "active"} & set(vals):
            return super().write(vals)
        before = self._recouvrement_roles()
        result = super().write(vals)
        self._trace_roles(before)
        return result

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        users._trace_roles({})
        return users

    def _recouvrement_roles(self):
        """``{user id: names of his roles of ours}``; none for an archived user."""
        groups = self._recouvrement_groups()
        return {
            user.id: ", ".join((user.group_ids & groups).sorted("id").mapped("name"))
            if user.active
            else ""
            for user in self.sudo()  # names of roles only
        }

    @api.model
    def _recouvrement_groups(self):
        data = self.env["ir.model.data"].sudo()  # which groups are ours
        found = data.search(
            [("module", "=like", "recouvrement_auto%"), ("model", "=", "res.groups")]
        )
        return self.env["res.groups"].sudo().browse(found.mapped("res_id"))

    def _trace_roles(self, before):
        if self.env["recouvrement.setting.trace"]._setting_is_silent():
            return
        after = self._recouvrement_roles()
        self.env["recouvrement.log"]._append_many(
            [
                {
                    "event": "setting.rights",
                    "company": user.company_id,
                    "facts": {
                        "model": self._name,
                        "record": user.id,
                        "old": before.get(user.id, "")[:MAX_TEXT],
                        "new": after[user.id][:MAX_TEXT],
                    },
                    "personal": {"user": user.name},
                }
                for user in self.sudo()  # company and name for the entry
                if before.get(user.id, "") != after[user.id]
            ]
        )
