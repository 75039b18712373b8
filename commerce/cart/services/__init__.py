"""The verbs of carts, and what an order of one would cost."""

from commerce.cart.services.abandoning import abandon_idle_carts
from commerce.cart.services.carts import (
    MOST_PIECES,
    EmptyCart,
    NotInCart,
    add_to_cart,
    check_out,
    convert_cart,
    find_cart,
    forget_carts,
    lock_cart,
    merge_guest_cart,
    set_quantity,
)
from commerce.cart.services.pricing import PricedCart, PricedLine, price_cart
from commerce.cart.services.quoting import Choices, Quote, count_quote, delivery_kobo, quote_cart
from commerce.cart.services.recovering import recover_cart
from commerce.cart.services.reminding import ask_for_reminder, forget_reminders, remind_of_carts, sends_reminders
from commerce.cart.services.waiting import ask_for_alert, awaited_skus, drop_alert, tell_who_waits
from commerce.cart.services.wishing import add_wish, add_wishes, forget_wishes, move_wish, remove_wish, wishes_of

__all__ = [
    "MOST_PIECES",
    "Choices",
    "EmptyCart",
    "NotInCart",
    "PricedCart",
    "PricedLine",
    "Quote",
    "abandon_idle_carts",
    "add_to_cart",
    "add_wish",
    "add_wishes",
    "ask_for_alert",
    "ask_for_reminder",
    "awaited_skus",
    "check_out",
    "convert_cart",
    "count_quote",
    "delivery_kobo",
    "drop_alert",
    "find_cart",
    "forget_carts",
    "forget_reminders",
    "forget_wishes",
    "lock_cart",
    "merge_guest_cart",
    "move_wish",
    "price_cart",
    "quote_cart",
    "recover_cart",
    "remind_of_carts",
    "remove_wish",
    "sends_reminders",
    "set_quantity",
    "tell_who_waits",
    "wishes_of",
]
