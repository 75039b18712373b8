"""What staff prove before: a second step of their own and of others; and sessions that nobody can end otherwise."""

from __future__ import annotations

import time
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse

from commerce.accounts.models import User
from tests.commerce.accounts.test_staff_security import (  # noqa: F401 - fixtures
    FIREFOX,
    HOME,
    PASSWORD,
    _still,
    browser,
    mails,
    owner,
    post,
    sam,
    set_up,
)
from zuka.platform.staff.sessions import open_sessions

pytestmark = pytest.mark.django_db
NEW = {"old_password": PASSWORD, "new_password1": "nine blue lemons", "new_password2": "nine blue lemons"}


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
