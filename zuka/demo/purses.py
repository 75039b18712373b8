"""Points through time, by the ledger's own rules: what comes, what it leads to, what it is given for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter

import msgspec
from django.conf import settings

from analytics.store.event import Event
from commerce.promotions.models import Coupon, CouponKind
from commerce.rewards.models import PointsEntry, PointsLot, Reward, UserReward
from commerce.rewards.services.rules import ACHIEVEMENTS, RULES, Achievement, level_at
from zuka.demo.people import Customer
from zuka.demo.tables.pastimes import PRIZES, Prize
from zuka.demo.telling import state_fact
from zuka.platform.clock import local_day

encode = msgspec.json.Encoder().encode
DAYS_VALID = 30


@dataclass(frozen=True, slots=True)
class Gift:
    """A reward that a customer took: its row, and the code that it is."""

    taken: UserReward
    coupon: Coupon


@dataclass(slots=True, eq=False)
class Purse:
    """What a customer has: points and XP, the lots they are of, what was earned how often, gifts not used yet."""

    customer: Customer
    points: int = 0
    xp: int = 0
    lots: list[PointsLot] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    of_day: Counter[tuple[str, date]] = field(default_factory=Counter)
    gifts: list[Gift] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class News:
    """What a customer is told of their points: the kind of notice, its key, and the facts in it."""

    customer: Customer
    kind: str
    key: str
    at: datetime
    facts: dict[str, str]


class Purses:
    """All customers' points. Of each customer things are asked for in the order in which they happen.

    What would come after `until` changes nothing.
    """

    def __init__(self, *, until: datetime, opened_at: datetime, last_gift: int = 0) -> None:
        self.until, self.last_gift = until, last_gift
        self.purses: dict[str, Purse] = {}
        self.entries: list[PointsEntry] = []
        self.news: list[News] = []
        self.prizes = [(prize, make_reward(prize, at=opened_at)) for prize in PRIZES]

    def of(self, customer: Customer) -> Purse:
        """Return a customer's purse."""
        return self.purses.setdefault(customer.ref, Purse(customer))

    def earn(
        self, customer: Customer, source_type: str, source_id: str, points: int, *, xp: int, at: datetime
    ) -> list[Event]:
        """Give points, no more than a day's worth of their kind; return what the shop tracks of it."""
        purse, rule, of_day = self.of(customer), RULES[source_type], (source_type, local_day(at))
        if rule.a_day is not None:
            points = min(points, rule.a_day - purse.of_day[of_day])
        if at > self.until or not (points or xp):
            return []
        purse.of_day[of_day] += points
        purse.counts[source_type] += 1
        lapses = at + timedelta(days=settings.POINTS_VALID_DAYS)
        entry = self.write(purse, source_type, source_id, points=points, xp=xp, expires_at=lapses, at=at)
        if points:
            purse.lots.append(PointsLot(entry=entry, user=customer.user, points_left=points, expires_at=lapses))
        told = [points_fact("points.earned", entry, points)] if points else []
        told += [unlocked(purse, each.name, at=at) for each in ACHIEVEMENTS if is_reached(purse, each, source_type)]
        return [*told, *self.note_level(purse, xp, at=at)]

    def write(
        self,
        purse: Purse,
        source_type: str,
        source_id: str,
        *,
        points: int,
        xp: int,
        expires_at: datetime | None,
        at: datetime,
    ) -> PointsEntry:
        """Write a change of a customer's points, with the caches on the account."""
        user = purse.customer.user
        entry = PointsEntry(
            user=user,
            source_type=source_type,
            source_id=source_id,
            points=points,
            xp=xp,
            expires_at=expires_at if points else None,
            occurred_at=at,
        )
        self.entries.append(entry)
        purse.points, purse.xp = purse.points + points, purse.xp + xp
        user.reward_points, user.total_xp, user.gem_level = purse.points, purse.xp, level_at(purse.xp).name
        return entry

    def note_level(self, purse: Purse, xp: int, *, at: datetime) -> list[Event]:
        """Return the fact of a level that was reached just now, and have it told."""
        level = level_at(purse.xp)
        if level == level_at(purse.xp - xp):
            return []
        self.tell(purse.customer, "rewards.level", level.name, at=at, level=level.title)
        facts = encode({"level": level.name}).decode()
        return [about(purse.customer, "game.levelled_up", level.name, facts, at=at)]

    def tell(self, customer: Customer, kind: str, key: str, *, at: datetime, **facts: str) -> None:
        """Have a customer told of something."""
        if at <= self.until:
            self.news.append(News(customer, kind, f"{kind}:{customer.ref}:{key}", at, facts))

    def take_prize(self, customer: Customer, letters: str, *, at: datetime) -> list[Event]:
        """Give what a customer has for the best reward that they can take; return what the shop tracks of it."""
        purse = self.of(customer)
        within = [(prize, reward) for prize, reward in self.prizes if prize.points <= purse.points]
        if at > self.until or not within:
            return []
        prize, reward = within[-1]
        self.last_gift += 1
        reward.redeemed_count += 1
        lapses = at + timedelta(days=reward.valid_days)
        coupon = make_code(prize, f"GIFT-{letters}", at=at, until=lapses)
        taken = UserReward(
            id=self.last_gift,
            user=customer.user,
            reward=reward,
            coupon=coupon,
            points=prize.points,
            redeemed_at=at,
            expires_at=lapses,
        )
        purse.gifts.append(Gift(taken, coupon))
        last = use_lots(purse.lots, prize.points)
        entry = self.write(purse, "reward", str(self.last_gift), points=-prize.points, xp=0, expires_at=last, at=at)
        entry.note = prize.name
        return [points_fact("points.spent", entry, prize.points)]

    def use_gift(self, customer: Customer, *, at: datetime) -> Coupon | None:
        """Return the code of a gift that a customer had by a moment and still can use, once each."""
        gifts = self.of(customer).gifts
        for gift in gifts:
            if gift.taken.redeemed_at < at < gift.taken.expires_at and not gift.coupon.usage_count:
                gift.coupon.usage_count = 1
                return gift.coupon
        return None

    def ledger(self) -> list[PointsEntry]:
        """Return all changes as they happened, with what was there after each."""
        held: Counter[str] = Counter()
        entries = sorted(self.entries, key=attrgetter("occurred_at"))
        for entry in entries:
            held[str(entry.user_id)] += entry.points
            entry.balance_after = held[str(entry.user_id)]
        return entries


def use_lots(lots: list[PointsLot], points: int) -> datetime | None:
    """Take points of lots, those that lapse first, and return when the last of them would have."""
    last = None
    for lot in lots:
        part = min(points, lot.points_left)
        lot.points_left, points = lot.points_left - part, points - part
        last = lot.expires_at if part else last
        if not points:
            break
    return last


def is_reached(purse: Purse, achievement: Achievement, source_type: str) -> bool:
    """Say whether the change that was just counted is the one that an achievement waits for."""
    return (achievement.source_type, achievement.count) == (source_type, purse.counts[source_type])


def unlocked(purse: Purse, name: str, *, at: datetime) -> Event:
    """Return the fact of an achievement."""
    return about(purse.customer, "achievement.unlocked", name, encode({"achievement": name}).decode(), at=at)


def about(customer: Customer, event_type: str, key: str, facts: str, *, at: datetime) -> Event:
    """Return a fact about a customer who need not be there."""
    message_id = f"{event_type}:{customer.ref}:{key}"
    return state_fact(
        event_type, at=at, message_id=message_id, properties=facts, platform="server", user_id=customer.ref
    )


def points_fact(event_type: str, entry: PointsEntry, points: int) -> Event:
    """Return the fact of points that came or went."""
    return state_fact(
        event_type,
        at=entry.occurred_at,
        message_id=f"{event_type}:{entry.source_type}:{entry.source_id}",
        properties=encode({"points": points, "source_type": entry.source_type}).decode(),
        platform="server",
        user_id=str(entry.user_id),
    )


def make_reward(prize: Prize, *, at: datetime) -> Reward:
    """Return a reward of the catalogue, unsaved."""
    return Reward(
        name=prize.name,
        description=prize.text,
        points=prize.points,
        kind=CouponKind.PERCENTAGE,
        percent=prize.percent,
        valid_days=DAYS_VALID,
        created_at=at,
    )


def make_code(prize: Prize, code: str, *, at: datetime, until: datetime) -> Coupon:
    """Return the code of a gift, good for one order, unsaved."""
    return Coupon(
        code=code,
        name=prize.name,
        kind=CouponKind.PERCENTAGE,
        currency=settings.SHOP_CURRENCY,
        percent=prize.percent,
        usage_limit=1,
        user_limit=1,
        valid_from=at,
        valid_until=until,
        created_at=at,
    )
