import { registry } from "@web/core/registry";
import { patient } from "@recouvrement_auto/../tests/tours/patience";

/** The first page of a manager: a number, its list, back, a filter, a bar of the ageing. */
registry.category("web_tour.tours").add("recouvrement_dashboard", {
    url: "/odoo/recouvrement-dashboard",
    steps: () => patient([
        {
            content: "The overdue amount of the one customer",
            trigger: ".o_recouvrement_tile[data-key=overdue]:contains('900')",
        },
        {
            content: "Four charts are drawn",
            trigger: ".o_recouvrement_charts:has(canvas[aria-label=forecast]) canvas[aria-label=ageing]",
        },
        {
            content: "The number opens its list",
            trigger: ".o_recouvrement_tile[data-key=overdue]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Board Debtor')" },
        {
            content: "Back to the page",
            trigger: ".o_back_button a, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "A filter that leaves nothing",
            trigger: ".o_recouvrement_dashboard_filters select[aria-label=Segment]",
            run: "selectByIndex 1",
        },
        { trigger: ".o_recouvrement_tile[data-key=overdue]:not(:contains('900'))" },
        {
            content: "And without it again",
            trigger: ".o_recouvrement_dashboard_filters select[aria-label=Segment]",
            run: "selectByIndex 0",
        },
        { trigger: ".o_recouvrement_tile[data-key=overdue]:contains('900')" },
        {
            content: "The largest debtor opens his file",
            trigger: ".o_recouvrement_panel_wide a:contains('Board Debtor')",
            run: "click",
        },
        { trigger: ".o_form_view h1:contains('Board Debtor')" },
    ]),
});
