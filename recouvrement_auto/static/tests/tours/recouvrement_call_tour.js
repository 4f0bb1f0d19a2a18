import { registry } from "@web/core/registry";
import { patient } from "./patience";

const SECONDS = 20; // from the button to "noted"
let started = 0;
let clicks = 0;
const count = () => clicks++;

function start() {
    started = performance.now();
    clicks = 0;
    window.addEventListener("pointerdown", count, true);
}

function stop() {
    window.removeEventListener("pointerdown", count, true);
    const seconds = (performance.now() - started) / 1000;
    console.log(`after-call dialog: ${seconds.toFixed(1)} s, ${clicks} clicks`);
    if (seconds > SECONDS || clicks) {
        throw new Error(`${seconds} s and ${clicks} clicks are too much for a call`);
    }
}

/** A promise noted without touching the mouse, from the customer to the history. */
registry.category("web_tour.tours").add("recouvrement_call_keyboard", {
    steps: () => patient([
        {
            content: "The customer is open",
            trigger: ".o_form_view button[name=action_call_result]",
            run: start,
        },
        { trigger: "body", run: "press alt+a" },
        {
            content: "Everything overdue is ticked, the focus is on the outcome",
            trigger: ".modal .o_recouvrement_call_outcome input[data-value=promise]:focus",
        },
        { trigger: ".modal .o_list_view .o_boolean_toggle input:checked" },
        {
            content: "On: the simulated key stops at each of the seven outcomes",
            trigger: "body",
            run: Array(7).fill("press Tab").join(" && "),
        },
        {
            content: "The day",
            trigger: ".modal [name=date] :focus",
            run: "press Tab",
        },
        {
            content: "The amount is what is ticked",
            trigger: ".modal [name=amount] input:focus:value(1,100.00)",
            run: "press Tab",
        },
        {
            content: "What was said",
            trigger: ".modal [name=note] textarea:focus",
            run: () =>
                document.execCommand(
                    "insertText",
                    false,
                    "The accountant pays after the weekly meeting"
                ),
        },
        {
            content: "The confirmation is written",
            trigger: ".modal iframe.o_recouvrement_frame",
        },
        { trigger: "body", run: "press control+Enter" },
        {
            content: "Noted, and the e-mail leaves",
            trigger: ".o_notification:contains('Call noted. The e-mail leaves in a moment.')",
        },
        { trigger: "body:not(:has(.modal))", run: stop },
        {
            content: "The promise is at the debtor's side of the history",
            trigger:
                ".o_recouvrement_event_debtor[data-kind=promise]:contains('weekly meeting')",
        },
        {
            content: "The call is at ours",
            trigger: ".o_recouvrement_event_ours[data-kind=call]:contains('Promise to pay')",
        },
    ]),
});

/** A part of an invoice is contested by phone, solved, and told by the history. */
registry.category("web_tour.tours").add("recouvrement_dispute", {
    steps: () => patient([
        {
            trigger: ".o_form_view button[name=action_call_result]",
            run: "click",
        },
        {
            content: "Dispute",
            trigger: ".modal input[data-value=dispute]",
            run: "click",
        },
        {
            content: "Only the first invoice",
            trigger: ".modal .o_data_row:nth-child(2) .o_boolean_toggle input",
            run: "click",
        },
        {
            trigger: ".modal .o_data_row:nth-child(2) .o_boolean_toggle input:not(:checked)",
        },
        {
            trigger: ".modal [name=reason_id] input",
            run: "edit Price",
        },
        {
            trigger: ".ui-menu-item a:contains('Price')",
            run: "click",
        },
        {
            content: "A part of it",
            trigger: ".modal [name=amount] input",
            run: "edit 250 && press Tab",
        },
        {
            trigger: ".modal [name=note] textarea",
            run: "edit The rebate of the quotation is missing",
        },
        {
            content: "The acknowledgement is written",
            trigger: ".modal iframe.o_recouvrement_frame",
        },
        {
            trigger: ".modal button[name=action_record]",
            run: "click",
        },
        {
            content: "The history tells it; open the dispute from there",
            trigger: ".o_recouvrement_event[data-kind=dispute] button:contains('Dispute: Price')",
            run: "click",
        },
        {
            content: "Decide",
            trigger: ".o_form_view button[name=action_close]",
            run: "click",
        },
        {
            content: "The invoice is right",
            trigger: ".modal [name=outcome] input[data-value=confirmed]",
            run: "click",
        },
        {
            trigger: ".modal [name=note] input",
            run: "edit The quotation has no rebate",
        },
        {
            trigger: ".modal button[name=action_decide]",
            run: "click",
        },
        {
            content: "Closed",
            trigger:
                "body:not(:has(.modal)) .o_form_view:not(:has(button[name=action_close]))",
        },
        {
            content: "Back to the customer",
            trigger: ".breadcrumb-item a:contains('Tour Debtor C')",
            run: "click",
        },
        {
            content: "Only disputes",
            trigger: ".o_recouvrement_history_filters button[data-kind=dispute]",
            run: "click",
        },
        {
            trigger: ".o_recouvrement_history:not(:has(.o_recouvrement_event[data-kind=call]))",
        },
        {
            content: "The decision is ours",
            trigger: ".o_recouvrement_event_ours:contains('The quotation has no rebate')",
        },
        {
            content: "Nothing was contested of the other invoice",
            trigger: "select.o_recouvrement_history_invoice",
            run: "selectByIndex 1",
        },
        {
            trigger: ".o_recouvrement_history:contains('Nothing here yet.')",
        },
        {
            trigger: ".o_recouvrement_history button:contains('Show everything')",
            run: "click",
        },
        { trigger: ".o_recouvrement_event[data-kind=call]" },
    ]),
});
