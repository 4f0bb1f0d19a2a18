"""The settings page of managers: all of ours, nothing of anybody else's."""

from lxml import etree

from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .test_access import AccessCommon


@tagged("post_install", "-at_install")
class TestManagerSettings(AccessCommon):
    """A manager without any right of administration."""

    def settings(self, role, **values):
        """Settings saved by a role, as the page does it."""
        Settings = self.env["recouvrement.settings"].with_user(self.users[role])
        return Settings.create({"company_id": self.company.id, **values})

    def test_a_manager_changes_the_settings(self):
        manager = self.users["manager"]
        self.assertFalse(manager.has_group("base.group_system"))
        with self.assertRaises(AccessError):
            self.company.with_user(manager).recouvrement_ceiling = 7
        page = self.settings("manager", recouvrement_ceiling=7)
        self.assertEqual(self.company.recouvrement_ceiling, 7)
        page.write({"recouvrement_mode": "confirm"})
        self.assertEqual(self.company.recouvrement_mode, "confirm")
        self.assertEqual(page.execute()["tag"], "reload")

    def test_the_page_shows_what_is_set(self):
        self.company.recouvrement_ceiling = 321
        Settings = self.env["recouvrement.settings"].with_user(self.users["manager"])
        with Form(
            Settings, "recouvrement_auto.recouvrement_settings_view_form"
        ) as form:
            self.assertEqual(form.recouvrement_ceiling, 321)
            form.recouvrement_ceiling = 400
        self.assertEqual(self.company.recouvrement_ceiling, 400)

    def test_wrong_values_are_refused_with_a_sentence(self):
        with self.assertRaises(ValidationError):
            self.settings("manager", recouvrement_run_hour=25)

    def test_others_may_not(self):
        for role in ("agent", "auditor", "salesperson"):
            with self.subTest(role=role), self.assertRaises(AccessError):
                self.settings(role, recouvrement_ceiling=7)

    def test_no_other_company(self):
        away = self.env["res.company"].create({"name": "Away"})
        with self.assertRaises(AccessError):
            self.settings("manager", company_id=away.id, recouvrement_ceiling=7)
        page = self.settings("manager")
        with self.assertRaises(AccessError):
            page.write({"company_id": away.id, "recouvrement_ceiling": 7})
        self.assertFalse(away.recouvrement_ceiling)

    def test_nothing_but_collection_settings(self):
        names = self.env["recouvrement.settings"]._own_names()
        self.assertIn("recouvrement_mode", names)
        for name in names:
            field = self.env["recouvrement.settings"]._fields[name]
            with self.subTest(field=name):
                self.assertTrue(field.related.startswith("company_id.recouvrement_"))
        before = self.company.name
        self.settings("manager", create_uid=1, display_name="Hacked")
        self.assertEqual(self.company.name, before)

    def test_same_fields_as_in_the_settings_of_odoo(self):
        """Every collection setting of Odoo's page is on the page of managers."""
        arch, _view = self.env["res.config.settings"]._get_view(view_type="form")
        shared = {
            node.get("name")
            for node in arch.iterfind(".//app[@name='recouvrement_auto']//field")
        }
        page = self.env["recouvrement.settings"].with_user(self.users["manager"])
        own = etree.fromstring(page.get_view(view_type="form")["arch"])
        shown = {node.get("name") for node in own.iterfind(".//field")}
        self.assertLessEqual(shared, shown)
        self.assertIn("recouvrement_mode", shown)
