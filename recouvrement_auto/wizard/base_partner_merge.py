from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """Merge collection files first: core's generic merge deletes clashing rows by raw SQL,
    and with them the files of other companies (reliability.md B9)."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """EXTENDS 'base': files of the same company become one, history kept."""
        self._merge_recouvrement_customers(src_partners, dst_partner)
        return super()._update_foreign_keys(src_partners, dst_partner)

    def _merge_recouvrement_customers(self, src_partners, dst_partner):
        # Every company's files, whatever the companies of who merges.
        Customer = self.env["recouvrement.customer"].sudo()
        files = Customer.search(
            [("partner_id", "in", (src_partners | dst_partner).ids)]
        )
        for company, group in files.grouped("company_id").items():
            kept = (
                group.filtered(lambda f: f.partner_id == dst_partner)[:1] or group[:1]
            )
            for merged in group - kept:
                kept._absorb(merged)
            if kept.partner_id != dst_partner:
                kept.partner_id = dst_partner
            self.env["recouvrement.log"]._append(
                "customer.merged",
                company=company,
                customer=kept.id,
                partner=dst_partner.id,
                facts={
                    "files": sorted(group.ids),
                    "partners": sorted((src_partners | dst_partner).ids),
                },
            )
        self.env.flush_all()
