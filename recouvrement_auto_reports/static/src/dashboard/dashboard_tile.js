import { Component } from "@odoo/owl";

/** A number with what it is, a line below it, and the list that it opens. */
export class DashboardTile extends Component {
    static template = "recouvrement_auto_reports.DashboardTile";
    static props = {
        name: String,
        label: String,
        number: String,
        help: { type: String, optional: true },
        note: { type: String, optional: true },
        tone: { type: String, optional: true },
        onOpen: Function,
        slots: { type: Object, optional: true },
    };
}
