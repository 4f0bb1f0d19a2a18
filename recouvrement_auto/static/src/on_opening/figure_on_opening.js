import { Component, onWillStart, onWillUpdateProps, toRaw, useState } from "@odoo/owl";
import { getCurrency } from "@web/core/currency";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const formatters = registry.category("formatters");

/** A figure that takes a moment: read after the form is on the screen, never before it. */
export class FigureOnOpening extends Component {
    static template = "recouvrement_auto.FigureOnOpening";
    static props = {
        ...standardWidgetProps,
        field: String,
        type: String,
    };

    setup() {
        this.orm = useService("orm");
        this.keepLast = new KeepLast();
        this.state = useState({ value: null });
        this.readFor = toRaw(this.props.record);
        onWillStart(() => {
            this.read(this.props.record); // not awaited: the form does not wait
        });
        onWillUpdateProps(({ record }) => {
            if (toRaw(record) !== this.readFor) {
                this.readFor = toRaw(record);
                this.read(record);
            }
        });
    }

    async read(record) {
        if (!record.resId) {
            return;
        }
        const [row] = await this.keepLast.add(
            this.orm.silent.read(record.resModel, [record.resId], [this.props.field])
        );
        this.state.value = row[this.props.field];
    }

    get text() {
        if (this.state.value === null) {
            return "…";
        }
        const currency = this.props.record.data.currency_id;
        return formatters.get(this.props.type)(this.state.value, {
            currencyId: currency && getCurrency(currency.id) ? currency.id : undefined,
        });
    }
}

registry.category("view_widgets").add("recouvrement_figure", {
    component: FigureOnOpening,
    extractProps: ({ options }) => ({
        field: options.field,
        type: options.type,
    }),
});
