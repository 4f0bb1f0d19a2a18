from decimal import Decimal

from odoo import fields, http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.account_payment.controllers.payment import PaymentPortal
from odoo.addons.account_payment.controllers.portal import PortalAccount

from ..models.recouvrement_customer_portal import PATH
from .portal import MAX_CHOSEN, PAGE, RecouvrementPortal, to_id


class RecouvrementPortalPayment(RecouvrementPortal, PortalAccount, PaymentPortal):
    """Pay one or several open items through Odoo's payment providers.

    The amount is read from the ledger when the page opens and again when the payment
    starts: nothing that the browser says about money is believed.
    """

    @http.route(f"{PATH}/<string:key>/pay", methods=["GET"], **PAGE)
    def statement_pay(self, key, **params):
        """The payment form for the ticked lines."""
        visit = self._visit(key)
        if not visit:
            return self._missing()
        lines = self._chosen(visit)
        problem = self._payment_problem(visit, lines)
        if problem:
            return self._render(
                "portal_problem", visit, problem=problem, title=request.env._("Pay")
            )
        amount = sum((line.asked for line in lines), Decimal(0))
        currency = lines[0].currency
        ids = "-".join(str(line.line_id) for line in lines)
        values = self._get_common_page_view_values(
            invoices_data={
                "partner": visit.customer.partner_id,
                "company": visit.customer.company_id,
                "total_amount": float(amount),
                "currency": currency,
                "amount_residual": float(amount),
                "landing_route": visit.url() + "?done=paid",
                "transaction_route": visit.url(f"transaction/{ids}"),
            },
            access_token=visit.key,
        )
        if not visit.contact:
            self._without_cards(values)
        return self._render(
            "portal_payment",
            visit,
            only_ours=False,
            **values,
            lines=lines,
            amount=float(amount),
        )

    def _without_cards(self, values):
        """A link travels: whoever holds it neither uses nor leaves a stored card."""
        values["tokens_sudo"] = values["tokens_sudo"].browse()
        providers = values["providers_sudo"]
        values["show_tokenize_input_mapping"] = dict.fromkeys(providers.ids, False)

    def _payment_problem(self, visit, lines):
        """Why these lines cannot be paid online now; '' when they can."""
        env = request.env
        if visit.is_colleague:
            return env._("You see the customer's page: only the customer can pay here.")
        if not lines:
            return env._("Tick what you want to pay first.")
        if len({line.currency for line in lines}) > 1:
            return env._("Pay one currency at a time: tick lines of the same currency.")
        payable = self._payable_ids(visit, lines)
        refused = [line.number for line in lines if line.line_id not in payable]
        if refused:
            return env._(
                "This cannot be paid online now: %(numbers)s. A payment may be in "
                "progress already; otherwise pay by transfer.",
                numbers=", ".join(refused),
            )
        if not any(line.asked for line in lines):
            return env._("All of it is disputed: nothing is asked of you for now.")
        return ""

    @http.route(
        f"{PATH}/<string:key>/transaction/<string:lines>",
        type="jsonrpc",
        auth="public",
        methods=["POST"],
    )
    def statement_transaction(
        self, key, lines, amount=None, access_token=None, landing_route=None, **kwargs
    ):
        """Start the payment of these lines; what the payment form needs to go on.

        ``amount`` must be what the ledger says at this moment: an invoice paid meanwhile
        is never paid twice. ``landing_route`` of the browser is not used.
        """
        visit = self._visit(key)
        if not visit:
            raise request.not_found()
        chosen = self._lines_to_pay(visit, lines)
        problem = self._payment_problem(visit, chosen)
        if problem:
            raise ValidationError(problem)
        total = sum((line.asked for line in chosen), Decimal(0))
        currency = chosen[0].currency
        if not isinstance(amount, (int, float)) or currency.compare_amounts(
            amount, float(total)
        ):
            raise ValidationError(
                request.env._(
                    "The amount changed meanwhile: open your statement again."
                )
            )
        self._validate_transaction_kwargs(kwargs)
        partner = visit.contact or visit.customer.partner_id
        self._check_means(visit, partner, total, currency, kwargs)
        moves = list(dict.fromkeys(line.move_id for line in chosen))
        values = self._process_transaction(
            partner.id,
            currency.id,
            moves,
            None,
            **{**kwargs, "is_validation": False},
            amount=float(total),
            landing_route=visit.url() + "?done=paid",
        )
        self._log_payment(visit, total, currency, moves, values)
        return values

    def _check_means(self, visit, partner, total, currency, kwargs):
        """Only what the form offered: Odoo itself takes any provider that it is told."""
        # sudo: providers and methods are read as the form read them
        providers = request.env["payment.provider"].sudo()
        found = providers._get_compatible_providers(
            visit.customer.company_id.id,
            partner.id,
            float(total),
            currency_id=currency.id,
        )
        methods = request.env["payment.method"].sudo()  # as above
        methods = methods._get_compatible_payment_methods(
            found.ids, partner.id, currency_id=currency.id
        )
        with_token = kwargs.get("flow") == "token"
        allowed = kwargs.get("provider_id") in found.ids and (
            bool(visit.contact)
            if with_token
            else kwargs.get("payment_method_id") in methods.ids
        )
        if not visit.contact:
            kwargs["tokenization_requested"] = False
        if not allowed:
            raise ValidationError(
                request.env._("This way to pay is not available: choose another one.")
            )

    def _lines_to_pay(self, visit, text):
        wanted = {to_id(part) for part in text.split("-")[: MAX_CHOSEN + 1]}
        if len(wanted) > MAX_CHOSEN:
            return []
        statement = self._statement(visit)
        return [line for line in statement.debts if line.line_id in wanted]

    def _log_payment(self, visit, total, currency, moves, values):
        trace = self._trace(visit)
        trace["facts"].update(
            reference=str(values.get("reference") or ""),
            paid=f"{total} {currency.name}",
            day=fields.Date.to_string(visit.customer.company_id._recouvrement_today()),
        )
        visit.customer._portal_log("portal.payment", **trace, moves=moves)
