from odoo import api, models
from odoo.exceptions import AccessError


class ResConfigSettings(models.TransientModel):
    """Odoo's own settings hold the collection settings as one of their pages."""

    _name = "res.config.settings"
    _inherit = ["res.config.settings", "recouvrement.settings.mixin"]


class RecouvrementSettings(models.TransientModel):
    """The settings page of collection managers: they are no administrators of Odoo.

    Same fields and same blocks as the page in Odoo's settings; whatever is saved here
    touches the collection settings of a company of the manager, and nothing else.
    """

    _name = "recouvrement.settings"
    _inherit = ["recouvrement.settings.mixin"]
    _description = "Collection settings of a manager"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """EXTENDS: the blocks of Odoo's settings page that are about the collection."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            # sudo: the page itself is of administrators; only our blocks are taken from it
            Settings = self.env["res.config.settings"].sudo()
            shared, _view = Settings._get_view(view_type="form")
            for app in shared.iterfind(".//app[@name='recouvrement_auto']"):
                self._drop_foreign(app)
                arch.append(app)
        return arch, view

    @api.model
    def _drop_foreign(self, app):
        """Take out what this model does not know: a block of somebody else's settings."""
        for node in app.xpath(".//field | .//button[@type='object'] | .//label[@for]"):
            name = node.get("name") or node.get("for")
            known = (
                hasattr(self, name) if node.tag == "button" else name in self._fields
            )
            if not known:
                parent = next(node.iterancestors("setting"), node)
                if parent.getparent() is not None:
                    parent.getparent().remove(parent)

    @api.model
    def _own_names(self):
        """Names of the collection settings: fields of the company that are ours."""
        return {
            name
            for name, field in self._fields.items()
            if (field.related or "").startswith("company_id.recouvrement_")
            and not field.readonly
        }

    @api.model
    def _check_settings(self, vals):
        """Refuse whoever does not manage the collection of that company."""
        self.env["recouvrement.run"]._check_manager()
        company_id = vals.get("company_id") or self.env.company.id
        if company_id not in self.env.user.company_ids.ids:
            raise AccessError(self.env._("This is the company of somebody else."))

    @api.model_create_multi
    def create(self, vals_list):
        """Write the settings of the company for a manager."""
        names = self._own_names() | {"company_id"}
        for vals in vals_list:
            self._check_settings(vals)
        vals_list = [{n: vals[n] for n in vals if n in names} for vals in vals_list]
        # sudo: only administrators may write companies; the fields are ours alone
        return super(RecouvrementSettings, self.sudo()).create(vals_list).sudo(False)

    def write(self, vals):
        """Write the settings of the company for a manager."""
        self.check_access("write")
        for settings in self:
            self._check_settings({"company_id": settings.company_id.id, **vals})
        names = self._own_names() | {"company_id"}
        own = {name: vals[name] for name in vals if name in names}
        # sudo: as in create
        return super(RecouvrementSettings, self.sudo()).write(own)

    def execute(self):
        """Saved already; show the page again."""
        self.check_access("write")
        return {"type": "ir.actions.client", "tag": "reload"}

    def cancel(self):
        """Show the page as it was saved."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_config_settings_action"
        )
