import logging
import time
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError

from .plan import ledger as plan

_logger = logging.getLogger(__name__)

BUILT = "recouvrement_auto.demo_company"
QUIET = {
    "lang": "fr_FR",
    "tz": "Europe/Paris",
    "active_test": True,
    "tracking_disable": True,
    "mail_notrack": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_auto_subscribe_no_notify": True,
    "no_reset_password": True,
    "no_vat_validation": True,
}


class RecouvrementDemo(models.AbstractModel):
    """The demo company: a building-materials trader near Lyon with two years of business.

    Deterministic for a day and relative to it, so that it never ages. The plan is pure
    Python (``demo/plan``); the parts of this model book it with Odoo's own methods, in
    batches, so that every figure is Odoo's own computation.
    """

    _name = "recouvrement.demo"
    _description = "Demo company"

    @api.model
    def _build_company(self, today=None, scale=1.0, company=None):
        """Build the demo company, once per database, and return it.

        :param today: the local day that everything is relative to (default: today)
        :param scale: share of the ordinary customers; 0.1, of one year only, for tests
        :param company: an empty company to use; by default the main one, or a new one
            when the main one already has journal entries
        """
        self._check_not_built()
        self = self.with_context(**QUIET).sudo()  # called by set-up and tests only
        with self._timed("company"):
            company = self._make_company(company)
        self = self.with_company(company)
        today = today or self._local_day(company)
        self._keep_channels_without_provider()
        with self._timed("users"):
            users = self._make_users(company)
        ledger = plan.build(today, scale, self._ladders(company))
        with self._timed("customers"):
            partners = self._make_customers(company, ledger.customers, users)
        with self._timed("ledger"):
            self._book(company, ledger, partners, users)
        with self._timed("collection"):
            self._make_collection(company, ledger, partners, users)
        self.env["ir.config_parameter"].set_param(BUILT, f"{company.id} {today}")
        return company

    @api.model
    def _load_demo_data(self):
        """Entry of the manifest's demo data: build when it can be, else say why not."""
        if self.env["ir.module.module"]._get("l10n_fr_account").state != "installed":
            _logger.warning("Demo company left out: the French chart is not installed")
            return
        self._build_company()

    @api.model
    def _check_not_built(self):
        built = self.env["ir.config_parameter"].sudo().get_param(BUILT)
        if built:
            raise UserError(
                self.env._(
                    "The demo company was already built in this database (company and "
                    "day: %(built)s). Make a new database to build it again.",
                    built=built,
                )
            )

    @api.model
    def _keep_channels_without_provider(self):
        """Archive steps that need somebody else's service: the phone numbers of a demo
        reach nobody, and no message of it may ever leave by a real provider."""
        self.env["recouvrement.scenario.line"].search(
            [("channel", "not in", ("email", "letter", "call", "task"))]
        ).active = False

    @api.model
    def _local_day(self, company):
        return fields.Date.context_today(self.with_context(tz="Europe/Paris"))

    @contextmanager
    def _timed(self, name):
        start = time.monotonic()
        yield
        self.env.flush_all()
        _logger.info("Demo company: %s in %.1f s", name, time.monotonic() - start)
