"""Telling customers what became of their things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.conf import settings

from commerce.notifications.kinds import KINDS
from commerce.notifications.models import Notification, NotificationPreference
from commerce.notifications.preferences import Reader, opt_out_link
from zuka.platform.errors import Refused
from zuka.platform.live_settings.reading import live
from zuka.platform.mail.models import OutgoingMail
from zuka.platform.mail.queueing import queue_mail
from zuka.platform.mail.rendering import render_line

# Anybody may order to somebody else's address: the greeting must not carry a stranger's link there.
LOOKS_LIKE_A_LINK = re.compile(r"[/@\\]|www\.|\.[a-z]{2}", re.IGNORECASE)

AT_ONCE = 1000


class NoSuchNotice(Refused):
    """There is no such notice, or it is another customer's."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


def notify_of_order(
    *,
    kind: str,
    number: str,
    user_id: UUID | None,
    email: str,
    token: str,
    context: Mapping[str, Any],
    at: datetime,
    turn: str = "",
) -> OutgoingMail | None:
    """Tell the customer of an order, in the caller's transaction: by a mail where there is an address, and by a notice
    in the account where there is one. Returns the mail.

    The same kind is told once an order; `turn` tells apart what may happen several times. `token` opens the order's
    page for a guest; the owner of an account signs in there.
    """
    key = ":".join(filter(None, [kind, number, turn]))
    facts = {**context, "number": number, "name": greeting_name(context.get("name") or "")}
    if user_id:
        path = order_path(number=number, token="")
        keep_notice(kind=kind, key=key, user_id=user_id, context=facts, path=path, at=at)
    if not email:
        return None
    links = {"link": order_link(number=number, token=token)}
    return queue_mail(key=key, template=kind, recipient=email, context=facts, links=links, at=at)


def keep_notice(*, kind: str, key: str, user_id: UUID, context: Mapping[str, Any], path: str, at: datetime) -> None:
    """Write a notice into a customer's account, in the caller's transaction; a key that was written before is left."""
    declared = KINDS[kind]
    notice = Notification(
        user_id=user_id,
        key=key,
        kind=kind,
        title=render_line(declared.mail.subject, context),
        body=render_line(declared.body, context),
        link=path,
        created_at=at,
    )
    Notification.objects.bulk_create([notice], ignore_conflicts=True)


def notify_of_account(
    *,
    kind: str,
    email: str,
    name: str,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    code: str = "",
) -> OutgoingMail:
    """Queue a mail about an account, in the caller's transaction. `code` stands in the mail and in no record of it."""
    return queue_mail(
        key=f"{kind}:{uuid4()}",
        template=kind,
        recipient=email,
        context={**(facts or {}), "name": greeting_name(name)},
        links={"code": code} if code else {},
        at=at,
    )


def greeting_name(name: str) -> str:
    """Return the name to greet by; empty for one that could be a link."""
    return "" if LOOKS_LIKE_A_LINK.search(name) else name[:80]


def order_link(*, number: str, token: str) -> str:
    """Return the address of an order's page; empty while the shop has not said where it is."""
    return shop_link(order_path(number=number, token=token))


def order_path(*, number: str, token: str) -> str:
    """Return the path of an order's page in the shop."""
    return fill_path(settings.ORDER_PATH, number=number, token=token).removesuffix("#token=")


def fill_path(path: str, **places: str) -> str:
    """Return a path with its `{places}` filled by what is safe in an address: a number, a slug, a signed token."""
    for name, value in places.items():
        path = path.replace(f"{{{name}}}", value)
    return f"/{path.lstrip('/')}"


def shop_link(path: str) -> str:
    """Return the address of a path of the shop; empty while the shop has not said where it is."""
    return f"{settings.SHOP_URL}{path}" if settings.SHOP_URL else ""


def mail_reader(
    *, kind: str, key: str, reader: Reader, context: Mapping[str, Any], links: Mapping[str, str], at: datetime
) -> OutgoingMail:
    """Queue a mail that its reader can end, in the caller's transaction, with a link in it and in its headers.

    Mail programs show a button for the headers of RFC 8058, which posts to the link.
    """
    opt_out = opt_out_link(reader, group=KINDS[kind].group)
    return queue_mail(
        key=key,
        template=kind,
        recipient=reader.email,
        context={**context, "name": greeting_name(context.get("name") or "")},
        links={**links, "opt_out_link": opt_out},
        headers={"List-Unsubscribe": f"<{opt_out}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        at=at,
    )


def read_notices(*, user_id: UUID, at: datetime, notice_id: int | None = None) -> None:
    """Note that a customer has read a notice, or all there are. Raises `NoSuchNotice` for one that is not theirs."""
    own = Notification.objects.filter(user_id=user_id)
    if notice_id is not None:
        own = own.filter(pk=notice_id)
        if not own.exists():
            raise NoSuchNotice("There is no such notice.")
    own.unread().update(read_at=at)


def forget_reader(*, user_id: UUID) -> None:
    """Delete what a customer was told and has chosen, in the caller's transaction."""
    Notification.objects.filter(user_id=user_id).delete()
    NotificationPreference.objects.filter(user_id=user_id).delete()


def drop_old_notices(*, at: datetime) -> int:
    """Delete notices older than NOTICE_RETENTION_DAYS; return how many. What they told of is not told again: its cause
    lies as far back.
    """
    old = Notification.objects.filter(created_at__lt=at - timedelta(days=live.NOTICE_RETENTION_DAYS))
    dropped = 0
    while keys := list(old.order_by("created_at").values_list("pk", flat=True)[:AT_ONCE]):
        dropped += Notification.objects.filter(pk__in=keys).delete()[0]
    return dropped
