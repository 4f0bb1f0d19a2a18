from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

AGENTS = "recouvrement_auto.recouvrement_auto_group_agent"
QUIET = {"mail_activity_quick_update": True}  # no mail for each activity that moves


class RecouvrementAbsence(models.Model):
    """An agent is away and a deputy acts for him (practice.md P6).

    During the absence the deputy signs the messages, receives the activities and the
    answers, and finds the customers among his own. Activities that were open move to him
    and come back at the end, unless they are done.
    """

    _name = "recouvrement.absence"
    _description = "Absence of a collection agent"
    _order = "date_from desc, id desc"

    user_id = fields.Many2one(
        "res.users",
        string="Who is away",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=lambda self: self._domain_agents(),
    )
    deputy_id = fields.Many2one(
        "res.users",
        required=True,
        index=True,
        domain=lambda self: self._domain_agents(),
    )
    date_from = fields.Date(
        string="From", required=True, default=lambda self: self._today()
    )
    date_to = fields.Date(
        string="Until", required=True, help="Last day away, included."
    )
    reason = fields.Char(help="For example: holidays, sickness, training.")
    state = fields.Selection(
        [("coming", "To come"), ("running", "Running"), ("over", "Over")],
        compute="_compute_state",
        search="_search_state",
    )
    handed_over = fields.Boolean(readonly=True)
    given_back = fields.Boolean(readonly=True)
    moved_activities = fields.Json(readonly=True)

    _two_persons = models.Constraint(
        "CHECK (user_id != deputy_id)", "Nobody is his own deputy."
    )

    @api.model
    def _domain_agents(self):
        agents = self.env.ref(AGENTS)
        return [("all_group_ids", "in", agents.ids), ("share", "=", False)]

    @api.model
    def _today(self):
        return self.env.company._recouvrement_today()

    @api.depends("date_from", "date_to")
    def _compute_state(self):
        today = self._today()
        for absence in self:
            if absence.date_to and absence.date_to < today:
                absence.state = "over"
            else:
                begun = absence.date_from and absence.date_from <= today
                absence.state = "running" if begun else "coming"

    def _search_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = self._today()
        domains = {
            "over": [("date_to", "<", today)],
            "running": [("date_from", "<=", today), ("date_to", ">=", today)],
            "coming": [("date_from", ">", today)],
        }
        return fields.Domain.OR([domains[state] for state in value if state in domains])

    @api.depends("user_id", "deputy_id")
    def _compute_display_name(self):
        for absence in self:
            absence.display_name = self.env._(
                "%(deputy)s for %(user)s",
                deputy=absence.deputy_id.name,
                user=absence.user_id.name,
            )

    @api.constrains("user_id", "deputy_id", "date_from", "date_to")
    def _check_period(self):
        for absence in self:
            if absence.date_to < absence.date_from:
                raise ValidationError(
                    self.env._("An absence ends on or after the day it starts.")
                )
            absence._check_free(absence.user_id)
            absence._check_free(absence.deputy_id)
            stood_in = absence._in_period([("deputy_id", "=", absence.user_id.id)])
            if stood_in:
                raise ValidationError(
                    self.env._(
                        "%(user)s stands in for %(other)s in this period: choose another "
                        "deputy there first.",
                        user=absence.user_id.name,
                        other=stood_in.user_id.name,
                    )
                )

    def _in_period(self, domain):
        return self.search(
            [
                ("id", "!=", self.id),
                ("date_from", "<=", self.date_to),
                ("date_to", ">=", self.date_from),
                *domain,
            ],
            limit=1,
        )

    def _check_free(self, user):
        clash = self._in_period([("user_id", "=", user.id)])
        if clash:
            raise ValidationError(
                self.env._(
                    "%(user)s is away from %(start)s to %(end)s already.",
                    user=user.name,
                    start=format_date(self.env, clash.date_from),
                    end=format_date(self.env, clash.date_to),
                )
            )

    # === WHO ACTS === #

    @api.model
    def _stand_ins(self, day):
        """``{id of who is away: user who acts for him}`` on ``day``."""
        # sudo: everybody's customers and messages depend on it
        absences = self.sudo().search(
            [
                ("date_from", "<=", day),
                ("date_to", ">=", day),
                ("deputy_id.active", "=", True),
            ]
        )
        return {absence.user_id.id: absence.deputy_id for absence in absences}

    @api.model
    def _acting(self, user, day):
        """Who acts for ``user`` on ``day``: himself, or his deputy."""
        return self._stand_ins(day).get(user.id, user)

    @api.model
    def _acted_for(self, user, day):
        """Ids of the users whose customers are those of ``user`` on ``day``: himself and
        those whom he stands in for."""
        away = self._stand_ins(day)
        return [user.id, *(uid for uid, deputy in away.items() if deputy == user)]

    # === ACTIVITIES === #

    @api.model_create_multi
    def create(self, vals_list):
        """One that has begun takes effect at once."""
        absences = super().create(vals_list)
        absences._apply()
        return absences

    def write(self, vals):
        """A changed period takes effect at once."""
        result = super().write(vals)
        if {"user_id", "deputy_id", "date_from", "date_to"} & set(vals):
            self._apply()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_moved(self):
        if any(absence.handed_over for absence in self):
            raise ValidationError(
                self.env._("It has begun: put its last day to yesterday instead.")
            )

    @api.model
    def _apply_due(self):
        """Absences that begin or end today; called by the watch."""
        today = self._today()
        due = [
            "|",
            *("&", "&", ("handed_over", "=", False)),
            *(("date_from", "<=", today), ("date_to", ">=", today)),
            *("&", "&", ("handed_over", "=", True)),
            *(("given_back", "=", False), ("date_to", "<", today)),
        ]
        self.search(due)._apply()

    def _apply(self):
        today = self._today()
        for absence in self:
            running = absence.date_from <= today <= absence.date_to
            if running and not absence.handed_over:
                absence._hand_over()
            elif absence.date_to < today and absence.handed_over:
                absence._give_back()

    def _open_activities(self, domain):
        # sudo: the activities of somebody else, on our own documents
        return (
            self.env["mail.activity"]
            .sudo()
            .search([("res_model", "=like", "recouvrement.%"), *domain])
        )

    def _hand_over(self):
        """The open activities due before his return go to the deputy, who is told once."""
        moved = self._open_activities(
            [("user_id", "=", self.user_id.id), ("date_deadline", "<=", self.date_to)]
        )
        moved.with_context(**QUIET).write({"user_id": self.deputy_id.id})
        # sudo: these fields say what was done, nobody enters them
        self.sudo().write({"handed_over": True, "moved_activities": moved.ids})
        text = self.with_context(lang=self.deputy_id.lang).env._(
            "You stand in for %(user)s until %(day)s: %(count)s activities are yours now.",
            user=self.user_id.name,
            day=format_date(self.env, self.date_to, self.deputy_id.lang),
            count=len(moved),
        )
        self.env["mail.thread"].message_notify(
            partner_ids=self.deputy_id.partner_id.ids, subject=text, body=text
        )

    def _give_back(self):
        """What the deputy has not done comes back."""
        left = self._open_activities(
            [
                ("id", "in", self.moved_activities or []),
                ("user_id", "=", self.deputy_id.id),
            ]
        )
        left.with_context(**QUIET).write({"user_id": self.user_id.id})
        self.sudo().given_back = True  # as in _hand_over
