from odoo import api, models

MAX_TEXT = 4000  # of one side of a change
_NEVER = {"write_date", "write_uid", "create_date", "create_uid", "display_name", "id"}
_SECRET = ("password", "secret", "token", "api_key")


class RecouvrementSettingTrace(models.AbstractModel):
    """Who changed which setting, when, from what to what: entries of the log.

    Mixed into every model that decides what is sent. What an installation or an upgrade
    writes from its data files is not a decision of a person and is left out.
    """

    _name = "recouvrement.setting.trace"
    _description = "Changes of settings"

    @api.model
    def _setting_fields(self):
        """Names of the stored fields that a person sets."""
        return [
            name
            for name, field in self._fields.items()
            if field.store
            and name not in _NEVER
            and field.type not in ("one2many", "binary", "json", "properties")
            and not (field.compute and field.readonly)
            and not field.related
            and not any(word in name for word in _SECRET)
        ]

    @api.model
    def _setting_is_silent(self):
        context = self.env.context
        return bool(context.get("install_mode") or context.get("recouvrement_silent"))

    def _setting_values(self, names):
        """``{record id: {field: text}}`` as a person reads them."""
        return {
            record.id: {name: record._setting_text(name) for name in names}
            for record in self.sudo()  # names of what the values refer to
        }

    def _setting_text(self, name):
        field, value = self._fields[name], self[name]
        if field.relational:
            return ", ".join(value.mapped("display_name"))[:MAX_TEXT]
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return str(labels.get(value, value or ""))
        if field.type == "boolean":
            return self.env["recouvrement.setting.trace"]._yes_no(value)
        if field.type in ("float", "monetary"):
            return f"{value:.6f}".rstrip("0").rstrip(".")
        return str(value or "" if field.type not in ("integer",) else value)[:MAX_TEXT]

    @api.model
    def _yes_no(self, value):
        return self.env._("Yes") if value else self.env._("No")

    def _setting_company(self):
        company = self["company_id"] if "company_id" in self._fields else None
        return company or self.env.company

    @api.model
    def _setting_entry(self, event, record, facts):
        return {
            "event": event,
            "company": record._setting_company(),
            "facts": {
                "model": record._name,
                "record": record.id,
                "setting": record.sudo().display_name or "",  # its name only
                **facts,
            },
        }

    # === THE THREE WAYS TO CHANGE === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        if not self._setting_is_silent():
            records._trace_whole("setting.created", "new")
        return records

    def write(self, vals):
        names = [name for name in self._setting_fields() if name in vals]
        if not names or self._setting_is_silent():
            return super().write(vals)
        before = self._setting_values(names)
        result = super().write(vals)
        self._trace_changes(before, self._setting_values(names))
        return result

    def unlink(self):
        if not self._setting_is_silent():
            self._trace_whole("setting.removed", "old")
        return super().unlink()

    def _update_field_translations(
        self, field_name, translations, digest=None, source_lang=""
    ):
        # EXTENDS 'base': texts written language by language
        before = [(lang, self._in_language(field_name, lang)) for lang in translations]
        result = super()._update_field_translations(
            field_name, translations, digest=digest, source_lang=source_lang
        )
        if not self._setting_is_silent():
            self._trace_translations(field_name, before)
        return result

    def _in_language(self, name, lang):
        return str(self.with_context(lang=lang)[name] or "")[:MAX_TEXT]

    def _trace_translations(self, name, before):
        entries = [
            self._setting_entry(
                "setting.changed",
                self,
                {
                    "field": f"{self._name}:{name}",
                    "language": lang,
                    "old": old,
                    "new": self._in_language(name, lang),
                },
            )
            for lang, old in before
            if old != self._in_language(name, lang)
        ]
        self.env["recouvrement.log"]._append_many(entries)

    def _trace_whole(self, event, side):
        """A record made or removed: its values once, in one entry."""
        names = self._setting_fields()
        values = self._setting_values(names)
        labels = self.sudo().fields_get(names, ["string"])  # labels of all of them
        entries = []
        for record in self:
            said = "; ".join(
                f"{labels[name]['string']}: {text}"
                for name, text in values[record.id].items()
                if text
            )
            facts = {side: said[:MAX_TEXT]}
            entries.append(self._setting_entry(event, record, facts))
        self.env["recouvrement.log"]._append_many(entries)

    def _trace_changes(self, before, after):
        """One entry per field that really changed."""
        entries = [
            self._setting_entry(
                "setting.changed",
                record,
                {
                    "field": f"{self._name}:{name}",
                    "old": old,
                    "new": after[record.id][name],
                },
            )
            for record in self
            for name, old in before[record.id].items()
            if old != after[record.id][name]
        ]
        self.env["recouvrement.log"]._append_many(entries)


class RecouvrementScenario(models.Model):
    _name = "recouvrement.scenario"
    _inherit = ["recouvrement.scenario", "recouvrement.setting.trace"]


class RecouvrementScenarioLine(models.Model):
    _name = "recouvrement.scenario.line"
    _inherit = ["recouvrement.scenario.line", "recouvrement.setting.trace"]

    def _setting_company(self):
        return self.scenario_id.company_id or self.env.company


class RecouvrementTemplate(models.Model):
    _name = "recouvrement.template"
    _inherit = ["recouvrement.template", "recouvrement.setting.trace"]


class RecouvrementSegment(models.Model):
    _name = "recouvrement.segment"
    _inherit = ["recouvrement.segment", "recouvrement.setting.trace"]


class RecouvrementLegalRate(models.Model):
    _name = "recouvrement.legal.rate"
    _inherit = ["recouvrement.legal.rate", "recouvrement.setting.trace"]


class RecouvrementLegalText(models.Model):
    _name = "recouvrement.legal.text"
    _inherit = ["recouvrement.legal.text", "recouvrement.setting.trace"]


class RecouvrementDelegation(models.Model):
    _name = "recouvrement.delegation"
    _inherit = ["recouvrement.delegation", "recouvrement.setting.trace"]


class RecouvrementPortfolioRule(models.Model):
    _name = "recouvrement.portfolio.rule"
    _inherit = ["recouvrement.portfolio.rule", "recouvrement.setting.trace"]
