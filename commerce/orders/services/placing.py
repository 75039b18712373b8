from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from analytics.track import track
from commerce.accounts.models import User
from commerce.accounts.services import hold_account, read_phone
from commerce.cart.models import Cart
from commerce.cart.services import EmptyCart, convert_cart, delivery_kobo, forget_reminders, lock_cart
from commerce.catalog.services import out_of_stock, reserve_stock
from commerce.delivery.services import choose_offer, find_offers
from commerce.orders.models import (
    Channel,
    EventKind,
    Order,
    OrderEvent,
    OrderLine,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
)
from commerce.orders.services.lines import OrderItem, common_currency, price_lines
from commerce.orders.services.mailing import mail_move
from commerce.orders.services.paying import track_paid
from commerce.orders.services.timeline import customer_of, write_event
from commerce.orders.services.writing import insert_order
from commerce.payments.gateways import GATEWAYS
from commerce.promotions.services import (
    Asker,
    Basket,
    Discount,
    discounts_of,
    find_coupons,
    goods_of,
    redeem_coupons,
    shares_of,
)
from commerce.rewards.services import PointsNotTaken, pay_with_points, points_discount
from commerce.taxes.services import Taxed, tax_of
from zuka.platform.actor import Actor
from zuka.platform.clock import local_day
from zuka.platform.errors import Refused
from zuka.platform.idempotency import KeyReused
from zuka.platform.money import format_money


class MissingContact(Refused):
    """A guest's order has neither e-mail nor phone, or one that is paid online no e-mail."""

    status = 400
    code = "missing_contact"


class PriceChanged(Refused):
    """The order would cost another amount than the customer was shown."""

    code = "price_changed"


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach the customer; a guest needs an e-mail or a phone."""

    name: str = ""
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """What a customer chose and was shown: a way to deliver (None: the cheapest), codes, points, a total in kobo."""

    delivery_rate: int | None
    coupon_codes: Sequence[str]
    expected_total_kobo: int | None
    asker: Asker | None
    points: int = 0

    @property
    def chosen(self) -> list[Any]:
        """Return what tells it from another choice; nothing where nothing was chosen.

        Requests from before one could choose, and from before there were several codes, stay the same.
        """
        codes = [code for code in self.coupon_codes if code]
        said = sorted(codes) if len(codes) > 1 else next(iter(codes), None)
        chosen = [self.delivery_rate, said] if self.delivery_rate or said else []
        return [*chosen, {"points": self.points}] if self.points else chosen


@dataclass(frozen=True, slots=True)
class Campaign:
    """The campaign that brought the customer, as their links said."""

    utm_source: str | None = None
    utm_medium: str | None = None
    utm_campaign: str | None = None


def place_order(
    *,
    lines: Sequence[OrderItem] | None,
    contact: Contact,
    shipping_address: dict[str, Any],
    payment_method: PaymentMethod,
    actor: Actor,
    at: datetime,
    user: User | None = None,
    cart: Cart | None = None,
    billing_address: dict[str, Any] | None = None,
    channel: Channel = Channel.WEB,
    campaign: Campaign | None = None,
    notes: str = "",
    idempotency_key: str | None = None,
    expected_total_kobo: int | None = None,
    delivery_rate: int | None = None,
    coupon_codes: Sequence[str] = (),
    points: int = 0,
    asker: Asker | None = None,
) -> Order:
    """Place an order at the database's prices and track `order.created`; the same idempotency key places one order.

    Names and prices are frozen, stock is reserved. `lines` None: the order is made of `cart`, which is closed. `actor`
    brings visitor, session and campaign; `user` owns the order, None for a guest. `delivery_rate` is the id of a way to
    deliver that the address is offered, the cheapest without one. `asker` is who tries codes, as `find_coupons` takes
    it. So many `points` of an account pay for goods. Raises `EmptyOrder`, `EmptyCart`, `NotForSale`, `OutOfStock`,
    `NoDelivery`, `CouponRefused`, `PointsNotTaken`, `TooFewPoints`, `PriceChanged` (it is not `expected_total_kobo`),
    `MissingContact`, `InvalidPhone`, `KeyReused`, `AccountClosed`.
    """
    if user is None and not (contact.email or contact.phone):
        raise MissingContact("Give an e-mail or a phone, so that we can reach you.", field="contact.email")
    if payment_method in GATEWAYS and not ((user and user.email) or contact.email):
        raise MissingContact("Give an e-mail to pay online: the receipt goes there.", field="contact.email")
    # What an account lacks is kept with the order.
    guest = contact if user is None else Contact(email=None if user.email else contact.email)
    order = Order(
        user=user,
        guest_email=guest.email,
        guest_phone=read_phone(guest.phone, field="contact.phone") if guest.phone else None,
        contact_name=contact.name,
        payment_method=payment_method,
        shipping_address=shipping_address,
        billing_address=billing_address,
        channel=channel,
        cart=cart if lines is None else None,
        visitor_id=actor.visitor_id or visitor_of(cart, user),
        session_id=actor.session_id,
        is_test=user is not None and (user.is_staff or user.is_test),
        notes=notes,
        idempotency_key=idempotency_key,
        placed_at=at,
        created_at=at,
        **asdict(campaign or campaign_of(actor)),
    )
    price = Price(delivery_rate, coupon_codes, expected_total_kobo, asker, points)
    order.idempotency_fingerprint = fingerprint(order, lines or (), contact, campaign, price)
    return write_once(order=order, lines=lines, actor=actor, at=at, price=price)


def write_once(*, order: Order, lines: Sequence[OrderItem] | None, actor: Actor, at: datetime, price: Price) -> Order:
    """Write an order, or return the one that the same request placed before or at the same moment.

    It is written first: few requests come twice, and what is not new fails before anybody waits for its stock.
    """
    try:
        priced = None if lines is None else goods_at(lines, at=at)
        return write_order(order=order, lines=priced, actor=actor, at=at, price=price)
    except (IntegrityError, Refused):
        # The other request has the key, closed the cart or took the last piece.
        if placed := find_placed(order):
            return placed
        raise


def visitor_of(cart: Cart | None, user: User | None) -> str | None:
    """Return who a guest is whom no tracker names: their cart speaks for them."""
    return (cart.visitor_id or cart.speaker) if cart and user is None else None


def campaign_of(actor: Actor) -> Campaign:
    """Return the campaign of the visit in which the order is placed."""
    return Campaign(**{name: actor.utm.get(name) for name in ("utm_source", "utm_medium", "utm_campaign")})


def fingerprint(
    order: Order,
    lines: Sequence[OrderItem],
    contact: Contact,
    campaign: Campaign | None,
    price: Price,
) -> str:
    """Return what tells a repeated request from another one under the same key: a hash, no personal data.

    A campaign counts where the request names it; that of the visit may be another one when it is sent again.
    """
    facts = [
        sorted((line.sku, line.quantity) for line in lines),
        asdict(contact),
        [order.shipping_address, order.billing_address],
        [order.payment_method, order.channel, order.notes],
        asdict(campaign) if campaign else None,
        str(order.user_id) if order.user_id else None,
        *price.chosen,
    ]
    return hashlib.sha256(json.dumps(facts, sort_keys=True, default=str).encode()).hexdigest()


def find_placed(order: Order) -> Order | None:
    """Return the order that the same request placed before. Raises `KeyReused` when the key was another request's."""
    if order.idempotency_key is None:
        return None
    placed = Order.objects.filter(idempotency_key=order.idempotency_key).first()
    if placed and placed.idempotency_fingerprint != order.idempotency_fingerprint:
        raise KeyReused("This Idempotency-Key was used for another order.", field="Idempotency-Key")
    return placed


@transaction.atomic
def write_order(*, order: Order, lines: list[OrderLine] | None, actor: Actor, at: datetime, price: Price) -> Order:
    """Price, number and save a new order with its lines and first timeline row, track it, and reserve its pieces."""
    if order.user_id:
        hold_account(user_id=order.user_id)
    order_lines = goods_at(take_cart(order.cart, at=at), at=at) if lines is None else lines
    order.currency = common_currency(order_lines)
    order.subtotal_kobo = sum(line.total_kobo for line in order_lines)
    add_delivery(order=order, rate_id=price.delivery_rate, at=at)
    discounts = add_discounts(order=order, lines=order_lines, price=price, at=at)
    add_points(order=order, lines=order_lines, points=price.points)
    add_tax(order=order, lines=order_lines)
    order.total_kobo = order.subtotal_kobo + order.shipping_kobo + order.tax_kobo - order.discount_kobo
    if price.expected_total_kobo not in {None, order.total_kobo}:
        total = format_money(order.total_kobo, order.currency)
        raise PriceChanged(f"Your order comes to {total} now. Look at it again.", field="expected_total_kobo")
    if order.total_kobo == 0:
        order.payment_status, order.paid_at = OrderPaymentStatus.PAID, at
    placed = OrderEvent(kind=EventKind.STATUS, to_state=OrderStatus.PLACED, actor_id=actor.account_id, occurred_at=at)
    insert_order(order=order, lines=order_lines, event=placed)
    if order.cart_id or order.guest_email:
        forget_reminders(cart_id=order.cart_id, email=order.guest_email or "")
    mail_move(order=order, kind=placed.kind, to_state=placed.to_state, at=at)
    track_placement(order=order, lines=order_lines, actor=actor, at=at)
    if order.paid_at:
        note_nothing_due(order=order, at=at, actor=actor)
    if order.user_id and order.points_used:
        pay_with_points(user_id=order.user_id, number=order.number, points=order.points_used, at=at)
    # Last: from here on all orders of the same variant wait. Then the coupons, as `cancel_order` takes them.
    reserve_stock(quantities_of(order_lines))
    if discounts:
        guest = order.guest_email or order.guest_phone or ""
        redeem_coupons(discounts=discounts, order_id=order.pk, user_id=order.user_id, guest=guest, at=at)
    return order


def goods_at(items: Sequence[OrderItem], *, at: datetime) -> list[OrderLine]:
    """Return lines at today's prices; nothing is locked. Raises `OutOfStock` where they want more than there is.

    It spares the work of an order that cannot be: only `reserve_stock` has the last word.
    """
    lines = price_lines(lines=items, at=at)
    for line in sorted(lines, key=lambda line: line.variant_id or 0):
        if line.variant and line.quantity > line.variant.stock_available:
            raise out_of_stock(line.variant, field="lines")
    return lines


def note_nothing_due(*, order: Order, at: datetime, actor: Actor) -> None:
    """Say in the timeline, and track, that an order whose coupon paid for all of it needs no payment."""
    paid = OrderPaymentStatus.PAID
    write_event(order=order, kind=EventKind.PAYMENT, to_state=paid, at=at, actor=actor, note="Nothing to pay")
    track_paid(order=order, provider="none", at=at)


def add_delivery(*, order: Order, rate_id: int | None, at: datetime) -> None:
    """Put the price of delivery into an order whose goods are priced. Raises `NoDelivery`."""
    offers = find_offers(address=order.shipping_address, subtotal_kobo=order.subtotal_kobo, currency=order.currency)
    offer = choose_offer(offers, rate_id)
    order.shipping_kobo = delivery_kobo(offer.price_kobo, user_id=order.user_id)
    order.shipping_method = offer.name
    order.estimated_delivery_date = offer.latest_date(local_day(at))


def add_discounts(*, order: Order, lines: Sequence[OrderLine], price: Price, at: datetime) -> list[Discount]:
    """Take off an order what its coupons give, and return that. Raises `CouponRefused`."""
    coupons = find_coupons(codes=price.coupon_codes, asker=price.asker, at=at)
    goods = [
        goods_of(line.product, unit_price_kobo=line.unit_price_kobo, total_kobo=line.total_kobo)
        for line in lines
        if line.product  # lines are priced from products that are for sale
    ]
    discounts = discounts_of(coupons=coupons, basket=Basket(goods, order.shipping_kobo, order.currency))
    order.coupons = [{"code": each.coupon.code, "kobo": each.kobo} for each in discounts]
    order.coupon_code = discounts[0].coupon.code if discounts else None
    order.discount_kobo = sum(each.kobo for each in discounts)
    for line, share in zip(lines, shares_of(discounts, lines=len(lines)), strict=True):
        line.discount_kobo = share
    return discounts


def add_points(*, order: Order, lines: Sequence[OrderLine], points: int) -> None:
    """Take off an order what points pay for, after its coupons. Raises `PointsNotTaken`."""
    if not points:
        return
    if order.user_id is None:
        raise PointsNotTaken("Sign in to pay with points.", field="points")
    goods = [line.total_kobo - line.discount_kobo for line in lines]
    off = points_discount(points=points, goods=goods, currency=order.currency)
    order.points_used, order.points_kobo = off.points, off.kobo
    order.discount_kobo += off.kobo
    for line, share in zip(lines, off.shares, strict=True):
        line.points_kobo = share
        line.discount_kobo += share


def add_tax(*, order: Order, lines: Sequence[OrderLine]) -> None:
    """Put the tax of its address into an order whose goods, delivery and discount are known."""
    goods = [
        Taxed(line.total_kobo - line.discount_kobo, line.product.category_id if line.product else None)
        for line in lines
    ]
    off_delivery = order.discount_kobo - sum(line.discount_kobo for line in lines)
    tax = tax_of(address=order.shipping_address, goods=goods, delivery_kobo=order.shipping_kobo - off_delivery)
    order.tax_title, order.tax_kobo, order.tax_included_kobo = tax.title, tax.added_kobo, tax.included_kobo
    for line, kobo in zip(lines, tax.lines, strict=True):
        line.tax_kobo, line.tax_included_kobo = (0, kobo) if tax.is_included else (kobo, 0)


def take_cart(cart: Cart | None, *, at: datetime) -> list[OrderItem]:
    """Close a cart and return what is in it. Raises `EmptyCart`, also when another tab ordered it a moment ago."""
    if cart is None:
        raise EmptyCart("Your cart is empty.")
    locked = lock_cart(cart)
    items = locked.lines.order_by("id").values_list("variant__sku", "quantity")
    found = [OrderItem(sku=sku, quantity=quantity) for sku, quantity in items]
    if not found:
        raise EmptyCart("Your cart is empty.")
    convert_cart(cart=locked, at=at)
    return found


def quantities_of(lines: Sequence[OrderLine]) -> dict[int, int]:
    """Return how many pieces lines take of each variant, by its id; variants that are gone are left out."""
    return {line.variant_id: line.quantity for line in lines if line.variant_id}


def track_placement(*, order: Order, lines: Sequence[OrderLine], actor: Actor, at: datetime) -> None:
    """Track `order.created` with what was ordered and by which campaign."""
    campaign = {name: getattr(order, name) for name in ("utm_source", "utm_medium", "utm_campaign")}
    known = tuple((name, value) for name, value in campaign.items() if value)
    person = replace(customer_of(order), session_id=actor.session_id, user_agent=actor.user_agent, ip=actor.ip)
    person = replace(person, campaign=known)
    track(
        "order.created",
        actor=person,
        at=at,
        message_id=f"order.created:{order.number}",
        order_id=order.number,
        user_id=person.user_id,
        value_kobo=order.total_kobo,
        currency=order.currency,
        payment_method=order.payment_method,
        **({"coupon": ", ".join(code for code, _ in order.code_discounts)} if order.coupon_code else {}),
        items=[
            {"product_id": line.product_ref, "qty": line.quantity, "price_kobo": line.unit_price_kobo} for line in lines
        ],
    )
