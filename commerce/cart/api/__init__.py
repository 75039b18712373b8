"""Carts over HTTP: the cart itself, and the reminder of one that was left."""

from commerce.cart.api.carts import CART_HEADER, CartDetail, CartLineDetail, CartLines, Checkout, cart_token
from commerce.cart.api.reminders import CartRecovery, CartReminderDoor

__all__ = [
    "CART_HEADER",
    "CartDetail",
    "CartLineDetail",
    "CartLines",
    "CartRecovery",
    "CartReminderDoor",
    "Checkout",
    "cart_token",
]
