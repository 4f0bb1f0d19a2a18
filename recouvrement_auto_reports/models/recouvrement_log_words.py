"""Events of this add-on in the words of the history."""

from odoo.tools import LazyTranslate

from odoo.addons.recouvrement_auto.models.recouvrement_log_words import EVENTS, FACTS

_lt = LazyTranslate(__name__)

EVENTS.update(
    {
        "export.made": _lt("Export made"),
        "export.failed": _lt("Export failed"),
        "confirmation.moved": _lt("Confirmation of a balance"),
        "setting.created": _lt("Setting created"),
        "setting.changed": _lt("Setting changed"),
        "setting.removed": _lt("Setting removed"),
        "setting.rights": _lt("Rights changed"),
    }
)
FACTS.update(
    {
        "sha256": _lt("SHA-256"),
        "export": _lt("export number"),
        "list": _lt("list"),
        "field": _lt("field"),
        "model": _lt("object"),
        "setting": _lt("record"),
        "language": _lt("language"),
        # What changed comes before from what to what.
        **{name: FACTS.pop(name) for name in ("old", "new")},
    }
)
