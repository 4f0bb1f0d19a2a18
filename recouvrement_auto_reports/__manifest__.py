{
    "name": "Recouvrement Auto: figures",
    "summary": "Aged balance at any date, equal to the ledger, on screen and in XLSX",
    "version": "19.0.1.0.0",
    "author": "Recouvrement Auto",
    "license": "LGPL-3",
    "category": "Accounting/Accounting",
    "depends": ["recouvrement_auto"],
    "data": [
        "security/ir.model.access.csv",
        "security/recouvrement_auto_reports_security.xml",
        "views/recouvrement_aged_balance_report_line_views.xml",
        "views/recouvrement_aged_balance_report_views.xml",
        "views/recouvrement_auto_reports_menus.xml",
    ],
}
