"""Staff's sign-in: locks that count exactly, a second step by role, browsers ended at once, proofs that expire."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import User
from tests.commerce.accounts.test_second_step import code_of
from tests.commerce.factories import UserFactory, in_threads
from tests.commerce.test_roles import change_person, staff_of
from zuka.platform.audit.models import AuditEntry
from zuka.platform.clock import now
from zuka.platform.models import OutgoingMail, RoleRule, SignInLock, StaffSession, StaffSignIn
from zuka.platform.staff.history import forget_old_sign_ins, forget_person
from zuka.platform.staff.locking import give_back, take_attempt
from zuka.roles import OWNER, SUPPORT

pytestmark = pytest.mark.django_db
PASSWORD = "seven green mangoes"
HOME = "/admin/commerce/order/"
CHROME = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
REFUSAL = "Too many failed login attempts"
WRONG = "Please enter the correct email and password"


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


def with_password(person: User, email: str) -> User:
    person.email = email
    person.set_password(PASSWORD)
    person.save()
    return person


def mails() -> list[tuple[str, str]]:
    rows = OutgoingMail.objects.filter(template__startswith="staff.").order_by("id")
    return [(each.template, each.recipient) for each in rows]


def sign_in(
    email: str, *, client: Client | None = None, agent: str = CHROME, ip: str = "203.0.113.7", **more: str
) -> Any:
    said = {"username": email, "password": PASSWORD, **more}
    return (client or Client()).post(reverse("admin:login"), said, headers={"User-Agent": agent}, REMOTE_ADDR=ip)


def browser(email: str, **more: str) -> Client:
    client = Client()
    assert sign_in(email, client=client, **more).status_code == 302
    return client


def post(client: Client, name: str, *args: Any, **data: Any) -> Any:
    return client.post(reverse(f"admin:{name}", args=args), data)


def set_up(client: Client) -> tuple[str, list[str]]:
    """Set up a second step by its pages; return the secret and the recovery codes."""
    page = client.get(reverse("admin:my-second-step")).content.decode()
    found = re.search(r"type this: <code>([A-Z2-7 ]+)</code>", page)
    assert found is not None
    assert page.count("<svg") >= 1
    secret = found[1].replace(" ", "")
    wrong = post(client, "my-second-step", code="000000").content.decode()
    assert "That is not the code of now" in wrong
    shown = post(client, "my-second-step", code=code_of(secret)).content.decode()
    cache.clear()  # a code is good once
    return secret, re.findall(r"<li><code>(\d+)</code></li>", shown)


# --- locks ---


def test_wrong_passwords_lock_the_account_and_the_answer_tells_nothing(owner: User) -> None:
    known = [sign_in("owner@example.com", password="guess").content.decode() for _ in range(5)]
    unknown = [sign_in("nobody@example.com", password="guess").content.decode() for _ in range(5)]
    assert ([WRONG in each for each in known], [WRONG in each for each in unknown]) == ([True] * 5, [True] * 5)

    late = [
        sign_in(email).content.decode() for email in ("owner@example.com", "OWNER@example.com ", "nobody@example.com")
    ]

    assert [REFUSAL in each for each in late] == [True] * 3
    with time_machine.travel(time.time() + 15 * 60 + 1, tick=False):
        cache.clear()
        assert sign_in("owner@example.com").status_code == 302
    outcomes = StaffSignIn.objects.filter(user=owner).order_by("id").values_list("outcome", flat=True)
    assert list(outcomes) == ["refused"] * 5 + ["locked"] * 2 + ["signed_in"]


def test_who_is_refused_by_the_limit_of_the_shops_sign_in_is_in_the_history_too(owner: User) -> None:
    for _ in range(5):
        sign_in("owner@example.com", password="guess")
    SignInLock.objects.all().delete()  # unlocked, but the shop's own limit still holds
    assert sign_in("owner@example.com").status_code == 200
    outcomes = StaffSignIn.objects.filter(user=owner).order_by("id").values_list("outcome", "ip")
    assert list(outcomes)[4:] == [("refused", "203.0.113.7"), ("locked", "203.0.113.7")]


def test_a_right_password_begins_the_count_anew_and_an_empty_one_does_not(owner: User) -> None:
    for _ in range(4):
        sign_in("owner@example.com", password="guess")
    sign_in("owner@example.com", password="")
    assert REFUSAL in sign_in("owner@example.com", password="guess").content.decode()
    SignInLock.objects.all().delete()
    cache.clear()
    for _ in range(4):
        sign_in("owner@example.com", password="guess")
    assert sign_in("owner@example.com").status_code == 302
    assert not SignInLock.objects.filter(kind="account").exists()


def test_an_address_is_locked_whatever_accounts_it_tries(owner: User) -> None:
    for number in range(20):
        sign_in(f"person{number}@example.com", password="guess", ip="198.51.100.9")
        cache.clear()
    assert REFUSAL in sign_in("owner@example.com", ip="198.51.100.9").content.decode()
    assert sign_in("owner@example.com", ip="198.51.100.10").status_code == 302


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_no_more_are_looked_at_than_allowed() -> None:
    def guess() -> bool:
        try:
            return take_attempt(email="owner@example.com", ip="203.0.113.7", at=now())
        finally:
            connection.close()

    assert sorted(in_threads(12, guess)) == [False] * 7 + [True] * 5
    give_back(email="owner@example.com", ip="203.0.113.7")
    assert take_attempt(email="owner@example.com", ip="203.0.113.7", at=now())


def test_an_owner_unlocks_and_nobody_else_does(owner: User, sam: User) -> None:
    for _ in range(5):
        sign_in("sam@example.com", password="guess")
    cache.clear()
    assert REFUSAL in sign_in("sam@example.com").content.decode()
    helper = with_password(staff_of(SUPPORT), "helper@example.com")
    assert post(browser(str(helper.email)), "staff-unlock", sam.pk).status_code == 403
    office = browser("owner@example.com")
    assert "Locked" in office.get(reverse("admin:staff-security", args=[sam.pk])).content.decode()

    assert post(office, "staff-unlock", sam.pk).status_code == 302

    assert sign_in("sam@example.com").status_code == 302
    assert AuditEntry.objects.get(action="staff.sign_in_unlocked").person_id == sam.pk


# --- the second step ---


def test_a_second_step_is_set_up_used_once_each_and_taken_off(sam: User) -> None:
    client = browser("sam@example.com")
    key = client.session.session_key
    secret, codes = set_up(client)
    assert (len(codes), client.session.session_key != key) == (10, True)
    code = code_of(secret)

    assert sign_in("sam@example.com").status_code == 200
    assert sign_in("sam@example.com", code=code).status_code == 302
    assert sign_in("sam@example.com", code=code).status_code == 200, "a code that was seen is good no more"
    assert sign_in("sam@example.com", code=codes[0]).status_code == 302
    assert sign_in("sam@example.com", code=codes[0]).status_code == 200
    assert post(client, "my-recovery-codes").status_code == 200
    cache.clear()
    SignInLock.objects.all().delete()
    assert sign_in("sam@example.com", code=codes[1]).status_code == 200

    assert post(client, "my-second-step-off").status_code == 302
    assert sign_in("sam@example.com").status_code == 302
    actions = AuditEntry.objects.filter(person_id=sam.pk, action__startswith="account.").order_by("id")
    assert [each.action for each in actions] == [
        "account.second_step_on",
        "account.recovery_codes",
        "account.second_step_off",
    ]
    assert secret not in str(list(AuditEntry.objects.values_list("before", "after")))


def test_a_role_that_needs_it_opens_nothing_before(sam: User, owner: User) -> None:
    client, other = browser("sam@example.com"), browser("owner@example.com")
    RoleRule.objects.create(group=Group.objects.get(name=SUPPORT.name), needs_second_step=True)
    set_up_page = reverse("admin:my-second-step")

    refused = client.get(HOME)
    by_htmx = client.get(HOME, headers={"HX-Request": "true"})
    posted = client.post(reverse("admin:my-browsers-end"))

    assert [refused["Location"], by_htmx["HX-Redirect"], posted["Location"]] == [set_up_page] * 3
    answer = client.get("/api/v1/reports/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_step_needed")
    assert other.get(HOME).status_code == 200
    set_up(client)
    assert client.get(HOME).status_code == 200
    assert post(client, "my-second-step-off").status_code == 302
    assert Authenticator.objects.filter(user=sam, type="totp").exists()


def test_superusers_have_every_role_also_the_one_that_needs_it(owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(is_superuser=True)
    RoleRule.objects.create(group=Group.objects.get(name=SUPPORT.name), needs_second_step=True)
    client = browser("owner@example.com")
    assert client.get(HOME)["Location"] == reverse("admin:my-second-step")


def test_an_owner_takes_a_lost_one_away_after_a_proof_and_all_browsers_end(owner: User, sam: User) -> None:
    theirs, office = browser("sam@example.com"), browser("owner@example.com")
    set_up(theirs)
    with time_machine.travel(time.time() + 16 * 60, tick=False):
        asked = post(office, "staff-reset", sam.pk)
        assert asked["Location"].startswith(reverse("admin:prove"))
        assert Authenticator.objects.filter(user=sam).exists()
        done = office.post(asked["Location"], {"proof": PASSWORD})
        assert done["Location"] == reverse("admin:staff-security", args=[sam.pk])
        assert theirs.get(HOME)["Location"].startswith(reverse("admin:login"))
    assert not Authenticator.objects.filter(user=sam).exists()
    assert ("staff.second_step_reset", "sam@example.com") in mails()
    assert AuditEntry.objects.get(action="staff.second_step_reset").actor_id == str(owner.pk)


def test_an_owner_decides_nothing_about_superusers_and_customers(owner: User, alice: User) -> None:
    root = UserFactory.create(is_staff=True, is_superuser=True)
    office = browser("owner@example.com")
    names = ("staff-security", "staff-reset", "staff-unlock", "staff-browsers-end")
    assert [post(office, name, root.pk).status_code for name in names] == [403] * 4
    assert [post(office, name, alice.pk).status_code for name in names] == [404] * 4
    assert office.get(reverse("admin:staff-unlock", args=[root.pk])).status_code == 405


# --- browsers and history ---


def test_browsers_are_listed_and_ended_at_once(sam: User) -> None:
    here, there = browser("sam@example.com"), browser("sam@example.com", agent=FIREFOX)
    page = here.get(reverse("admin:my-security")).content.decode()
    assert ("Chrome on Windows" in page, "Firefox on Linux" in page) == (True, True)
    row = StaffSession.objects.get(session_key=there.session.session_key)
    stranger = browser(str(with_password(staff_of(SUPPORT), "eve@example.com").email))
    post(stranger, "my-browsers-end", session=row.pk)
    assert there.get(HOME).status_code == 200

    post(here, "my-browsers-end", session=row.pk)

    assert there.get(HOME)["Location"].startswith(reverse("admin:login"))
    assert here.get(HOME).status_code == 200
    row.refresh_from_db()
    assert (row.ended_because, Session.objects.filter(session_key=row.session_key).exists()) == ("revoked", False)


def test_a_new_password_ends_the_other_browsers(sam: User) -> None:
    here, there = browser("sam@example.com"), browser("sam@example.com", agent=FIREFOX)
    said = {"old_password": PASSWORD, "new_password1": "nine blue lemons", "new_password2": "nine blue lemons"}
    assert post(here, "password_change", **said).status_code == 302
    assert here.get(HOME).status_code == 200
    assert there.get(HOME)["Location"].startswith(reverse("admin:login"))
    assert "Firefox" not in here.get(reverse("admin:my-security")).content.decode().split("Latest sign-ins")[0]


def test_other_rights_give_a_session_another_key_and_none_end_it(owner: User, sam: User) -> None:
    theirs, office = browser("sam@example.com"), browser("owner@example.com")
    key = theirs.session.session_key
    roles = [Group.objects.get(name=name).pk for name in (SUPPORT.name, OWNER.name)]
    assert change_person(office, sam, is_staff="on", groups=roles) == 302

    assert theirs.get(HOME).status_code == 200
    assert theirs.session.session_key != key
    assert not Session.objects.filter(session_key=key).exists()
    assert StaffSession.objects.get(user=sam, ended_at=None).session_key == theirs.session.session_key

    assert change_person(office, sam) == 302
    assert theirs.get(HOME)["Location"].startswith(reverse("admin:login"))


def test_a_new_device_is_told_by_mail_and_known_ones_are_not(sam: User) -> None:
    browser("sam@example.com")
    browser("sam@example.com")
    assert mails() == []
    browser("sam@example.com", agent=FIREFOX)
    browser("sam@example.com", agent=FIREFOX)
    assert mails() == [("staff.new_device", "sam@example.com")]
    assert list(StaffSignIn.objects.order_by("id").values_list("is_new_device", flat=True)) == [
        False,
        False,
        True,
        False,
    ]


def test_the_history_is_kept_for_its_days_and_an_erasure_takes_addresses(sam: User, settings: Any) -> None:
    browser("sam@example.com")
    forget_person(sam.pk)
    assert list(StaffSignIn.objects.values_list("ip", "user_agent")) == [("", "")]
    assert forget_old_sign_ins(at=now()) == 0
    with time_machine.travel(time.time() + (settings.STAFF_SIGN_IN_DAYS + 1) * 86400, tick=False):
        assert forget_old_sign_ins(at=now()) == 2


def test_owners_see_the_lists_and_sign_staff_out(owner: User, sam: User) -> None:
    theirs, office = browser("sam@example.com"), browser("owner@example.com")
    lists = ("staffsignin", "staffsession", "signinlock", "rolerule", "auditentry")
    assert [office.get(f"/admin/platform/{name}/").status_code for name in lists] == [200] * 5
    assert [theirs.get(f"/admin/platform/{name}/").status_code for name in lists] == [403] * 5
    row = StaffSession.objects.get(user=sam)
    office.post("/admin/platform/staffsession/", {"action": "sign_out", "_selected_action": [row.pk]})
    assert theirs.get(HOME)["Location"].startswith(reverse("admin:login"))


def test_what_was_posted_to_an_address_with_a_query_is_done_after_the_proof(owner: User) -> None:
    client = browser("owner@example.com")
    page = f"{reverse('admin:auth_group_add')}?_changelist_filters=q%3Dshop"
    with time_machine.travel(time.time() + 16 * 60, tick=False):
        asked = client.post(page, {"name": "Shop floor", "permissions": []})
        client.post(asked["Location"], {"proof": PASSWORD})
    assert Group.objects.filter(name="Shop floor").exists()
