import { Component, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { channelIcon } from "../channels";

const STYLE = `<style>
    body { margin: 0; padding: 16px; font: 14px/1.5 system-ui, sans-serif; color: #212529; }
    table { border-collapse: collapse; max-width: 100%; }
    img { max-width: 100%; height: auto; }
</style>`;

/**
 * A message as a real customer would get it: addressee, subject, document.
 *
 * The document comes from texts that users write: it is shown in an iframe where no script
 * runs and no link leads anywhere.
 */
export class MessagePreview extends Component {
    static template = "recouvrement_auto.MessagePreview";
    static components = { RecordSelector };
    static props = {
        // (customerId, lang) => Promise of the result of the server
        request: Function,
        // changes when the message has to be asked again
        token: String,
        languages: Array,
        customerId: { type: [Number, Boolean] },
        title: { type: String, optional: true },
    };

    setup() {
        this.frame = useRef("frame");
        this.keepLast = new KeepLast();
        this.state = useState({
            customerId: this.props.customerId,
            lang: false,
            result: null,
            loading: false,
        });
        this.refreshSoon = useDebounced(() => this.refresh(), 250);
        useEffect(
            (token, customerId) => {
                if (!this.state.customerId && customerId) {
                    this.state.customerId = customerId;
                }
                this.refreshSoon();
            },
            () => [this.props.token, this.props.customerId]
        );
        this.onResize = useDebounced(() => this.fitFrame(), 100);
        window.addEventListener("resize", this.onResize);
        onWillUnmount(() => window.removeEventListener("resize", this.onResize));
    }

    async refresh() {
        this.state.loading = true;
        try {
            const { customerId, lang } = this.state;
            const result = await this.keepLast.add(this.props.request(customerId, lang));
            this.state.result = result;
        } finally {
            this.state.loading = false;
        }
    }

    onCustomer(customerId) {
        this.state.customerId = customerId;
        this.state.lang = false;
        this.refresh();
    }

    onLanguage(lang) {
        this.state.lang = lang;
        this.refresh();
    }

    get shownLang() {
        return this.state.lang || this.state.result?.lang;
    }

    get languages() {
        return this.props.languages.map(([code, name]) => ({
            code,
            name,
            short: code.split("_")[0].toUpperCase(),
        }));
    }

    get selectorProps() {
        return {
            resModel: "recouvrement.customer",
            resId: this.state.customerId || false,
            update: this.onCustomer.bind(this),
            fieldString: _t("Customer"),
            placeholder: _t("Choose a customer"),
        };
    }

    get icon() {
        return channelIcon(this.state.result?.channel);
    }

    get isLetter() {
        return this.state.result?.channel === "letter";
    }

    get srcdoc() {
        const body = this.state.result?.body || "";
        return /<html[\s>]/i.test(body) ? body : `${STYLE}${body}`;
    }

    onFrameLoad() {
        const doc = this.frame.el?.contentDocument;
        doc?.addEventListener("click", (ev) => ev.preventDefault());
        this.fitFrame();
    }

    /** The document whole: as high as it is, and made smaller when it is too wide. */
    fitFrame() {
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
