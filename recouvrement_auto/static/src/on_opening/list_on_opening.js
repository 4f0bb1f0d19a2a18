import { Component, onWillUpdateProps, toRaw, useState, useSubEnv } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getDefaultConfig, View } from "@web/views/view";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

/**
 * The rows of another model that belong to the record, read when their tab is opened.
 *
 * A one2many field is read with its form, opened or not; a notebook draws only the page that
 * is looked at, and so this list costs nothing before.
 */
export class ListOnOpening extends Component {
    static template = "recouvrement_auto.ListOnOpening";
    static components = { View };
    static props = {
        ...standardWidgetProps,
        model: String,
        inverse: String,
        view: { type: String, optional: true },
        opens: { type: Boolean, optional: true },
    };

    setup() {
        this.action = useService("action");
        // The list must not take the views of the form's own action for its own.
        useSubEnv({ config: getDefaultConfig() });
        this.state = useState({ turn: 0 });
        this.shownFor = toRaw(this.props.record);
        this.viewProps = this.makeViewProps(this.props);
        onWillUpdateProps((props) => {
            // A form that was read again after a button has a new record.
            if (toRaw(props.record) !== this.shownFor) {
                this.shownFor = toRaw(props.record);
                this.viewProps = this.makeViewProps(props);
                this.state.turn += 1;
            }
        });
    }

    makeViewProps({ record, model, inverse, view, opens }) {
        return {
            type: "list",
            resModel: model,
            views: [[false, "list"]],
            domain: [[inverse, "=", record.resId]],
            context: view ? { list_view_ref: view } : {},
            display: { controlPanel: false, searchPanel: false },
            allowSelectors: false,
            readonly: true,
            showButtons: false,
            selectRecord: (resId) => opens && this.open(model, resId),
        };
    }

    open(model, resId) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("recouvrement_list", {
    component: ListOnOpening,
    extractProps: ({ options }) => ({
        model: options.model,
        inverse: options.inverse,
        view: options.view,
        opens: Boolean(options.opens),
    }),
});
