import { Component, onWillStart, useState, useSubEnv } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { formatCurrency } from "@web/core/currency";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { getDefaultConfig } from "@web/views/view";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";
import { DashboardChart } from "./dashboard_chart";
import { DashboardTile } from "./dashboard_tile";
import { AGEING, FORECAST, GRID, LINES, TEXT } from "./dashboard_palette";

const STORED_FILTERS = "recouvrement_dashboard_filters";
const NO_FILTER = { segment_id: 0, salesperson_id: 0, months: 12 };

/** The first page: numbers that open their lists, ageing, DSO and cash to come. */
export class RecouvrementDashboard extends Component {
    static template = "recouvrement_auto_reports.Dashboard";
    static components = { Layout, DashboardChart, DashboardTile };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        useSubEnv({ config: { ...getDefaultConfig(), ...this.env.config } });
        this.display = { controlPanel: { layoutActions: true } };
        this.state = useState({ filters: this.storedFilters(), figures: null, busy: false });
        onWillStart(() => this.load());
    }

    storedFilters() {
        try {
            const stored = JSON.parse(browser.sessionStorage.getItem(STORED_FILTERS));
            return { ...NO_FILTER, ...stored };
        } catch {
            return { ...NO_FILTER };
        }
    }

    async load() {
        this.state.busy = true;
        try {
            this.state.figures = await this.keepLast.add(
                this.orm.call("recouvrement.dashboard", "read_figures", [], {
                    filters: { ...this.state.filters },
                })
            );
            this.charts = this.makeCharts();
        } finally {
            this.state.busy = false;
        }
    }

    onFilter(name, event) {
        this.state.filters[name] = Number(event.target.value);
        browser.sessionStorage.setItem(STORED_FILTERS, JSON.stringify(this.state.filters));
        this.load();
    }

    // === NUMBERS === //

    group(name) {
        return this.state.figures.tiles.filter((tile) => tile.group === name);
    }

    get groups() {
        return [
            { name: "cash", label: _t("Cash expected in 3 months, and how it is known") },
            { name: "promises", label: _t("Promises to pay") },
            { name: "night", label: _t("The night") },
            { name: "law", label: _t("What the law lets us claim") },
            { name: "loss", label: _t("Lost, or feared to be") },
        ]
            .map((group) => ({ ...group, tiles: this.group(group.name) }))
            .filter((group) => group.tiles.length);
    }

    figure(key) {
        return this.state.figures.tiles.find((tile) => tile.key === key);
    }

    rate(value) {
        return formatFloat(value, { digits: [16, 2] });
    }

    /** Whole units: cents are in the lists. */
    money(amount) {
        return formatCurrency(amount, this.state.figures.currency_id, { digits: [16, 0] });
    }

    days(value) {
        return value === null || value === undefined
            ? "–"
            : formatFloat(value, { digits: [16, 1] });
    }

    /**
     * @param {Object} tile as the server gives it
     * @param {boolean} counted the number of records comes first, their amount below it
     */
    tileProps(tile, counted = false) {
        const count = formatInteger(tile.count);
        const amount = tile.amount === null ? "" : this.money(tile.amount);
        return {
            name: tile.key,
            label: tile.label,
            help: tile.help,
            tone: tile.count ? tile.tone : "",
            number: counted ? count : amount,
            note: counted ? amount : this.share(tile) || this.items(tile.count),
            onOpen: () => this.open(tile.key),
        };
    }

    items(count) {
        return count === 1 ? _t("1 item") : _t("%s items", formatInteger(count));
    }

    get dsoProps() {
        return {
            name: "dso",
            label: _t("DSO"),
            help: _t("Receivables without payments on account x 90 / sales of 90 days, taxes included."),
            number: _t("%s days", this.days(this.dso.dso)),
            onOpen: () => this.open("dso"),
        };
    }

    share(tile) {
        const total = this.figure("receivable")?.amount;
        const relevant = ["overdue", "over_90", "disputed"].includes(tile.key);
        if (!relevant || !(total > 0)) {
            return "";
        }
        const percent = formatFloat((100 * tile.amount) / total, { digits: [16, 1] });
        return _t("%s %% of receivables", percent);
    }

    get dso() {
        return this.state.figures.dso.last;
    }

    /** A DSO that rises is bad news: the arrow says where it goes, the colour what it means. */
    get trend() {
        const trend = this.dso?.trend;
        if (trend === null || trend === undefined) {
            return null;
        }
        const digits = { digits: [16, 1] };
        return {
            icon: trend > 0 ? "fa-arrow-up" : trend < 0 ? "fa-arrow-down" : "fa-arrows-h",
            tone: trend > 5 ? "text-danger" : trend < 0 ? "text-success" : "text-muted",
            text: _t("%(change)s since %(day)s", {
                change: `${trend > 0 ? "+" : ""}${formatFloat(trend, digits)}\u00a0%`,
                day: this.dso.since,
            }),
        };
    }

    async open(key) {
        const action = await this.orm.call("recouvrement.dashboard", "open_list", [key], {
            filters: { ...this.state.filters },
        });
        this.action.doAction(action);
    }

    openCustomer(id) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "recouvrement.customer",
            res_id: id,
            views: [[false, "form"]],
        });
    }

    // === CHARTS === //

    makeCharts() {
        const { ageing, history, dso, forecast } = this.state.figures;
        return {
            ageing: this.ageingChart(ageing),
            history: this.historyChart(history),
            dso: this.dsoChart(dso),
            forecast: this.forecastChart(forecast),
        };
    }

    options({ stacked = false, money = true, legend = true, horizontal = false } = {}) {
        const value = (number) => (money ? this.money(number) : this.days(number));
        const values = {
            stacked,
            grid: { color: GRID },
            border: { display: false },
            ticks: { color: TEXT, maxTicksLimit: 6, callback: (number) => this.short(number, money) },
            beginAtZero: true,
        };
        const names = {
            stacked,
            grid: { display: false },
            ticks: { color: TEXT, maxRotation: 0, autoSkip: true, maxTicksLimit: 8 },
        };
        return {
            indexAxis: horizontal ? "y" : "x",
            interaction: { mode: "index", axis: horizontal ? "y" : "x", intersect: false },
            plugins: {
                legend: {
                    display: legend,
                    position: "bottom",
                    labels: { color: TEXT, boxWidth: 12, boxHeight: 12 },
                },
                tooltip: {
                    callbacks: {
                        label: (item) =>
                            `${item.dataset.label} : ${value(horizontal ? item.parsed.x : item.parsed.y)}`,
                    },
                },
            },
            scales: horizontal ? { x: values, y: { ...names, ticks: { color: TEXT } } } : { x: names, y: values },
        };
    }

    short(number, money) {
        if (!money) {
            return formatInteger(Math.round(number));
        }
        if (Math.abs(number) >= 1e6) {
            return _t("%s M", formatFloat(number / 1e6, { digits: [16, 1] }));
        }
        return Math.abs(number) >= 1e3
            ? _t("%s k", formatInteger(Math.round(number / 1e3)))
            : formatInteger(Math.round(number));
    }

    ageingChart(ageing) {
        const keys = ageing.map((tile) => tile.key);
        return {
            data: {
                labels: ageing.map((tile) => tile.label),
                datasets: [
                    {
                        label: _t("Open"),
                        data: ageing.map((tile) => tile.amount),
                        backgroundColor: keys.map((key) => AGEING[key.replace("ageing_", "")]),
                        borderRadius: 3,
                    },
                ],
            },
            options: this.options({ legend: false, horizontal: true }),
            onPoint: (_dataset, index) => this.open(keys[index]),
        };
    }

    historyChart(history) {
        return {
            data: {
                labels: history.labels,
                datasets: history.series.map((one) => ({
                    label: one.label,
                    data: one.values,
                    backgroundColor: AGEING[one.key],
                })),
            },
            options: this.options({ stacked: true }),
        };
    }

    dsoChart(dso) {
        const names = {
            dso: _t("DSO, balance method"),
            count_back: _t("DSO, count-back"),
            bpdso: _t("Best possible DSO"),
        };
        return {
            data: {
                labels: dso.labels,
                datasets: Object.entries(names).map(([key, label]) => ({
                    label,
                    data: dso[key],
                    borderColor: LINES[key],
                    backgroundColor: LINES[key],
                    borderWidth: key === "dso" ? 2.5 : 1.5,
                    borderDash: key === "bpdso" ? [5, 4] : [],
                    pointRadius: 0,
                    pointHitRadius: 8,
                    tension: 0.2,
                    spanGaps: true,
                })),
            },
            options: this.options({ money: false }),
        };
    }

    forecastChart(forecast) {
        return {
            data: {
                labels: forecast.labels,
                datasets: forecast.series.map((one) => ({
                    label: one.label,
                    data: one.values,
                    backgroundColor: FORECAST[one.key],
                })),
            },
            options: this.options({ stacked: true }),
            onPoint: (dataset, index) =>
                this.open(`forecast_${forecast.series[dataset].key}_${index}`),
        };
    }
}

registry.category("actions").add("recouvrement_dashboard", RecouvrementDashboard);
