from collections import defaultdict

from odoo import api, fields, models
from odoo.tools import SQL, format_date

SILENT = "unreachable"  # outcome of a call that is no contact


class RecouvrementCustomer(models.Model):
    """What an agent wants to know before he dials, each in one line."""

    _inherit = "recouvrement.customer"

    total_promised = fields.Monetary(
        compute="_compute_live",
        string="Promised",
        help="Open items of promises and payment plans that run.",
    )
    payer_id = fields.Many2one(
        "res.partner",
        compute="_compute_live",
        string="Who pays",
        help="The contact that is written to first.",
    )
    payer_phone = fields.Char(compute="_compute_live", string="Phone of who pays")
    payer_email = fields.Char(compute="_compute_live", string="E-mail of who pays")
    last_sent_label = fields.Char(
        compute="_compute_last_contact", string="Our last message"
    )
    last_heard_label = fields.Char(
        compute="_compute_last_contact", string="Last heard from the customer"
    )

    risk_label = fields.Char(
        compute="_compute_risk_label",
        string="Risk",
        help="The grade and what weighs most in it.",
    )

    def _live_values(self, context, bundle):
        """EXTENDS: promised amounts and the first contact, from the facts at hand."""
        return super()._live_values(context, bundle) | self._brief_values(
            context, bundle
        )

    @api.model
    def _brief_values(self, context, bundle):
        items = bundle.items if bundle else []
        contacts = bundle.ordered_contacts(None)[0] if bundle else []
        payer = contacts[0] if contacts else None
        return {
            "total_promised": float(
                sum(
                    item.amount
                    for item in items
                    if item.promised_until and item.promised_until >= context.day
                )
            ),
            "payer_id": payer.id if payer else False,
            "payer_phone": payer.phone if payer else False,
            "payer_email": payer.email if payer else False,
        }

    @api.depends("grade", "score_id")
    @api.depends_context("lang")
    def _compute_risk_label(self):
        for customer in self:
            reasons = (customer.score_reason or "").splitlines()
            parts = [customer.grade, *reasons[:1]] if customer.grade else []
            customer.risk_label = " · ".join(parts)

    @api.depends("reminder_ids.state", "call_ids", "message_ids")
    @api.depends_context("lang")
    def _compute_last_contact(self):
        found = defaultdict(dict)
        for row in self.env.execute_query_dict(self._last_contact_sql()):
            found[row["customer_id"]][row["side"]] = row
        for customer in self:
            sides = found[customer.id]
            customer.last_sent_label = customer._contact_label(sides.get("we"))
            customer.last_heard_label = customer._contact_label(sides.get("they"))

    def _last_contact_sql(self):
        """SQL: the last contact of each file in each direction, one look-up per file.

        A call that reached somebody is heard from him; one that did not is ours.
        """
        self.env["recouvrement.reminder"].flush_model()
        self.env["recouvrement.call"].flush_model()
        return SQL(
            """SELECT file.id AS customer_id, last.*
                 FROM unnest(%(ids)s) file(id)
           CROSS JOIN LATERAL (
              (SELECT 'we' AS side, sent_at AS at, channel AS kind, step_name AS what
                 FROM recouvrement_reminder
                WHERE customer_id = file.id AND state = 'sent'
                  AND undelivered IS NOT TRUE AND sent_at IS NOT NULL
             ORDER BY sent_at DESC LIMIT 1)
            UNION ALL
              (SELECT 'they', heard.at, heard.kind, heard.what FROM (
                  (SELECT at, 'call' AS kind, outcome AS what FROM recouvrement_call
                    WHERE customer_id = file.id AND outcome != %(silent)s
                 ORDER BY at DESC LIMIT 1)
                UNION ALL
                  (SELECT message.date, 'reply', message.subject
                     FROM mail_message message
                LEFT JOIN res_users colleague
                       ON colleague.partner_id = message.author_id
                      AND colleague.share IS NOT TRUE
                    WHERE message.model = 'recouvrement.customer'
                      AND message.res_id = file.id
                      AND message.message_type IN ('email', 'comment')
                      AND colleague.id IS NULL
                 ORDER BY message.date DESC LIMIT 1)) heard
             ORDER BY heard.at DESC LIMIT 1)) last""",
            ids=self.ids,
            silent=SILENT,
        )

    def _contact_label(self, row):
        """A contact in words: what, and on which day; False for none."""
        if not row:
            return False
        day = format_date(self.env, fields.Datetime.context_timestamp(self, row["at"]))
        if row["side"] == "we":
            channels = self.env["recouvrement.reminder"]._fields["channel"]
            kind = dict(channels._description_selection(self.env))
            what = f"{kind.get(row['kind'], row['kind'])} ({row['what']})"
        elif row["kind"] == "call":
            field = self.env["recouvrement.call"]._fields["outcome"]
            outcomes = dict(field._description_selection(self.env))
            what = self.env._(
                "By phone: %(outcome)s",
                outcome=outcomes[row["what"]],
            )
        else:
            what = self.env._("Reply")
        return self.env._("%(what)s on %(day)s", what=what, day=day)
