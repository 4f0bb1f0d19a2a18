from odoo import api, fields, models
from odoo.exceptions import ValidationError

PLAN, PLAN_DAYS, WAIVE = "plan", "plan_days", "waive"
PROMISE, PAUSE, IRRECOVERABLE = "promise", "pause", "irrecoverable"
KINDS = [
    (PLAN, "Payment plan, debt"),
    (PLAN_DAYS, "Payment plan, until the last instalment"),
    (WAIVE, "Late interest given up, debt concerned"),
    (PROMISE, "Promise, ahead"),
    (PAUSE, "Pause"),
    (IRRECOVERABLE, "Irrecoverable"),
]
IN_DAYS = {PLAN_DAYS, PROMISE, PAUSE}
ROLES = [("agent", "Collection agents"), ("manager", "Collection managers")]
GROUP = "recouvrement_auto.recouvrement_auto_group_%s"


class RecouvrementDelegation(models.Model):
    """Limit of delegation: how much a role or a person decides alone (practice.md P20).

    Above it a second person decides, whose own limit is high enough and who is never the one
    who proposed. Nothing entered for a role is no limit; a line of a person wins over that of
    his role, a line of a company over one for all.
    """

    _name = "recouvrement.delegation"
    _description = "Limit of delegation"
    _order = "kind, role, user_id, id"

    company_id = fields.Many2one(
        "res.company", index=True, help="Empty: every company."
    )
    kind = fields.Selection(KINDS, string="What", required=True)
    role = fields.Selection(ROLES, string="Who", required=True, default="agent")
    user_id = fields.Many2one(
        "res.users",
        string="Person",
        help="Empty: everybody of the role.",
        index="btree_not_null",
    )
    maximum = fields.Float(
        string="Up to",
        required=True,
        digits=(16, 2),
        help="Days, or an amount in the currency of the company. 0: always two persons.",
    )
    unit = fields.Selection(
        [("days", "days"), ("amount", "currency of the company")],
        compute="_compute_unit",
    )

    _who_uniq = models.UniqueIndex(
        "(kind, role, COALESCE(user_id, 0), COALESCE(company_id, 0))",
        "There is a limit for this already.",
    )
    _maximum_positive = models.Constraint(
        "CHECK (maximum >= 0)", "A limit is not negative."
    )

    @api.depends("kind")
    def _compute_unit(self):
        for limit in self:
            limit.unit = "days" if limit.kind in IN_DAYS else "amount"

    @api.depends("kind", "role", "user_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        roles = dict(self._fields["role"]._description_selection(self.env))
        for limit in self:
            who = limit.user_id.name or roles.get(limit.role, "")
            limit.display_name = f"{kinds.get(limit.kind, '')} · {who}"

    @api.constrains("role", "user_id")
    def _check_user(self):
        roles = dict(self._fields["role"]._description_selection(self.env))
        for limit in self.filtered("user_id"):
            if not limit.user_id.has_group(GROUP % limit.role):
                raise ValidationError(
                    self.env._(
                        "%(user)s is none of: %(role)s.",
                        user=limit.user_id.name,
                        role=roles[limit.role],
                    )
                )

    @api.model
    def _limit(self, user, company, kind):
        """What ``user`` decides alone, or None when nothing limits him.

        :return: days or an amount in the currency of the company
        """
        role = "manager" if user.has_group(GROUP % "manager") else "agent"
        # sudo: the limits hold for everybody, also for who cannot read their list
        rows = self.sudo().search(
            [
                ("kind", "=", kind),
                ("company_id", "in", (False, company.id)),
                "|",
                ("user_id", "=", user.id),
                "&",
                ("user_id", "=", False),
                ("role", "=", role),
            ]
        )
        best = rows.sorted(lambda r: (not r.user_id, not r.company_id))[:1]
        return best.maximum if best else None

    @api.model
    def _exceeded(self, user, company, values):
        """The kinds of ``values`` (``{kind: number}``) that ``user`` may not decide alone."""
        limits = {kind: self._limit(user, company, kind) for kind in values}
        return [
            kind
            for kind, number in values.items()
            if limits[kind] is not None and number > limits[kind]
        ]

    @api.model
    def _may_approve(self, user, company, values):
        """True when ``user`` is a manager, or a person with limits of his own, and every
        number of ``values`` is within what he may decide."""
        if self._exceeded(user, company, values):
            return False
        if user.has_group(GROUP % "manager"):
            return True
        return user.has_group(GROUP % "agent") and all(
            self.sudo().search_count(  # as above
                [
                    ("kind", "=", kind),
                    ("user_id", "=", user.id),
                    ("company_id", "in", (False, company.id)),
                ],
                limit=1,
            )
            for kind in values
        )
