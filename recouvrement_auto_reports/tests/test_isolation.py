"""Who sees what of the figures: every model, list, pivot, tile, print-out and export.

Each table is compared with the registry, so that a new one without a row here fails.
"""

import io
import zipfile
from datetime import timedelta

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.recouvrement_auto.tests.access_rights import (
    ROLES,
    own_models,
    rights_on,
)
from odoo.addons.recouvrement_auto.tests.common import TODAY

from ..controllers import recouvrement_auto_reports as controllers
from .export_common import ExportCommon

MODULE = "recouvrement_auto_reports"

# model: rights of salesperson, agent, manager, auditor; path to the customer whose data a
# row is: a salesperson reads those of his own customers alone
MODELS = {
    "recouvrement.kpi.item": (("r", "r", "r", "r"), "partner_id"),
    "recouvrement.kpi.forecast": (("r", "r", "r", "r"), "partner_id"),
    "recouvrement.kpi.claimable": (("r", "r", "r", "r"), "customer_id.partner_id"),
    "recouvrement.kpi.orphan": (("r", "r", "r", "r"), "customer_id.partner_id"),
    "recouvrement.kpi.snapshot": (("r", "r", "r", "r"), "customer_id.partner_id"),
    "recouvrement.loss": (("r", "r", "r", "r"), "partner_id"),
    "recouvrement.alert": (("r", "r", "r", "r"), "customer_id.partner_id"),
    "recouvrement.aged.balance.report.line": (("r", "r", "r", "r"), "partner_id"),
    # what he asked for himself; the files are opened below
    "recouvrement.export": (("rwcd",) * 4, "customer_ids.partner_id"),
    "recouvrement.export.part": (("r", "r", "r", "r"), "customer_id.partner_id"),
    # questions of whoever asks them, without a customer in them
    "recouvrement.aged.balance.report": (("rwcd",) * 4, None),
    "recouvrement.aged.balance.report.bucket": (("rwcd",) * 4, None),
    # rules say nothing of a customer
    "recouvrement.alert.rule": (("r", "r", "rwcd", "r"), None),
    "recouvrement.alert.condition": (("r", "r", "rwcd", "r"), None),
    # not for salespersons
    "recouvrement.action.time": (("", "r", "rwcd", "r"), None),
    "recouvrement.benchmark": (("", "r", "rwcd", "r"), None),
    "recouvrement.circularisation": (("", "r", "rwcd", "r"), None),
    "recouvrement.circularisation.line": (("", "rw", "rwcd", "r"), None),
    "recouvrement.cycle.time": (("", "r", "r", "r"), None),
    "recouvrement.effectiveness": (("", "r", "r", "r"), None),
    "recouvrement.effectiveness.comparison": (("", "rwcd", "rwcd", "rwcd"), None),
    "recouvrement.kpi.habit": (("", "r", "r", "r"), None),
    "recouvrement.roi": (("", "r", "rwcd", "r"), None),
}
# kind of export: whether a salesperson may have it, of his own customers
EXPORTS = {
    "history": False,
    "evidence": False,
    "statements": True,
    "receipts": True,
    "losses": True,
}
# print-outs: model -> what a salesperson gets
REPORTS = {
    "recouvrement.aged.balance.report": "own",
    "recouvrement.circularisation.line": "refused",
}
GROUPED = ("many2one", "selection", "date", "char", "integer", "boolean")
ROUTES = {"aged_balance"}  # tested in test_aged_balance_download


@tagged("post_install", "-at_install")
class TestIsolation(ExportCommon):
    """A salesperson with one of two customers that have the same of everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.users["salesperson"]
        company, su = cls.company, cls.env(su=True)
        day = cls.company._recouvrement_today()
        accounts = su["account.account"].create(
            {"code": "654999", "name": "Lost", "account_type": "expense"}
        )
        for partner, file in cls.files.items():
            cls.lose(partner, accounts, day)
            file.legal_regime = "business"
        month_end = day.replace(day=1) - timedelta(days=1)
        su["recouvrement.kpi.snapshot"]._take(company, month_end)
        su["recouvrement.kpi.claimable"]._refresh(company, day)
        cls.write_lists(su, company, day)

    @classmethod
    def lose(cls, partner, account, day):
        """An amount written off on a customer."""
        receivable = partner.property_account_receivable_id
        lines = ((account, 10), (receivable, -10))
        cls.env["account.move"].create(
            {
                "move_type": "entry",
                "date": day,
                "journal_id": cls.env["account.journal"]
                .search(
                    [("type", "=", "general"), ("company_id", "=", cls.company.id)],
                    limit=1,
                )
                .id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": one.id,
                            "balance": balance,
                            "partner_id": partner.id,
                        }
                    )
                    for one, balance in lines
                ],
            }
        ).action_post()

    @classmethod
    def write_lists(cls, su, company, day):
        """An orphan, an alert and an export with a part for each of the two."""
        rule = su["recouvrement.alert.rule"].search(
            [("scope", "=", "customer")], limit=1
        )
        exports = [
            su["recouvrement.export"].create(
                {
                    "kind": "statements",
                    "company_id": company.id,
                    "user_id": user.id,
                    "customer_ids": [Command.set(cls.files[partner].ids)],
                }
            )
            for user, partner in (
                (cls.seller, cls.first),
                (cls.users["agent"], cls.second),
            )
        ]
        for partner, file in cls.files.items():
            own = {"company_id": company.id, "customer_id": file.id}
            su["recouvrement.kpi.orphan"]._insert_rows(
                [{**own, "date": day, "reason": "-", "amount": 1}]
            )
            su["recouvrement.alert"].create(
                {**own, "rule_id": rule.id, "since": day, "seen_on": day}
            )
            su["recouvrement.export.part"].create(
                {
                    "export_id": exports[partner == cls.second].id,
                    "customer_id": file.id,
                    "name": partner.name,
                }
            )

    def of(self, role):
        """The environment of a user with the company switched on."""
        return self.env(
            user=self.users[role],
            su=False,
            context={"allowed_company_ids": self.company.ids},
        )

    def show_balances(self):
        """The aged balance on the screen of everybody."""
        for role in ROLES:
            report = self.of(role)["recouvrement.aged.balance.report"].create({})
            report.action_show()

    # === MODELS === #

    def test_every_model_has_a_row(self):
        self.assertEqual(own_models(self.registry, MODULE), set(MODELS))

    def test_rights_of_each_role(self):
        for name, (row, _path) in MODELS.items():
            for role, expected in zip(ROLES, row, strict=True):
                found = rights_on(self.of(role)[name])
                with self.subTest(model=name, role=role):
                    self.assertEqual(found, expected)

    def test_rows_of_his_customers_alone(self):
        """In each list his customers, all of them and nobody else; whoever sees everything
        finds the other one there, so that the list is not simply empty."""
        self.show_balances()
        for name, (row, path) in MODELS.items():
            if not path:
                continue
            with self.subTest(model=name):
                self.assertEqual(row[0][:1], "r")
                found = self.of("salesperson")[name].search([])
                partners = found.sudo().mapped(path)
                self.assertEqual(partners.commercial_partner_id, self.first)
                every = self.env(su=True)[name].with_context(
                    allowed_company_ids=self.company.ids
                )
                if name != "recouvrement.aged.balance.report.line":  # private to each
                    others = every.search([]).mapped(path).commercial_partner_id
                else:
                    others = self.of("agent")[name].search([]).mapped(path)
                self.assertIn(self.second, others)

    def test_snapshots_without_customer(self):
        """The rows by group, too, are those of his own name."""
        found = self.of("salesperson")["recouvrement.kpi.snapshot"].search([])
        self.assertTrue(found)
        self.assertEqual(found.salesperson_id, self.seller)

    # === LISTS, PIVOTS, GRAPHS === #

    def test_every_view_of_a_list(self):
        """Sums of each pivot, graph and list by each of its groupings: his rows alone."""
        self.show_balances()
        views = (
            self.env["ir.ui.view"]
            .sudo()
            .search(
                [
                    ("model", "in", list(MODELS)),
                    ("type", "in", ("list", "pivot", "graph")),
                ]
            )
        )
        tried = set()
        for view in views:
            path = MODELS[view.model][1]
            if not path or not self.of("salesperson")[view.model].has_access("read"):
                continue
            for axis in self.axes(view):
                with self.subTest(view=view.xml_id, axis=axis):
                    self.check_axis(view.model, axis)
                tried.add((view.model, view.type))
        self.assertGreater(len(tried), 6)

    def axes(self, view):
        """Fields that a pivot or graph groups by; all stored ones of a list."""
        model = self.env[view.model]
        names = [node.get("name") for node in etree.fromstring(view.arch).iter("field")]
        return {
            name
            for name in names
            if model._fields[name].store and model._fields[name].type in GROUPED
        }

    def check_axis(self, name, axis):
        """A grouping counts as many rows as his list has."""
        field = self.env[name]._fields[axis]
        spec = f"{axis}:month" if field.type in ("date", "datetime") else axis
        model = self.of("salesperson")[name]
        rows = model._read_group([], [spec], ["__count"])
        self.assertEqual(sum(count for _value, count in rows), model.search_count([]))
        if axis == "partner_id":
            self.assertEqual({value for value, _count in rows}, {self.first})

    def test_actions_are_of_tested_models(self):
        """What the menus of this add-on open is in the table, or refused to him."""
        actions = self.env["ir.actions.act_window"].sudo().search([])
        own = actions.filtered(lambda one: (one.xml_id or "").startswith(f"{MODULE}."))
        self.assertGreater(len(own), 10)
        for action in own - own.filtered(lambda one: one.res_model in MODELS):
            with self.subTest(action=action.xml_id):
                self.assertFalse(
                    self.of("salesperson")[action.res_model].has_access("read")
                )

    # === TILES === #

    def test_every_tile(self):
        """The list behind each number names nobody but his customer."""
        board = self.of("salesperson")["recouvrement.dashboard"]
        figures = board.read_figures({})
        self.assertGreater(len(figures["tiles"]), 15)
        for tile in figures["tiles"]:
            with self.subTest(tile=tile["key"]):
                action = board.open_list(tile["key"], {})
                rows = board.env[action["res_model"]].search(action["domain"])
                self.assertEqual(len(rows), tile["count"])
                for name in ("partner_id", "customer_id"):
                    if name in rows._fields:
                        found = rows.sudo()[name] if rows else rows.browse()[name]
                        if name == "customer_id":
                            found = found.partner_id
                        self.assertLessEqual(found.commercial_partner_id, self.first)
        self.assertEqual(
            {one["id"] for one in figures["top"]}, {self.files[self.first].id}
        )

    # === EXPORTS AND PRINT-OUTS === #

    def test_every_export_has_a_row(self):
        field = self.env["recouvrement.export"]._fields["kind"]
        kinds = {kind for kind, _label in field._description_selection(self.env)}
        self.assertEqual(kinds, set(EXPORTS))

    def test_every_export(self):
        """The files that he may have do not know the other one."""
        for kind, allowed in EXPORTS.items():
            values = {"kind": kind, "statement_format": "xlsx"}
            if kind == "evidence":
                values["customer_ids"] = self.files[self.first].ids
            with self.subTest(kind=kind):
                if not allowed:
                    with self.assertRaises(AccessError):
                        self.ask("salesperson", **values)
                    continue
                mine = self.texts(self.make("salesperson", **values))
                self.assertIn("HYPERLINK(evil)", mine)
                self.assertNotIn(self.second.name, mine)
                self.assertIn(
                    self.second.name, self.texts(self.make("agent", **values))
                )

    def texts(self, export):
        """All that is written in a file, in the files within it, and in their names."""
        self.assertEqual((export.state, export.message), ("done", False))
        found, left = [export.file_name], [export.sudo().attachment_id.raw]
        while left:
            content = left.pop()
            if not content.startswith(b"PK"):
                found.append(content.decode("utf-8", "replace"))
                continue
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                found += archive.namelist()
                left += [archive.read(name) for name in archive.namelist()]
        return "\n".join(found)

    def test_every_print_out(self):
        reports = self.env["ir.actions.report"].sudo().search([])
        own = reports.filtered(lambda one: (one.xml_id or "").startswith(f"{MODULE}."))
        self.assertEqual(set(own.mapped("model")), set(REPORTS))
        for report in own:
            env = self.of("salesperson")
            with self.subTest(report=report.xml_id):
                if REPORTS[report.model] == "refused":
                    self.assertFalse(env[report.model].has_access("read"))
                    continue
                asked = env[report.model].create({"date": TODAY})
                html, _kind = env["ir.actions.report"]._render_qweb_html(
                    report.report_name, asked.ids
                )
                text = html.decode() if isinstance(html, bytes) else str(html)
                self.assertIn("HYPERLINK(evil)", text)
                self.assertNotIn(self.second.name, text)

    def test_every_route(self):
        found = {
            name
            for name, value in vars(controllers.RecouvrementAutoReports).items()
            if hasattr(value, "original_routing")
        }
        self.assertEqual(found, ROUTES)
