"""What a screen costs: as many queries for many rows as for a few; scenarios read once."""

from datetime import timedelta
from unittest import mock

from lxml import etree

from odoo import Command, fields
from odoo.tests import tagged

from .common import TODAY, OneDebtorCommon
from .test_access import AccessCommon


@tagged("post_install", "-at_install")
class TestScreenCost(AccessCommon):
    """Queries of lists and pages at two sizes."""

    def queries(self, call):
        """Statements of a call that starts with empty caches of records."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        call()
        return self.env.cr.sql_log_count - before

    def read_as_shown(self, model, view_type):
        """A function that reads records with the fields of their view."""
        Model = self.env[model].with_user(self.users["agent"])
        Model = Model.with_company(self.company)
        arch = Model.get_views([(False, view_type)])["views"][view_type]["arch"]
        names = {
            node.get("name")
            for node in etree.fromstring(arch).iter("field")
            if not any(parent.tag == "field" for parent in node.iterancestors())
        }
        asked = {name: {} for name in names if name in Model._fields}
        return lambda ids: Model.browse(ids).web_read(asked)

    def more_customers(self, count):
        """Files of ``count`` more late customers."""
        partners = self.named.browse()
        for number in range(count):
            partner = self.make_debtor(f"Late Debtor {number}")
            self.make_invoice(partner, late=8)
            partners |= partner
        Customer = self.env["recouvrement.customer"].sudo()
        return Customer._get_or_create(self.company, partners.ids)

    def test_list_of_customers(self):
        self.plan()
        files = self.files | self.more_customers(6)
        read = self.read_as_shown("recouvrement.customer", "list")
        read(files.ids)  # views compiled, scenarios kept
        few = self.queries(lambda: read(self.files.ids))
        many = self.queries(lambda: read(files.ids))
        self.assertLessEqual(many, few)

    def test_file_of_a_customer(self):
        """Neither more invoices nor a longer history make it dearer."""
        self.plan()
        file = self.files[0]
        read = self.read_as_shown("recouvrement.customer", "form")
        read(file.ids)
        few = self.queries(lambda: read(file.ids))
        for late in (12, 20, 31, 45):
            self.make_invoice(file.partner_id, late=late)
        many = self.queries(lambda: read(file.ids))
        self.assertLessEqual(many, few)
        self.assertLessEqual(few, 40)

    def test_page_of_a_night(self):
        """The page does not read customers: what takes long comes after it."""
        small = self.plan()
        read = self.read_as_shown("recouvrement.run", "form")
        read(small.ids)
        few = self.queries(lambda: read(small.ids))
        self.more_customers(6)
        large = self.plan(TODAY + timedelta(1))
        many = self.queries(lambda: read(large.ids))
        self.assertLessEqual(many, few)
        self.assertGreater(large.selected_count, 4)


@tagged("post_install", "-at_install")
class TestSeldomFacts(OneDebtorCommon):
    """Passing over the tables that hold nothing for a customer leaves nothing out."""

    INVOICES = ((5, 500.0), (40, 300.0), (-20, 200.0))

    def facts(self):
        """What the planner knows of the customer, and the number of queries for it."""
        Facts = self.env["recouvrement.planner.facts"].sudo()
        versions = Facts._current_versions(self.company)
        context = Facts._context(self.company, TODAY, versions)
        before = self.env.cr.sql_log_count
        (bundle,) = Facts._load(context, self.partner.ids)
        told = {
            name: value for name, value in vars(bundle).items() if name != "context"
        }
        return told, self.env.cr.sql_log_count - before

    def check(self, what):
        """The same facts with and without the first question."""
        with self.subTest(what=what):
            asked, fewer = self.facts()
            Facts = self.registry["recouvrement.planner.facts"]
            with mock.patch.object(Facts, "_without_absent", lambda this, *_args: this):
                read, more = self.facts()
            self.assertEqual(asked, read)
            return asked, fewer, more

    def line(self, number):
        return self.moves[number]._recouvrement_open_lines()

    def test_nothing_is_left_out(self):
        plain, fewer, more = self.check("nothing but invoices")
        self.assertLess(fewer, more - 1)  # it saves more than it asks
        steps = {
            "call": lambda: self.env["recouvrement.call"].create(
                {"customer_id": self.customer.id, "outcome": "transfer"}
            ),
            "option": lambda: self.env["recouvrement.invoice.option"].create(
                {
                    "move_res_id": self.moves[0].id,
                    "company_id": self.company.id,
                    "scenario_id": self.make_scenario("Other", "other").id,
                }
            ),
            "cycle": lambda: (
                self.env["recouvrement.item.cycle"]
                .sudo()
                ._raise_cycle(
                    [
                        (
                            self.company.id,
                            self.customer.id,
                            self.moves[0].id,
                            TODAY - timedelta(5),
                            1,
                        )
                    ],
                    reason="restart",
                )
            ),
            "promise": lambda: self.env["recouvrement.promise"]._record(
                self.customer, self.line(0), 500, TODAY + timedelta(5), "call"
            ),
            "dispute": lambda: self.env["recouvrement.dispute"]._open(
                self.customer,
                self.moves[1],
                self.env["recouvrement.dispute.reason"].search([], limit=1),
                amount=120.0,
                source="call",
            ),
            "plan": lambda: self.env["recouvrement.payment.plan"]._propose(
                self.customer, self.line(2), [(TODAY + timedelta(9), 200.0)]
            ),
            "prediction": lambda: (
                self.env["recouvrement.prediction"].sudo()._refresh(self.company, TODAY)
            ),
            "pause": lambda: self.env["recouvrement.pause"].create(
                {
                    "customer_id": self.customer.id,
                    "reason": "A week asked for",
                    "date_end": TODAY + timedelta(7),
                }
            ),
        }
        before = plain
        for what, happen in steps.items():
            happen()
            now, _fewer, _more = self.check(what)
            if what != "prediction":  # says nothing in percent with so short a history
                self.assertNotEqual(now, before, what)
            before = now


@tagged("post_install", "-at_install")
class TestKeptScenarios(AccessCommon):
    """The scenarios in memory are those of the database."""

    def kept(self):
        """What screens use."""
        return self.env["recouvrement.scenario"]._current_snapshots(self.company)

    def test_built_once(self):
        self.assertIs(self.kept(), self.kept())

    def test_any_change_is_seen(self):
        """Step, text in each language, segment of a scenario, version, a new scenario."""
        scenario = self.scenario
        step = scenario.line_ids[0]
        segment = self.env["recouvrement.segment"].search([], limit=1)
        changes = (
            lambda: scenario.write({"min_gap_days": 11}),
            lambda: step.write({"delay": step.delay + 1}),
            lambda: step.template_id.write({"subject": "Another subject"}),
            lambda: scenario.write({"segment_ids": [Command.set(segment.ids)]}),
            lambda: segment.write({"name": "Another name"}),
            lambda: self.env["recouvrement.scenario"]._freeze_versions(self.company),
            lambda: scenario.copy({"code": "copied", "name": "Copied"}),
            lambda: step.write({"active": False}),
        )
        for number, change in enumerate(changes):
            before = self.kept()
            change()
            fresh = self.env["recouvrement.scenario"]._snapshots(self.company)
            with self.subTest(change=number):
                self.assertIsNot(self.kept(), before)
                self.assertEqual(list(self.kept()), [row[1:] for row in fresh])

    def test_a_change_rolled_back_is_forgotten(self):
        before = self.kept()
        savepoint = self.env.cr.savepoint()
        self.scenario.min_gap_days = 13
        changed = self.kept()
        savepoint.close(rollback=True)
        self.env.invalidate_all()
        self.assertNotEqual(changed, before)
        self.assertEqual(self.kept(), before)


@tagged("post_install", "-at_install")
class TestBrief(AccessCommon):
    """Who pays, what is promised, the last words of each side."""

    def setUp(self):
        super().setUp()
        self.file = self.files.filtered(lambda f: f.partner_id == self.named)

    def test_who_pays(self):
        self.assertEqual(self.file.payer_id, self.named)
        contact = self.env["res.partner"].create(
            {
                "name": "Accounts payable",
                "parent_id": self.named.id,
                "email": "pay@named.example",
                "phone": "+33 1 23 45 67 89",
            }
        )
        self.file.collection_contact_ids = contact
        self.file.invalidate_recordset()
        self.assertEqual(self.file.payer_id, contact)
        self.assertEqual(self.file.payer_email, "pay@named.example")
        self.assertIn("23 45", self.file.payer_phone)

    def test_promised(self):
        self.assertEqual(self.file.total_promised, 0)
        lines = self.moves[0]._recouvrement_open_lines()
        self.env["recouvrement.promise"]._record(
            self.file, lines, 100, TODAY + timedelta(5), "call"
        )
        self.file.invalidate_recordset()
        self.assertEqual(self.file.total_promised, 100)

    def test_last_contact_of_each_side(self):
        self.assertFalse(self.file.last_sent_label or self.file.last_heard_label)
        self.night()
        self.file.invalidate_recordset()
        self.assertIn(self.reminder_of_file().step_name, self.file.last_sent_label)
        self.assertFalse(self.file.last_heard_label)
        Call = self.env["recouvrement.call"]
        Call.create({"customer_id": self.file.id, "outcome": "unreachable"})
        self.file.invalidate_recordset()
        self.assertFalse(self.file.last_heard_label, "Nobody was reached")
        earlier = fields.Datetime.now() - timedelta(hours=1)
        Call.create({"customer_id": self.file.id, "outcome": "transfer", "at": earlier})
        self.file.invalidate_recordset()
        self.assertIn("Transfer made", self.file.last_heard_label)
        self.file.message_post(
            body="It leaves tomorrow",
            message_type="email",
            author_id=self.named.id,
            subtype_xmlid="mail.mt_comment",
        )
        self.file.invalidate_recordset()
        self.assertIn("Reply", self.file.last_heard_label)

    def reminder_of_file(self):
        """The message of the night to this customer."""
        return self.env["recouvrement.reminder"].search(
            [("customer_id", "=", self.file.id)]
        )
