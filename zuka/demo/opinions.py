"""Who reviews what they bought, when and how: invitations after deliveries, and the reviews that come of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from operator import itemgetter
from random import Random

from commerce.catalog.models import Product
from commerce.orders.models import FulfilmentStatus, OrderLine
from commerce.reviews.models import ProductReview, ReviewStatus
from zuka.demo.checkouts import Purchase
from zuka.demo.draws import endless, random_for
from zuka.demo.moments import millisecond_of
from zuka.demo.orders import Bought
from zuka.demo.people import Customer, Visitor
from zuka.demo.shelf import Offer
from zuka.demo.tables.reviews import WORDS
from zuka.platform.clock import day_start, local_day

RATINGS = ((5, 50.0), (4, 30.0), (3, 11.0), (2, 4.5), (1, 4.5))
# Of delivered orders, how many a review comes of; of reviews, how many are of something seen, not bought here.
REVIEWING, UNBOUGHT, HIDDEN = 0.3, 0.06, 0.015


@dataclass(slots=True, eq=False)
class Errand:
    """A visit that is already meant: a customer comes back at a millisecond to review a product."""

    start_ms: int
    visitor: Visitor
    customer: Customer
    offer: Offer


class Opinions:
    """Plans errands to review, and writes the reviews. `rows` are unsaved reviews with their moments and ids."""

    def __init__(self, *, seed: int, products: dict[str, Product], last_id: int) -> None:
        self.rng, self.products, self.last_id = random_for(seed, "opinions"), products, last_id
        self.stars = endless(self.rng, RATINGS)
        self.rows: list[ProductReview] = []
        self.errands: dict[date, list[Errand]] = {}
        self.owned: dict[tuple[str, str], list[tuple[datetime, OrderLine]]] = {}
        self.meant: set[tuple[str, str]] = set()

    def invite(self, purchase: Purchase, bought: Bought, offers: dict[str, Offer], rng: Random) -> None:
        """Let one buyer in three mean to review a product some days after it came, or one that they only saw."""
        order, customer = bought.order, purchase.customer
        if order.fulfilment_status != FulfilmentStatus.DELIVERED or order.delivered_at is None or customer is None:
            return
        came = [line for line, tally in zip(bought.lines, bought.tallies(), strict=True) if tally.delivered]
        for line in came:
            self.owned.setdefault((customer.ref, line.product_ref), []).append((order.delivered_at, line))
        if rng.random() > REVIEWING:
            return
        refs = list(offers) if rng.random() < UNBOUGHT else [line.product_ref for line in came]
        offer = offers[rng.choice(refs)]
        after = order.delivered_at + timedelta(minutes=rng.randrange(300, 14_000))
        # Not on the day of the order: that day's visits are over when its orders are placed.
        day = max(local_day(after), local_day(order.placed_at) + timedelta(days=1))
        start = day_start(day) + timedelta(hours=8, seconds=rng.randrange(13 * 3600))
        start = max(start, order.delivered_at + timedelta(hours=1))
        if (customer.ref, offer.ref) not in self.meant and local_day(start) > local_day(order.placed_at):
            self.meant.add((customer.ref, offer.ref))
            errand = Errand(millisecond_of(start), purchase.session.visitor, customer, offer)
            self.errands.setdefault(local_day(start), []).append(errand)

    def pop(self, day: date) -> list[Errand]:
        """Take the errands of a day."""
        return self.errands.pop(day, [])

    def draw(self) -> tuple[int, int]:
        """Return the stars and the id of the next review."""
        self.last_id += 1
        return next(self.stars), self.last_id

    def write(self, errand: Errand, *, rating: int, review_id: int, at: datetime) -> ProductReview:
        """Write a review as a row; one in many is hidden by staff. Verified by the latest delivery before it."""
        customer, offer, rng = errand.customer, errand.offer, self.rng
        owned = sorted(self.owned.get((customer.ref, offer.ref), []), key=itemgetter(0))
        lines = [line for came, line in owned if came <= at]
        title, body = self.words(rating, city=customer.contact.place.city)
        status = ReviewStatus.HIDDEN if rng.random() < HIDDEN else ReviewStatus.PUBLISHED
        if status == ReviewStatus.PUBLISHED:
            offer.ratings.append(rating)
        review = ProductReview(
            id=review_id,
            product=self.products[offer.ref],
            user=customer.user,
            order_line=lines[-1] if lines else None,
            rating=rating,
            title=title,
            body=body,
            status=status,
            created_at=at,
        )
        self.rows.append(review)
        return review

    def words(self, rating: int, *, city: str) -> tuple[str, str]:
        """Return a title and a few sentences that fit the stars; some give stars alone."""
        rng, (titles, sentences, deliveries) = self.rng, WORDS[rating]
        if rng.random() < 0.15:
            return "", ""
        said = rng.sample(sentences, k=rng.choice((1, 1, 2, 2, 3)))
        if rng.random() < 0.3:
            said.append(rng.choice(deliveries).format(city=city))
        return rng.choice(titles), " ".join(said)
