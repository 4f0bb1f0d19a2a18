import { _t } from "@web/core/l10n/translation";

/** Icons of the channels; the add-on of another channel adds its own, else the default. */
export const ICONS = {
    email: "fa-envelope-o",
    letter: "fa-file-text-o",
    call: "fa-phone",
    task: "fa-check-square-o",
};

export function channelIcon(channel) {
    return ICONS[channel] || "fa-paper-plane-o";
}

/** Channels that leave nothing at the debtor's place: no message to look at. */
export function isInternal(channel) {
    return channel === "task";
}

export function selectionLabel(fields, name, value) {
    const found = (fields[name].selection || []).find(([key]) => key === value);
    return found ? found[1] : value || "";
}

function signed(delay) {
    return `${delay < 0 ? "-" : "+"}${Math.abs(delay)}`;
}

/** Day of a step as a credit department writes it. */
export function dayLabel(anchor, delay) {
    if (anchor === "invoice_date") {
        return _t("Invoice %s", signed(delay));
    }
    return anchor === "previous" ? signed(delay) : _t("D%s", signed(delay));
}

/** The same where a caption says what the days are counted from. */
export function badgeLabel(anchor, delay) {
    return anchor === "due_date" ? dayLabel(anchor, delay) : signed(delay);
}
