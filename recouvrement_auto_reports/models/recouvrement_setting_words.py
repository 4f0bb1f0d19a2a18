import json

from odoo import api, models

OLD_BOOLEANS = {"1": True, "0": False}  # as the first entries wrote them
SETTING = "setting."


class RecouvrementLog(models.Model):
    """Changes of settings in sentences: of what, which one, from what to what."""

    _inherit = "recouvrement.log"

    @api.depends("payload")
    @api.depends_context("lang")
    def _compute_detail(self):
        # EXTENDS 'recouvrement_auto'
        changes = self.filtered(lambda e: (e.event or "").startswith(SETTING))
        result = super(RecouvrementLog, self - changes)._compute_detail()
        words = changes._fact_words() if changes else {}
        facts = {e: json.loads(e.payload or "{}").get("facts", {}) for e in changes}
        users = changes._setting_users(facts.values())
        for entry in changes:
            entry.detail = entry._setting_sentence(words, users, facts[entry])
        return result

    @api.model
    def _setting_users(self, all_facts):
        """``{user id: name}`` of those whose rights were changed."""
        ids = [f.get("record", 0) for f in all_facts if f.get("model") == "res.users"]
        users = self.env["res.users"].sudo().browse(ids).exists()  # names only
        return {user.id: user.name for user in users}

    def _setting_sentence(self, words, users, facts):
        """``Step "Call": Active, from Yes to No``, without what an entry lacks."""
        name = facts.get("setting") or users.get(facts.get("record"))
        if not name:
            name = self.env._("number %(id)s", id=facts.get("record", "?"))
        model = facts.get("model")
        what = self.env._(
            "%(model)s “%(name)s”", model=words.get(("model", model), model), name=name
        )
        old, new = (self._setting_side(facts, side) for side in ("old", "new"))
        if self.event in ("setting.created", "setting.removed"):
            return f"{what} · {old or new}"
        field = facts.get("field")
        if field:
            what += f" · {words.get(('field', field), field)}"
        if facts.get("language"):
            what += f" ({facts['language']})"
        nothing = self.env._("nothing")
        return self.env._(
            "%(what)s: from %(old)s to %(new)s",
            what=what,
            old=old or nothing,
            new=new or nothing,
        )

    def _setting_side(self, facts, side):
        """One side of a change as its reader writes it."""
        value = facts.get(side) or ""
        model, _colon, name = (facts.get("field") or "").partition(":")
        field = self.env[model]._fields.get(name) if model in self.env else None
        if field is not None and field.type == "boolean" and value in OLD_BOOLEANS:
            return self.env["recouvrement.setting.trace"]._yes_no(OLD_BOOLEANS[value])
        return self._fact_value({}, side, value)

    @api.model
    def _fact_words(self):
        words = super()._fact_words()
        # models that mix the trace in; ``registry.descendants`` names them
        traced = self.env.registry.descendants(
            ["recouvrement.setting.trace"], "_inherit"
        )
        for name in sorted({*traced, "res.company"} - {"recouvrement.setting.trace"}):
            model = self.env[name]
            words["model", name] = self._model_name(name)
            for field, values in model.fields_get(attributes=["string"]).items():
                words["field", f"{name}:{field}"] = values["string"]
        words["model", "res.users"] = self.env._("User")
        words["model", "res.company"] = self.env._("Company")
        return words

    @api.model
    def _model_name(self, name):
        return self.env["ir.model"]._get(name).sudo().name  # its title only
