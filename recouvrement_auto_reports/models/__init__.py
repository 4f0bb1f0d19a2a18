from . import (
    recouvrement_aged_balance_engine,
    recouvrement_aged_balance_xlsx,
    recouvrement_aged_balance_sheets,
    recouvrement_aged_balance_items,
    recouvrement_aged_balance_control,
)
