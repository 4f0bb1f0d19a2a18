import { useEffect, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { listView } from "@web/views/list/list_view";
import { ListController } from "@web/views/list/list_controller";
import { useHotkey } from "@web/core/hotkeys/hotkey_hook";
import { channelIcon } from "../channels";
import { MessageFrame } from "../message_frame/message_frame";

const SPECIFICATION = {
    display_name: {},
    display_subject: {},
    display_body: {},
    display_problem: {},
    address: {},
    channel: {},
    step_name: {},
    scenario_id: { fields: { display_name: {} } },
    why_label: {},
    last_contact: {},
    state: {},
};

/**
 * Messages to confirm, each shown as the debtor would receive it.
 *
 * A click on a row shows the message beside the list; the arrow at the end of the panel's
 * title opens its form. On a small screen there is no room: a click opens the form.
 */
export class ConfirmListController extends ListController {
    static template = "recouvrement_auto.ConfirmListView";
    static components = { ...ListController.components, MessageFrame };

    setup() {
        super.setup();
        this.keepLast = new KeepLast();
        this.preview = useState({ resId: false, data: null, loading: false });
        useEffect(
            (ids) => this.followList(ids),
            () => [this.shownIds.join(",")]
        );
        useHotkey("alt+arrowdown", () => this.step(1), { bypassEditableProtection: true });
        useHotkey("alt+arrowup", () => this.step(-1), { bypassEditableProtection: true });
    }

    get records() {
        const root = this.model.root;
        if (!root.isGrouped) {
            return root.records;
        }
        const inside = (group) =>
            group.list.isGrouped ? group.list.groups.flatMap(inside) : group.list.records;
        return root.groups.flatMap(inside);
    }

    get shownIds() {
        return this.model.useSampleModel ? [] : this.records.map((record) => record.resId);
    }

    get icon() {
        return channelIcon(this.preview.data?.channel);
    }

    get position() {
        return this.shownIds.indexOf(this.preview.resId) + 1;
    }

    /** After approving or refusing, the next message takes the place of the last one. */
    followList() {
        const ids = this.shownIds;
        if (!ids.length) {
            Object.assign(this.preview, { resId: false, data: null });
        } else if (!ids.includes(this.preview.resId)) {
            this.show(ids[Math.min(this.lastIndex || 0, ids.length - 1)]);
        } else if (this.preview.data) {
            this.show(this.preview.resId);
        }
    }

    async show(resId) {
        this.preview.resId = resId;
        this.lastIndex = Math.max(this.shownIds.indexOf(resId), 0);
        this.markRow();
        this.preview.loading = true;
        try {
            const [data] = await this.keepLast.add(
                this.orm.webRead("recouvrement.reminder", [resId], {
                    specification: SPECIFICATION,
                    context: this.props.context,
                })
            );
            this.preview.data = data || null;
        } finally {
            this.preview.loading = false;
        }
    }

    markRow() {
        const record = this.records.find((found) => found.resId === this.preview.resId);
        for (const row of this.rootRef.el?.querySelectorAll("tr.o_data_row") || []) {
            row.classList.toggle("o_recouvrement_shown", row.dataset.id === record?.id);
        }
    }

    step(move) {
        const ids = this.shownIds;
        const next = ids[ids.indexOf(this.preview.resId) + move];
        if (next) {
            this.show(next);
        }
    }

    async openRecord(record, options = {}) {
        if (this.env.isSmall || options.newWindow) {
            return super.openRecord(record, options);
        }
        return this.show(record.resId);
    }

    openForm() {
        this.props.selectRecord(this.preview.resId, { activeIds: this.shownIds });
    }

    async decide(method) {
        await this.actionService.doActionButton({
            type: "object",
            name: method,
            resModel: "recouvrement.reminder",
            resId: this.preview.resId,
            resIds: [this.preview.resId],
            context: this.props.context,
            onClose: () => this.model.load(),
        });
    }
}

registry.category("views").add("recouvrement_confirm_list", {
    ...listView,
    Controller: ConfirmListController,
});
