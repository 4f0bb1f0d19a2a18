import { registry } from "@web/core/registry";
import { patient } from "./patience";

/**
 * A debtor on a phone follows the link of a message: sees the statement, finds an invoice,
 * gives a date, reports a problem, reads what became of it.
 */
registry.category("web_tour.tours").add("recouvrement_portal_link", {
    steps: () => patient([
        {
            content: "The invoice of the link is ticked",
            trigger: ".list-group-item:contains('Tour A') input[type=checkbox]:checked",
        },
        {
            content: "Nothing stands beside the screen of a phone",
            trigger: "body",
            run() {
                if (document.documentElement.scrollWidth > window.innerWidth) {
                    throw new Error(
                        `The page is ${document.documentElement.scrollWidth} wide`
                    );
                }
            },
        },
        {
            content: "Look for the other one",
            trigger: "input[name=search]",
            run: "edit Tour B",
        },
        {
            trigger: "button:contains('Show')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Only that one is left; tick it",
            trigger: ".list-group:not(:contains('Tour A')) .list-group-item:contains('Tour B') input",
            run: "check",
        },
        {
            trigger: "button:contains('Give a date')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The last day that may be chosen",
            trigger: ".o_recouvrement_promise input[name=date]",
            run({ anchor }) {
                anchor.value = anchor.max;
            },
        },
        {
            trigger: ".o_recouvrement_promise button:contains('Send the date')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success:contains('Your date is recorded')" },
        { trigger: ".o_recouvrement_said .list-group-item:contains('promised for')" },
        {
            content: "A problem with the first one",
            trigger: ".list-group-item:contains('Tour A') input[type=checkbox]",
            run: "check",
        },
        {
            trigger: "button:contains('Report a problem')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_recouvrement_dispute select[name=reason]",
            run: "selectByIndex 1",
        },
        {
            trigger: ".o_recouvrement_dispute input[name=amount]",
            run: "edit 120,50",
        },
        {
            trigger: ".o_recouvrement_dispute textarea[name=note]",
            run: "edit Three bags are missing",
        },
        {
            trigger: ".o_recouvrement_dispute button:contains('Report the problem')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success:contains('Your problem is recorded')" },
        { trigger: ".list-group-item:contains('Tour A') .badge:contains('120.50')" },
    ]),
});

/** A portal user finds the statement on his home page, asks for a paper, accepts a plan. */
registry.category("web_tour.tours").add("recouvrement_portal_login", {
    url: "/my",
    steps: () => patient([
        {
            content: "The statement has its card",
            trigger: "a[href='/my/statement']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".list-group-item:contains('Tour A') input[type=checkbox]",
            run: "check",
        },
        {
            trigger: "button:contains('Ask for a document')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_recouvrement_request select[name=kind]",
            run: "select delivery_note",
        },
        {
            trigger: ".o_recouvrement_request button:contains('Send the request')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success:contains('Your request is recorded')" },
        {
            content: "The payment plan that waits for a signature",
            trigger: ".o_recouvrement_said a:contains('Payment plan')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            trigger: ".o_recouvrement_plan .o_web_sign_name_input",
            run: "edit Jeanne Martin, CFO",
        },
        {
            trigger: ".o_recouvrement_plan .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".alert-success:contains('The payment plan is accepted')" },
        {
            content: "Pay the second one online",
            trigger: ".list-group-item:contains('Tour B') input[type=checkbox]",
            run: "check",
        },
        {
            trigger: "button:contains('Pay')",
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: ".o_payment_form, form[name='o_payment_form'], #o_payment_form" },
    ]),
});
