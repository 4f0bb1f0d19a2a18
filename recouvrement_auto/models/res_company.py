from datetime import datetime
from zoneinfo import ZoneInfo

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .transaction_once import looked_up_anew

DEFAULT_TZ = "Europe/Paris"


def _tz_selection(self):
    return [
        (name, name)
        for name in (
            DEFAULT_TZ,
            "America/Guadeloupe",
            "America/Martinique",
            "America/Cayenne",
            "Indian/Reunion",
            "Indian/Mayotte",
            "Pacific/Noumea",
            "Pacific/Tahiti",
            "Europe/Brussels",
            "Europe/Zurich",
            "UTC",
        )
    ]


class ResCompany(models.Model):
    """Collection settings of a company. Every threshold is editable."""

    _inherit = "res.company"

    recouvrement_mode = fields.Selection(
        [
            ("shadow", "Shadow: nothing leaves"),
            ("confirm", "Manual: everything is confirmed by a person"),
            ("auto", "Automatic: as each step says"),
        ],
        string="Collection mode",
        default="shadow",
        required=True,
    )
    recouvrement_tz = fields.Selection(
        _tz_selection, string="Collection time zone", default=DEFAULT_TZ, required=True
    )
    recouvrement_region = fields.Selection(
        [
            ("FR", "France"),
            ("FR-AM", "Alsace-Moselle"),
            ("GP", "Guadeloupe"),
            ("MQ", "Martinique"),
            ("GF", "French Guiana"),
            ("RE", "La Réunion"),
            ("YT", "Mayotte"),
        ],
        string="Public holidays",
        default="FR",
        required=True,
    )
    recouvrement_run_hour = fields.Float(
        string="Planning hour",
        default=3.0,
        help="Local hour from which the night of the day is planned.",
    )
    recouvrement_release = fields.Selection(
        [
            ("immediate", "As soon as planned"),
            ("bank", "When the bank is up to date"),
            ("manual", "When a person says so"),
        ],
        string="Release of the messages",
        default="bank",
        required=True,
    )
    recouvrement_release_hour = fields.Float(
        string="Release hour",
        default=10.5,
        help="Local hour before which nothing planned at night leaves by itself.",
    )
    recouvrement_closed_days = fields.Boolean(
        string="Send on closed days",
        help="Week-ends and public holidays count as working days for messages.",
    )
    recouvrement_any_hour = fields.Boolean(
        string="E-mails at any hour",
        help="Otherwise messages leave from 9:00 to 11:30 and from 14:00 to 16:30.",
    )
    recouvrement_bank_stale_days = fields.Integer(
        string="Bank delay (working days)",
        default=2,
        help="Nothing leaves when no bank movement was entered for longer. 0 = no check.",
    )
    recouvrement_unallocated_percent = fields.Float(
        string="Unallocated credit (%)",
        default=20.0,
        help="A customer whose unmatched credits reach this share of the claim is held.",
    )
    recouvrement_max_item_age = fields.Integer(
        string="Oldest item that starts by itself (days late)", default=180
    )
    recouvrement_ceiling = fields.Integer(
        string="Ceiling of messages per run",
        help="A run that would send more is held until a manager releases it. 0 = none.",
    )
    recouvrement_user_id = fields.Many2one(
        "res.users",
        string="Default collection agent",
        help="Signs the messages of customers without an agent and receives the answers.",
    )
    recouvrement_scenario_id = fields.Many2one(
        "recouvrement.scenario", string="Default scenario"
    )
    recouvrement_deadline = fields.Integer(
        string="SMTP time limit (seconds)",
        default=60,
        help="Longest time for one message before its outcome counts as unknown.",
    )
    recouvrement_paused_until = fields.Datetime(
        string="Sending paused until", readonly=True, copy=False
    )
    recouvrement_paused_reason = fields.Char(
        string="Why sending is paused", readonly=True, copy=False
    )
    recouvrement_anchor_email = fields.Char(
        string="Auditor's address for the log",
        help="Receives the head of the log every night, as proof kept outside.",
    )
    recouvrement_iban_changed_on = fields.Date(
        string="Bank account changed on",
        copy=False,
        help="Written messages are held for 30 days after it, until a manager clears it.",
    )
    recouvrement_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Bank account on reminders",
        help="Empty: the first trusted account of the company.",
    )

    @api.constrains("recouvrement_run_hour", "recouvrement_release_hour")
    def _check_recouvrement_hours(self):
        for company in self:
            hours = (company.recouvrement_run_hour, company.recouvrement_release_hour)
            if any(not 0 <= hour < 24 for hour in hours):
                raise ValidationError(
                    self.env._("Hours of the night go from 0:00 to 23:59.")
                )

    @api.constrains(
        "recouvrement_bank_stale_days",
        "recouvrement_unallocated_percent",
        "recouvrement_max_item_age",
        "recouvrement_ceiling",
        "recouvrement_deadline",
    )
    def _check_recouvrement_limits(self):
        for company in self:
            if (
                company.recouvrement_bank_stale_days < 0
                or company.recouvrement_max_item_age < 0
                or company.recouvrement_ceiling < 0
                or not 0 <= company.recouvrement_unallocated_percent <= 100
            ):
                raise ValidationError(
                    self.env._(
                        "Collection limits cannot be negative, and a share goes from "
                        "0 to 100 %%."
                    )
                )
            if not 5 <= company.recouvrement_deadline <= 600:
                raise ValidationError(
                    self.env._("The SMTP time limit goes from 5 to 600 seconds.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        """A branch belongs to its family at once."""
        with looked_up_anew(self.env):
            return super().create(vals_list)

    def _recouvrement_zone(self):
        """The time zone in which this company's days begin and end."""
        self.ensure_one()
        return ZoneInfo(self.recouvrement_tz or DEFAULT_TZ)

    def _recouvrement_now(self):
        """The local date and time of the company (naive)."""
        self.ensure_one()
        now = datetime.now(ZoneInfo("UTC"))  # the cron user has no time zone of its own
        return now.astimezone(self._recouvrement_zone()).replace(tzinfo=None)

    def _recouvrement_today(self):
        """The local day of the company; UTC would be yesterday after midnight in Paris."""
        return self._recouvrement_now().date()
