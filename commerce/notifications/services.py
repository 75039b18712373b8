"""Telling customers what became of their things."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.conf import settings

from commerce.notifications.kinds import KINDS
from commerce.notifications.preferences import Reader, opt_out_link
from zuka.platform.mail.models import OutgoingMail
from zuka.platform.mail.queueing import queue_mail

# Anybody may order to somebody else's address: the greeting must not carry a stranger's link there.
LOOKS_LIKE_A_LINK = re.compile(r"[/@\\]|www\.|\.[a-z]{2}", re.IGNORECASE)


def notify_of_order(
    *, kind: str, number: str, email: str, token: str, context: Mapping[str, Any], at: datetime, turn: str = ""
) -> OutgoingMail | None:
    """Queue a mail about an order, in the caller's transaction; None without an address.

    The same kind is sent once an order; `turn` tells apart what may happen several times. `token` opens the order's
    page for a guest; the owner of an account signs in there.
    """
    if not email:
        return None
    return queue_mail(
        key=":".join(filter(None, [kind, number, turn])),
        template=kind,
        recipient=email,
        context={**context, "number": number, "name": greeting_name(context.get("name") or "")},
        links={"link": order_link(number=number, token=token)},
        at=at,
    )


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
    return shop_link(settings.ORDER_PATH, number=number, token=token)


def shop_link(path: str, **places: str) -> str:
    """Return the address of a path of the shop with its places filled; empty while the shop has not said where it is.

    What fills a place is safe in an address already: a number, a slug, a signed token.
    """
    for name, value in places.items():
        path = path.replace(f"{{{name}}}", value)
    return f"{settings.SHOP_URL}/{path.lstrip('/')}" if settings.SHOP_URL else ""


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
