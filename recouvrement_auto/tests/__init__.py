from . import (
    test_access,
    test_legal_rate,
    test_payment_facts,
    test_renderer,
    test_run,
    test_scenario,
    test_score,
    test_segment,
    test_send,
    test_template,
    test_views,
)
