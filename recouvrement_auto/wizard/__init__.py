from . import (
    base_partner_merge,
    recouvrement_call_result,
    recouvrement_call_mail,
    recouvrement_call_record,
    recouvrement_deposit,
    recouvrement_dispute_close,
    recouvrement_log_export,
    recouvrement_pause_items,
    recouvrement_payment_plan_sign,
    recouvrement_reminder_refuse,
    recouvrement_settings,
    recouvrement_simulation,
)
