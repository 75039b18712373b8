"""Browsers in which staff are signed in: noted at the sign-in, listed, ended at once, given a new key."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.core.cache import cache
from django.http import HttpRequest

from zuka.platform.agents import read_agent
from zuka.platform.places import find_place
from zuka.platform.staff.models import StaffSession

NOTED = "office_noted"  # in a session: it has a row
ROTATE = "office_rotate"  # in a session: its key is to be another with the next request
SEEN_SECONDS = 60
Ending = StaffSession.Ending


def store_of(key: str) -> Any:
    """Return Django's session of a key."""
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def note_session(*, request: HttpRequest, user: Any, ip: str, user_agent: str, at: datetime) -> None:
    """Note the browser of a request in which somebody has just signed in."""
    request.session[NOTED] = True
    row = {"user": user, "created_at": at, "last_seen_at": at, "ip": ip[:45], "user_agent": user_agent[:300]}
    StaffSession.objects.update_or_create(session_key=request.session.session_key, defaults=row)


def see_session(*, request: HttpRequest, at: datetime) -> None:
    """Note that a browser is in use, at most once a minute."""
    key = request.session.session_key
    if NOTED in request.session and cache.add(f"office-seen:{key}", 1, SEEN_SECONDS):
        StaffSession.objects.filter(session_key=key, ended_at=None).update(last_seen_at=at)


def is_alive(row: StaffSession, user: Any) -> bool:
    """Say whether a browser is signed in: its session is there, and of the password that the account has now."""
    held = store_of(row.session_key).load()
    is_of_password = held.get(HASH_SESSION_KEY) == user.get_session_auth_hash()
    return bool(held.get(SESSION_KEY) == str(user.pk) and is_of_password)


def open_sessions(user: Any) -> list[StaffSession]:
    """Return the browsers in which somebody is signed in, the latest used first."""
    rows = StaffSession.objects.filter(user=user, ended_at=None)[:100]
    return [row for row in rows if is_alive(row, user)]


def end_sessions(
    *, user: Any, because: StaffSession.Ending, at: datetime, keep: str | None = None, only: int | None = None
) -> int:
    """Sign somebody out of the back office at once and return how many browsers: all but `keep`, or one row alone."""
    rows = StaffSession.objects.filter(user=user, ended_at=None).exclude(session_key=keep or "")
    ended = 0
    for row in rows.filter(pk=only) if only is not None else rows:
        store_of(row.session_key).delete()
        row.ended_at, row.ended_because = at, because
        row.save(update_fields=["ended_at", "ended_because"])
        ended += 1
    return ended


def rotate_sessions(user: Any) -> None:
    """Have the keys of somebody's sessions be others from their next request on: what they may do has changed."""
    for row in StaffSession.objects.filter(user=user, ended_at=None):
        store = store_of(row.session_key)
        if SESSION_KEY in store.load():
            store[ROTATE] = True
            store.save()


def rotate_now(request: HttpRequest) -> None:
    """Give this request's session another key; what it holds stays."""
    before = request.session.session_key
    request.session.pop(ROTATE, None)
    request.session.cycle_key()
    StaffSession.objects.filter(session_key=before).update(session_key=request.session.session_key)


def device_words(user_agent: str) -> str:
    """Return what a user agent says: “Chrome on Windows”."""
    agent = read_agent(user_agent)
    return " on ".join(filter(None, [agent.browser, agent.os])) or "an unknown device"


def place_words(ip: str) -> str:
    """Return an address, and where it is when that is known."""
    place = find_place(ip)
    return ", ".join(filter(None, [place.get("city"), place.get("country")])) or ip or "an unknown address"
