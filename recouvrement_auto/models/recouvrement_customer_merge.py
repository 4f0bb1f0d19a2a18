from odoo import models
from odoo.tools import SQL


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
