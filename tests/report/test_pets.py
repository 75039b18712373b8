"""Pets as whole tables: talks, what was shown and clicked, what it sold, what was done and not understood."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from analytics.ask import ask
from analytics.report.scope import ALL_WITH_PEOPLE
from analytics.track import track
from commerce.accounts.models import User
from commerce.orders.services import OrderItem, pay_order
from commerce.payments.models import Provider
from pets.adopting import adopt_pet
from pets.models import PetAction, PetConversation, PetMessage
from tests.commerce.factories import NOON, UserFactory, VariantFactory, make_order
from zuka.platform.actor import NOBODY, Actor
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
DAYS = {"from": "2026-03-10", "to": "2026-03-10", "compare": "none"}
HOUR = timedelta(hours=1)


def tell(user: User, event_type: str, product: str, at: Any, persona: str = "funny") -> None:
    """Track something of a product and a person."""
    track(event_type, actor=Actor(user_id=str(user.pk)), at=at, product_id=product, persona=persona)


def talk(user: User, persona: str, *said: tuple[str, bool | None]) -> PetConversation:
    """Let somebody say things to a new pet, understood or not."""
    pet = adopt_pet(user_id=user.pk, persona=persona, name="Pet", at=NOON)
    talked = PetConversation.objects.create(pet=pet, persona=persona, started_at=NOON, last_message_at=NOON)
    for role, (text, is_understood) in (("user", each) for each in said):
        PetMessage.objects.create(
            conversation=talked, role=role, text=text, is_understood=is_understood, created_at=NOON
        )
    PetMessage.objects.create(conversation=talked, role="pet", text="Hm.", created_at=NOON)
    return talked


def buy(user: User, product: str, at: Any) -> Any:
    """Order and pay for one piece of a product."""
    sku = VariantFactory.create(product__public_id=product).sku
    order = make_order(user=user, lines=[OrderItem(sku, 1)], at=at, actor=Actor(user_id=str(user.pk)))
    return pay_order(
        order=order, provider=Provider.PAYSTACK, reference=product, amount_kobo=200_000, at=at, actor=NOBODY
    )


@pytest.fixture
def people() -> list[User]:
    """Ada and Bola, customers, and a test account."""
    return [UserFactory.create(name="Ada"), UserFactory.create(name="Bola"), UserFactory.create(is_test=True)]


def test_pets_by_persona(people: list[User]) -> None:
    ada, bola, tester = people
    talk(ada, "funny", ("hello", True), ("qwrtz", False))
    talk(bola, "grumpy", ("hello", None))
    talk(tester, "rude", ("hello", True))
    for product in ("gown", "cap", "bag"):
        tell(ada, "pet.recommendation_shown", product, NOON)
    tell(ada, "pet.recommendation_clicked", "gown", NOON)
    tell(ada, "cart.item_added", "gown", NOON + HOUR)
    buy(ada, "gown", NOON + 2 * HOUR)
    # Put in the cart a day too late; ordered without the cart; shown to somebody else.
    tell(ada, "cart.item_added", "cap", NOON + 25 * HOUR)
    buy(ada, "cap", NOON + 26 * HOUR)
    buy(ada, "bag", NOON + 3 * HOUR)
    tell(bola, "cart.item_added", "gown", NOON + HOUR)
    table = ask("pets", **{**DAYS, "to": "2026-03-11"})
    # Conversations, people, messages, understood; shown, clicked and their share; orders and what was paid for them.
    assert table.rows == [
        ("Funny", 1, 1, 2, 0.5, 3, 1, pytest.approx(1 / 3), 1, 200_000),
        ("Grumpy", 1, 1, 1, None, 0, 0, None, 0, 0),
    ]
    assert tuple(table.totals.values()) == (2, 2, 3, 0.5, 3, 1, pytest.approx(1 / 3), 1, 200_000)


def test_an_order_counts_once_for_the_persona_shown_last(people: list[User]) -> None:
    ada = people[0]
    tell(ada, "pet.recommendation_shown", "gown", NOON - 2 * HOUR, persona="grumpy")
    tell(ada, "pet.recommendation_shown", "gown", NOON - HOUR, persona="rude")
    for hours in (0, 1):
        tell(ada, "cart.item_added", "gown", NOON + hours * HOUR)
    buy(ada, "gown", NOON + 2 * HOUR)
    assert [(row[0], row[-2], row[-1]) for row in ask("pets", **DAYS).rows] == [
        ("Grumpy", 0, 0),
        ("Rude", 1, 200_000),
    ]


def test_what_pets_do_by_outcome(people: list[User]) -> None:
    ada, _, tester = people
    mine, test = talk(ada, "funny"), talk(tester, "funny")
    rows = [
        *[(mine, "add_to_cart", status) for status in ("done", "done", "refused", "declined", "expired")],
        (mine, "show_cart", "failed"),
        (mine, "start_return", "declined"),
        (test, "add_to_cart", "done"),
    ]
    for conversation, tool, status in rows:
        PetAction.objects.create(
            conversation=conversation, tool=tool, status=status, created_at=NOON, ended_at=NOON, expires_at=NOON
        )
    # Tried, done, refused, failed, declined, not answered, success.
    assert ask("pet_actions", **DAYS).rows == [
        ("Add To Cart", 5, 2, 1, 0, 1, 1, pytest.approx(2 / 3)),
        ("Show Cart", 1, 0, 0, 1, 0, 0, 0.0),
        ("Start Return", 1, 0, 0, 0, 1, 0, None),
    ]


def test_what_was_not_understood_is_for_who_may_see_customers(people: list[User]) -> None:
    ada, bola, tester = people
    talk(ada, "funny", ("I want  UGBA", False), ("hello", True))
    talk(bola, "funny", ("i want ugba", False), ("soup?", False))
    talk(tester, "funny", ("secret", False))
    assert ask("pet_gaps", ALL_WITH_PEOPLE, **DAYS).rows == [("i want ugba", 2, 2, NOON), ("soup?", 1, 1, NOON)]
    token = issue_key(name="BI", kind="secret", scopes=["reports"])[1]
    answer = Client(headers={"Authorization": f"Bearer {token}"}).get("/api/v1/reports/pet_gaps")
    assert answer.status_code == 403
