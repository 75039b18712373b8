"""Who reads reports, and the story of three days that they are read over."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.test import Client

from commerce.orders.models import Order
from tests.commerce.factories import UserFactory
from tests.report.selling import sell
from tests.report.telling import EVENING, telling


@pytest.fixture
def staff(db: None) -> Client:
    """A browser of a member of staff who may see reports, and nothing else."""
    person = UserFactory.create(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_report"))
    client = Client(headers={"accept": "text/html"})
    client.force_login(person)
    return client


@pytest.fixture
def story(db: None) -> Iterator[dict[str, Order]]:
    """The story's orders by name, counted; it is Saturday evening."""
    with telling(sell) as orders, time_machine.travel(EVENING, tick=False):
        yield orders
