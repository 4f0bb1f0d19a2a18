from odoo import api, models
from odoo.tools import SQL


class RecouvrementCustomer(models.Model):
    """Collection files made where they are missing, in sets: a first night makes one for
    each customer who owes something."""

    _name = "recouvrement.customer"
    _inherit = ["recouvrement.customer", "recouvrement.bulk.mixin"]

    @api.model
    def _get_or_create(self, company, partner_ids):
        """Files of these commercial partners, created where missing."""
        domain = [
            ("company_id", "=", company.id),
            ("partner_id", "in", list(partner_ids)),
        ]
        found = self.search(domain)
        missing = set(partner_ids) - set(found.partner_id.ids)
        return found | self._create_missing(company, missing) if missing else found

    @api.model
    def _without_file(self, company, partner_ids):
        """Those of these commercial partners who have no file yet, in their order."""
        rows = self.env.execute_query(
            SQL(
                """SELECT wanted.id FROM unnest(%s::int[]) WITH ORDINALITY AS wanted (id, place)
                    WHERE NOT EXISTS (SELECT 1 FROM recouvrement_customer file
                                       WHERE file.partner_id = wanted.id
                                         AND file.company_id = %s)
                 ORDER BY wanted.place""",
                list(partner_ids),
                company.id,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _create_missing(self, company, partner_ids):
        """Files with the defaults of the model, the regime that the partner shows and the
        age of the relation, in one statement.

        The file is ours: whoever looks at the customer may cause it.
        """
        defaults = self._column_defaults()
        rows = [
            {
                **defaults,
                "company_id": company.id,
                "partner_id": partner_id,
                "legal_regime": regime,
                "first_invoice_date": first,
            }
            for partner_id, regime, first in self.env.execute_query(
                self._new_files_sql(company, partner_ids)
            )
        ]
        created = self.browse(self._insert_rows(rows))
        created.modified(["partner_id", "company_id"], create=True)
        self.env.remove_to_compute(self._fields["legal_regime"], created)
        return created

    @api.model
    def _column_defaults(self):
        """Default values of the stored columns, as ``_insert_rows`` takes them."""
        names = [
            name
            for name, field in self._fields.items()
            if field.store and field.column_type and field.default
        ]
        return {
            name: self._fields[name].convert_to_column(value, self)
            for name, value in self.default_get(names).items()
        }

    @api.model
    def _new_files_sql(self, company, partner_ids):
        """SQL: ``partner id, legal regime, day of the first invoice`` of new files.

        The regime as ``_compute_legal_regime`` gives it for the default nature.
        """
        self.env.flush_all()
        return SQL(
            """SELECT partner.id,
                      CASE WHEN partner.is_company OR partner.vat > ''
                             OR partner.company_registry > ''
                           THEN 'business' ELSE 'unknown' END,
                      first.day
                 FROM res_partner partner
            LEFT JOIN (SELECT contact.commercial_partner_id AS partner_id,
                              MIN(move.invoice_date) AS day
                         FROM res_partner contact
                         JOIN account_move move ON move.partner_id = contact.id
                        WHERE contact.commercial_partner_id IN %(partners)s
                          AND move.move_type = 'out_invoice'
                          AND move.state = 'posted' AND move.company_id = %(company)s
                     GROUP BY contact.commercial_partner_id) first
                   ON first.partner_id = partner.id
                WHERE partner.id IN %(partners)s
             ORDER BY partner.id""",
            partners=tuple(partner_ids),
            company=company.id,
        )
