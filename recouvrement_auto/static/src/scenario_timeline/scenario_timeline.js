import { useEffect, useRef, useState } from "@odoo/owl";
import { makeContext } from "@web/core/context";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { X2ManyField, x2ManyField } from "@web/views/fields/x2many/x2many_field";
import { badgeLabel, channelIcon, dayLabel, isInternal, selectionLabel } from "../channels";
import { MessagePreview } from "../message_preview/message_preview";
import { dayAt } from "./day_scale";

// What the server needs of a step that is not saved yet, see `get_preview`.
const PREVIEWED = [
    "name",
    "code",
    "channel",
    "tone",
    "anchor",
    "delay",
    "mode",
    "min_amount",
    "responsible",
    "attach_invoices",
    "attach_statement",
    "payment_link",
    "deadline_days",
];
const PIXELS_A_DAY = 8;

/**
 * The steps of a scenario on a rail: before the due date, after it, and the hand-over.
 *
 * It is a one2many like any other: what is moved or edited belongs to the form and is saved
 * or discarded with it. The numbers of customers come from the planner, apart, so that the
 * steps never wait for them.
 */
export class ScenarioTimelineField extends X2ManyField {
    static template = "recouvrement_auto.ScenarioTimelineField";
    static components = { ...X2ManyField.components, MessagePreview };

    setup() {
        super.setup();
        this.orm = useService("orm");
        this.root = useRef("root");
        this.panel = useRef("panel");
        this.keepLast = new KeepLast();
        this.focusId = null;
        this.knownIds = null;
        this.state = useState({
            selectedId: null,
            drag: null,
            info: { languages: [], customer_id: false },
            counts: null,
        });
        useEffect(
            (resId, dirty) => {
                if (!dirty) {
                    this.loadFacts(resId);
                }
            },
            () => [this.props.record.resId, this.props.record.dirty]
        );
        useEffect(() => this.restoreFocus());
        useEffect(
            () => this.selectNew(),
            () => [this.list.records.length]
        );
    }

    async loadFacts(resId) {
        const ids = resId ? [resId] : [];
        const model = "recouvrement.scenario";
        if (!this.state.info.customer_id) {
            this.state.info = await this.orm.call(model, "get_timeline", [ids]);
        }
        this.state.counts = null;
        if (resId) {
            const call = this.orm.silent.call(model, "get_step_counts", [ids]);
            this.state.counts = await this.keepLast.add(call);
        }
    }

    // --- What is shown ---

    get canEdit() {
        return !this.props.readonly && this.activeActions.write !== false;
    }

    get steps() {
        const last = Number.MAX_SAFE_INTEGER;
        return [...this.list.records]
            .sort(
                (a, b) =>
                    a.data.sequence - b.data.sequence || (a.resId || last) - (b.resId || last)
            )
            .map((record) => this.describe(record));
    }

    describe(record) {
        const { data, fields } = record;
        const drag = this.state.drag?.id === record.id ? this.state.drag : null;
        const delay = drag ? drag.delay : data.delay;
        return {
            id: record.id,
            record,
            data,
            delay,
            day: dayLabel(data.anchor, delay),
            badge: badgeLabel(data.anchor, delay),
            caption: this.captions[data.anchor] || "",
            follows: data.anchor === "previous",
            before:
                data.anchor === "invoice_date" || (data.anchor === "due_date" && data.delay < 0),
            icon: channelIcon(data.channel),
            channel: selectionLabel(fields, "channel", data.channel),
            tone: selectionLabel(fields, "tone", data.tone),
            mode: selectionLabel(fields, "mode", data.mode),
            internal: isInternal(data.channel),
            amount: data.min_amount ? this.money(record) : "",
            responsible:
                data.responsible === "user" && data.user_id
                    ? data.user_id.display_name
                    : selectionLabel(fields, "responsible", data.responsible),
            dragged: Boolean(drag),
            shift: drag ? drag.shift : 0,
            unsaved: record.isNew || record.dirty,
            ...this.checkSummary(data.legal_checklist || []),
            ...this.numbers(data.code),
        };
    }

    money(record) {
        const { min_amount, currency_id } = record.data;
        return formatMonetary(min_amount, { currencyId: currency_id?.id });
    }

    checkSummary(checks) {
        const missing = checks.filter((check) => !check.ok).length;
        const present = checks.length - missing;
        return {
            checks,
            missing,
            checkLabel: _t("%(present)s of %(all)s points of a formal notice", {
                present,
                all: checks.length,
            }),
        };
    }

    numbers(code) {
        const { counts } = this.state;
        const at = counts?.at[code] || 0;
        const due = counts?.due[code] || 0;
        return {
            at,
            due,
            atLabel: at > 1 ? _t("%s customers at this step today", at) : _t("1 customer at this step today"),
            dueLabel: _t("%s tonight", due),
        };
    }

    get captions() {
        return { invoice_date: _t("after invoice"), previous: _t("days after") };
    }

    get texts() {
        return {
            move: this.canEdit ? _t("Drag, or use the arrow keys, to change the day") : "",
            edit: this.canEdit ? _t("Edit this step") : _t("Open this step"),
            unnamed: _t("New step"),
        };
    }

    get entries() {
        const steps = this.steps;
        const entries = [];
        const add = (before, after) => {
            if (this.canEdit) {
                entries.push({ kind: "add", id: `add-${before?.id || "first"}`, before, after });
            }
        };
        const firstAfter = steps.findIndex((step) => !step.before);
        const dueAt = firstAfter < 0 ? steps.length : firstAfter;
        steps.forEach((step, index) => {
            add(steps[index - 1], step);
            if (index === dueAt) {
                entries.push({ kind: "due", id: "due" });
            }
            entries.push({ kind: "step", id: step.id, step });
        });
        add(steps.at(-1), null);
        if (dueAt === steps.length) {
            entries.push({ kind: "due", id: "due" });
        }
        return entries;
    }

    get end() {
        const { data, fields } = this.props.record;
        return {
            days: data.end_delay_days,
            label: selectionLabel(fields, "end_action", data.end_action),
            when: _t("%s days after the last step, when nothing was paid", data.end_delay_days),
            ...this.numbers("end_of_scenario"),
        };
    }

    get notStarted() {
        const { at } = this.numbers("not_started");
        return at && _t("Customers with open invoices and no message yet: %s", at);
    }

    // --- Preview ---

    get selected() {
        const steps = this.steps;
        return (
            steps.find((step) => step.id === this.state.selectedId) ||
            steps.find((step) => !step.before && !step.internal) ||
            steps[0]
        );
    }

    get previewProps() {
        const step = this.selected;
        const values = { id: step.record.resId || false };
        for (const name of PREVIEWED) {
            values[name] = step.data[name];
        }
        values.template_id = step.data.template_id?.id || false;
        values.user_id = step.data.user_id?.id || false;
        const scenarioId = this.props.record.resId || false;
        const { write_date } = this.props.record.data;
        return {
            title: `${step.day} · ${step.data.name || _t("New step")}`,
            token: JSON.stringify([values, scenarioId, String(write_date || "")]),
            languages: this.state.info.languages,
            customerId: this.state.info.customer_id,
            request: (customerId, lang) =>
                this.orm.call("recouvrement.scenario.line", "get_preview", [
                    values,
                    customerId,
                    lang,
                    scenarioId,
                ]),
        };
    }

    select(step) {
        this.state.selectedId = step.id;
        if (this.env.isSmall) {
            this.panel.el?.scrollIntoView({ behavior: "smooth", block: "start" });
        }
    }

    onCard(step) {
        if (this.selected?.id === step.id && this.state.selectedId) {
            this.edit(step);
        } else {
            this.select(step);
        }
    }

    // --- Changing steps ---

    edit(step) {
        this.state.selectedId = step.id;
        this._openRecord({
            record: step.record,
            title: `${step.day} · ${step.data.name || _t("New step")}`,
            context: this.props.context,
            readonly: this.props.readonly,
        });
    }

    remove(step) {
        this.list.delete(step.record);
    }

    insert({ before, after }) {
        this.knownIds = new Set(this.list.records.map((record) => record.id));
        this._openRecord({
            title: _t("New step"),
            context: makeContext([this.props.context, this.newStepDefaults(before, after)]),
        });
    }

    /** The step that was just added is the one to look at. */
    selectNew() {
        const added = this.knownIds && this.list.records.find(({ id }) => !this.knownIds.has(id));
        if (added) {
            this.state.selectedId = added.id;
            this.knownIds = null;
        }
    }

    newStepDefaults(before, after) {
        const context = {
            default_code: this.freeCode(),
            default_anchor: before?.follows ? "previous" : "due_date",
            default_delay: before?.follows ? 10 : this.middleDay(before, after),
        };
        const like = before && !before.before ? before : null;
        context.default_tone = like ? like.data.tone : "courteous";
        context.default_mode = like ? like.data.mode : "auto";
        return context;
    }

    middleDay(before, after) {
        const from = before?.data.anchor === "due_date" ? before.delay : null;
        const to = after?.data.anchor === "due_date" ? after.delay : null;
        if (from === null) {
            return to === null ? 3 : to - 5;
        }
        return to === null ? from + 10 : Math.round((from + to) / 2);
    }

    freeCode() {
        const used = new Set(this.list.records.map((record) => record.data.code));
        let number = used.size + 1;
        while (used.has(`step_${number}`)) {
            number++;
        }
        return `step_${number}`;
    }

    async moveTo(step, delay) {
        const smallest = step.data.anchor === "due_date" ? -365 : 0;
        const wanted = Math.max(smallest, Math.min(365, delay));
        this.state.selectedId = step.id;
        if (wanted !== step.data.delay) {
            await step.record.update({ delay: wanted });
        }
    }

    shiftBy(step, days) {
        this.focusId = step.id;
        return this.moveTo(step, step.record.data.delay + days);
    }

    onDayKey(ev, step) {
        const days = { ArrowUp: -1, ArrowDown: 1, PageUp: -5, PageDown: 5 }[ev.key];
        if (days && this.canEdit) {
            ev.preventDefault();
            this.shiftBy(step, days);
        }
    }

    restoreFocus() {
        if (this.focusId) {
            const day = this.root.el?.querySelector(`[data-day="${this.focusId}"]`);
            if (day && document.activeElement === document.body) {
                day.focus();
            }
        }
    }

    // --- Dragging the day ---

    onGrip(ev, step) {
        if (!this.canEdit || ev.button > 0) {
            return;
        }
        const start = this.pointerY(ev);
        const points = this.scalePoints();
        const dayOf = (shift) =>
            step.data.anchor === "due_date"
                ? dayAt(points, start.center(step.id) + shift)
                : Math.max(0, step.data.delay + Math.round(shift / PIXELS_A_DAY));
        const move = (event) => {
            const shift = this.pointerY(event).y - start.y;
            if (this.state.drag || Math.abs(shift) > 4) {
                event.preventDefault();
                this.state.drag = { id: step.id, shift, delay: dayOf(shift) };
            }
        };
        const stop = (drop) => {
            window.removeEventListener("pointermove", move);
            window.removeEventListener("pointerup", release);
            window.removeEventListener("keydown", onKey, true);
            const { drag } = this.state;
            this.state.drag = null;
            if (drop && drag) {
                this.moveTo(step, drag.delay);
            }
        };
        const release = () => stop(true);
        const onKey = (event) => {
            if (event.key === "Escape") {
                event.stopPropagation();
                stop(false);
            }
        };
        window.addEventListener("pointermove", move);
        window.addEventListener("pointerup", release);
        window.addEventListener("keydown", onKey, true);
    }

    /** Where the pointer is on the rail, scrolling included. */
    pointerY(ev) {
        const top = this.root.el.getBoundingClientRect().top;
        const center = (id) => {
            const box = this.root.el.querySelector(`[data-day="${id}"]`).getBoundingClientRect();
            return box.top + box.height / 2 - top;
        };
        return { y: ev.clientY - top, center };
    }

    /** Days of the due-date steps and of the due date itself, by their height. */
    scalePoints() {
        const top = this.root.el.getBoundingClientRect().top;
        const marks = [...this.root.el.querySelectorAll("[data-scale]")];
        return marks
            .map((el) => {
                const box = el.getBoundingClientRect();
                return { y: box.top + box.height / 2 - top, day: Number(el.dataset.scale) };
            })
            .sort((a, b) => a.y - b.y);
    }

    // --- Lists behind the numbers ---

    async openCustomers(code, due) {
        const action = await this.orm.call(
            "recouvrement.scenario",
            "action_open_step_customers",
            [[this.props.record.resId], code, Boolean(due)]
        );
        this.action.doAction(action);
    }
}

export const scenarioTimelineField = {
    ...x2ManyField,
    component: ScenarioTimelineField,
    displayName: _t("Time-line of a scenario"),
    supportedTypes: ["one2many"],
};

registry.category("fields").add("recouvrement_timeline", scenarioTimelineField);
