from odoo import fields, models


class RecouvrementRun(models.Model):
    """A run made by a person for one customer."""

    _inherit = "recouvrement.run"

    def _run_by_hand(self, customer, asked=True):
        """Plan the next step of ``customer`` now; released at once, same guards.

        :param asked: a person asked for it, whatever the date of the step; otherwise only
            what is due today is planned, as at night
        """
        company = customer.company_id
        run = (
            self.sudo().create(  # agents plan through their customers, not by run rows
                {
                    "company_id": company.id,
                    "date": company._recouvrement_today(),
                    "kind": "manual",
                    "started_at": fields.Datetime.now(),
                }
            )
        )
        run.version_ids = (
            self.env["recouvrement.scenario"].sudo()._freeze_versions(company)
        )
        Facts = self.env["recouvrement.planner.facts"].sudo()
        context = Facts._context(company.sudo(), run.date, run.version_ids)
        context.manual = context.decided = asked
        bundle = Facts._load(context, customer.partner_id.ids)[0]
        decision = self.env["recouvrement.planner"].sudo()._decide(context, bundle)
        if decision is not None:
            self.env["recouvrement.reminder"].sudo()._create_planned(
                run, context, [decision]
            )
        run.write({"state": "released", "planned_at": fields.Datetime.now()})
        run._close_if_done()
        self._wake_senders()
        return run.sudo(False)
