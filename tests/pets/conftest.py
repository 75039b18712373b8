from __future__ import annotations

from collections.abc import Iterator

import pytest

from pets.catalogue import forget_vocabulary
from tests.commerce.factories import UserFactory
from tests.pets.talking import Person, adopt, stock_shop


@pytest.fixture
def shop(db: None) -> Iterator[None]:
    """A small shop, whose words are forgotten afterwards."""
    stock_shop()
    yield
    forget_vocabulary()


@pytest.fixture
def alice(shop: None) -> Person:
    """A customer with a funny pet."""
    user = UserFactory.create(email="alice@example.com", name="Alice")
    adopt(user)
    return Person(user)


@pytest.fixture
def charlie(shop: None) -> Person:
    """A customer with a grumpy pet, a stranger to Alice's."""
    user = UserFactory.create(email="charlie@example.com", name="Charlie")
    adopt(user, "grumpy")
    return Person(user)
