"""What staff prove before: a second step of their own and of others; and sessions that nobody can end otherwise."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import RequestFactory
from django.urls import reverse

from commerce.accounts.models import User
from tests.commerce.accounts.test_staff_security import (
    FIREFOX,
    HOME,
    PASSWORD,
    browser,
    mails,
    post,
    set_up,
    with_password,
)
from tests.commerce.factories import UserFactory, in_threads
from tests.commerce.test_roles import staff_of
from tests.platform.audit.building import read_form
from zuka.platform.clock import now
from zuka.platform.models import RoleRule, StaffSession, StaffSignIn
from zuka.platform.staff.sessions import ROTATE, Ending, end_sessions, open_sessions, rotate_now, store_of
from zuka.roles import OWNER, SUPPORT

pytestmark = pytest.mark.django_db
NEW = {"old_password": PASSWORD, "new_password1": "nine blue lemons", "new_password2": "nine blue lemons"}


@pytest.fixture(autouse=True)
def _still() -> Iterator[None]:
    """Let a code be what the app shows until the test is over."""
    with time_machine.travel(now(), tick=False):
        yield


@pytest.fixture
def owner(db: None) -> User:
    """An owner with a password."""
    return with_password(staff_of(OWNER), "owner@example.com")


@pytest.fixture
def sam(db: None) -> User:
    """Somebody of support, with a password."""
    return with_password(staff_of(SUPPORT), "sam@example.com")


def later() -> Any:
    """Go to when a sign-in is no proof any more."""
    return time_machine.travel(time.time() + 16 * 60, tick=False)


def test_a_second_step_is_set_up_by_who_proves_it_and_ends_the_other_browsers(sam: User) -> None:
    here, there = browser("sam@example.com"), browser("sam@example.com", agent=FIREFOX)
    page = reverse("admin:my-second-step")
    with later():
        for asked in (here.get(page), here.post(page, {"code": "123456"})):
            assert asked["Location"].startswith(reverse("admin:prove"))
        assert not Authenticator.objects.filter(user=sam).exists()
        assert here.post(here.get(page)["Location"], {"proof": PASSWORD}).status_code == 302
        _secret, codes = set_up(here)

        assert len(codes) == 10
        assert here.get(HOME).status_code == 200
        assert there.get(HOME)["Location"].startswith(reverse("admin:login"))
    assert mails()[-1] == ("staff.second_step_on", "sam@example.com")
    assert [row.session_key for row in open_sessions(sam)] == [here.session.session_key]


def test_a_browser_in_which_the_password_was_changed_can_be_ended(sam: User) -> None:
    client = browser("sam@example.com")
    key = client.session.session_key
    assert post(client, "password_change", **NEW).status_code == 302
    assert client.session.session_key != key
    sam.refresh_from_db()

    assert [row.session_key for row in open_sessions(sam)] == [client.session.session_key]
    assert StaffSession.objects.filter(user=sam).count() == 1
    assert end_sessions(user=sam, because=Ending.OWNER, at=now()) == 1
    assert client.get(HOME)["Location"].startswith(reverse("admin:login"))


def test_sessions_from_before_are_adopted_and_those_ended_under_another_key_end(sam: User) -> None:
    client = browser("sam@example.com")
    StaffSession.objects.all().delete()
    session = client.session
    session["office_noted"] = True
    session.save()
    assert client.get(HOME).status_code == 200
    assert [row.session_key for row in open_sessions(sam)] == [client.session.session_key]

    session = client.session
    session["office_noted"] = "another-key"
    session.save()
    StaffSession.objects.update(session_key="another-key", ended_at=now(), ended_because=Ending.OWNER)
    assert client.get(HOME)["Location"].startswith(reverse("admin:login"))
    assert open_sessions(sam) == []


@pytest.mark.django_db(transaction=True)
def test_of_requests_at_once_one_gives_the_session_another_key() -> None:
    user = User.objects.create(email="sam@example.com", name="Sam", is_staff=True)
    store = store_of(None)
    store.update({"_auth_user_id": str(user.pk), ROTATE: True})
    store.create()
    key = store.session_key
    store.save()
    StaffSession.objects.create(user=user, session_key=key, created_at=now(), last_seen_at=now())

    def request() -> str:
        try:
            asked = RequestFactory().get(HOME)
            asked.session = store_of(key)
            assert ROTATE in asked.session or not Session.objects.filter(session_key=key).exists()
            rotate_now(asked)
            return str(asked.session.session_key)
        finally:
            connection.close()

    in_threads(6, request)
    row = StaffSession.objects.get()
    assert list(Session.objects.values_list("session_key", flat=True)) == [row.session_key]
    assert row.session_key != key


def test_second_steps_passwords_and_rules_of_staff_ask_who_is_there(owner: User, sam: User) -> None:
    office, theirs = browser("owner@example.com"), browser("sam@example.com")
    set_up(theirs)
    page = reverse("admin:commerce_user_change", args=[sam.pk])
    rule = RoleRule.objects.create(group=Group.objects.get(name=SUPPORT.name), needs_second_step=False)
    form = read_form(office.get(page).content.decode())
    assert [name for name in form if name.startswith("authenticator_set") and "DELETE" in name] == []
    new = {"password1": "nine blue lemons", "password2": "nine blue lemons", "usable_password": "true"}
    asks: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
        ("auth_user_password_change", (sam.pk,), new),
        ("platform_rolerule_change", (rule.pk,), {"needs_second_step": "on"}),
        ("platform_rolerule_delete", (rule.pk,), {"post": "yes"}),
        ("platform_rolerule_changelist", (), {"action": "delete_selected", "_selected_action": [rule.pk]}),
    ]
    with later():
        for name, args, data in asks:
            assert post(office, name, *args, **data)["Location"].startswith(reverse("admin:prove")), name
            assert "nine blue lemons" not in str(dict(office.session.items()))
    sam.refresh_from_db()
    assert (sam.check_password(PASSWORD), RoleRule.objects.get().needs_second_step) == (True, False)
    assert post(office, "auth_user_password_change", sam.pk, **new).status_code == 302
    sam.refresh_from_db()
    assert sam.check_password("nine blue lemons")


def test_the_second_step_of_a_customer_is_taken_away_after_a_proof(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_superuser=True)
    office, alice = browser("owner@example.com"), UserFactory.create(email="alice@example.com")
    kept = Authenticator.objects.create(user=alice, type=Authenticator.Type.RECOVERY_CODES, data={})
    page = reverse("admin:commerce_user_change", args=[alice.pk])
    row = {"id": [str(kept.pk)], "user": [str(alice.pk)], "DELETE": ["on"]}
    form = read_form(office.get(page).content.decode())
    form |= {f"authenticator_set-0-{name}": value for name, value in row.items()}
    with later():
        asked = office.post(page, form)
        assert (asked["Location"].startswith(reverse("admin:prove")), Authenticator.objects.count()) == (True, 1)
        office.post(asked["Location"], {"proof": PASSWORD})
    assert Authenticator.objects.count() == 0


def test_wrong_proofs_are_counted_exactly_and_stand_in_the_history(sam: User, settings: Any) -> None:
    settings.STAFF_LOCK_ATTEMPTS = 2
    client = browser("sam@example.com")
    with later():
        pages = [client.post(reverse("admin:prove"), {"proof": proof}) for proof in ("guess", "again", PASSWORD)]
        assert ["Too many failed" in page.content.decode() for page in pages] == [False, False, True]
        told = StaffSignIn.objects.filter(user=sam).order_by("-id").values_list("outcome", flat=True)[:3]
        assert list(told) == ["locked", "refused", "refused"]
