"""Events of this add-on in the words of the history."""

from odoo.tools import LazyTranslate

from odoo.addons.recouvrement_auto.models.recouvrement_log_words import EVENTS, FACTS

_lt = LazyTranslate(__name__)

EVENTS.update(
    {
        "export.made": _lt("Export made"),
        "export.failed": _lt("Export failed"),
    }
)
FACTS.update(
    {
        "sha256": _lt("SHA-256"),
        "export": _lt("export number"),
    }
)
