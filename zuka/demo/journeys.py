"""What visitors do: look around, search, fill a cart, sign up, buy, come back to review. One journey is one visit."""

from __future__ import annotations

from typing import Any

import msgspec

from zuka.demo.checkouts import Purchase, Till
from zuka.demo.draws import endless, random_for
from zuka.demo.pastimes import Pastimes
from zuka.demo.people import Customer
from zuka.demo.shelf import HOME, SEARCH, Aisle, Offer, Shelf
from zuka.demo.tables.visits import SEARCHES
from zuka.demo.talks import Talks
from zuka.demo.telling import AT_ONCE, Session

encode = msgspec.json.Encoder().encode
BROWSE, SHOP = "browse", "shop"
INTENTS = ((BROWSE, 66.0), (SHOP, 34.0))
STEPS = {BROWSE: (1, 2, 2, 3, 3, 4, 5, 7), SHOP: (3, 4, 4, 5, 6, 7, 9)}
# Who leaves at once on a usual day, and who puts what they look at into the cart.
LEAVING, TAKING = 0.44, 0.15
# Who comes back to a cart and goes there at once; who looks at the cart after putting something in.
RETURNING, LOOKING = 0.3, 0.85
# Of each place, where people go next.
MOVES: dict[str, tuple[tuple[str, float], ...]] = {
    "home": (("aisle", 46), ("offer", 26), ("search", 18), ("other", 10)),
    "aisle": (("shelf", 62), ("filter", 13), ("aisle", 14), ("search", 7), ("other", 4)),
    "offer": (("offer", 34), ("back", 30), ("aisle", 12), ("search", 14), ("home", 4), ("other", 6)),
    "search": (("offer", 70), ("aisle", 12), ("search", 14), ("home", 4)),
    "other": (("offer", 50), ("aisle", 30), ("search", 10), ("home", 10)),
}


class Journeys:
    """Walks visitors through the shop."""

    def __init__(self, *, seed: int, shelf: Shelf, till: Till, pastimes: Pastimes, last_message: int = 0) -> None:
        self.rng, self.shelf, self.till, self.pastimes = random_for(seed, "journeys"), shelf, till, pastimes
        self.talks = Talks(
            seed=seed,
            until=pastimes.until,
            shelf=shelf,
            till=till,
            purses=pastimes.purses,
            look=self.view_offer,
            last_message=last_message,
        )
        self.intents = endless(self.rng, INTENTS)
        self.searches = endless(self.rng, SEARCHES)
        self.moves = {place: endless(self.rng, moves) for place, moves in MOVES.items()}
        self.chance = self.rng.random

    def visit(self, session: Session, *, readiness: float) -> Purchase | None:
        """Let a session unfold and return what was bought; `readiness` to buy is 1 on a usual day."""
        visitor, began_ms = session.visitor, session.ms
        if visitor.customer and visitor.is_signed_in:
            session.sign_in(visitor.customer)
        place, aisle = self.arrive(session)
        if self.chance() < LEAVING * session.channel.leaving:
            return None
        self.till.crowd.remember(visitor)
        self.recognise(session)
        if (left := self.till.find_basket(session)) and left.held and self.chance() < RETURNING:
            return self.till.check_out(session, left, readiness=readiness)
        self.wander(session, place, aisle, readiness=readiness)
        if session.customer:
            self.pastimes.enjoy(session, session.customer)
            self.talks.talk(session, session.customer)
        basket = self.till.find_basket(session)
        if basket and basket.held and basket.last_ms > began_ms and self.chance() < LOOKING:
            return self.till.check_out(session, basket, readiness=readiness)
        if self.chance() < 0.012 and visitor.customer is None:
            self.till.sign_up(session)
        return None

    def crawl(self, session: Session) -> None:
        """Let a bot read some products."""
        for _ in range(self.rng.randrange(3, 12)):
            session.tell("product.viewed", **self.seen(next(self.shelf.wanted), session))

    def arrive(self, session: Session) -> tuple[str, Aisle | None]:
        """Enter the shop: by its front page, a product that was shared, or a list; return where that is."""
        if session.is_app:
            session.tell("app.opened", '{"version":"2.1.0"}', pause=AT_ONCE)
        chance = self.chance()
        if session.is_app or session.channel.name == "direct":
            chance *= 0.75
        if chance < 0.45:
            session.see(HOME)
            return "home", None
        if chance < 0.8:
            return "offer", self.view_offer(session, next(self.shelf.wanted))
        return "aisle", self.view_aisle(session, next(self.shelf.strolled))

    def recognise(self, session: Session) -> None:
        """Sign in a customer who comes again, or now and then somebody else on the same device."""
        visitor, crowd = session.visitor, self.till.crowd
        if session.customer or visitor.customer is None:
            return
        if self.chance() < 0.02 and not session.is_app:
            other = self.rng.choice(crowd.customers)
            if other.busy_until_ms < session.ms:
                self.till.sign_in(session, other, is_staying=False)
        elif self.chance() < (0.8 if session.is_app else 0.35):
            self.till.sign_in(session, visitor.customer)

    def wander(self, session: Session, place: str, aisle: Aisle | None, *, readiness: float) -> None:
        """Go from page to page, and take what pleases."""
        intent = next(self.intents)
        taking = TAKING * min(readiness, 1.8) if intent == SHOP else 0.0
        for _ in range(self.rng.choice(STEPS[intent])):
            move = next(self.moves[place])
            if move in {"shelf", "offer"}:
                offer = next(aisle.wanted) if aisle and move == "shelf" else next(self.shelf.wanted)
                place, aisle = "offer", self.view_offer(session, offer)
                if self.chance() < taking:
                    self.till.take(session, offer)
            elif move in {"aisle", "back"}:
                back = aisle if move == "back" else None
                place, aisle = "aisle", self.view_aisle(session, back or next(self.shelf.strolled))
            elif move == "filter" and aisle:
                session.tell("product.list_filtered", next(aisle.filters), category=aisle.category)
            elif move == "search":
                place = "search"
                if not self.search(session):
                    return
            else:
                place = "home" if move == "home" else "other"
                session.see(HOME if move == "home" else next(self.shelf.others))

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

    def view_offer(self, session: Session, offer: Offer) -> Aisle:
        """Look at a product; now and then share it or keep it for later; return the list it stands in."""
        session.see(offer.sights)
        session.tell("product.viewed", pause=AT_ONCE, **self.seen(offer, session))
        offer.seen += not session.visitor.is_blocking
        chance = self.chance()
        if chance < 0.03:
            session.tell("wishlist.item_added", **self.seen(offer, session))
            self.pastimes.wish(session, offer)
        elif chance < 0.045:
            facts = f'{{"share_via":"whatsapp","product_id":"{offer.ref}"}}'
            session.tell("product.shared", facts, product_ref=offer.ref)
        return self.shelf.aisles[offer.category]

    def view_aisle(self, session: Session, aisle: Aisle) -> Aisle:
        """Look at the list of a category."""
        session.see(aisle.sights)
        columns = aisle.sights[session.is_app].columns
        session.tell("product.list_viewed", aisle.list_properties, pause=AT_ONCE, category=aisle.category, **columns)
        return aisle

    def search(self, session: Session) -> bool:
        """Search the shop; return whether the visitor stays: who finds nothing searches again or leaves."""
        while True:
            query, results = next(self.searches)
            session.see(SEARCH)
            facts = f'{{"query":"{query}","results":{results}}}'
            session.tell("product.searched", facts, pause=AT_ONCE, search_query=query)
            if results:
                return True
            if self.chance() < 0.55:
                return False

    def review(self, session: Session, customer: Customer, offer: Offer, *, rating: int, review_id: int) -> None:
        """Come back to say what one thinks of a product."""
        if session.visitor.is_signed_in and session.visitor.customer is customer:
            session.sign_in(customer)
        self.view_offer(session, offer)
        if session.customer is None:
            self.till.sign_in(session, customer, is_staying=session.visitor.customer is customer)
            self.view_offer(session, offer)
        session.wait(3 * next(session.lengths))
        said = {"product_id": offer.ref, "rating": rating}
        fact = encode({**said, "review_id": str(review_id)}).decode()
        message_id = f"product.reviewed:{review_id}"
        session.state("product.reviewed", message_id, fact, speaker=None, product_ref=offer.ref)
        session.claim("product.reviewed", encode(said).decode(), product_ref=offer.ref)
