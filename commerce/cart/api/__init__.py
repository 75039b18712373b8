"""Carts over HTTP: the cart itself, the reminder of one that was left, wishlists, and what is awaited."""

from commerce.cart.api.alerts import AlertCollection, AlertDetail
from commerce.cart.api.carts import CART_HEADER, CartDetail, CartLineDetail, CartLines, Checkout, cart_token
from commerce.cart.api.reminders import CartRecovery, CartReminderDoor
from commerce.cart.api.wishlists import WishCollection, WishDetail, WishMerge, WishMove

__all__ = [
    "CART_HEADER",
    "AlertCollection",
    "AlertDetail",
    "CartDetail",
    "CartLineDetail",
    "CartLines",
    "CartRecovery",
    "CartReminderDoor",
    "Checkout",
    "WishCollection",
    "WishDetail",
    "WishMerge",
    "WishMove",
    "cart_token",
]
