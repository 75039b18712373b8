"""Cart, checkout, coupons."""

from __future__ import annotations

from typing import Any

from analytics.registry.events.product import NONE, Product, Share
from analytics.registry.types import Amount, EventType, Payload, Said, Text


class Cart(Payload):
    """A whole cart."""

    cart_id: Text | None = None
    products: list[Any] | None = None
    value: Amount | None = None
    currency: Text | None = None


class Checkout(Payload):
    """A checkout or one of its steps; amounts in naira."""

    order_id: Text | None = None
    checkout_id: Text | None = None
    step: Text | int | None = None
    shipping_method: Text | None = None
    payment_method: Text | None = None
    value: Amount | None = None
    revenue: Amount | None = None
    total: Amount | None = None
    currency: Text | None = None
    products: list[Any] | None = None


class Coupon(Payload):
    """A coupon and what became of it."""

    coupon: Text | None = None
    coupon_name: Text | None = None
    order_id: Text | None = None
    cart_id: Text | None = None
    discount: Amount | None = None
    reason: Text | None = None


LINE = {"product_id": "p_ankara_01", "qty": 2, "price": 2500}
WHOLE = {"cart_id": "c1", "value": 5000, "products": [LINE]}
CODE = {"coupon": "DECEMBER10", "cart_id": "c1"}

TYPES = (
    EventType(
        name="cart.item_added",
        text="A product was put in the cart.",
        payload=Product,
        said=Said.CLAIM,
        aliases=("Product Added", "Added Product", "Wishlist Product Added to Cart", "add_to_cart"),
        example=LINE,
        broken=NONE,
        value=("value",),
    ),
    EventType(
        name="cart.item_removed",
        text="A product was taken out of the cart.",
        payload=Product,
        said=Said.CLAIM,
        aliases=("Product Removed", "Removed Product", "remove_from_cart"),
        example=LINE,
        broken=NONE,
        value=("value",),
    ),
    EventType(
        name="cart.viewed",
        text="The cart was shown.",
        payload=Cart,
        aliases=("Cart Viewed", "view_cart"),
        example=WHOLE,
        broken={"products": 2},
        value=("value",),
    ),
    EventType(
        name="cart.updated",
        text="A client's whole cart, as it is now.",
        payload=Cart,
        aliases=("Cart Updated",),
        example=WHOLE,
        broken={"value": "a lot"},
        value=("value",),
    ),
    EventType(
        name="cart.shared",
        text="A cart was shared.",
        payload=Share,
        aliases=("Cart Shared",),
        example={"share_via": "whatsapp"},
        broken={"share_via": []},
    ),
    EventType(
        name="cart.abandoned",
        text="A cart with items was idle for an hour.",
        payload=Cart,
        said=Said.SERVER,
        example=WHOLE,
        broken={"cart_id": 1.5},
        value=("value",),
        is_visit=False,
    ),
    EventType(
        name="checkout.started",
        text="A checkout began.",
        payload=Checkout,
        said=Said.CLAIM,
        aliases=("Checkout Started", "Started Order", "begin_checkout", "checkout_start"),
        example={"value": 5000, "currency": "NGN", "products": [LINE]},
        broken={"value": {}},
        value=("value", "revenue", "total"),
    ),
    EventType(
        name="checkout.step_viewed",
        text="A step of the checkout was shown.",
        payload=Checkout,
        aliases=("Checkout Step Viewed", "Viewed Checkout Step"),
        example={"step": 2},
        broken={"step": []},
    ),
    EventType(
        name="checkout.step_completed",
        text="A step of the checkout was completed.",
        payload=Checkout,
        aliases=("Checkout Step Completed", "Completed Checkout Step", "add_shipping_info"),
        example={"step": 2, "shipping_method": "Lagos Mainland"},
        broken={"shipping_method": 9},
    ),
    EventType(
        name="checkout.payment_info_entered",
        text="Payment details were entered.",
        payload=Checkout,
        aliases=("Payment Info Entered", "add_payment_info"),
        example={"payment_method": "card"},
        broken={"payment_method": []},
    ),
    *(
        EventType(
            name=f"coupon.{verb}",
            text=f"A coupon was {verb}.",
            payload=Coupon,
            aliases=(f"Coupon {verb.title()}", *more),
            example=CODE,
            broken={"coupon": {}},
        )
        for verb, more in (("entered", ()), ("applied", ("coupon_apply",)), ("denied", ()), ("removed", ()))
    ),
)
