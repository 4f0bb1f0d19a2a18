from . import recouvrement_log_export, recouvrement_reminder_refuse
