from . import recouvrement_auto_sms
