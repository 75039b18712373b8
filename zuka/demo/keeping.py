"""Saving what customers did beside shopping: points, plays, friends, wishes, talks with pets; what they were told."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any

from django.db import connection, models
from django.db.models import Max

from commerce.cart.models import Cart, CartReminder, Wishlist
from commerce.notifications.models import Notification
from commerce.promotions.models import Coupon
from commerce.rewards.models import (
    GamePlay,
    GameScore,
    PointsEntry,
    PointsLot,
    Referral,
    Reward,
    RewardProfile,
    UserReward,
)
from pets.models import PetAction, PetConversation, PetMessage, UserPet
from zuka.demo.history import History
from zuka.demo.notices import order_words, points_words, reminder_rows, told_rows
from zuka.platform.mail.models import OutgoingMail

ROWS = 1_000


def save(model: type[models.Model], rows: Iterable[Any]) -> None:
    """Insert rows, many a statement."""
    model._default_manager.bulk_create(rows, batch_size=ROWS)  # noqa: SLF001 - Django's name for it


def last_id(model: type[models.Model]) -> int:
    """Return the last id in use; 0 without any."""
    return int(model._default_manager.aggregate(last=Max("pk"))["last"] or 0)  # noqa: SLF001 - Django's name for it


def continue_ids(model: type[models.Model]) -> None:
    """Let the next row get the id after the last one."""
    last, table = last_id(model), model._meta.db_table  # noqa: SLF001 - Django's name for it
    if last:
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, last])


def save_gifts(history: History) -> None:
    """Save the codes of rewards that were taken: orders were placed with them."""
    save(Reward, [reward for _, reward in history.purses.prizes])
    gifts = [gift for purse in history.purses.purses.values() for gift in purse.gifts]
    save(Coupon, [gift.coupon for gift in gifts])
    save(UserReward, [gift.taken for gift in gifts])
    continue_ids(UserReward)


def save_pastimes(history: History) -> None:
    """Save points, plays, friends and wishes of saved customers."""
    pastimes, purses = history.pastimes, history.purses
    save(PointsEntry, purses.ledger())
    save(PointsLot, chain.from_iterable(purse.lots for purse in purses.purses.values()))
    save(Referral, history.friends.rows)
    continue_ids(Referral)
    save(RewardProfile, pastimes.profiles.values())
    save(GamePlay, pastimes.plays)
    save(GameScore, pastimes.scores.values())
    save(Wishlist, pastimes.wishes.values())


def save_talks(history: History) -> None:
    """Save pets and what was said to them."""
    talks = history.journeys.talks
    talks.draw_cards()
    save(UserPet, talks.pets.values())
    save(PetConversation, talks.conversations)
    save(PetMessage, talks.messages)
    continue_ids(PetMessage)
    save(PetAction, talks.actions)


def save_notices(history: History, carts: Iterable[Cart]) -> None:
    """Save what customers were told of saved orders, points and carts."""
    seed, until = history.seed, history.plan.until
    words = chain(chain.from_iterable(map(order_words, history.bought)), points_words(history.purses.news))
    notices, mails = told_rows(words, seed=seed, until=until)
    reminders, reminding = reminder_rows(history.till.baskets, carts, seed=seed, until=until)
    save(Notification, notices)
    save(CartReminder, reminders)
    save(OutgoingMail, [*mails, *reminding])
