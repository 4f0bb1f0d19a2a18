import { registry } from "@web/core/registry";
import { patient } from "./patience";

/**
 * The first minutes of an agent: the night, the messages to confirm, one refused, one
 * approved, then a customer paused with a reason.
 */
registry.category("web_tour.tours").add("recouvrement_agent", {
    url: "/odoo/recouvrement",
    steps: () => patient([
        {
            content: "The night opens on its board",
            trigger: ".o_recouvrement_board .o_recouvrement_board_number:contains('2')",
        },
        {
            content: "Each number opens its list",
            trigger:
                ".o_recouvrement_board_total button[name=action_open_reminders]",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:nth-child(2)" },
        {
            trigger: "[data-menu-xmlid='recouvrement_auto.recouvrement_menu_messages']",
            run: "click",
        },
        {
            content: "Messages to confirm",
            trigger: "[data-menu-xmlid='recouvrement_auto.recouvrement_menu_to_confirm']",
            run: "click",
        },
        {
            content: "The message is shown as the debtor would receive it",
            trigger: ".o_recouvrement_confirm_panel iframe.o_recouvrement_frame",
        },
        {
            content: "A click on a row shows its message beside the list",
            trigger: ".o_data_row:contains('Tour Debtor A') td.o_data_cell",
            run: "click",
        },
        {
            trigger: ".o_recouvrement_confirm_panel h3:contains('Tour Debtor A')",
        },
        {
            content: "Refuse it",
            trigger: ".o_recouvrement_confirm_panel button:contains('Refuse')",
            run: "click",
        },
        {
            trigger: ".modal [name=reason] input",
            run: "edit They called: the transfer leaves tomorrow",
        },
        {
            trigger: ".modal button[name=action_refuse]",
            run: "click",
        },
        {
            content: "The next message takes its place",
            trigger: ".o_recouvrement_confirm_panel h3:contains('Tour Debtor B')",
        },
        {
            content: "Approve it",
            trigger: ".o_recouvrement_confirm_panel button:contains('Approve')",
            run: "click",
        },
        {
            content: "Nothing is left",
            trigger: ".o_view_nocontent:contains('Nothing to confirm')",
        },
        {
            content: "Customers",
            trigger: "[data-menu-xmlid='recouvrement_auto.recouvrement_menu_customers']",
            run: "click",
        },
        {
            trigger: ".o_data_row td:contains('Tour Debtor A')",
            run: "click",
        },
        {
            content: "Pause with a reason",
            trigger: ".o_form_view button[name=action_pause]",
            run: "click",
        },
        {
            trigger: ".modal [name=reason] input",
            run: "edit Transfer announced by phone",
        },
        {
            trigger: ".modal footer button:contains('Pause')",
            run: "click",
        },
        {
            content: "The file says until when and why",
            trigger: ".alert:contains('Transfer announced by phone')",
        },
    ]),
});
