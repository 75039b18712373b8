"""The shop's history, day by day: visits in the order they began, then the orders of the day in the order placed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from operator import attrgetter
from random import Random
from uuid import UUID

from analytics.registry.types import Flag
from analytics.store.event import Event
from commerce.orders.models import FulfilmentStatus, OrderStatus, PaymentMethod
from zuka.demo.catalogue import Catalogue
from zuka.demo.draws import endless, random_for, random_uuid
from zuka.demo.journeys import Item, Journeys, Purchase, encode
from zuka.demo.lives import Life, live
from zuka.demo.orders import Bought, place
from zuka.demo.people import Crowd, Customer, Visitor, make_customer
from zuka.demo.plans import Plan
from zuka.demo.seasons import black_friday, readiness, split_sessions
from zuka.demo.shelf import THANKS, Offer, Shelf
from zuka.demo.tables.places import PLACES
from zuka.demo.tables.visits import BOT, CHANNELS, DEVICES, WEEKEND_HOURS, WORKDAY_HOURS, Channel, campaign_of
from zuka.demo.telling import STOREFRONT_KEY, Pauses, Session, millisecond_of, moment_of, state_fact
from zuka.platform.clock import day_bounds, local_day

# Measured over a year of this data; a plan's number of sessions follows from it.
EVENTS_A_SESSION = 7.1
BOT_SHARE = 0.011
RATINGS = ((5, 48.0), (4, 30.0), (3, 12.0), (2, 5.0), (1, 5.0))
DAYS_BETWEEN_TESTS = 15
HOUR_MS = 3_600_000
SATURDAY = 5


class History:
    """Invents everything that happened by `plan.until`. Read `events()` to its end, then `customers` and `bought`.

    `numbers` are the last order numbers in use, by year.
    """

    def __init__(
        self, plan: Plan, catalogue: Catalogue, *, numbers: Mapping[int, int], source_key: UUID = STOREFRONT_KEY
    ) -> None:
        self.plan, self.seed = plan, plan.seed
        self.numbers: dict[int, int] = dict(numbers)
        self.until_ms = millisecond_of(plan.until)
        self.crowd = Crowd(plan.seed)
        self.shelf = Shelf(catalogue, seed=plan.seed)
        self.journeys = Journeys(seed=plan.seed, shelf=self.shelf, crowd=self.crowd)
        self.pauses = Pauses(plan.seed, source_key=source_key)
        self.rng = random_for(plan.seed, "history")
        self.channels = endless(self.rng, [(channel, channel.weight) for channel in CHANNELS])
        self.stars = endless(random_for(plan.seed, "stars"), RATINGS)
        self.offers: dict[str, Offer] = {offer.ref: offer for offer in self.shelf.offers}
        self.tester = make_tester(plan, self.crowd)
        self.bought: list[Bought] = []
        self.to_come: defaultdict[date, list[Event]] = defaultdict(list)

    @property
    def customers(self) -> list[Customer]:
        """Everybody who has an account by now."""
        known = [visitor.customer for visitor in (self.tester, *self.crowd.regulars) if visitor.customer]
        return [customer for customer in known if customer.user.created_at <= self.plan.until]

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
        """Return a day's events in order, those included that orders of earlier days led to."""
        start, end = day_bounds(day)
        end_ms = millisecond_of(end) - 1
        campaign = campaign_of(day, black_friday=black_friday(day.year))
        ready = readiness(day)
        events: list[Event] = []
        purchases: list[Purchase] = []
        for start_ms in self.starts(day, millisecond_of(start), count):
            if start_ms > self.until_ms:
                break
            session = self.open_session(campaign, start_ms=start_ms, end_ms=end_ms)
            if session.flags:
                self.journeys.crawl(session)
            elif purchase := self.journeys.visit(session, readiness=ready):
                purchases.append(purchase)
            session.visitor.busy_until_ms = session.ms + HOUR_MS // 60
            events.extend(session.events)
        if (day - self.plan.first).days % DAYS_BETWEEN_TESTS == 1:
            purchases.append(self.test_purchase(millisecond_of(start) + 10 * HOUR_MS, end_ms))
        for purchase in sorted(purchases, key=lambda each: each.placed_ms):
            if purchase.placed_ms <= self.until_ms:
                events.extend(self.buy(purchase, campaign, day.year))
        events.extend(self.to_come.pop(day, ()))
        return sorted(events, key=attrgetter("occurred_at"))

    def starts(self, day: date, start_ms: int, count: int) -> list[int]:
        """Return when a day's sessions begin, in order. None begins in the last half hour: a visit stays in its day."""
        hours = WEEKEND_HOURS if day.weekday() >= SATURDAY else WORKDAY_HOURS
        rng = random_for(self.seed, f"starts {day}")
        drawn = rng.choices(range(24), hours, k=count)
        return sorted(
            start_ms + hour * HOUR_MS + int(rng.random() * (HOUR_MS if hour < 23 else HOUR_MS // 2)) for hour in drawn
        )

    def open_session(self, campaign: str, *, start_ms: int, end_ms: int) -> Session:
        """Return a new session of a person, or now and then of a bot."""
        is_bot = self.rng.random() < BOT_SHARE
        if is_bot:
            visitor, channel = Visitor(self.crowd.new_id(), BOT, PLACES[0]), CHANNELS[0]
        else:
            visitor, channel = self.crowd.send(at_ms=start_ms), next(self.channels)
        return Session(
            self.pauses,
            visitor=visitor,
            channel=channel,
            campaign=campaign,
            session_id=self.crowd.new_id(),
            start_ms=start_ms,
            end_ms=end_ms,
            flags=int(Flag.BOT) if is_bot else 0,
        )

    def test_purchase(self, at_ms: int, end_ms: int) -> Purchase:
        """Return what the shop's own people order to try the shop. Its session leaves no events."""
        session = Session(
            self.pauses,
            visitor=self.tester,
            channel=CHANNELS[0],
            campaign=None,
            session_id=self.crowd.new_id(),
            start_ms=at_ms,
            end_ms=end_ms,
        )
        offer = next(offer for offer in self.shelf.offers if offer.in_stock)
        customer = self.tester.customer
        assert customer is not None
        return Purchase(
            session, customer.contact, customer, [Item(offer, offer.in_stock[0], 1)], PaymentMethod.CASH_ON_DELIVERY
        )

    def next_number(self, year: int) -> str:
        """Return the next order number of a year."""
        self.numbers[year] = self.numbers.get(year, 0) + 1
        return f"ZUKA-{year}-{self.numbers[year]:06d}"

    def buy(self, purchase: Purchase, campaign: str, year: int) -> list[Event]:
        """Place an order and let it live; return what its session tells; its own facts wait for their days."""
        number = self.next_number(year)
        rng = random_for(self.seed, f"order {number}")
        is_test = purchase.session.visitor is self.tester
        bought = place(purchase, number=number, campaign=campaign, uses_coupon=rng.random() < 0.3, is_test=is_test)
        self.bought.append(bought)
        if is_test:
            return []
        live(Life(bought, rng=rng, until=self.plan.until))
        told = len(purchase.session.events)
        thank(purchase.session, bought, claims=rng.random() < 0.7)
        if bought.order.status not in {OrderStatus.CANCELLED, OrderStatus.EXPIRED}:
            for item in purchase.items:
                item.offer.sold += item.quantity
        if purchase.customer:
            self.review(bought, rng)
        for event in bought.events:
            self.to_come[local_day(event.occurred_at)].append(event)
        return purchase.session.events[told:]

    def review(self, bought: Bought, rng: Random) -> None:
        """Let one buyer in six review a product some days after it came."""
        order = bought.order
        if order.fulfilment_status != FulfilmentStatus.DELIVERED or order.delivered_at is None or rng.random() > 0.16:
            return
        at = order.delivered_at + timedelta(minutes=rng.randrange(300, 14_000))
        if at > self.plan.until:
            return
        line, rating, review_id = rng.choice(bought.lines), next(self.stars), str(random_uuid(rng))
        self.offers[line.product_ref].ratings.append(rating)
        facts = {"product_id": line.product_ref, "rating": rating, "review_id": review_id}
        bought.events.append(
            state_fact(
                "product.reviewed",
                at=at,
                message_id=f"product.reviewed:{review_id}",
                properties=encode(facts).decode(),
                platform="server",
                user_id=str(order.user_id),
                visitor_id=order.visitor_id,
                product_ref=line.product_ref,
            )
        )


def thank(session: Session, bought: Bought, *, claims: bool) -> None:
    """Show the page after an order; unless something blocks it, the client claims the order too."""
    order = bought.order
    if claims:
        facts = {"order_id": order.number, "total": order.total_kobo // 100, "currency": order.currency}
        session.claim(
            "order.created",
            "Order Completed",
            encode(facts).decode(),
            order_ref=order.number,
            value_kobo=order.total_kobo,
            currency=order.currency,
        )
    session.see(THANKS)


def make_tester(plan: Plan, crowd: Crowd) -> Visitor:
    """Return the account with which the shop's own people try it."""
    visitor = Visitor(crowd.new_id(), DEVICES[0], PLACES[0])
    at = moment_of(millisecond_of(day_bounds(plan.first)[0]) + 9 * HOUR_MS)
    direct: Channel = CHANNELS[0]
    visitor.customer = make_customer(crowd.rng, crowd.registry.meet(PLACES[0]), at=at, visitor=visitor, channel=direct)
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
