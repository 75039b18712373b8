"""Pets in the back office: to read, by who may see customers; lists ask as much for three rows as for one."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pets.models import PetAction, PetConversation, PetMessage, UserPet
from tests.commerce.factories import UserFactory
from tests.pets.talking import Person, adopt
from zuka.roles import MARKETING, SUPPORT

pytestmark = pytest.mark.django_db
LISTS = ("petconversation", "petaction", "petmessage", "userpet")


def staff(role):
    """A browser of somebody with a role."""
    person = UserFactory.create(is_staff=True)
    person.groups.add(Group.objects.get(name=role.name))
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def support():
    return staff(SUPPORT)


@pytest.mark.parametrize("name", LISTS)
def test_who_may_not_see_customers_sees_no_talks(alice, name):
    alice.say("show me a leather bag")
    address = reverse(f"admin:pets_{name}_changelist")
    assert staff(MARKETING).get(address).status_code == 403
    half = UserFactory.create(is_staff=True)
    half.user_permissions.add(permission(name))
    client = Client()
    client.force_login(half)
    assert client.get(address).status_code == 403


def permission(name):
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename=f"view_{name}")


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_as_many_queries_for_three_rows_as_for_one(alice, support, name):
    address = reverse(f"admin:pets_{name}_changelist")
    counts = []
    for number in range(3):
        person = alice if number == 0 else Person(UserFactory.create())
        if number:
            adopt(person.user)
        person.say("show me a leather bag")
        with CaptureQueriesContext(connection) as found:
            assert support.get(address).status_code == 200
        counts.append(len(found))
    assert counts[1:] == [counts[1]] * 2
    assert counts[0] >= counts[1] - 1


def test_a_conversation_is_read_and_not_written(alice, support):
    alice.say("show me a leather bag")
    talked = PetConversation.objects.get()
    page = support.get(reverse("admin:pets_petconversation_change", args=[talked.pk]))
    assert ("show me a leather bag" in page.content.decode(), "search_products" in page.content.decode()) == (
        True,
        True,
    )
    for name in ("change", "delete"):
        posted = support.post(reverse(f"admin:pets_petconversation_{name}", args=[talked.pk]), {"persona": "rude"})
        assert posted.status_code == 403
    assert support.get(reverse("admin:pets_petconversation_add")).status_code == 403
    for model, name in ((PetAction, "petaction"), (PetMessage, "petmessage"), (UserPet, "userpet")):
        address = reverse(f"admin:pets_{name}_change", args=[model.objects.latest("pk").pk])
        assert support.get(address).status_code == 200


def test_what_was_not_understood_is_a_filter_away(alice, support):
    alice.say("show me a leather bag")
    alice.say("qwrtz plmk vbnh")
    page = support.get(reverse("admin:pets_petmessage_changelist"), {"is_understood__exact": "0"}).content.decode()
    assert ("qwrtz plmk" in page, "leather bag" in page) == (True, False)


def test_a_customer_s_page_shows_their_pet(alice, support):
    page = support.get(reverse("admin:commerce_user_change", args=[alice.user.pk])).content.decode()
    assert "Bingo" in page
