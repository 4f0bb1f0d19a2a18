import { Component, useEffect, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { RecordSelector } from "@web/core/record_selectors/record_selector";
import { KeepLast } from "@web/core/utils/concurrency";
import { useDebounced } from "@web/core/utils/timing";
import { channelIcon } from "../channels";
import { MessageFrame } from "../message_frame/message_frame";

/** A message as a real customer would get it: when, to whom, subject, document. */
export class MessagePreview extends Component {
    static template = "recouvrement_auto.MessagePreview";
    static components = { MessageFrame, RecordSelector };
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
}
