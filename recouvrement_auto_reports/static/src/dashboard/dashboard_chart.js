import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";

/** One chart of Chart.js; drawn again when its data change. */
export class DashboardChart extends Component {
    static template = "recouvrement_auto_reports.DashboardChart";
    static props = {
        type: String,
        data: Object,
        options: Object,
        label: String,
        // (dataset index, point index) => void
        onPoint: { type: Function, optional: true },
    };

    setup() {
        this.canvasRef = useRef("canvas");
        this.chart = null;
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.data, this.props.options]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    draw() {
        this.chart?.destroy();
        const { type, data, options, onPoint } = this.props;
        this.chart = new Chart(this.canvasRef.el, {
            type,
            data,
            options: {
                responsive: true,
                maintainAspectRatio: false,
                animation: false,
                ...options,
                onClick: (_event, points) => {
                    if (onPoint && points.length) {
                        onPoint(points[0].datasetIndex, points[0].index);
                    }
                },
                onHover: (event, points) => {
                    event.native.target.style.cursor =
                        onPoint && points.length ? "pointer" : "default";
                },
            },
        });
    }
}
