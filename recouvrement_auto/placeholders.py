"""What a text may contain: the closed list of placeholders and blocks, with their labels."""

from odoo.tools import LazyTranslate

from .tools import template

_lt = LazyTranslate(__name__)

INLINE = {
    "partner_name": _lt("Name of the customer"),
    "contact_name": _lt("Name of the addressee, else accounts payable"),
    "company_name": _lt("Name of our company"),
    "company_phone": _lt("Phone of our company"),
    "today": _lt("Day of the message"),
    "statement_date": _lt("Day of the last bank movement entered"),
    "invoice_count": _lt("Number of invoices asked"),
    "total_overdue": _lt("Total asked, credits deducted, by currency"),
    "total_due": _lt("Total open, due or not, credits deducted, by currency"),
    "leader_number": _lt("Number of the invoice that decides the step"),
    "leader_amount": _lt("What is left to pay of that invoice"),
    "leader_due_date": _lt("Due date of that invoice"),
    "invoice_link": _lt("Address of the page of that invoice"),
    "order_reference": _lt("The customer's own order number of that invoice"),
    "oldest_invoice": _lt("Number of the oldest invoice asked"),
    "oldest_due_date": _lt("Due date of the oldest invoice asked"),
    "oldest_days_late": _lt("Days late of the oldest invoice asked"),
    "deadline_days": _lt("Days given to answer or pay"),
    "deadline_date": _lt("Last day given, counted from the message"),
    "previous_messages": _lt("Sentence with the days of earlier messages really sent"),
    "sender_name": _lt("Name of the person who signs"),
    "sender_function": _lt("Function of the person who signs"),
    "sender_phone": _lt("Direct line of the person who signs"),
    "sender_email": _lt("E-mail of the person who signs"),
    # What was agreed: only in the texts of notices, see NOTICE_NAMES.
    "agreed_date": _lt("Day that was agreed"),
    "agreed_amount": _lt("Amount that was agreed or contested"),
    "agreed_reason": _lt("What the customer told us"),
    "answer_date": _lt("Day until which we answer"),
    # Payment plans: only in the reminder before an instalment.
    "plan_date": _lt("Day of the next instalment of the payment plan"),
    "plan_amount": _lt("Amount of that instalment still to pay"),
    "plan_rest": _lt("What is left of the payment plan, this instalment included"),
    # Claims: only where the legal regime of the text allows them, see CLAIM_NAMES.
    "principal": _lt("Principal of the claim"),
    "total_claimed": _lt("Principal, interest and recovery fees"),
    "penalty_amount": _lt("Late interest on the day of the message"),
    "penalty_rate": _lt("Rate of the late interest"),
    "fee_count": _lt("Number of recovery fees"),
}

BLOCKS = {
    "items_table": _lt("Table of the invoices asked"),
    "not_due_table": _lt("Table of the invoices not due yet"),
    "credits_table": _lt("Table of the credits and payments not matched"),
    "payment_block": _lt("How to pay: IBAN, reference, links"),
    "action_buttons": _lt("Buttons: see and pay, give a date, report a problem"),
    "legal_notice": _lt("Reminder of the law (businesses and public buyers only)"),
    "claim_statement": _lt("Calculation of the claim"),
    "parties": _lt("Creditor and debtor, with registration numbers"),
    "signature": _lt("Signature of the person who signs"),
}

# Numbers that only a text written for one legal regime may quote, and which regimes.
CLAIM_NAMES = {
    "principal": ("business", "public", "consumer"),
    "claim_statement": ("business", "public", "consumer"),
    "total_claimed": ("business", "public"),
    "penalty_amount": ("business", "public"),
    "penalty_rate": ("business", "public"),
    "fee_count": ("business", "public"),
}

# Names of the one text before an instalment of a payment plan.
PLAN_NAMES = frozenset({"plan_date", "plan_amount", "plan_rest"})

# What was said in a call or a message: unknown to the step of a scenario.
NOTICE_NAMES = frozenset(
    {"agreed_date", "agreed_amount", "agreed_reason", "answer_date"}
)

# Names that need a legal rate on the day of the message.
RATE_NAMES = frozenset({"legal_notice", *CLAIM_NAMES})

LEGAL_INLINE = ("penalty_rate", "recovery_fee", "claim_date")


def names_in(*texts):
    """Names of all placeholders and blocks used in ``texts``."""
    return {name for text in texts for name in template.names(text or "")}


# The sentences of tools/template.py, translated.
PROBLEMS = {
    "too_long": _lt("The text is too long: keep it under %(limit)s characters."),
    "unknown_field": _lt(
        "“{{ %(name)s }}” is not a field of this text: choose one from the list."
    ),
    "misspelt_field": _lt(
        "“{{ %(name)s }}” is not a field of this text: write “{{ %(close)s }}” instead."
    ),
    "wrong_field": _lt(
        "“%(found)s” is not a field: between “{{” and “}}” write one name from the list, "
        "nothing else and without formatting."
    ),
    "unbalanced_braces": _lt(
        "A “{{” or “}}” stands alone: close each field, as in “{{ partner_name }}”."
    ),
    "field_in_tag": _lt(
        "“%(found)s” puts a field inside a link, an image or a style: move the field into "
        "the text."
    ),
    "code": _lt("“%(found)s” is program code: remove it, texts hold fields only."),
    "legal_text": _lt(
        "“%(found)s” is legal text: remove it and put “{{ legal_notice }}”, which appears "
        "only for customers to whom the law applies."
    ),
    "forbidden_word": _lt(
        "“%(found)s” may not be written to a customer: remove or replace it."
    ),
}
