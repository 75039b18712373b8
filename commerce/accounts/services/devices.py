"""The devices on which customers are signed in: noting, listing and revoking their tokens."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import transaction

from commerce.accounts.models import DeviceSession, Ending, SignupPlatform, User
from zuka.platform.agents import read_agent
from zuka.platform.errors import Refused
from zuka.platform.places import find_place

BETWEEN_NOTES = timedelta(minutes=5)
NAME_LENGTH, PLACE_LENGTH = 100, 200


class NoSuchDevice(Refused):
    """The customer is signed in on no such device."""

    status = 404
    code = "not_found"


@dataclass(frozen=True, slots=True)
class DeviceFacts:
    """What a request says of the device that it comes from."""

    user_agent: str | None
    ip: str | None
    platform: SignupPlatform

    @property
    def name(self) -> str:
        """Return what people would call it: Chrome on Android."""
        agent = read_agent(self.user_agent)
        app = "The app" if self.platform != SignupPlatform.WEB else None
        words = " on ".join(filter(None, [agent.browser or app, agent.os]))
        return words[:NAME_LENGTH] or "An unknown device"

    @property
    def place(self) -> str:
        """Return where its address is; empty when that is not known."""
        found = find_place(self.ip)
        return ", ".join(filter(None, [found.get("city"), found.get("state"), found.get("country")]))[:PLACE_LENGTH]


def note_device(
    *,
    user_id: UUID,
    session_key: str,
    facts: DeviceFacts,
    expires_at: datetime,
    at: datetime,
    replaces: Collection[str] = (),
) -> None:
    """Note that a token was made: a new device, or the one whose token under a key of `replaces` it takes over from."""
    known = DeviceSession.objects.filter(user_id=user_id, session_key__in=replaces, revoked_at=None)
    if replaces and known.update(session_key=session_key, expires_at=expires_at, last_active_at=at):
        return
    DeviceSession.objects.bulk_create(
        [
            DeviceSession(
                user_id=user_id,
                session_key=session_key,
                name=facts.name,
                platform=facts.platform,
                place=facts.place,
                created_at=at,
                last_active_at=at,
                expires_at=expires_at,
            )
        ],
        ignore_conflicts=True,
    )


def see_device(*, user_id: UUID, session_key: str, facts: DeviceFacts, expires_at: datetime, at: datetime) -> None:
    """Write down that a device is in use. A token from before devices were noted gets its row now."""
    known = DeviceSession.objects.filter(session_key=session_key)
    if known.filter(last_active_at__lt=at - BETWEEN_NOTES).update(last_active_at=at) or known.exists():
        return
    note_device(user_id=user_id, session_key=session_key, facts=facts, expires_at=expires_at, at=at)


@transaction.atomic
def revoke_devices(
    *,
    user: User,
    because: Ending,
    at: datetime,
    keep: str | None = None,
    device_id: UUID | None = None,
) -> int:
    """Sign a customer's devices out, at once; return how many. `keep` is the session key of one that stays.

    `device_id` names the only one to end.
    """
    chosen = DeviceSession.objects.filter(user_id=user.pk, revoked_at=None).exclude(session_key=keep or "")
    if device_id:
        chosen = chosen.filter(pk=device_id)
    keys = list(chosen.select_for_update().order_by("pk").values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return DeviceSession.objects.filter(session_key__in=keys).update(revoked_at=at, revoked_because=because)


def revoke_device(*, user: User, device_id: UUID, because: Ending, at: datetime) -> None:
    """Sign one of a customer's devices out, at once. Raises `NoSuchDevice`, also for one that is signed out."""
    if not revoke_devices(user=user, because=because, at=at, device_id=device_id):
        raise NoSuchDevice("You are not signed in on such a device.")


def end_device(*, session_key: str, at: datetime) -> None:
    """Note that a token was given back by its owner."""
    DeviceSession.objects.filter(session_key=session_key, revoked_at=None).update(
        revoked_at=at, revoked_because=Ending.SIGNED_OUT
    )


def forget_devices(*, at: datetime) -> int:
    """Delete devices whose token has been over for a month; return how many."""
    return DeviceSession.objects.filter(expires_at__lt=at - timedelta(days=30)).delete()[0]
