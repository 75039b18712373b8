from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from analytics.store.models import Event
from commerce.accounts.models import User
from tests.commerce.factories import UserFactory

Facts = Callable[[str], list[dict[str, Any]]]


@pytest.fixture
def facts() -> Facts:
    """Return a reader of what was tracked under a type, oldest first."""

    def read(event_type: str) -> list[dict[str, Any]]:
        columns = ("user_id", "visitor_id", "session_id", "order_ref", "value_kobo", "occurred_at")
        return list(Event.objects.filter(event_type=event_type).order_by("occurred_at", "id").values(*columns))

    return read


@pytest.fixture
def alice(db: None) -> User:
    """A customer."""
    return UserFactory.create(email="alice@example.com", name="Alice")


@pytest.fixture
def charlie(db: None) -> User:
    """A customer who is a stranger to Alice's things."""
    return UserFactory.create(email="charlie@example.com", name="Charlie")


@pytest.fixture
def staff_client(client: Client, db: None) -> Client:
    """A browser in which a superuser is signed in to the back office."""
    client.force_login(UserFactory.create(email="staff@example.com", is_staff=True, is_superuser=True))
    return client
