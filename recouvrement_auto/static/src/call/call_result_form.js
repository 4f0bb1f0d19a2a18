import { onMounted } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/**
 * Result of a call, for the keyboard: the focus starts on the outcome, the arrows choose it,
 * Tab goes through what it asks, Ctrl+Enter records.
 */
export class CallResultController extends FormController {
    setup() {
        super.setup();
        onMounted(() => {
            // After the dialog and the form have put the focus where they always do.
            setTimeout(() => {
                this.rootRef.el
                    ?.querySelector(".o_recouvrement_call_outcome input:checked")
                    ?.focus();
            });
        });
    }
}

registry.category("views").add("recouvrement_call_result", {
    ...formView,
    Controller: CallResultController,
});
