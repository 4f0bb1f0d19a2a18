import { cookie } from "@web/core/browser/cookie";
import { getCustomColor } from "@web/core/colors/colors";

const scheme = cookie.get("color_scheme");

export const TEXT = getCustomColor(scheme, "#495057", "#E4E4E4");
export const GRID = getCustomColor(scheme, "rgba(0,0,0,.08)", "rgba(255,255,255,.12)");

/** From not due to very late: one hue that warms up, readable without colour vision. */
export const AGEING = {
    not_due: getCustomColor(scheme, "#9CC5C9", "#4E8C93"),
    late_30: getCustomColor(scheme, "#F3D38A", "#C9A24A"),
    late_60: getCustomColor(scheme, "#F0A868", "#C67C3B"),
    late_90: getCustomColor(scheme, "#DE7356", "#B4543A"),
    late_over: getCustomColor(scheme, "#A63A50", "#C4576D"),
};
export const LINES = {
    dso: getCustomColor(scheme, "#1F5F7A", "#6CB4CF"),
    count_back: getCustomColor(scheme, "#8A6FB0", "#B79BDD"),
    bpdso: getCustomColor(scheme, "#7DA87B", "#93C490"),
};
export const FORECAST = {
    promise: getCustomColor(scheme, "#3F8F6B", "#62B58E"),
    plan: getCustomColor(scheme, "#8A6FB0", "#B79BDD"),
    foretold: getCustomColor(scheme, "#1F5F7A", "#6CB4CF"),
    habit: getCustomColor(scheme, "#A9C3CC", "#6F8A94"),
    credit: getCustomColor(scheme, "#C9CDD2", "#5C636B"),
};
