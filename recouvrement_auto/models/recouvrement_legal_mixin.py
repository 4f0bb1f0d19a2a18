from odoo import api, fields, models, tools
from odoo.exceptions import UserError, ValidationError


class RecouvrementLegalMixin(models.AbstractModel):
    """A dated record of the law: value or wording, with its source.

    Nothing is extrapolated: a day that no record covers is an error that names it. The
    models that inherit give the kinds (``_selection_kind``).
    """

    _name = "recouvrement.legal.mixin"
    _description = "Dated legal record"
    _order = "kind, valid_from desc"

    kind = fields.Selection("_selection_kind", required=True, index=True)
    valid_from = fields.Date(required=True)
    valid_to = fields.Date(
        help="Last day on which it holds. Empty: until further notice."
    )
    source = fields.Char(required=True, help="Article, decree or page it was read in.")
    checked_on = fields.Date(
        required=True, help="Day on which a person compared it with its source."
    )

    @api.model
    def _selection_kind(self):
        return []

    @api.depends("kind", "valid_from")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for record in self:
            day = fields.Date.to_string(record.valid_from) or ""
            record.display_name = f"{labels.get(record.kind, '')} {day}".strip()

    @api.constrains("kind", "valid_from", "valid_to")
    def _check_period(self):
        for record in self:
            if record.valid_to and record.valid_to < record.valid_from:
                raise ValidationError(
                    self.env._("A legal record ends on or after the day it starts.")
                )
            record._check_overlap()

    def _check_overlap(self):
        later = [("valid_from", "<=", self.valid_to)] if self.valid_to else []
        clash = self.search(
            [
                ("id", "!=", self.id),
                ("kind", "=", self.kind),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", self.valid_from),
                *later,
            ],
            limit=1,
        )
        if clash:
            raise ValidationError(
                self.env._(
                    "“%(new)s” overlaps “%(old)s”, valid from %(start)s to %(end)s: end one "
                    "of them before the other starts.",
                    new=self.display_name,
                    old=clash.display_name,
                    start=clash.valid_from,
                    end=clash.valid_to or "…",
                )
            )

    @api.model
    def _find(self, kind, day):
        """The record of ``kind`` that holds on ``day``; empty when there is none."""
        return self.browse(self._find_id(kind, day))

    @api.model
    @tools.ormcache("kind", "day")
    def _find_id(self, kind, day):
        # sudo: the law is the same for everybody, also for a reader without these menus
        found = self.sudo().search(
            [
                ("kind", "=", kind),
                ("valid_from", "<=", day),
                "|",
                ("valid_to", "=", False),
                ("valid_to", ">=", day),
            ],
            limit=1,
        )
        return found.id

    @api.model_create_multi
    def create(self, vals_list):
        """Forget what was known of the law."""
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        """Forget what was known of the law."""
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        """Forget what was known of the law."""
        self.env.registry.clear_cache()
        return super().unlink()

    @api.model
    def _get(self, kind, day):
        """The record of ``kind`` on ``day``; an error that names what is missing."""
        found = self._find(kind, day)
        if not found:
            labels = dict(self._fields["kind"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "Nothing is entered for “%(kind)s” on %(day)s (%(period)s): a collection "
                    "manager adds it in the legal values.",
                    kind=labels.get(kind, kind),
                    day=day,
                    period=self._period_name(day),
                )
            )
        return found.sudo()  # for everybody, see above

    @api.model
    def _period_name(self, day):
        """Half-year of ``day``, as rates are published."""
        return f"{day.year}-H{1 if day.month < 7 else 2}"
