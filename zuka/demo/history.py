"""The shop's history, day by day: visits in the order they began, then the orders of the day in the order placed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from operator import attrgetter
from random import Random
from types import MappingProxyType
from uuid import UUID

from django.db import models

from analytics.store.event import Event
from commerce.orders.models import CLOSED, OrderStatus, PaymentMethod
from commerce.reviews.models import ProductReview, ReviewStatus
from commerce.rewards.models import Referral, UserReward
from commerce.rewards.services.rules import RULES
from pets.models import PetMessage
from zuka.demo.baskets import Item
from zuka.demo.catalogue import Catalogue
from zuka.demo.checkouts import Purchase, Till
from zuka.demo.draws import random_for
from zuka.demo.fates import live
from zuka.demo.friends import Friends
from zuka.demo.journeys import Journeys, encode
from zuka.demo.lives import Life
from zuka.demo.moments import HOUR_MS, MINUTE_MS, millisecond_of, moment_of
from zuka.demo.opinions import Errand, Opinions
from zuka.demo.orders import COUPONS, Bought, place
from zuka.demo.pastimes import Pastimes
from zuka.demo.people import Crowd, Customer, Visitor, make_customer
from zuka.demo.plans import Plan
from zuka.demo.purses import Purses
from zuka.demo.seasons import black_friday, readiness, split_sessions
from zuka.demo.settling import settle, settles_at
from zuka.demo.shelf import Offer, Shelf, thanks
from zuka.demo.tables.places import PLACES
from zuka.demo.tables.visits import CAMPAIGN_LIFTS, DEVICES, DIRECT, campaign_of
from zuka.demo.telling import STOREFRONT_KEY, Pauses, Session, state_fact
from zuka.demo.visits import Doors, starts
from zuka.platform.clock import day_bounds, local_day

# Measured over a year of this data; a plan's number of sessions follows from it.
EVENTS_A_SESSION = 6.9
DAYS_BETWEEN_TESTS = 15
# A visit is over when nothing is heard for half an hour. After an order the shop still tells of payments that failed,
# at most 35 minutes later.
GAP_MS, PAYING_MS = 31 * MINUTE_MS, 36 * MINUTE_MS


class History:
    """Invents everything that happened by `plan.until`. Read `events()` to its end, then what became of it.

    `numbers` are the last order numbers in use, by year; `last_ids` the last ids of rows that events name. `visits`
    counts the visits that clients told of, by the day they began.
    """

    def __init__(
        self,
        plan: Plan,
        catalogue: Catalogue,
        *,
        numbers: Mapping[int, int],
        last_ids: Mapping[type[models.Model], int] = MappingProxyType({}),
        source_key: UUID = STOREFRONT_KEY,
    ) -> None:
        self.plan, self.seed = plan, plan.seed
        self.numbers: dict[int, int] = dict(numbers)
        self.until_ms = millisecond_of(plan.until)
        self.crowd = Crowd(plan.seed)
        self.shelf = Shelf(catalogue, seed=plan.seed)
        self.purses = Purses(until=plan.until, opened_at=plan.opened_at, last_gift=last_ids.get(UserReward, 0))
        self.friends = Friends(seed=plan.seed, until=plan.until, purses=self.purses, last_id=last_ids.get(Referral, 0))
        self.pastimes = Pastimes(seed=plan.seed, until=plan.until, purses=self.purses)
        self.till = Till(seed=plan.seed, crowd=self.crowd, friends=self.friends)
        self.journeys = Journeys(
            seed=plan.seed,
            shelf=self.shelf,
            till=self.till,
            pastimes=self.pastimes,
            last_message=last_ids.get(PetMessage, 0),
        )
        self.doors = Doors(Pauses(plan.seed, source_key=source_key), crowd=self.crowd, seed=plan.seed)
        products = {product.public_id: product for product in catalogue.products}
        self.opinions = Opinions(seed=plan.seed, products=products, last_id=last_ids.get(ProductReview, 0))
        self.offers: dict[str, Offer] = {offer.ref: offer for offer in self.shelf.offers}
        self.tester = make_tester(plan, self.crowd)
        self.bought: list[Bought] = []
        self.visits: Counter[date] = Counter()
        self.late: list[Purchase] = []
        self.to_come: defaultdict[date, list[Event]] = defaultdict(list)
        self.to_settle: defaultdict[date, list[tuple[Bought, Customer]]] = defaultdict(list)

    @property
    def customers(self) -> list[Customer]:
        """Everybody who has an account by now."""
        known = [self.tester.customer, *self.crowd.customers]
        return [each for each in known if each and each.user.created_at <= self.plan.until]

    def events(self) -> Iterator[Event]:
        """Yield all events as they happened, which is also the order in which a table is best filled."""
        self.to_come[self.plan.first].append(signed_up(self.tester))
        total = round(self.plan.events / EVENTS_A_SESSION)
        for day, sessions in split_sessions(days=self.plan.dates(), total=total, seed=self.seed).items():
            yield from self.by_now(self.tell_day(day, sessions))

    def by_now(self, events: list[Event]) -> Iterator[Event]:
        """Yield the events that have happened."""
        until = self.plan.until
        return (event for event in events if event.occurred_at <= until)

    def tell_day(self, day: date, count: int) -> list[Event]:
        """Return a day's events in order, those included that earlier days led to; what comes later waits."""
        start, end = day_bounds(day)
        events, purchases, self.late = self.to_come.pop(day, []), self.late, []
        for bought, customer in self.to_settle.pop(day, ()):
            events += settle(bought, customer, self.friends, at=start)
        for session, purchase in self.let_in(day, count):
            events.extend(session.events)
            if purchase:
                (purchases if purchase.placed_ms < millisecond_of(end) else self.late).append(purchase)
        if (day - self.plan.first).days % DAYS_BETWEEN_TESTS == 1:
            purchases.append(self.test_purchase(millisecond_of(start) + 10 * HOUR_MS))
        for purchase in sorted(purchases, key=lambda each: each.placed_ms):
            if purchase.placed_ms <= self.until_ms:
                events.extend(self.buy(purchase, day))
        today = [event for event in events if event.occurred_at < end]
        self.to_come[day + timedelta(days=1)].extend(event for event in events if event.occurred_at >= end)
        return sorted(today, key=attrgetter("occurred_at"))

    def let_in(self, day: date, count: int) -> Iterator[tuple[Session, Purchase | None]]:
        """Yield a day's visits in the order they begin, with what was bought."""
        campaign = campaign_of(day, black_friday=black_friday(day.year))
        ready = readiness(day) * CAMPAIGN_LIFTS.get(campaign, 1.0)
        drawn: list[tuple[int, Errand | None]] = [(ms, None) for ms in starts(day, count, seed=self.seed)]
        drawn += [(errand.start_ms, errand) for errand in self.opinions.pop(day)]
        for start_ms, errand in sorted(drawn, key=lambda each: each[0]):
            if start_ms > self.until_ms:
                return
            if errand:
                yield from self.run_errand(errand)
                continue
            session = self.doors.open(campaign, start_ms=start_ms)
            purchase = None
            if session.flags:
                self.journeys.crawl(session)
            else:
                purchase = self.journeys.visit(session, readiness=ready * session.channel.lift)
            self.close(session, purchase)
            yield session, purchase
            if not purchase and (again := self.doors.tempt(session, campaign)):
                self.journeys.visit(again, readiness=0.0)
                self.close(again, None)
                yield again, None

    def run_errand(self, errand: Errand) -> Iterator[tuple[Session, None]]:
        """Yield the visit of a customer who comes to review, unless they are busy."""
        visitor, customer = errand.visitor, errand.customer
        if not visitor.is_free(at_ms=errand.start_ms) or customer.busy_until_ms >= errand.start_ms:
            return
        session = self.doors.invite(visitor, start_ms=errand.start_ms)
        rating, review_id = self.opinions.draw()
        self.journeys.review(session, customer, errand.offer, rating=rating, review_id=review_id)
        at = next(event.occurred_at for event in session.events if event.event_type == "product.reviewed")
        if at <= self.plan.until:
            review = self.opinions.write(errand, rating=rating, review_id=review_id, at=at)
            session.events.extend(reward(review, customer, self.purses))
        self.close(session, None)
        yield session, None

    def close(self, session: Session, purchase: Purchase | None) -> None:
        """End a visit: count it, and keep its visitor from coming again before it is over for everybody."""
        busy_until_ms = session.ms + GAP_MS + (PAYING_MS if purchase else 0)
        session.visitor.busy_until_ms = busy_until_ms
        if session.customer:
            session.customer.busy_until_ms = busy_until_ms
        if not session.flags and session.first_ms is not None and session.first_ms <= self.until_ms:
            self.visits[local_day(session.events[0].occurred_at)] += 1
        self.doors.forget(session)

    def test_purchase(self, at_ms: int) -> Purchase:
        """Return what the shop's own people order to try the shop. Its session leaves no events."""
        session = self.doors.step_in(self.tester, DIRECT, {}, start_ms=at_ms)
        offer = self.shelf.offers[0]
        customer = self.tester.customer
        assert customer is not None
        items = [Item(offer, offer.variants[0], 1)]
        return Purchase(session, customer.contact, customer, items, PaymentMethod.CASH_ON_DELIVERY, at_ms)

    def next_number(self, year: int) -> str:
        """Return the next order number of a year."""
        self.numbers[year] = self.numbers.get(year, 0) + 1
        return f"ZUKA-{year}-{self.numbers[year]:06d}"

    def buy(self, purchase: Purchase, day: date) -> list[Event]:
        """Place an order and let it live; return what its session tells; its own facts wait for their days."""
        number = self.next_number(day.year)
        # Drawn by its place in this history: its number goes on from those the shop has given out before.
        drawn_by = f"ZUKA-{day.year}-{len(self.bought) + 1:06d}"
        rng = random_for(self.seed, f"order {drawn_by}")
        is_test = purchase.session.visitor is self.tester
        bought = place(purchase, number=number, code=self.code_for(purchase, day, rng), is_test=is_test)
        self.bought.append(bought)
        life = Life(bought, rng=rng, until=self.plan.until)
        if is_test:
            life.cancel(life.after(20, 90), "A test of the shop")
            return []
        live(life)
        told = len(purchase.session.events)
        thank(purchase.session, bought)
        if bought.order.status not in {OrderStatus.CANCELLED, OrderStatus.EXPIRED}:
            for item in purchase.items:
                item.offer.sold += item.quantity
        self.opinions.invite(purchase, bought, self.offers, random_for(self.seed, f"opinion {drawn_by}"))
        if purchase.customer:
            self.journeys.talks.orders[purchase.customer.ref] = number
            if at := settles_at(bought):
                self.to_settle[local_day(at)].append((bought, purchase.customer))
        for event in bought.events:
            self.to_come[max(day, local_day(event.occurred_at))].append(event)
        return [*purchase.session.events[told:], *self.to_come.pop(day, ())]

    def code_for(self, purchase: Purchase, day: date, rng: Random) -> tuple[str | None, int]:
        """Return the code that is used with an order, and its per cent: a gift of one's own, or the campaign's."""
        campaign = campaign_of(day, black_friday=black_friday(day.year))
        shown: tuple[str | None, int] = COUPONS.get(campaign, (None, 0)) if rng.random() < 0.3 else (None, 0)
        if purchase.customer and purchase.session.visitor is not self.tester:
            gift = self.purses.use_gift(purchase.customer, at=moment_of(purchase.placed_ms))
            return (gift.code, int(gift.percent or 0)) if gift else shown
        return shown

    def reserved(self) -> Counter[str]:
        """Return the pieces that orders still hold on the shelves, by the variant's sku."""
        pieces: Counter[str] = Counter()
        for bought in self.bought:
            if bought.order.status not in CLOSED:
                for line, tally in zip(bought.lines, bought.tallies(), strict=True):
                    assert line.variant is not None
                    pieces[line.variant.sku] += tally.left
        return +pieces


def reward(review: ProductReview, customer: Customer, purses: Purses) -> list[Event]:
    """Give the points of a review of what was bought, unless staff have hidden it; return the shop's facts."""
    if review.order_line is None or review.status != ReviewStatus.PUBLISHED:
        return []
    rule, source_id = RULES["review"], f"{review.product_id}:{customer.ref}"
    return purses.earn(customer, "review", source_id, rule.points, xp=rule.xp, at=review.created_at)


def thank(session: Session, bought: Bought) -> None:
    """Let the client claim the order, and show the page after it."""
    order = bought.order
    products = [
        {"product_id": line.product_ref, "qty": line.quantity, "price": line.unit_price_kobo // 100}
        for line in bought.lines
    ]
    facts = {
        "order_id": order.number,
        "total": order.total_kobo / 100,
        "currency": order.currency,
        "payment_method": order.payment_method,
        "products": products,
    }
    columns = {"order_ref": order.number, "value_kobo": order.total_kobo, "currency": order.currency}
    session.claim("order.created", encode(facts).decode(), **columns)
    session.see(thanks(order.number))


def make_tester(plan: Plan, crowd: Crowd) -> Visitor:
    """Return the account with which the shop's own people try it."""
    visitor = Visitor(crowd.new_id(), DEVICES[0], PLACES[0])
    at = moment_of(millisecond_of(day_bounds(plan.first)[0]) + 9 * HOUR_MS)
    visitor.customer = make_customer(crowd.rng, crowd.registry.meet(PLACES[0]), at=at, visitor=visitor, channel=DIRECT)
    visitor.customer.user.is_test = True
    return visitor


def signed_up(visitor: Visitor) -> Event:
    """Return the sign-up of an account that was made outside a session."""
    assert visitor.customer is not None
    user, ref = visitor.customer.user, visitor.customer.ref
    facts = {"user_id": ref, "source": user.signup_source, "platform": user.signup_platform, "country": user.country}
    return state_fact(
        "user.created",
        at=user.created_at,
        message_id=f"user.created:{ref}",
        properties=encode(facts).decode(),
        platform=visitor.device.platform,
        user_id=ref,
        visitor_id=visitor.visitor_id,
    )
