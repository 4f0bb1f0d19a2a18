from . import (
    test_moment,
    test_sms_channel,
    test_sms_ladder,
    test_sms_removal,
    test_sms_report,
    test_sms_text,
)
