"""Friends who came by a customer's code, and what became of them."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

import msgspec
from django.conf import settings

from analytics.store.event import Event
from commerce.accounts.models import SignupSource
from commerce.rewards.models import Referral, ReferralStatus
from commerce.rewards.services.referring import COUNTED
from commerce.rewards.services.rules import RULES
from zuka.demo.draws import random_for
from zuka.demo.people import Customer
from zuka.demo.purses import Purses
from zuka.demo.tables.pastimes import HELD_FOR
from zuka.demo.telling import Session, state_fact

encode = msgspec.json.Encoder().encode
HOLDING, REFUSING = 0.12, 0.4
DECIDING = timedelta(days=2)


class Friends:
    """Notes who brought whom, and rewards both for the newcomer's first order that is kept. `rows` are unsaved."""

    def __init__(self, *, seed: int, until: datetime, purses: Purses, last_id: int = 0) -> None:
        self.seed, self.until, self.purses, self.last_id = seed, until, purses, last_id
        self.rows: list[Referral] = []
        self.known: list[Customer] = []
        self.bringers: dict[str, Customer] = {}
        self.waiting: dict[str, Referral] = {}
        self.rewarded: defaultdict[str, list[datetime]] = defaultdict(list)

    def join(self, session: Session, customer: Customer) -> None:
        """Note who brought a customer who has just signed up by a friend's code."""
        others, at = self.known, session.at
        if customer.user.signup_source == SignupSource.REFERRAL and others:
            friend = random_for(self.seed, f"friend {customer.ref}").choice(others)
            if friend.user.created_at < at:
                self.write(session, customer, friend)
        others.append(customer)

    def write(self, session: Session, customer: Customer, friend: Customer) -> None:
        """Write a referral, and have the shop state it."""
        self.last_id += 1
        referral = Referral(id=self.last_id, referrer=friend.user, referred=customer.user, joined_at=session.at)
        said = encode({"referral_id": str(self.last_id)}).decode()
        session.state("referral.joined", f"referral.joined:{self.last_id}", said, speaker=None)
        if session.at <= self.until:
            self.rows.append(referral)
            self.waiting[customer.ref], self.bringers[customer.ref] = referral, friend

    def settle(self, customer: Customer, *, number: str, kobo: int, at: datetime) -> list[Event]:
        """Reward both for an order of which nothing can be sent back any more, or hold it; return the shop's facts."""
        referral = self.waiting.get(customer.ref)
        if referral is None or kobo < settings.REFERRAL_LEAST_KOBO:
            return []
        del self.waiting[customer.ref]
        friend, rng = self.bringers[customer.ref], random_for(self.seed, f"decision {referral.pk}")
        referral.order_number = number
        lately = [each for each in self.rewarded[friend.ref] if each > at - COUNTED]
        if rng.random() < HOLDING or len(lately) >= settings.REFERRALS_MONTHLY:
            referral.status, referral.reason = ReferralStatus.HELD, HELD_FOR
            if rng.random() < REFUSING and at + DECIDING <= self.until:
                referral.status, referral.decided_at = ReferralStatus.REFUSED, at + DECIDING
            return []
        self.rewarded[friend.ref].append(at)
        referral.status, referral.decided_at = ReferralStatus.REWARDED, at
        return [*self.reward(referral, (("referral", friend), ("welcome", customer)), at=at), rewarded(referral, at=at)]

    def reward(self, referral: Referral, sides: tuple[tuple[str, Customer], ...], *, at: datetime) -> list[Event]:
        """Give both sides their points; return what the shop tracks of it."""
        told: list[Event] = []
        for source_type, customer in sides:
            rule, key = RULES[source_type], f"{source_type}:{referral.pk}"
            told += self.purses.earn(customer, source_type, str(referral.pk), rule.points, xp=rule.xp, at=at)
            self.purses.tell(customer, "rewards.points", key, at=at, points=f"{rule.points:,}", why=rule.title)
        return told


def rewarded(referral: Referral, *, at: datetime) -> Event:
    """Return the fact that both friends were given points."""
    return state_fact(
        "referral.rewarded",
        at=at,
        message_id=f"referral.rewarded:{referral.pk}",
        properties=encode({"referral_id": str(referral.pk)}).decode(),
        platform="server",
        user_id=str(referral.referrer_id),
    )
