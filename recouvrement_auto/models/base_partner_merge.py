from odoo import models
from odoo.tools import SQL


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


class RecouvrementCustomer(models.Model):
    """Absorbing another file."""

    _inherit = "recouvrement.customer"

    def _absorb(self, other):
        """Move everything of ``other`` here and delete it.

        Foreign keys are found in the catalogue, so that add-ons built on ours are moved too.
        """
        self.ensure_one()
        # Both files may have been in one run, or written to on one day: history is kept,
        # the keys that look forward are those of the file that stays.
        other.reminder_ids.write({"merged": True})
        self.env["recouvrement.delivery"].search(
            [("customer_id", "=", other.id)]
        ).write({"automatic": False})
        self.env.flush_all()
        for table, column in self._children():
            self.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(new)s WHERE %(column)s = %(old)s",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    new=self.id,
                    old=other.id,
                )
            )
        self.env["mail.message"].sudo().search(  # the thread follows its file
            [("model", "=", self._name), ("res_id", "=", other.id)]
        ).write({"res_id": self.id})
        self.env["mail.activity"].sudo().search(  # and so do the calls to make
            [("res_model", "=", self._name), ("res_id", "=", other.id)]
        ).write({"res_id": self.id})
        self.env.invalidate_all()
        self.collection_contact_ids |= other.collection_contact_ids
        other.collection_contact_ids = False
        other.unlink()

    def _children(self):
        """``(table, column)`` of the foreign keys that point to files, many2many out."""
        return self.env.execute_query(
            SQL(
                """SELECT child.relname, attribute.attname
                     FROM pg_constraint con
                     JOIN pg_class child ON child.oid = con.conrelid
                     JOIN pg_attribute attribute ON attribute.attrelid = con.conrelid
                          AND attribute.attnum = con.conkey[1]
                    WHERE con.contype = 'f' AND con.confrelid = %s::regclass
                      AND con.confdeltype != 'c'""",
                self._table,
            )
        )
