import hashlib
from dataclasses import dataclass
from urllib.parse import urlencode

from werkzeug.exceptions import TooManyRequests

from odoo import http
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.recouvrement_customer_portal import PATH
from ..tools.statement import FILTERS, SORTS, chosen

PAGE = {
    "type": "http",
    "auth": "public",
    "website": True,
    "sitemap": False,
    "multilang": False,
}
LINES_PER_PAGE = 80
MAX_CHOSEN = 200
MAX_ID = 2**31 - 1
HEADERS = {
    # The address is a key: no other site, cache or search engine may learn it.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex, nofollow",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
# A website's own trackers would read the address too: no script of others, nothing told to
# others. Odoo's assets need inline scripts and compile templates in the browser.
CONTENT_POLICY = (
    "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob: %(own)s; "
    "connect-src 'self' %(own)s; img-src 'self' data: blob: %(own)s; "
    "frame-src 'self'; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)
RATE_PARAMETER = "recouvrement_auto.portal_visits_per_minute"


@dataclass(frozen=True)
class Visit:
    """Who looks at whose page. ``customer`` is a superuser record: the link or the login
    let him in, and everything below is read for this customer alone."""

    customer: object
    key: str
    contact: object  # the portal user's contact, empty behind a signed link
    is_colleague: bool  # an internal user: looks, never answers in the customer's place

    def url(self, page=""):
        """Path of a page of this visit."""
        return f"{PATH}/{self.key}" + (f"/{page}" if page else "")


def to_id(text):
    """A record id from outside, 0 when it is none."""
    text = str(text or "")
    if not text.isascii() or not text.isdigit() or len(text) > 10:
        return 0
    return int(text) if int(text) <= MAX_ID else 0


class RecouvrementPortal(CustomerPortal):
    """Statement of account of a customer, behind a signed link or a login.

    One ``key`` in every address: the token of a link, or the id of a file for a portal user
    of that customer. Whatever does not open a page answers the same way.
    """

    # === WHO === #

    def _count_page(self):
        """Refuse an address that comes too often."""
        # sudo: a technical parameter, and rows that nobody has rights on
        env = request.env(su=True)
        rate = to_id(env["ir.config_parameter"].get_param(RATE_PARAMETER))
        address = request.httprequest.remote_addr or ""
        if not env["recouvrement.portal.visit"]._allow("page", address, rate or None):
            raise TooManyRequests()

    def _visit(self, key):
        """The visit behind a key, ``None`` when it opens nothing."""
        self._count_page()
        Customer, user = request.env["recouvrement.customer"], request.env.user
        number = to_id(key)
        if number:
            customer = Customer._of_portal_user(user, number)
        else:
            customer = Customer._of_portal_token(str(key))
        if not customer:
            return None
        colleague = user._is_internal()
        return self._open(customer, str(key), user, colleague)

    def _open(self, customer, key, user, colleague):
        customer = customer.with_company(customer.company_id)
        lang = self._lang(customer, user)
        request.update_context(lang=lang)
        partner = user.sudo().partner_id  # whose contact it is, nothing more
        mine = (
            user._is_portal() and partner.commercial_partner_id == customer.partner_id
        )
        contact = partner if mine else partner.browse()
        return Visit(customer.with_context(lang=lang), key, contact, colleague)

    def _lang(self, customer, user):
        """The reader's choice, his own language when he is known, else the customer's."""
        installed = dict(request.env["res.lang"].get_installed())
        asked = request.params.get("lang")
        if asked in installed:
            request.session["recouvrement_lang"] = asked
            return asked
        chosen_before = request.session.get("recouvrement_lang")
        if chosen_before in installed:
            return chosen_before
        if not user._is_public() and user.lang in installed:
            return user.lang
        return request.env["recouvrement.statement"]._lang(customer)

    def _missing(self):
        """The one answer for whatever does not exist, is not yours, or no longer works."""
        response = request.render("recouvrement_auto.portal_missing", {}, status=404)
        return self._sealed(response)

    def _sealed(self, response, only_ours=True):
        """Seal a page.

        :param only_ours: False where scripts of a payment provider must run
        """
        response.headers.update(HEADERS)
        if only_ours:
            policy = CONTENT_POLICY % {"own": self._asset_host()}
            response.headers["Content-Security-Policy"] = policy
        return response

    def _asset_host(self):
        """Where Odoo's website serves its assets from, when it is set up to use a CDN."""
        website = getattr(request, "website", None)
        host = (website.cdn_activated and website.cdn_url) if website else ""
        return "" if not host or ";" in host else host

    # === PAGES === #

    def _render(self, template, visit, status=200, only_ours=True, **values):
        customer = visit.customer
        Statement = request.env["recouvrement.statement"]
        lang = request.env.lang
        response = request.render(
            f"recouvrement_auto.{template}",
            {
                "visit": visit,
                "customer": customer,
                "company": customer.company_id,
                "res_company": customer.company_id,
                "page_name": "recouvrement_statement",
                # What Odoo's own forms on the page (signature, payment) speak too.
                "html_data": {"lang": lang.replace("_", "-")},
                "kinds": Statement._kind_labels(),
                "languages": request.env["res.lang"].get_installed(),
                "responsible": customer.responsible_id,
                **Statement._formatters(lang),
                **values,
            },
            status=status,
        )
        return self._sealed(response, only_ours)

    def _statement(self, visit):
        """What is open now, as the chase takes it."""
        Statement = request.env["recouvrement.statement"].sudo()  # see ``Visit``
        return Statement._build(visit.customer, lang=request.env.lang, live=True)

    def _chosen(self, visit, statement=None):
        """Open debts that the visitor ticked (``i``); others' ids find nothing."""
        wanted = {to_id(text) for text in request.httprequest.values.getlist("i")}
        if not wanted or len(wanted) > MAX_CHOSEN:
            return []
        statement = statement or self._statement(visit)
        return [line for line in statement.debts if line.line_id in wanted]

    # === ROUTES === #

    @http.route(PATH, type="http", auth="user", website=True, methods=["GET"])
    def statement_home(self):
        """The page of a portal user; the choice when he owes to several companies."""
        user = request.env.user
        if not user._is_portal():
            return self._missing()
        customers = request.env["recouvrement.customer"]._of_portal_user(user)
        if not customers:
            customers = self._first_file(user)
        if len(customers) == 1:
            return request.redirect(f"{PATH}/{customers.id}")
        response = request.render(
            "recouvrement_auto.portal_statement_choice",
            {"customers": customers, "page_name": "recouvrement_statement"},
        )
        return self._sealed(response)

    def _first_file(self, user):
        partner = user.sudo().partner_id.commercial_partner_id  # his own customer
        # sudo: a portal user may cause his own file, he writes nothing in it
        Customer = request.env["recouvrement.customer"].sudo()
        return Customer._get_or_create(user.sudo().company_id, partner.ids)

    @http.route(f"{PATH}/<string:key>", methods=["GET"], **PAGE)
    def statement_page(self, key, **params):
        """Statement with search, filter, order, and what was said."""
        visit = self._visit(key)
        if not visit:
            return self._missing()
        self._log_opening(visit)
        statement = self._statement(visit)
        asked = self._asked(params)
        lines = chosen(statement.lines, **asked)
        pager = self._pager(visit, len(lines), to_id(params.get("page")), asked)
        shown = lines[pager["offset"] : pager["offset"] + LINES_PER_PAGE]
        return self._render(
            "portal_statement",
            visit,
            **asked,
            statement=statement,
            lines=shown,
            pager=pager,
            filters=self._filter_labels(),
            sorts=self._sort_labels(),
            ticked=self._ticked(statement, params),
            payable=self._payable_ids(visit, shown),
            done=params.get("done"),
            bank=request.env["recouvrement.renderer"]._bank(visit.customer.company_id),
            **self._said(visit),
        )

    def _asked(self, params):
        """Search, filter and order that exist."""
        which, sort = params.get("filter"), params.get("sort")
        return {
            "text": str(params.get("search") or "")[:100],
            "which": which if which in FILTERS else FILTERS[0],
            "sort": sort if sort in SORTS else SORTS[0],
        }

    def _pager(self, visit, total, page, asked):
        """Pages as ``?page=n``: the portal's pager writes them into the path."""
        pager = portal_pager(visit.url(), total, max(page, 1), LINES_PER_PAGE)
        query = {"search": asked["text"], "filter": asked["which"]}
        query["sort"] = asked["sort"]
        places = [part for part in pager.values() if isinstance(part, dict)]
        for place in (*places, *pager.get("pages", ())):
            query["page"] = place["num"]
            place["url"] = f"{visit.url()}?{urlencode(query)}"
        return pager

    def _ticked(self, statement, params):
        """Lines ticked when the page opens: those of the invoice that the link names, or
        all that is overdue."""
        if params.get("tick") == "overdue":
            return {line.line_id for line in statement.debts if line.is_overdue}
        move_id = to_id(params.get("invoice"))
        named = {line.line_id for line in statement.debts if line.move_id == move_id}
        return named | {to_id(text) for text in request.httprequest.args.getlist("i")}

    def _said(self, visit):
        """What the customer told us and what became of it. Answers extend it."""
        return {"said": []}

    def _payable_ids(self, visit, lines):
        """Ids of the lines that can be paid online now."""
        moves = request.env["account.move"].sudo()  # invoices of this statement
        moves = moves.browse([line.move_id for line in lines if line.payable])
        open_moves = set(moves.filtered(lambda move: move._has_to_be_paid()).ids)
        return {line.line_id for line in lines if line.move_id in open_moves}

    def _filter_labels(self):
        env = request.env
        return {
            "all": env._("Everything"),
            "overdue": env._("Overdue"),
            "not_due": env._("Not due yet"),
            "disputed": env._("Disputed"),
            "credits": env._("In your favour"),
        }

    def _sort_labels(self):
        env = request.env
        return {
            "due_date": env._("Due date"),
            "invoice_date": env._("Date"),
            "number": env._("Number"),
            "amount": env._("Amount"),
        }

    def _log_opening(self, visit):
        """Once a day: that the page was opened, by a person or by a filter of mails."""
        if visit.is_colleague:
            return
        visit.customer._portal_log_opening(self._trace(visit))

    def _trace(self, visit):
        """What the log keeps of a visit: never the token itself."""
        mark = hashlib.sha256(visit.key.encode()).hexdigest()[:16]
        return {
            "facts": {"link": mark} if not to_id(visit.key) else {"login": True},
            "personal": {
                "ip": request.httprequest.remote_addr or "",
                "contact": visit.contact.name or "",
            },
        }
