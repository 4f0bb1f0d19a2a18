from . import (
    recouvrement_aged_balance_pdf,
    recouvrement_circularisation_report,
    recouvrement_aged_balance_report,
    recouvrement_aged_balance_report_line,
    recouvrement_effectiveness_comparison,
)
