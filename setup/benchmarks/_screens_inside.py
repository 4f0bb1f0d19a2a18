"""The measured part of `setup/bench screens`; runs inside `odoo shell`, as an agent."""

from lxml import etree

from odoo.tools.safe_eval import safe_eval

from . import _gauge, _night_inside, _screens_places

OURS = "recouvrement_auto"
ROWS = 80


def measure(env, repeat):
    """``{screen: {"ours", "floor", "goal"}}`` of each screen, medians of ``repeat``."""
    _night_inside.prepare(env)
    _night_inside.reset(env)
    env.company.recouvrement_mode = "confirm"
    today = env.company._recouvrement_today()
    env["recouvrement.run"]._refresh_facts(env.company, today)
    run = env["recouvrement.run"]._run(env.company, today)
    large = _screens_places.prepare(env, today)
    env.cr.execute("ANALYZE")
    env.cr.commit()
    found = {}
    agent = env(user=_agent(env).id)
    for name, ours, floor in _screens(agent, run.id, today, large):
        found[name] = {}
        for key, call in (("ours", ours), ("floor", floor)):
            call()  # views are compiled and plans cached once
            costs = [_gauge.measure(env, call)[0] for _turn in range(repeat)]
            found[name][key] = _gauge.middle(costs)
    return found


def _agent(env):
    groups = [
        "base.group_user",
        "recouvrement_auto.recouvrement_auto_group_manager",
        "account.group_account_invoice",
    ]
    return env["res.users"].create(
        {
            "name": "Bench agent",
            "login": "bench-agent",
            "email": "bench@negoce.example",
            "group_ids": [(6, 0, [env.ref(xmlid).id for xmlid in groups])],
        }
    )


def _screens(env, run_id, today, large):
    sql = Floor(env, today)
    customer = sql.busiest()
    invoice = sql.latest_invoice(customer)
    partner = env["recouvrement.customer"].browse(customer).partner_id.id
    yield "customer list", _list(env, "recouvrement_customer_action"), sql.customers
    yield (
        "customer form",
        _form(env, "recouvrement.customer", customer),
        _core_partner(env, partner),
    )
    timeline = env["recouvrement.timeline"]
    yield (
        "customer, tab",
        lambda: timeline.get_page("recouvrement.customer", customer),
        lambda: sql.history(customer),
    )
    yield "run page", _form(env, "recouvrement.run", run_id), sql.run_states(run_id)
    night = env["recouvrement.run"].browse(run_id)
    yield (
        "run, figures",  # read by the page once it is shown
        lambda: night.read(["orphan_count", "excluded_amount"]),
        sql.customers,
    )
    yield (
        "to confirm",
        _list(env, "recouvrement_reminder_action_to_confirm"),
        sql.to_confirm,
    )
    yield (
        "invoice form",
        _form(env, "account.move", invoice),
        _form(env, "account.move", invoice, without_ours=True),
    )
    yield from _screens_places.screens(env, lambda name: _list(env, name), large, sql)
    if "recouvrement.dashboard" in env:
        dashboard = env["recouvrement.dashboard"]
        yield "dashboard", dashboard.read_figures, _core_dashboard(env)
    if "recouvrement.aged.balance.report" in env:
        yield "balance âgée", _aged(env), sql.aged


# === WHAT THE CLIENT ASKS === #


def _list(env, action_name):
    """The first page of an action with its default filters."""
    action = env.ref(f"recouvrement_auto.{action_name}").sudo()
    view = action.view_ids.filtered(lambda v: v.view_mode == "list").view_id
    Model = env[action.res_model]
    views = Model.get_views([(view.id, "list"), (action.search_view_id.id, "search")])
    arch = etree.fromstring(views["views"]["list"]["arch"])
    search = etree.fromstring(views["views"]["search"]["arch"])
    domain = safe_eval(action.domain or "[]")
    for key in safe_eval(action.context or "{}", {"uid": env.uid}):
        for node in search.xpath(f"//filter[@name='{key[15:]}']"):
            domain = [*domain, *safe_eval(node.get("domain") or "[]")]
    asked = _specification(Model, arch)
    return lambda: Model.web_search_read(domain, asked, limit=ROWS)


def _form(env, model, record_id, without_ours=False):
    """One record as its form reads it."""
    Model = env[model]
    arch = etree.fromstring(Model.get_views([(False, "form")])["views"]["form"]["arch"])
    asked = _specification(Model, arch)
    if without_ours:
        asked = {n: s for n, s in asked.items() if not _is_ours(Model._fields[n])}
    return lambda: Model.browse(record_id).web_read(asked)


def _is_ours(field):
    return any(module.startswith(OURS) for module in field._modules)


def _specification(model, arch):
    """The fields of a view as the web client asks for them."""
    asked = {}
    for node in arch.iter("field"):
        inside = [n for n in node.iterancestors("field") if n is not arch]
        name = node.get("name")
        if inside or name not in model._fields:
            continue
        field = model._fields[name]
        asked[name] = {}
        if field.type == "many2one":
            asked[name] = {"fields": {"display_name": {}}}
        elif field.type in ("one2many", "many2many"):
            asked[name] = _sub_specification(model.env[field.comodel_name], node)
    return asked


def _sub_specification(model, node):
    rows = node.find("list")
    if rows is None:
        return {"fields": {"display_name": {}}, "limit": 40}
    return {"fields": _specification(model, rows), "limit": 40}


def _aged(env):
    """The report of today computed, and the first page of its list by customer."""
    Report = env["recouvrement.aged.balance.report"]

    def call():
        action = Report.create({}).action_show()
        lines = env[action["res_model"]].with_context(**action["context"])
        domain = action["domain"]
        return lines.formatted_read_group(
            domain, ["partner_id"], ["amount:sum"], limit=ROWS
        )

    return call


# === FLOORS === #


def _core_partner(env, partner_id):
    """What core shows of a customer: its balance, its delay, its sales."""
    names = ("credit", "days_sales_outstanding", "total_invoiced")
    partner = env["res.partner"].sudo().browse(partner_id)
    return lambda: [partner[name] for name in names]


def _core_dashboard(env):
    journals = env["account.journal"].sudo()
    return lambda: journals.search([]).mapped("kanban_dashboard")


class Floor:
    """Plain SQL that reads the same figures."""

    def __init__(self, env, today):
        self.cr = env.cr
        self.today = today
        self.open = env["recouvrement.open.item"].sudo()
        self.company = env.company

    def rows(self, statement, *values):
        """Execute and fetch."""
        self.cr.execute(statement, values or None)
        return self.cr.fetchall()

    def busiest(self):
        """The file with most reminder items."""
        statement = """SELECT customer_id FROM recouvrement_reminder_item
                        GROUP BY 1 ORDER BY COUNT(*) DESC, 1 LIMIT 1"""
        return self.rows(statement)[0][0]

    def latest_invoice(self, customer_id):
        """An invoice that this customer is asked to pay."""
        statement = """SELECT MAX(move_res_id) FROM recouvrement_reminder_item
                        WHERE customer_id = %s AND role = 'leader'"""
        return self.rows(statement, customer_id)[0][0]

    def history(self, customer_id):
        """The last messages of one customer."""
        statement = """SELECT * FROM recouvrement_reminder WHERE customer_id = %s
                     ORDER BY date DESC, id DESC LIMIT 30"""
        return self.rows(statement, customer_id)

    def _items(self):
        query = self.open._query(self.company, self.today, live=True)
        return self.cr.mogrify(query.code, query.params).decode()

    def customers(self):
        """One page of customers by overdue amount."""
        return self.rows(
            "SELECT file.id, partner.name, SUM(item.amount) FROM ("
            + self._items().replace("%", "%%")
            + """) item JOIN recouvrement_customer file
                 ON file.partner_id = item.partner_id
               JOIN res_partner partner ON partner.id = file.partner_id
              WHERE item.due_date < %s GROUP BY 1, 2 HAVING SUM(item.amount) > 0
           ORDER BY 3 DESC LIMIT 80""",
            self.today,
        )

    def rows_of(self, kind):
        """One page of a table of ours, and how many rows there are."""
        table = f"recouvrement_{kind}"
        count = f"SELECT COUNT(*) FROM {table}"
        page = f"SELECT * FROM {table} ORDER BY id DESC LIMIT 80"
        return lambda: (self.rows(count), self.rows(page))

    def items_of(self, partner_id):
        """The open items of one customer."""
        query = self.open._query(
            self.company, self.today, live=True, partner_ids=[partner_id]
        )
        self.cr.execute(query)
        return self.cr.fetchall()

    def run_states(self, run_id):
        """Reminders, items and amounts by state."""
        statement = """SELECT state, COUNT(*), SUM(item_count), SUM(total_overdue)
                         FROM recouvrement_reminder WHERE run_id = %s GROUP BY 1"""
        return lambda: self.rows(statement, run_id)

    def to_confirm(self):
        """One page of what waits for a person, and how many there are."""
        count = "SELECT COUNT(*) FROM recouvrement_reminder WHERE state = 'to_confirm'"
        page = """SELECT reminder.*, partner.name FROM recouvrement_reminder reminder
                    JOIN recouvrement_customer file ON file.id = reminder.customer_id
                    JOIN res_partner partner ON partner.id = file.partner_id
                   WHERE reminder.state = 'to_confirm'
                ORDER BY reminder.date DESC, reminder.id DESC LIMIT 80"""
        return self.rows(count), self.rows(page)

    def aged(self):
        """Buckets per customer."""
        return self.rows(
            "SELECT partner_id, width_bucket(%s::date - due_date, ARRAY[1, 31, 61, 91]),"
            " SUM(amount) FROM (" + self._items().replace("%", "%%") + ") item"
            " GROUP BY 1, 2",
            self.today,
        )
