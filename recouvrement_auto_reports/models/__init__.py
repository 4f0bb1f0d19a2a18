from . import (
    recouvrement_aged_balance_engine,
    recouvrement_aged_balance_xlsx,
    recouvrement_aged_balance_sheets,
    recouvrement_aged_balance_items,
    recouvrement_aged_balance_control,
    recouvrement_kpi_engine,
    recouvrement_kpi_habit,
    recouvrement_kpi_snapshot,
    recouvrement_kpi_snapshot_ratio,
    recouvrement_kpi_snapshot_cron,
)
