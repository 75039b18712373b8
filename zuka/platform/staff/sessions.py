"""Browsers in which staff are signed in: noted at the sign-in, listed, ended at once, given a new key."""

from __future__ import annotations

from datetime import datetime
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, logout
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from zuka.platform.actor import current_actor
from zuka.platform.agents import read_agent
from zuka.platform.places import find_place
from zuka.platform.staff.models import StaffSession

NOTED = "office_noted"  # in a session: the key under which it has a row
ROTATE = "office_rotate"  # in a session: its key is to be another with the next request
SEEN_SECONDS = 60
Ending = StaffSession.Ending


def store_of(key: str | None) -> Any:
    """Return Django's session of a key."""
    return import_module(settings.SESSION_ENGINE).SessionStore(key)


def note_session(*, request: HttpRequest, user: Any, ip: str, user_agent: str, at: datetime) -> None:
    """Note the browser of a request in which somebody has just signed in, or which was never noted."""
    key = request.session[NOTED] = request.session.session_key
    cache.add(seen_key(key), 1, SEEN_SECONDS)
    row = {"user": user, "created_at": at, "last_seen_at": at, "ip": ip[:45], "user_agent": cut_agent(user_agent)}
    StaffSession.objects.update_or_create(session_key=key, defaults=row)


def seen_key(key: str | None) -> str:
    """Return where the cache remembers that a browser was seen just now."""
    return f"office-seen:{key}"


def cut_agent(user_agent: str) -> str:
    """Return a user agent as a column takes it."""
    return user_agent[:300].replace("\x00", "")


def see_session(*, request: HttpRequest, at: datetime) -> None:
    """Note that a browser is in use, at most once a minute; one whose key is another, or that was never noted, at once.

    Django gives a session another key by itself: when somebody changes their own password, for one.
    """
    key = request.session.session_key
    if request.session.get(NOTED) != key:
        keep_noted(request=request, at=at)
    elif cache.add(seen_key(key), 1, SEEN_SECONDS):
        StaffSession.objects.filter(session_key=key, ended_at=None).update(last_seen_at=at)


def keep_noted(*, request: HttpRequest, at: datetime) -> None:
    """Have a row for a session of staff whose key has none: that of its key before, else a new one.

    One whose row was ended under its key before ends here.
    """
    before, key, user = request.session.get(NOTED), request.session.session_key, request.user
    if not (user.is_authenticated and getattr(user, "is_staff", False)):
        return
    rows = StaffSession.objects.filter(user=user, session_key__in=[before, key] if isinstance(before, str) else [key])
    held = {row.session_key: row for row in rows}
    if any(row.ended_at is not None for row in held.values()):
        logout(request)
    elif key in held:
        request.session[NOTED] = key  # of a release that noted no key, or moved by another request
    elif before in held and StaffSession.objects.filter(session_key=before, ended_at=None).update(session_key=key):
        request.session[NOTED] = key
    else:
        actor = current_actor()
        note_session(request=request, user=user, ip=actor.ip or "", user_agent=actor.user_agent or "", at=at)


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
    """Give this request's session another key; what it holds stays.

    Of requests that come at once one has the row and does it. The others find the row under its new key and leave their
    session as it is, which is gone: one that each of them made would be one that nobody could end.
    """
    with transaction.atomic():
        rows = StaffSession.objects.select_for_update()
        row = rows.filter(session_key=request.session.session_key, ended_at=None).first()
        if row is None:
            return
        request.session.pop(ROTATE, None)
        request.session.cycle_key()
        row.session_key = request.session[NOTED] = str(request.session.session_key)
        row.save(update_fields=["session_key"])


def device_words(user_agent: str) -> str:
    """Return what a user agent says: “Chrome on Windows”."""
    agent = read_agent(user_agent)
    return " on ".join(filter(None, [agent.browser, agent.os])) or "an unknown device"


def place_words(ip: str) -> str:
    """Return an address, and where it is when that is known."""
    place = find_place(ip)
    return ", ".join(filter(None, [place.get("city"), place.get("country")])) or ip or "an unknown address"
