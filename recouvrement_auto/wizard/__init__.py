from . import (
    base_partner_merge,
    recouvrement_deposit,
    recouvrement_log_export,
    recouvrement_pause_items,
    recouvrement_reminder_refuse,
    recouvrement_settings,
    recouvrement_simulation,
)
