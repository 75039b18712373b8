"""The verbs of orders. Each is one transaction, locks the order's row, writes its timeline and tracks its fact.

Those that ask a payment provider do so before the lock is taken, and apply the answer in one transaction.
"""

from commerce.orders.services.approving import approve_refund, decline_refund
from commerce.orders.services.asking import AS_STAFF_SAW
from commerce.orders.services.cancelling import cancel_pieces
from commerce.orders.services.cash import cash_now_kobo
from commerce.orders.services.claiming import claim_guest_orders
from commerce.orders.services.closing import OrderOpen, refuse_open_orders
from commerce.orders.services.expiring import expire_unpaid_orders, settle_waiting_payments
from commerce.orders.services.giving_back import excess_kobo, proposed_kobo, refund_overpaid, refund_return
from commerce.orders.services.lines import OrderItem
from commerce.orders.services.lookups import (
    orders_of_account,
    orders_of_contact,
    orders_with_number,
    orders_with_reference,
    payments_of_order,
    payments_with_reference,
    refunds_of,
)
from commerce.orders.services.messages import NotYet, handle_delivery, handle_waiting_deliveries
from commerce.orders.services.moving import (
    cancel_order,
    confirm_order,
    pack_order,
)
from commerce.orders.services.pairing import refresh_related_products
from commerce.orders.services.papers import Paper, invoice_of, packing_slip_of
from commerce.orders.services.paying import collect_cash, pay_order
from commerce.orders.services.pieces import count_all, count_pieces, returnable_pieces
from commerce.orders.services.placing import Campaign, Contact, place_order
from commerce.orders.services.popularity import refresh_popularity
from commerce.orders.services.reading import access_token, find_order, load_parts
from commerce.orders.services.refunding import apply_refund, refund_payment
from commerce.orders.services.returning import (
    NothingToReturn,
    ReturnItem,
    approve_return,
    close_return,
    receive_return,
    refuse_return,
    request_return,
    since_when,
)
from commerce.orders.services.rewarding import settle_due_orders
from commerce.orders.services.rounds import Round
from commerce.orders.services.settling import settle_payment
from commerce.orders.services.shipping import (
    Parcel,
    TooManyPieces,
    deliver_order,
    deliver_parcel,
    refuse_delivery,
    refuse_parcel,
    ship_order,
    ship_parcel,
)
from commerce.orders.services.starting import open_methods, start_payment

__all__ = [
    "AS_STAFF_SAW",
    "Campaign",
    "Contact",
    "NotYet",
    "NothingToReturn",
    "OrderItem",
    "OrderOpen",
    "Paper",
    "Parcel",
    "ReturnItem",
    "Round",
    "TooManyPieces",
    "access_token",
    "apply_refund",
    "approve_refund",
    "approve_return",
    "cancel_order",
    "cancel_pieces",
    "cash_now_kobo",
    "claim_guest_orders",
    "close_return",
    "collect_cash",
    "confirm_order",
    "count_all",
    "count_pieces",
    "decline_refund",
    "deliver_order",
    "deliver_parcel",
    "excess_kobo",
    "expire_unpaid_orders",
    "find_order",
    "handle_delivery",
    "handle_waiting_deliveries",
    "invoice_of",
    "load_parts",
    "open_methods",
    "orders_of_account",
    "orders_of_contact",
    "orders_with_number",
    "orders_with_reference",
    "pack_order",
    "packing_slip_of",
    "pay_order",
    "payments_of_order",
    "payments_with_reference",
    "place_order",
    "proposed_kobo",
    "receive_return",
    "refresh_popularity",
    "refresh_related_products",
    "refund_overpaid",
    "refund_payment",
    "refund_return",
    "refunds_of",
    "refuse_delivery",
    "refuse_open_orders",
    "refuse_parcel",
    "refuse_return",
    "request_return",
    "returnable_pieces",
    "settle_due_orders",
    "settle_payment",
    "settle_waiting_payments",
    "ship_order",
    "ship_parcel",
    "since_when",
    "start_payment",
]
