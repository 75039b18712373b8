"""What visitors do: look around, search, fill a cart, sign up, buy. One journey is one session."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from commerce.catalog.models import ProductVariant
from commerce.orders.models import PaymentMethod
from zuka.demo.draws import endless, random_for
from zuka.demo.people import Contact, Crowd, Customer
from zuka.demo.shelf import CART, CHECKOUT, HOME, SEARCH, SIGN_IN, Offer, Shelf
from zuka.demo.tables.visits import SEARCHES
from zuka.demo.telling import AT_ONCE, Session

encode = msgspec.json.Encoder().encode
BOUNCE, BROWSE, SHOP = "bounce", "browse", "shop"
INTENTS = ((BOUNCE, 36.0), (BROWSE, 43.0), (SHOP, 21.0))
STEPS = {BROWSE: (1, 2, 2, 3, 3, 4, 5), SHOP: (3, 4, 4, 5, 6, 7, 9)}
METHODS = (
    (PaymentMethod.CASH_ON_DELIVERY, 55.0),
    (PaymentMethod.PAYSTACK, 30.0),
    (PaymentMethod.FLUTTERWAVE, 15.0),
)


@dataclass(slots=True, eq=False)
class Item:
    """A product in a cart, in a size, and how many."""

    offer: Offer
    variant: ProductVariant
    quantity: int


@dataclass(slots=True, eq=False)
class Purchase:
    """A cart that is being paid for: an order without its number. `customer` is None for a guest."""

    session: Session
    contact: Contact
    customer: Customer | None
    items: list[Item]
    method: PaymentMethod

    @property
    def placed_ms(self) -> int:
        """When the button was pressed."""
        return self.session.ms


class Journeys:
    """Walks visitors through the shop."""

    def __init__(self, *, seed: int, shelf: Shelf, crowd: Crowd) -> None:
        self.rng, self.shelf, self.crowd = random_for(seed, "journeys"), shelf, crowd
        self.intents = endless(self.rng, INTENTS)
        self.methods = endless(self.rng, METHODS)
        self.searches = endless(self.rng, SEARCHES)
        self.chance = self.rng.random

    def visit(self, session: Session, *, readiness: float) -> Purchase | None:
        """Let a session unfold and return what was bought; `readiness` to buy is 1 on a usual day."""
        intent = next(self.intents)
        self.arrive(session)
        if intent == BOUNCE:
            return None
        self.crowd.remember(session.visitor)
        self.recognise(session)
        items: list[Item] = []
        eagerness = 0.24 * min(readiness, 1.8) if intent == SHOP else 0.0
        for _ in range(self.rng.choice(STEPS[intent])):
            self.step(session, items, eagerness=eagerness)
        if items:
            return self.check_out(session, items, readiness=readiness * session.channel.lift)
        if self.chance() < 0.012 and session.visitor.customer is None:
            self.sign_up(session)
        return None

    def crawl(self, session: Session) -> None:
        """Let a bot read some products."""
        for _ in range(self.rng.randrange(3, 12)):
            session.tell("product.viewed", "Product Viewed", **self.seen(next(self.shelf.wanted), session))

    def arrive(self, session: Session) -> None:
        """Enter the shop: by its front page, a product that was shared, or a list."""
        if session.is_app:
            session.tell("app.opened", "Application Opened", '{"version":"2.1.0"}', pause=AT_ONCE)
        chance = self.chance()
        if chance < 0.5:
            session.see(HOME)
        elif chance < 0.8:
            self.view_offer(session, next(self.shelf.wanted))
        else:
            self.view_aisle(session)

    def recognise(self, session: Session) -> None:
        """Know a customer who comes again: an app keeps them signed in, in a browser some sign in."""
        customer = session.visitor.customer
        if customer is None:
            return
        if session.is_app:
            session.sign_in(customer)
        elif self.chance() < 0.45:
            self.sign_in(session, customer)

    def sign_in(self, session: Session, customer: Customer) -> None:
        """Sign in."""
        session.see(SIGN_IN)
        session.sign_in(customer)
        platform, method = session.visitor.device.platform, customer.user.auth_provider
        facts = encode({"method": method, "platform": platform}).decode()
        session.state("user.logged_in", f"user.logged_in:{session.session_id}", facts)
        customer.user.last_login = session.at

    def sign_up(self, session: Session) -> Customer:
        """Make an account."""
        session.see(SIGN_IN)
        # The shop's fact comes a moment after this page; the row carries the same moment.
        session.ms = min(session.ms + AT_ONCE, session.end_ms)
        customer = self.crowd.sign_up(session.visitor, at=session.at, channel=session.channel)
        session.sign_in(customer)
        user = customer.user
        facts = {
            "user_id": customer.ref,
            "source": user.signup_source,
            "platform": user.signup_platform,
            "country": user.country,
            "referrer_id": None,
        }
        session.state("user.created", f"user.created:{customer.ref}", encode(facts).decode(), pause=0)
        return customer

    def step(self, session: Session, items: list[Item], *, eagerness: float) -> None:
        """Do one thing: look at a product and perhaps take it, stroll along a list, search, read."""
        chance = self.chance()
        if chance < 0.58:
            offer = next(self.shelf.wanted)
            self.view_offer(session, offer)
            if self.chance() < eagerness and offer.in_stock:
                items.append(self.take(session, offer))
        elif chance < 0.8:
            self.view_aisle(session)
        elif chance < 0.92:
            self.search(session)
        else:
            session.see(next(self.shelf.others))

    def seen(self, offer: Offer, session: Session) -> dict[str, Any]:
        """Return what an event says of a product."""
        return {
            "properties": offer.view_properties,
            "product_ref": offer.ref,
            "category": offer.category,
            "value_kobo": offer.price_kobo,
            "currency": "NGN",
            **offer.sights[session.is_app].columns,
        }

    def view_offer(self, session: Session, offer: Offer) -> None:
        """Look at a product; now and then share it or keep it for later."""
        session.see(offer.sights)
        session.tell("product.viewed", "Product Viewed", pause=AT_ONCE, **self.seen(offer, session))
        offer.seen += 1
        chance = self.chance()
        if chance < 0.03:
            session.tell("wishlist.item_added", "Product Added to Wishlist", **self.seen(offer, session))
        elif chance < 0.045:
            facts = f'{{"share_via":"whatsapp","product_id":"{offer.ref}"}}'
            session.tell("product.shared", "Product Shared", facts, product_ref=offer.ref)

    def view_aisle(self, session: Session) -> None:
        """Look at the list of a category."""
        aisle = next(self.shelf.strolled)
        session.see(aisle.sights)
        session.tell(
            "product.list_viewed",
            "Product List Viewed",
            aisle.list_properties,
            pause=AT_ONCE,
            category=aisle.category,
            **aisle.sights[session.is_app].columns,
        )

    def search(self, session: Session) -> None:
        """Search the shop; some look for what it does not have."""
        query, results = next(self.searches)
        session.see(SEARCH)
        facts = f'{{"query":"{query}","results":{results}}}'
        session.tell("product.searched", "Products Searched", facts, pause=AT_ONCE, search_query=query)

    def take(self, session: Session, offer: Offer) -> Item:
        """Put a product into the cart."""
        quantity = 1 if self.chance() < 0.9 else 2
        session.added += 1
        platform = session.visitor.device.platform
        facts = {
            "product_id": offer.ref,
            "name": offer.name,
            "category": offer.category,
            "price": offer.price_kobo // 100,
            "quantity": quantity,
            "currency": "NGN",
            "platform": platform,
        }
        session.state(
            "cart.item_added",
            f"cart.item_added:{session.session_id}:{session.added}",
            encode(facts).decode(),
            product_ref=offer.ref,
            category=offer.category,
            value_kobo=offer.price_kobo * quantity,
            currency="NGN",
            quantity=quantity,
        )
        return Item(offer, self.rng.choice(offer.in_stock), quantity)

    def check_out(self, session: Session, items: list[Item], *, readiness: float) -> Purchase | None:
        """Look at the cart, perhaps start a checkout, perhaps buy."""
        session.see(CART)
        if self.chance() > min(0.28 * readiness, 0.8):
            return None
        self.start_checkout(session, items)
        if self.chance() > 0.82:
            return None
        customer = self.identify(session)
        contact = customer.contact if customer else self.crowd.registry.meet(session.visitor.place)
        method = next(self.methods)
        facts = f'{{"payment_method":"{method}"}}'
        session.tell("checkout.payment_info_entered", "Payment Info Entered", facts)
        if self.chance() > 0.7:
            return None
        session.ms = min(session.ms + 4 * AT_ONCE, session.end_ms)
        return Purchase(session, contact, customer, items, method)

    def start_checkout(self, session: Session, items: list[Item]) -> None:
        """Begin to check out."""
        session.see(CHECKOUT)
        value = sum(item.offer.price_kobo * item.quantity for item in items)
        products = [{"product_id": item.offer.ref, "quantity": item.quantity} for item in items]
        facts = {
            "value": value // 100,
            "currency": "NGN",
            "products": products,
            "platform": session.visitor.device.platform,
        }
        session.state(
            "checkout.started",
            f"checkout.started:{session.session_id}",
            encode(facts).decode(),
            value_kobo=value,
            currency="NGN",
        )

    def identify(self, session: Session) -> Customer | None:
        """Return who checks out: a customer, who signs in if need be, a new one, or None for a guest."""
        customer = session.visitor.customer
        if customer is None:
            return self.sign_up(session) if self.chance() < 0.62 else None
        if "user_id" not in session.columns:
            self.sign_in(session, customer)
        return customer
