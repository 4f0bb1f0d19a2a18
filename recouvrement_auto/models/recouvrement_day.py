from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain

SOON = timedelta(days=7)


class RecouvrementDay(models.TransientModel):
    """One list of the day of an agent: how much is left in it, his part and everybody's.

    The first screen of the morning: the lists in the order in which they are worked off
    (practice.md section 2); each number opens its list. Add-ons add theirs to ``_lists``.
    """

    _name = "recouvrement.day"
    _description = "List of the day"
    _order = "sequence, id"

    sequence = fields.Integer()
    name = fields.Char(required=True)
    hint = fields.Char()
    icon = fields.Char()
    mine_count = fields.Integer(string="Mine")
    all_count = fields.Integer(string="Everybody’s")
    action_name = fields.Char()
    res_model = fields.Char()
    mine_domain = fields.Json()
    all_domain = fields.Json()

    @api.model
    def action_open_day(self):
        """The day of the user, counted now."""
        self.check_access("create")
        self.search([("create_uid", "=", self.env.uid)]).unlink()
        rows = []
        for sequence, entry in enumerate(self._lists()):
            if self.env[entry["res_model"]].has_access("read"):
                rows.append({"sequence": sequence, **self._counted(entry)})
        days = self.create(rows)
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "recouvrement_auto.recouvrement_day_action"
        )
        return {**action, "domain": [("id", "in", days.ids)]}

    @api.model
    def _counted(self, entry):
        """The row of a list; ``own`` narrows its domain to what is the user's."""
        domain = list(Domain(entry["domain"]))
        mine = list(Domain(entry["domain"]) & Domain(entry["own"]))
        Model = self.env[entry["res_model"]]
        return {
            "name": entry["name"],
            "hint": entry["hint"],
            "icon": entry["icon"],
            "res_model": entry["res_model"],
            "action_name": entry["action"],
            "all_count": Model.search_count(domain),
            "mine_count": Model.search_count(mine),
            "all_domain": domain,
            "mine_domain": mine,
        }

    def action_open_mine(self):
        """The part of the user."""
        return self._open(self.mine_domain)

    def action_open_all(self):
        """Everybody's."""
        return self._open(self.all_domain)

    def _open(self, domain):
        self.ensure_one()
        self.env[self.res_model].check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(self.action_name)
        return {**action, "domain": domain, "context": {}, "name": self.name}

    # === THE LISTS === #

    @api.model
    def _lists(self):
        """The lists of the day in their order: dicts with name, hint, icon, res_model,
        domain, own (domain of the user's part) and action (the window that shows them)."""
        return [*self._message_lists(), *self._customer_lists(), *self._excuse_lists()]

    @api.model
    def _list(self, name, hint, icon, res_model, domain, own, action):
        return {
            "name": name,
            "hint": hint,
            "icon": icon,
            "res_model": res_model,
            "domain": domain,
            "own": own,
            "action": f"recouvrement_auto.{action}",
        }

    @api.model
    def _message_lists(self):
        own = [("customer_id.is_mine", "=", True)]
        return [
            self._list(
                self.env._("To confirm"),
                self.env._("Read, approve or refuse"),
                "fa-check-square-o",
                "recouvrement.reminder",
                [("state", "=", "to_confirm")],
                own,
                "recouvrement_reminder_action_to_confirm",
            ),
            self._list(
                self.env._("Came back, failed, unknown"),
                self.env._("Addresses to check, messages to try again"),
                "fa-reply",
                "recouvrement.delivery",
                [
                    "|",
                    ("state", "in", ("failed", "unknown")),
                    "&",
                    ("bounced_at", "!=", False),
                    ("bounce_cleared", "=", False),
                ],
                own,
                "recouvrement_delivery_action",
            ),
            self._list(
                self.env._("Letters to post"),
                self.env._("Print, fold, enter the number"),
                "fa-envelope-o",
                "recouvrement.delivery",
                [
                    ("channel", "=", "letter"),
                    ("state", "=", "sent"),
                    ("deposit_date", "=", False),
                ],
                own,
                "recouvrement_delivery_action_letter",
            ),
        ]

    @api.model
    def _customer_lists(self):
        call = self.env.ref("mail.mail_activity_data_call").id
        due = [("date_deadline", "<=", "today")]
        lists = (
            (
                self.env._("To call"),
                self.env._("Calls due today or before"),
                "fa-phone",
                [("activity_ids", "any", [("activity_type_id", "=", call), *due])],
            ),
            (
                self.env._("Other things to do"),
                self.env._("Activities due today or before"),
                "fa-list-ul",
                [("activity_ids", "any", [("activity_type_id", "!=", call), *due])],
            ),
            (
                self.env._("Held last night"),
                self.env._("Each one has a reason to cure"),
                "fa-hand-paper-o",
                [("is_held", "=", True)],
            ),
            (
                self.env._("Orphans"),
                self.env._("Overdue, and nothing follows"),
                "fa-chain-broken",
                [("is_orphan", "=", True)],
            ),
            (
                self.env._("Without an agent"),
                self.env._("Overdue, with the default agent"),
                "fa-user-o",
                [("agent_id", "=", False), ("total_overdue", ">", 0)],
            ),
        )
        return [
            self._list(
                name,
                hint,
                icon,
                "recouvrement.customer",
                self._frozen(domain),
                [("is_mine", "=", True)],
                "recouvrement_customer_action",
            )
            for name, hint, icon, domain in lists
        ]

    @api.model
    def _frozen(self, domain):
        """A domain whose costly part is read once, for both numbers and for the list."""
        if domain[0][0] not in ("is_orphan", "is_held"):
            return domain
        return [("id", "in", self.env["recouvrement.customer"].search(domain).ids)]

    @api.model
    def _excuse_lists(self):
        today = self.env.company._recouvrement_today()
        own = [("customer_id.is_mine", "=", True)]
        soon = str(today + SOON)
        return [
            self._list(
                self.env._("Pauses that end"),
                self.env._("Within a week: the chase goes on by itself"),
                "fa-pause",
                "recouvrement.pause",
                [
                    ("lifted_at", "=", False),
                    ("date_end", ">=", str(today)),
                    ("date_end", "<=", soon),
                ],
                own,
                "recouvrement_pause_action",
            ),
            self._list(
                self.env._("Promises due"),
                self.env._("Payments promised within a week"),
                "fa-handshake-o",
                "recouvrement.promise",
                [("state", "=", "running"), ("date", "<=", soon)],
                own,
                "recouvrement_promise_action",
            ),
            self._list(
                self.env._("Open disputes"),
                self.env._("They stop the chase until they are decided"),
                "fa-gavel",
                "recouvrement.dispute",
                [("state", "!=", "closed")],
                own,
                "recouvrement_dispute_action",
            ),
        ]
