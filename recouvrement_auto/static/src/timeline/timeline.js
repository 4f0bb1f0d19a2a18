import { Component, onWillStart, onWillUpdateProps, toRaw, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { channelIcon } from "../channels";

const { DateTime } = luxon;

const MODEL = "recouvrement.timeline";
const ICONS = {
    reply: "fa-reply",
    payment: "fa-eur",
    credit: "fa-undo",
    skipped: "fa-hand-paper-o",
    pause: "fa-pause",
    bounce: "fa-exclamation-triangle",
    note: "fa-sticky-note-o",
    portal: "fa-globe",
    dispute: "fa-gavel",
    promise: "fa-handshake-o",
    plan: "fa-calendar-check-o",
    call: "fa-phone",
    other: "fa-circle-o",
};

/**
 * Two-sided history: the debtor at left, we at right, by pages.
 *
 * Stands on a collection file or an invoice; everything shown comes from one method of the
 * server, which reads with the rights of whoever looks.
 */
export class RecouvrementTimeline extends Component {
    static template = "recouvrement_auto.Timeline";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.state = useState({
            events: [],
            shown: {},
            more: false,
            loading: false,
            kinds: [],
            invoices: [],
            chosen: [],
            moveId: false,
        });
        this.loadedFor = toRaw(this.props.record);
        onWillStart(() => this.load());
        onWillUpdateProps((props) => {
            // A form that was read again after a button has a new record.
            const record = toRaw(props.record);
            if (record !== this.loadedFor) {
                this.loadedFor = record;
                return this.load(props);
            }
        });
    }

    get isFixed() {
        return this.props.record.resModel === "account.move";
    }

    async ask(props, shown) {
        const { record } = props;
        return this.keepLast.add(
            this.orm.call(MODEL, "get_page", [record.resModel, record.resId], {
                kinds: this.state.chosen,
                move_id: this.state.moveId,
                shown,
            })
        );
    }

    async load(props = this.props) {
        if (!props.record.resId) {
            return;
        }
        this.state.loading = true;
        try {
            const page = await this.ask(props, null);
            Object.assign(this.state, {
                events: page.events,
                shown: page.shown,
                more: page.more,
                kinds: page.kinds || this.state.kinds,
            });
            if (page.invoices?.length) {
                this.state.invoices = page.invoices;
            }
        } finally {
            this.state.loading = false;
        }
    }

    async loadMore() {
        this.state.loading = true;
        try {
            const page = await this.ask(this.props, this.state.shown);
            this.state.events.push(...page.events);
            Object.assign(this.state, { shown: page.shown, more: page.more });
        } finally {
            this.state.loading = false;
        }
    }

    toggleKind(kind) {
        const chosen = this.state.chosen;
        this.state.chosen = chosen.includes(kind)
            ? chosen.filter((code) => code !== kind)
            : [...chosen, kind];
        return this.load();
    }

    chooseInvoice(ev) {
        this.state.moveId = Number(ev.target.value) || false;
        return this.load();
    }

    clear() {
        Object.assign(this.state, { chosen: [], moveId: false });
        return this.load();
    }

    icon(event) {
        if (event.kind === "message" || event.kind === "call") {
            return event.channel ? channelIcon(event.channel) : ICONS[event.kind] || "fa-envelope-o";
        }
        return ICONS[event.kind] || ICONS.other;
    }

    moment(value, dayOnly) {
        const utc = DateTime.fromSQL(value, { zone: "utc" });
        return dayOnly
            ? utc.toLocaleString(DateTime.DATE_MED)
            : utc.toLocal().toLocaleString(DateTime.DATETIME_MED);
    }

    when(event) {
        const last = this.moment(event.at, event.day_only);
        if (!event.count) {
            return last;
        }
        return _t("%(count)s times, %(first)s to %(last)s", {
            count: event.count,
            first: this.moment(event.since, true),
            last: this.moment(event.at, true),
        });
    }

    open(event) {
        if (event.record) {
            this.openRecord(...event.record);
        }
    }

    openRecord(resModel, resId) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: resModel,
            res_id: resId,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("recouvrement_timeline", {
    component: RecouvrementTimeline,
});
