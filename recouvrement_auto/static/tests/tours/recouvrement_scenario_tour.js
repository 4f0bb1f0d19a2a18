import { registry } from "@web/core/registry";
import { patient } from "./patience";

const step = (code) => `.o_recouvrement_step[data-code='${code}']`;

/**
 * A manager reads a scenario, moves a step with the keyboard and by dragging, is refused an
 * order that goes backwards, adds a step and reads what a real customer would get.
 */
registry.category("web_tour.tours").add("recouvrement_scenario", {
    steps: () => patient([
        {
            content: "The steps stand around the due date",
            trigger: `${step("pre_due")} ~ .o_recouvrement_due ~ ${step("reminder_1")}`,
        },
        {
            content: "The number of customers of tonight is there",
            trigger: `${step("reminder_1")} .o_recouvrement_numbers:contains('1 tonight')`,
        },
        {
            content: "A click on a card shows its message",
            trigger: `${step("formal_notice")} .o_recouvrement_facts`,
            run: "click",
        },
        {
            content: "As a letter, for a customer proposed by the system",
            trigger:
                ".o_recouvrement_preview:contains('Tour Debtor') .o_recouvrement_preview_paper.o_letter iframe",
        },
        {
            content: "The formal notice says which points it lacks",
            trigger: `${step("formal_notice")} .o_recouvrement_checks .o_missing`,
        },
        {
            content: "Other step, its day and words follow",
            trigger: `${step("reminder_1")} .o_recouvrement_facts`,
            run: "click",
        },
        { trigger: ".o_recouvrement_preview_title:contains('D+3')" },
        {
            content: "One day later with the keyboard",
            trigger: `${step("reminder_1")} .o_recouvrement_day`,
            async run({ anchor }) {
                anchor.focus();
                const key = new KeyboardEvent("keydown", { key: "ArrowDown", bubbles: true });
                anchor.dispatchEvent(key);
            },
        },
        {
            trigger: `${step("reminder_1")} .o_recouvrement_day:contains('D+4')`,
        },
        { trigger: `${step("reminder_1")} .o_recouvrement_unsaved` },
        {
            content: "Saved with the form",
            trigger: ".o_form_button_save",
            run: "click",
        },
        { trigger: ".o_form_saved, .o_form_view:not(:has(.o_recouvrement_unsaved))" },
        {
            content: "Dragged before the due date, which no formal notice may be",
            trigger: `${step("formal_notice")} .o_recouvrement_day`,
            run({ anchor }) {
                const box = anchor.getBoundingClientRect();
                const first = document.querySelector(step("pre_due")).getBoundingClientRect();
                const send = (target, type, y) =>
                    target.dispatchEvent(
                        new PointerEvent(type, {
                            bubbles: true,
                            cancelable: true,
                            button: 0,
                            clientX: box.left + 5,
                            clientY: y,
                        })
                    );
                send(anchor, "pointerdown", box.top + 5);
                send(window, "pointermove", box.top - 20);
                send(window, "pointermove", first.top);
                send(window, "pointerup", first.top);
            },
        },
        { trigger: `${step("formal_notice")} ~ .o_recouvrement_due` },
        { trigger: ".o_form_button_save", run: "click" },
        {
            content: "The refusal of the model is shown as it is",
            trigger: ".modal:contains('before the due date') .btn-primary",
            run: "click",
        },
        {
            content: "Given up",
            trigger: "body:not(:has(.modal)) .o_form_button_cancel",
            run: "click",
        },
        { trigger: `.o_recouvrement_due ~ ${step("formal_notice")}` },
        {
            content: "A step more, after the last one",
            trigger: ".o_recouvrement_add:nth-last-child(2) button",
            run: "click",
        },
        {
            trigger: ".modal .o_field_widget[name=name] input",
            run: "edit Last word",
        },
        {
            trigger: ".modal .o_field_widget[name=channel] label:contains('Internal task')",
            run: "click",
        },
        { trigger: ".modal .o_form_button_save", run: "click" },
        {
            trigger: `.o_recouvrement_step.o_selected:contains('Last word')`,
        },
        { trigger: ".o_form_button_save", run: "click" },
        { trigger: ".o_form_view:not(:has(.o_recouvrement_unsaved))" },
        {
            content: "A number opens its list",
            trigger: `${step("reminder_1")} .o_recouvrement_numbers .btn:contains('tonight')`,
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains('Tour Debtor')" },
    ]),
});

/** An auditor reads everything and changes nothing. */
registry.category("web_tour.tours").add("recouvrement_scenario_reader", {
    steps: () => patient([
        { trigger: `${step("reminder_1")} .o_recouvrement_numbers` },
        {
            content: "Nothing to add, to move or to remove",
            trigger:
                ".o_recouvrement_rail:not(:has(.o_recouvrement_add, .o_recouvrement_delete, .o_recouvrement_nudge))",
        },
        { trigger: `${step("reminder_2")} .o_recouvrement_name`, run: "click" },
        {
            content: "The step opens, to be read",
            trigger: ".modal .o_form_readonly",
        },
    ]),
});
