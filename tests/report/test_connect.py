"""The page that says what to paste, and whether anything has arrived."""

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from tests.ingest.factories import make_key, page_view, send
from zuka.platform.clock import now
from zuka.platform.keys.issuing import revoke_key
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def staff():
    client = Client()
    client.force_login(get_user_model().objects.create_superuser("staff@example.com", "a-password"))
    return client


def test_the_page_shows_the_shops_own_key_and_what_arrived(staff):
    token = make_key()
    page = staff.get(reverse("admin:connect"))
    assert f'<script src="http://testserver/t.js" data-key="{token}" defer></script>' in page.context["snippets"][0][1]
    assert page.context["arrived"] == {"accepted": 0, "rejected": 0, "last_at": None, "problem": None}
    send([page_view(), {"type": "page.viewed"}], key=token)
    told = staff.get(page.context["arrived_url"]).json()
    assert (told["accepted"], told["rejected"]) == (1, 1)
    assert told["problem"].startswith("The event belongs to nobody")


def test_without_a_usable_key_it_offers_to_make_one(staff):
    make_key("secret")
    make_key()
    revoke_key(key=ApiKey.objects.get(kind="publishable"), at=now())
    page = staff.get(reverse("admin:connect"))
    assert (page.context["key"], reverse("admin:platform_apikey_add") in page.content.decode()) == (None, True)


def test_it_is_for_staff_who_may_see_keys():
    client = Client()
    client.force_login(get_user_model().objects.create_user("clerk@example.com", "a-password", is_staff=True))
    make_key()
    assert client.get(reverse("admin:connect")).status_code == 403
    assert client.get(reverse("admin:connect-arrived", args=[ApiKey.objects.get().id])).status_code == 403
