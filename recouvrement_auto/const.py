"""States and reason codes with their labels: the one vocabulary of the suite."""

from odoo.tools import LazyTranslate

_lt = LazyTranslate(__name__)

TO_CONFIRM = "to_confirm"
QUEUED = "queued"
DEFERRED = "deferred"
CLAIMED = "claimed"
SENT = "sent"
FAILED = "failed"
UNKNOWN = "unknown"
HELD = "held"
SKIPPED = "skipped"

WAITING_STATES = (TO_CONFIRM, QUEUED, DEFERRED, CLAIMED)
LIVE_STATES = (CLAIMED, SENT, UNKNOWN)

# Seconds after which a claim that nobody holds any more counts as interrupted.
STALE_CLAIM_SECONDS = 120

REASONS = {
    # the item
    "paid": _lt("Paid"),
    "cancelled": _lt("Invoice cancelled or back to draft"),
    "payment_blocked": _lt("Payment blocked on the invoice"),
    "disputed": _lt("Disputed"),
    "promise": _lt("Promise to pay in progress"),
    "excluded_without_reason": _lt("Excluded without a reason"),
    "opening_entry": _lt("Entry without invoice, to include or to exclude"),
    "item_paused": _lt("Invoice paused"),
    "in_validation": _lt("Being validated by the customer"),
    "transfer_announced": _lt("Transfer announced"),
    "too_old": _lt("Too old to start a scenario by itself"),
    "item_below_minimum": _lt("Below the minimum of an item"),
    # the customer
    "frozen": _lt("Frozen: insolvency or litigation"),
    "paused": _lt("Customer paused"),
    "no_scenario": _lt("No scenario applies"),
    "already_waiting": _lt("An earlier message has not left yet"),
    "missing_rate": _lt("A currency has no rate"),
    "nothing_due": _lt("Nothing due once credits are deducted"),
    "below_minimum": _lt("Below the minimum of the customer"),
    "bank_stale": _lt("The bank is not up to date"),
    "unallocated_credit": _lt("Unallocated payment or credit to match"),
    "iban_changed": _lt("Our bank account changed lately"),
    "regime_mismatch": _lt("The text does not fit the legal regime of the customer"),
    "missing_sender": _lt("No sender: responsible without e-mail address"),
    "missing_server": _lt("No outgoing mail server"),
    "missing_address": _lt("No address for this channel"),
    "invalid_address": _lt("The address is not valid"),
    "blacklisted": _lt("The address is on the exclusion list"),
    "address_bounced": _lt("The last message to this address came back"),
    "template_error": _lt("The text of the step does not render"),
    "missing_legal_rate": _lt("A legal rate is missing for the period"),
    "formal_notice_pause": _lt("No formal notice in this period"),
    "pressure_limit": _lt("Contact limit reached"),
    # the run and the message
    "shadow": _lt("Shadow mode: nothing leaves"),
    "closed_day": _lt("Closed day"),
    "superseded": _lt("Replaced by a later plan"),
    "refused": _lt("Refused by a person"),
    "plan_changed": _lt("The situation changed since it was planned"),
    "duplicate": _lt("Already sent"),
    "item_busy": _lt("The invoice is being changed right now"),
    "ceiling": _lt("More messages than the ceiling of the company"),
    "attachment_failed": _lt("An attachment could not be made"),
    "planning_error": _lt("Could not be planned"),
    "sending_error": _lt("Could not be sent"),
    "server_refused": _lt("Refused by the mail server"),
    "server_unreachable": _lt("The mail server cannot be reached"),
    "interrupted": _lt("Interrupted after the claim: nobody knows if it left"),
    "no_answer": _lt("No answer from the mail server after the message"),
    "given_up": _lt("Given up after several attempts"),
    "locked": _lt("Sending is locked: this database is a copy or was restored"),
    # passed over by the ladder
    "lapsed": _lt("The due date came before the step"),
    "below_step_minimum": _lt("Below the minimum of the step"),
    "end_of_ladder": _lt("Nothing left in the scenario"),
}

REASON_SELECTION = list(REASONS.items())

STATE_SELECTION = [
    (TO_CONFIRM, _lt("To confirm")),
    (QUEUED, _lt("Queued")),
    (DEFERRED, _lt("Deferred")),
    (CLAIMED, _lt("Being sent")),
    (SENT, _lt("Sent")),
    (FAILED, _lt("Failed")),
    (UNKNOWN, _lt("Outcome unknown")),
    (HELD, _lt("Held")),
    (SKIPPED, _lt("Skipped")),
]

TONE_SELECTION = [
    ("courteous", _lt("Courteous")),
    ("precise", _lt("Precise")),
    ("firm", _lt("Firm")),
    ("formal", _lt("Formal")),
]

NATURE_SELECTION = [
    ("standard", _lt("Standard")),
    ("key_account", _lt("Key account")),
    ("public", _lt("Public buyer")),
    ("consumer", _lt("Consumer")),
]

REGIME_SELECTION = [
    ("business", _lt("Business")),
    ("public", _lt("Public buyer")),
    ("consumer", _lt("Consumer")),
    ("unknown", _lt("Unknown")),
]
