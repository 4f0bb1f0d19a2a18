import { Activity } from "@mail/core/web/activity";
import { patch } from "@web/core/utils/patch";

/** A call to a debtor is ended by its result, not by a bare tick. */
patch(Activity.prototype, {
    get isRecouvrementCall() {
        const activity = this.props.activity;
        return (
            activity.res_model === "recouvrement.customer" &&
            activity.activity_category === "phonecall"
        );
    },

    async onClickRecouvrementCall() {
        const thread = this.thread;
        const action = await this.env.services.orm.call(
            "mail.activity",
            "action_recouvrement_call_result",
            [this.props.activity.id]
        );
        await this.env.services.action.doAction(action, {
            onClose: () => {
                this.props.onActivityChanged(thread);
                this.props.reloadParentView?.();
            },
        });
    },
});
