from . import (
    test_aged_balance_access,
    test_aged_balance_download,
    test_aged_balance_injection,
    test_aged_balance_ledger,
    test_aged_balance_oracle,
    test_aged_balance_pdf,
    test_aged_balance_screen,
    test_aged_balance_xlsx,
    test_kpi_snapshot,
    test_dashboard,
    test_effectiveness,
)
