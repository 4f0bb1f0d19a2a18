from odoo.tests import tagged

from .common import RecouvrementCommon


@tagged("post_install", "-at_install")
class TestCustomerCreate(RecouvrementCommon):
    """Files made in sets are the files that the form would make."""

    def columns(self, record):
        ignored = {"id", "create_date", "write_date", "create_uid", "write_uid"}
        return {
            name: record[name]
            for name, field in record._fields.items()
            if field.store and field.column_type and name not in ignored
        }

    def test_same_values_as_by_the_form(self):
        """Defaults and legal regime equal those of ``create``, for each kind of partner."""
        Customer = self.env["recouvrement.customer"]
        for values in (
            {"is_company": True},
            {"is_company": False},
            {"is_company": False, "vat": "FR23334175221"},
            {"is_company": False, "company_registry": "552100554"},
        ):
            pair = self.env["res.partner"].create([{"name": "X", **values}] * 2)
            by_form = Customer.create(
                {"partner_id": pair[0].id, "company_id": self.company.id}
            )
            in_set = Customer._get_or_create(self.company, pair[1].ids)
            expected = self.columns(by_form) | {"partner_id": pair[1]}
            self.assertEqual(self.columns(in_set), expected, values)

    def test_no_stored_computed_field_is_forgotten(self):
        """A new stored computed field of the file has to be given by the set too."""
        computed = {
            name
            for name, field in self.env["recouvrement.customer"]._fields.items()
            if field.compute and field.store
        }
        self.assertEqual(computed, {"legal_regime"})

    def test_age_of_the_relation_and_one_file_each(self):
        """The first posted invoice counts, of a contact too; a draft does not."""
        partner = self.make_debtor("Aged")
        contact = self.env["res.partner"].create({"name": "Z", "parent_id": partner.id})
        self.make_invoice(partner, 10)
        first = self.make_invoice(contact, 60).invoice_date
        self.make_invoice(partner, 200, post=False)
        Customer = self.env["recouvrement.customer"]
        Customer.search([("partner_id", "=", partner.id)]).unlink()
        found = Customer._get_or_create(self.company, partner.ids)
        self.assertEqual(found.first_invoice_date, first)
        self.assertEqual(Customer._get_or_create(self.company, partner.ids), found)

    def test_partner_knows_its_new_file(self):
        """What was read before the file existed is read again."""
        partner = self.env["res.partner"].create({"name": "Y", "is_company": True})
        before = self.env["recouvrement.customer"].search_count(
            [("partner_id", "=", partner.id)]
        )
        found = self.env["recouvrement.customer"]._get_or_create(
            self.company, partner.ids
        )
        self.assertFalse(before)
        self.assertEqual(found.display_name, "Y")
