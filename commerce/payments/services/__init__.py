"""The verbs of money: the ledger of payments and refunds, and the messages of providers."""

from commerce.payments.services.deliveries import keep_delivery, note_attempt, note_handled
from commerce.payments.services.leases import leased
from commerce.payments.services.ledger import (
    HELD,
    SENT,
    ReferenceTaken,
    RefundTooLarge,
    capture_payment,
    check_room,
    find_payment,
    finish_refund,
    note_dealt_with,
    open_refund,
    record_refund,
    refundable_kobo,
)
from commerce.payments.services.ledgers import (
    Known,
    OtherLedger,
    add_ledger,
    handled_elsewhere,
    received_elsewhere,
    refunds_taken_elsewhere,
)

__all__ = [
    "HELD",
    "SENT",
    "Known",
    "OtherLedger",
    "ReferenceTaken",
    "RefundTooLarge",
    "add_ledger",
    "capture_payment",
    "check_room",
    "find_payment",
    "finish_refund",
    "handled_elsewhere",
    "keep_delivery",
    "leased",
    "note_attempt",
    "note_dealt_with",
    "note_handled",
    "open_refund",
    "received_elsewhere",
    "record_refund",
    "refundable_kobo",
    "refunds_taken_elsewhere",
]
