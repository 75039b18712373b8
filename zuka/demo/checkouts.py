"""Carts, accounts and checkouts: what the shop states of a visit and the client claims too."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import msgspec

from commerce.orders.models import PaymentMethod
from zuka.demo.baskets import MOST_LINES, Basket, Item, merge_into
from zuka.demo.draws import endless, random_for, random_uuid
from zuka.demo.friends import Friends
from zuka.demo.people import Contact, Crowd, Customer
from zuka.demo.shelf import ACCOUNT, CART, CHECKOUT, Offer
from zuka.demo.telling import AT_ONCE, Session

encode = msgspec.json.Encoder().encode
METHODS = (
    (PaymentMethod.CASH_ON_DELIVERY, 55.0),
    (PaymentMethod.PAYSTACK, 30.0),
    (PaymentMethod.FLUTTERWAVE, 15.0),
)
STEPS = ("contact", "delivery", "payment")
# Of those who look at their cart, who begins to check out on a usual day; then who goes on, step by step.
BEGINNING, MOST_READY = 0.36, 0.85
GOING_ON, PAYING, PLACING = 0.9, 0.88, 0.86


@dataclass(slots=True, eq=False)
class Purchase:
    """A cart that is being paid for: an order without its number. `customer` is None for a guest."""

    session: Session
    contact: Contact
    customer: Customer | None
    items: list[Item]
    method: PaymentMethod
    placed_ms: int
    basket: Basket | None = None


class Till:
    """Where visitors fill carts, sign up and in, and pay. `baskets` are all carts that were ever begun."""

    def __init__(self, *, seed: int, crowd: Crowd, friends: Friends) -> None:
        self.rng, self.crowd, self.friends = random_for(seed, "till"), crowd, friends
        self.methods = endless(self.rng, METHODS)
        self.chance = self.rng.random
        self.baskets: list[Basket] = []

    def find_basket(self, session: Session) -> Basket | None:
        """Return the cart that a visitor left here before, if it is still theirs."""
        owner = session.customer or session.visitor
        return owner.basket if owner.basket and owner.basket.is_open(at_ms=session.ms) else None

    def open_basket(self, session: Session) -> Basket:
        """Return the visitor's cart, a new one if need be."""
        return self.find_basket(session) or self.new_basket(session)

    def new_basket(self, session: Session) -> Basket:
        """Begin a cart."""
        customer, is_blocking = session.customer, session.visitor.is_blocking
        token = None if customer else f"{self.rng.getrandbits(256):064x}"
        basket = Basket(
            id=random_uuid(self.rng),
            user=customer.user if customer else None,
            token_hash=token,
            visitor_id=None if is_blocking else session.visitor.visitor_id,
            session_id=None if is_blocking else session.session_id,
            began_ms=session.ms,
            last_ms=session.ms,
        )
        (customer or session.visitor).basket = basket
        self.baskets.append(basket)
        return basket

    def take(self, session: Session, offer: Offer) -> None:
        """Put a product into the cart."""
        session.wait(AT_ONCE)
        basket = self.open_basket(session)
        if len(basket.held) >= MOST_LINES:
            return
        quantity = 1 if self.chance() < 0.9 else 2
        item = Item(offer, self.rng.choice(offer.variants), quantity, session.ms)
        basket.items.append(item)
        self.tell_change(session, basket, item, "cart.item_added")

    def put_back(self, session: Session, basket: Basket) -> None:
        """Take a product out of the cart again."""
        session.wait(next(session.lengths))
        item = self.rng.choice(basket.held)
        item.removed_ms = session.ms
        self.tell_change(session, basket, item, "cart.item_removed")

    def tell_change(self, session: Session, basket: Basket, item: Item, event_type: str) -> None:
        """Tell that something came into the cart or left it."""
        basket.changes, basket.last_ms = basket.changes + 1, session.ms
        offer, variant, cart_id = item.offer, item.variant, str(basket.id)
        known = {"product_id": offer.ref, "sku": variant.sku, "name": offer.name}
        price = {"price": offer.price_kobo // 100, "quantity": item.quantity, "currency": "NGN", "cart_id": cart_id}
        value = offer.price_kobo * item.quantity
        columns: dict[str, Any] = {"product_ref": offer.ref, "value_kobo": value, "currency": "NGN"}
        columns["quantity"] = item.quantity
        fact = encode({**known, "category": offer.category, **price, "value_kobo": value}).decode()
        message_id = f"{event_type}:{cart_id}:{basket.changes}"
        session.state(event_type, message_id, fact, speaker=basket.speaker, category=offer.category, **columns)
        said = ", ".join(filter(None, (variant.size, variant.colour)))
        session.claim(event_type, encode({**known, "variant": said, **price}).decode(), **columns)

    def sign_in(self, session: Session, customer: Customer, *, is_staying: bool = True) -> None:
        """Sign in, and find one's own cart with what was put into it as a guest."""
        session.see(ACCOUNT)
        session.wait(AT_ONCE)
        session.sign_in(customer)
        session.visitor.is_signed_in = is_staying
        facts = encode({"method": customer.user.auth_provider, "platform": session.platform}).decode()
        message_id = f"user.logged_in:{session.session_id}:{session.ms}"
        session.state("user.logged_in", message_id, facts, speaker=None, platform=session.platform)
        self.settle(session, customer, "user.logged_in", facts)
        customer.user.last_login = session.at

    def sign_up(self, session: Session) -> Customer:
        """Make an account."""
        session.see(ACCOUNT)
        # The shop's fact comes a moment after this page; the row carries the same moment.
        session.wait(AT_ONCE)
        customer = self.crowd.sign_up(session.visitor, at=session.at, channel=session.channel)
        session.sign_in(customer)
        user = customer.user
        facts = encode(
            {
                "user_id": customer.ref,
                "source": user.signup_source,
                "platform": user.signup_platform,
                "country": user.country,
                "referrer_id": None,
            }
        ).decode()
        session.state("user.created", f"user.created:{customer.ref}", facts, speaker=None, platform=session.platform)
        self.settle(session, customer, "user.created", facts)
        self.friends.join(session, customer)
        return customer

    def settle(self, session: Session, customer: Customer, event_type: str, facts: str) -> None:
        """Let the client claim a sign-up or sign-in and say who it is; a guest's cart becomes the customer's."""
        session.claim(event_type, facts)
        session.tell("user.identified", "{}", pause=AT_ONCE)
        customer.busy_until_ms = session.ms
        guest, session.visitor.basket = session.visitor.basket, None
        if guest and guest.held and guest.is_open(at_ms=session.ms):
            merge_into(guest, self.open_basket(session), at_ms=session.ms)

    def check_out(self, session: Session, basket: Basket, *, readiness: float) -> Purchase | None:
        """Look at the cart, perhaps change one's mind, perhaps start a checkout, perhaps buy."""
        session.see(CART)
        session.tell("cart.viewed", describe_cart(basket, name="cart_id"), pause=AT_ONCE, **worth(basket))
        if self.chance() < 0.07:
            self.put_back(session, basket)
        if not basket.held or self.chance() > min(BEGINNING * readiness, MOST_READY):
            return None
        self.start_checkout(session, basket)
        if self.chance() > GOING_ON:
            return None
        customer = self.identify(session)
        return self.pay(session, customer)

    def start_checkout(self, session: Session, basket: Basket) -> None:
        """Begin to check out."""
        session.see(CHECKOUT)
        session.wait(AT_ONCE)
        basket.last_ms = session.ms
        message_id = f"checkout.started:{basket.id}:{basket.changes}"
        fact, columns = describe_cart(basket, name="cart_id"), worth(basket)
        # As the shop does: once for each state of the cart, however often its checkout is opened.
        if basket.checked_changes != basket.changes:
            session.state("checkout.started", message_id, fact, speaker=basket.speaker, **columns)
        basket.checked_changes = basket.changes
        session.claim("checkout.started", describe_cart(basket, name="checkout_id"), **columns)
        session.tell("checkout.step_viewed", f'{{"step":"{STEPS[0]}"}}', pause=AT_ONCE)

    def pay(self, session: Session, customer: Customer | None) -> Purchase | None:
        """Go through the steps of the checkout to the last button."""
        for done, step in pairwise(STEPS):
            session.tell("checkout.step_completed", f'{{"step":"{done}"}}')
            session.tell("checkout.step_viewed", f'{{"step":"{step}"}}', pause=AT_ONCE)
        if self.chance() > PAYING:
            return None
        contact = customer.contact if customer else self.crowd.registry.meet(session.visitor.place)
        method = next(self.methods)
        session.tell("checkout.payment_info_entered", f'{{"payment_method":"{method}"}}')
        if self.chance() > PLACING:
            return None
        session.wait(4 * AT_ONCE)
        basket = self.open_basket(session)
        basket.converted_ms = basket.last_ms = session.ms
        session.set_aside()
        return Purchase(session, contact, customer, basket.held, method, session.ms, basket)

    def identify(self, session: Session) -> Customer | None:
        """Return who checks out: a customer, who signs in if need be, a new one, or None for a guest."""
        if session.customer:
            return session.customer
        customer = session.visitor.customer
        if customer is None:
            return self.sign_up(session) if self.chance() < 0.58 else None
        if self.chance() < 0.12:
            return None
        self.sign_in(session, customer)
        return customer


def describe_cart(basket: Basket, *, name: str) -> str:
    """Return the properties of a whole cart, its id as `name`."""
    products = [
        {"product_id": item.offer.ref, "qty": item.quantity, "price": item.offer.price_kobo // 100}
        for item in basket.held
    ]
    value = sum(item.offer.price_kobo * item.quantity for item in basket.held)
    return encode({name: str(basket.id), "value": value // 100, "currency": "NGN", "products": products}).decode()


def worth(basket: Basket) -> dict[str, Any]:
    """Return the columns of a cart's amount."""
    value = sum(item.offer.price_kobo * item.quantity for item in basket.held)
    return {"value_kobo": value, "currency": "NGN"}
