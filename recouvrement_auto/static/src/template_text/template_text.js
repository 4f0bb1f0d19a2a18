import { onWillStart, useEffect, useState } from "@odoo/owl";
import { HtmlField, htmlField } from "@html_editor/fields/html_field";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { MessagePreview } from "../message_preview/message_preview";

const PREVIEWED = ["name", "channel", "tone", "regime", "subject"];
const SUBJECT = ".o_form_view .o_field_widget[name='subject'] input";

/**
 * The body of a text with what its writer needs beside it: the fields that exist, what
 * forbids the text, and how it looks for a real customer.
 */
export class TemplateTextField extends HtmlField {
    static template = "recouvrement_auto.TemplateTextField";
    static components = { ...HtmlField.components, MessagePreview };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.side = useState({ tab: "fields", groups: [], info: null, inSubject: false });
        this.cursor = null;
        onWillStart(async () => {
            [this.side.groups, this.side.info] = await Promise.all([
                this.orm.call("recouvrement.template", "get_placeholder_groups", []),
                this.orm.call("recouvrement.scenario", "get_timeline", [[]]),
            ]);
        });
        useEffect(
            () => {
                const onFocus = (ev) => {
                    if (ev.target.matches?.(SUBJECT)) {
                        this.side.inSubject = true;
                    } else if (ev.target.closest?.(".odoo-editor-editable")) {
                        this.side.inSubject = false;
                    }
                };
                document.addEventListener("focusin", onFocus);
                return () => document.removeEventListener("focusin", onFocus);
            },
            () => []
        );
    }

    get problems() {
        return this.props.record.data.live_problems || [];
    }

    /** Blocks are markup: a subject has none. */
    canInsert(field) {
        return !this.displayReadonly && !(field.block && this.side.inSubject);
    }

    // The button must not take the focus, so that the text keeps its cursor.
    insert(field) {
        const text = `{{ ${field.name} }}`;
        if (this.side.inSubject) {
            this.insertInSubject(text);
        } else if (this.editor) {
            this.editor.shared.selection.focusEditable();
            this.editor.shared.dom.insert(text);
            this.editor.shared.history.addStep();
            this.onChange();
            this.commitChanges();
        }
    }

    insertInSubject(text) {
        const input = document.querySelector(SUBJECT);
        if (input) {
            input.setRangeText(text, input.selectionStart, input.selectionEnd, "end");
            input.dispatchEvent(new Event("input", { bubbles: true }));
            input.dispatchEvent(new Event("change", { bubbles: true }));
        }
    }

    async show(tab) {
        await this.commitChanges();
        this.side.tab = tab;
    }

    get previewProps() {
        const { record } = this.props;
        const values = { id: record.resId || false, body: String(this.value) };
        for (const name of PREVIEWED) {
            values[name] = record.data[name];
        }
        return {
            title: record.data.name || _t("New text"),
            token: JSON.stringify(values),
            languages: this.side.info.languages,
            customerId: this.side.info.customer_id,
            request: (customerId, lang) =>
                this.orm.call("recouvrement.template", "get_text_preview", [
                    values,
                    customerId,
                    lang,
                ]),
        };
    }
}

export const templateTextField = {
    ...htmlField,
    component: TemplateTextField,
    displayName: _t("Text of a reminder"),
};

registry.category("fields").add("recouvrement_text", templateTextField);
