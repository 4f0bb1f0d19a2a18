import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { user } from "@web/core/user";
import { useService } from "@web/core/utils/hooks";
import { Component, onWillDestroy, onWillStart, useState } from "@odoo/owl";

const EVERY = 10 * 60 * 1000;

/** A red mark in the bar while something keeps the messages from leaving. */
export class CollectionWatch extends Component {
    static template = "recouvrement_auto.CollectionWatch";
    static props = {};

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ problems: [] });
        onWillStart(async () => {
            this.concerned = await user.hasGroup(
                "recouvrement_auto.recouvrement_auto_group_agent"
            );
            if (this.concerned) {
                // Never keeps the page waiting.
                this.look();
                this.timer = browser.setInterval(() => this.look(), EVERY);
            }
        });
        onWillDestroy(() => browser.clearInterval(this.timer));
    }

    async look() {
        try {
            const before = this.state.problems.length;
            this.state.problems = await this.orm.silent.call(
                "recouvrement.watch",
                "state",
                []
            );
            if (!before !== !this.state.problems.length) {
                // The menus make room for the mark, or take it back.
                browser.setTimeout(() => window.dispatchEvent(new Event("resize")));
            }
        } catch {
            // The next look may succeed; a watch never breaks the page.
        }
    }

    get title() {
        return [_t("Collection:"), ...this.state.problems].join("\n");
    }

    open() {
        this.action.doAction("recouvrement_auto.recouvrement_alarm_action");
    }
}

registry
    .category("systray")
    .add("recouvrement_auto.watch", { Component: CollectionWatch }, { sequence: 30 });
