import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { _t } from "@web/core/l10n/translation";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { channelIcon } from "../channels";

/** The steps of a scenario in one line, for lists: day, channel and tone of each. */
export class ScenarioRailField extends Component {
    static template = "recouvrement_auto.ScenarioRailField";
    static props = { ...standardFieldProps };

    get steps() {
        return (this.props.record.data[this.props.name] || []).map((step, index, all) => ({
            ...step,
            icon: channelIcon(step.channel),
            isDue: !step.before && (index === 0 || all[index - 1].before),
        }));
    }
}

registry.category("fields").add("recouvrement_rail", {
    component: ScenarioRailField,
    displayName: _t("Steps in one line"),
    supportedTypes: ["json"],
});
