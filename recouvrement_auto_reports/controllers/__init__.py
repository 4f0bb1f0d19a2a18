from . import recouvrement_auto_reports
