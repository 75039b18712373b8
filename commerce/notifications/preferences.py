"""What customers want to be told: their choices, and links that end a kind of mail without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction

from commerce.notifications.kinds import GROUPS, Rule
from commerce.notifications.models import AddressOptOut, Channel, NoticeGroup, NotificationPreference
from zuka.platform.errors import Refused
from zuka.platform.mail.suppressing import hash_address

SALT = "commerce.notifications.opt_out"


class FixedPreference(Refused):
    """It is told always, or never in this way."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "fixed_preference"


class UnconfirmedEmail(Refused):
    """Whoever reads this address has opted out, and nobody has shown that it is the account's."""

    code: ClassVar[str] = "unconfirmed_email"


class UnknownLink(Refused):
    """The link is not one of ours, or was cut short."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "unknown_link"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who would be told: an account, or an address without one. `has_agreed`: to be written to beside their orders."""

    user_id: UUID | None
    email: str = ""
    has_agreed: bool = False
    is_confirmed: bool = False  # the e-mail is known to be theirs


@dataclass(frozen=True, slots=True)
class Preference:
    """Whether a group is told by a channel, and whether its reader can choose that."""

    group: NoticeGroup
    channel: Channel
    is_on: bool
    is_fixed: bool


def wants(reader: Reader, *, group: NoticeGroup, channel: Channel) -> bool:
    """Say whether somebody is told of a group by a channel."""
    return any(each.is_on for each in preferences_of(reader) if (each.group, each.channel) == (group, channel))


def preferences_of(reader: Reader) -> list[Preference]:
    """Return what somebody is told and how, in the order of the table. Two queries."""
    rows = NotificationPreference.objects.filter(user_id=reader.user_id) if reader.user_id else []
    chosen = {(row.group, row.channel): row.is_on for row in rows}
    opted_out = AddressOptOut.objects.filter(address_hash=hash_address(reader.email)) if reader.email else ()
    closed = {row.group for row in opted_out}
    found = []
    for group, declared in GROUPS.items():
        for channel, rule in declared.channels.items():
            unless_chosen = rule != Rule.CONSENT or reader.has_agreed
            is_closed = channel == Channel.EMAIL and group in closed
            is_fixed = rule == Rule.ALWAYS
            is_on = is_fixed or (chosen.get((group, channel), unless_chosen) and not is_closed)
            found.append(Preference(group, channel, is_on, is_fixed))
    return found


@transaction.atomic
def choose_preference(*, reader: Reader, group: NoticeGroup, channel: Channel, is_on: bool, at: datetime) -> None:
    """Switch a group on or off for an account. Raises `FixedPreference`, `UnconfirmedEmail`."""
    assert reader.user_id is not None
    rule = GROUPS[group].channels.get(channel)
    if rule is None or rule == Rule.ALWAYS:
        raise FixedPreference(f"{GROUPS[group].title}: this cannot be changed.", field="channel")
    if is_on and channel == Channel.EMAIL:
        lift_opt_out(reader=reader, group=group)
    NotificationPreference.objects.update_or_create(
        user_id=reader.user_id, group=group, channel=channel, defaults={"is_on": is_on, "chosen_at": at}
    )


def lift_opt_out(*, reader: Reader, group: NoticeGroup) -> None:
    """Forget that an account's own address opted out before. Raises `UnconfirmedEmail`."""
    opted_out = AddressOptOut.objects.filter(address_hash=hash_address(reader.email), group=group)
    if not reader.is_confirmed and opted_out.exists():
        raise UnconfirmedEmail("This address has opted out. Confirm that it is yours first.", field="is_on")
    opted_out.delete()


def opt_out_link(reader: Reader, *, group: NoticeGroup) -> str:
    """Return the address that ends a group's mails to somebody; empty while the shop has not said where it is.

    It works for ever, names no address, and gives its holder nothing but that. Who reads an account's mails need not
    be who has the account: the link ends them for the address too, and then only its owner gets them again.
    """
    whom = [str(reader.user_id or ""), hash_address(reader.email)]
    base = settings.ZUKA_URL or settings.SHOP_URL
    return base and f"{base}/unsubscribe/{signing.dumps([group, *whom], salt=SALT)}/"


def read_opt_out(token: str) -> tuple[NoticeGroup, str, str]:
    """Return the group of an opt-out link, its account's id if it has one, its address's hash. Raises `UnknownLink`."""
    try:
        group, user_id, address_hash = signing.loads(token, salt=SALT)
        return NoticeGroup(group), user_id, address_hash
    except (signing.BadSignature, ValueError) as error:
        raise UnknownLink("This link is not complete. Copy the whole of it from the e-mail.") from error


@transaction.atomic
def opt_out(*, token: str, at: datetime) -> NoticeGroup:
    """End a group's mails to the reader of a link, as often as it is followed; return the group. Raises `UnknownLink`.

    The link of an account that is gone ends them for its address.
    """
    group, user_id, address_hash = read_opt_out(token)
    if address_hash:
        AddressOptOut.objects.get_or_create(address_hash=address_hash, group=group, defaults={"opted_out_at": at})
    if user_id and get_user_model().objects.filter(pk=user_id).exists():
        NotificationPreference.objects.update_or_create(
            user_id=user_id, group=group, channel=Channel.EMAIL, defaults={"is_on": False, "chosen_at": at}
        )
    return group
