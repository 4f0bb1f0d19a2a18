import { Component, onWillUnmount, useRef } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useDebounced } from "@web/core/utils/timing";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const STYLE = `<style>
    body { margin: 0; padding: 16px; font: 14px/1.5 system-ui, sans-serif; color: #212529; }
    table { border-collapse: collapse; max-width: 100%; }
    img { max-width: 100%; height: auto; }
</style>`;

/** A document that users wrote: no script runs in it and no link leads anywhere. */
export class MessageFrame extends Component {
    static template = "recouvrement_auto.MessageFrame";
    static props = { body: String };

    setup() {
        this.frame = useRef("frame");
        this.onResize = useDebounced(() => this.fit(), 100);
        window.addEventListener("resize", this.onResize);
        onWillUnmount(() => window.removeEventListener("resize", this.onResize));
    }

    get srcdoc() {
        const body = this.props.body;
        return /<html[\s>]/i.test(body) ? body : `${STYLE}${body}`;
    }

    onLoad() {
        const doc = this.frame.el?.contentDocument;
        doc?.addEventListener("click", (ev) => ev.preventDefault());
        this.fit();
    }

    /** The document whole: as high as it is, and made smaller when it is too wide. */
    fit() {
        const el = this.frame.el;
        const root = el?.contentDocument?.documentElement;
        if (root) {
            root.style.zoom = 1;
            el.style.height = "0";
            root.style.zoom = Math.min(1, root.clientWidth / root.scrollWidth);
            el.style.height = `${Math.max(root.scrollHeight, root.offsetHeight, 80)}px`;
        }
    }
}

/** Read-only HTML field shown as the document that it is. */
export class MessageFrameField extends Component {
    static template = "recouvrement_auto.MessageFrameField";
    static components = { MessageFrame };
    static props = { ...standardFieldProps };

    get body() {
        return String(this.props.record.data[this.props.name] || "");
    }
}

registry.category("fields").add("recouvrement_message", {
    component: MessageFrameField,
    supportedTypes: ["html", "text"],
});
