"""States and reason codes with their labels: the one vocabulary of the suite.

Labels are plain strings: Odoo exports and translates the labels of selection fields.
"""

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
    "paid": "Paid",
    "cancelled": "Invoice cancelled or back to draft",
    "payment_blocked": "Payment blocked on the invoice",
    "disputed": "Disputed",
    "dispute_overdue": "Disputed, and the day to answer has passed",
    "promise": "Promise to pay in progress",
    "payment_plan": "Payment plan in progress",
    "excluded_without_reason": "Excluded without a reason",
    "opening_entry": "Entry without invoice, to include or to exclude",
    "item_paused": "Invoice paused",
    "in_validation": "Being validated by the customer",
    "transfer_announced": "Transfer announced",
    "too_old": "Too old to start a scenario by itself",
    "item_below_minimum": "Below the minimum of an item",
    # the customer
    "frozen": "Frozen: insolvency or litigation",
    "paused": "Customer paused",
    "no_scenario": "No scenario applies",
    "already_waiting": "An earlier message has not left yet",
    "missing_rate": "A currency has no rate",
    "nothing_due": "Nothing due once credits are deducted",
    "below_minimum": "Below the minimum of the customer",
    "bank_stale": "The bank is not up to date",
    "unallocated_credit": "Unallocated payment or credit to match",
    "iban_changed": "Our bank account changed lately",
    "regime_mismatch": "The text does not fit the legal regime of the customer",
    "missing_sender": "No sender: responsible without e-mail address",
    "missing_server": "No outgoing mail server",
    "missing_address": "No address for this channel",
    "invalid_address": "The address is not valid",
    "blacklisted": "The address is on the exclusion list",
    "address_bounced": "The last message to this address came back",
    "landline": "No mobile: the number is that of a fixed line",
    "template_error": "The text of the step does not render",
    "missing_legal_rate": "A legal rate is missing for the period",
    "formal_notice_pause": "No formal notice in this period",
    "formal_channel": "A formal notice never leaves by this channel",
    "recent_contact": "The last message is too recent",
    "pressure_limit": "Contact limit reached",
    # the run and the message
    "shadow": "Shadow mode: nothing leaves",
    "closed_day": "Closed day",
    "superseded": "Replaced by a later plan",
    "refused": "Refused by a person",
    "plan_changed": "The situation changed since it was planned",
    "duplicate": "Already sent",
    "item_busy": "The invoice is being changed right now",
    "ceiling": "More messages than the ceiling of the company",
    "attachment_failed": "An attachment could not be made",
    "planning_error": "Could not be planned",
    "sending_error": "Could not be sent",
    "server_refused": "Refused by the mail server",
    "server_unreachable": "The mail server cannot be reached",
    "interrupted": "Interrupted after the claim: nobody knows if it left",
    "no_answer": "No answer from the mail server after the message",
    "no_credit": "No credit left at the provider",
    "provider_refused": "Refused by the provider",
    "provider_unreachable": "The provider cannot be reached",
    "no_confirmation": "The provider did not answer: nobody knows if it left",
    "given_up": "Given up after several attempts",
    "channel_removed": "Its channel was uninstalled",
    "locked": "Sending is locked: this database is a copy or was restored",
    # passed over by the ladder
    "lapsed": "The due date came before the step",
    "below_step_minimum": "Below the minimum of the step",
    "pays_in_time": "Expected in time, not needed",
    "unreachable": "Nobody can be reached by this channel",
    "end_of_ladder": "Nothing left in the scenario",
}

REASON_SELECTION = list(REASONS.items())

STATE_SELECTION = [
    (TO_CONFIRM, "To confirm"),
    (QUEUED, "Queued"),
    (DEFERRED, "Deferred"),
    (CLAIMED, "Being sent"),
    (SENT, "Sent"),
    (FAILED, "Failed"),
    (UNKNOWN, "Outcome unknown"),
    (HELD, "Held"),
    (SKIPPED, "Skipped"),
]

TONE_SELECTION = [
    ("courteous", "Courteous"),
    ("precise", "Precise"),
    ("firm", "Firm"),
    ("formal", "Formal"),
]

NATURE_SELECTION = [
    ("standard", "Standard"),
    ("key_account", "Key account"),
    ("public", "Public buyer"),
    ("consumer", "Consumer"),
]

REGIME_SELECTION = [
    ("business", "Business"),
    ("public", "Public buyer"),
    ("consumer", "Consumer"),
    ("unknown", "Unknown"),
]
