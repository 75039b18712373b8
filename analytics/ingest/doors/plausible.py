"""Plausible's events API. Facts: `protocols.md` 4.4. Accepted with 202, as there.

A visitor is a keyed hash of domain, address and user agent that lasts a day. Servers that send for their visitors name
the address in X-Forwarded-For, as Plausible's documentation tells them to; it goes into that hash alone.
"""

from __future__ import annotations

from typing import Any

from analytics.ingest.doors.door import Call, Credential, Door, Reply, Summary, table_of, text_of, without_empty
from analytics.ingest.doors.reading import BodyRefused, decode_json
from analytics.ingest.privacy import nameless_visitor
from analytics.ingest.received import RawEvent

LARGEST = 10**12


def said(document: dict[str, Any], name: str, short: str) -> Any:
    """Return a field by its long or its short name."""
    return document.get(name, document.get(short))


def site_of(document: Any) -> str:
    """Return the domain; of several, the first."""
    return text_of(said(table_of(document), "domain", "d")).split(",")[0].strip().lower()


def credential(document: Any, _call: Call) -> Credential | None:
    """Return the domain as site id."""
    site = site_of(document)
    return Credential(site=site) if site else None


def read(document: Any, call: Call) -> list[RawEvent]:
    """Return the one event of a request."""
    if not isinstance(document, dict):
        return [RawEvent(original=document, problem="An event must be an object.")]
    forwarded = str(call.request.META.get("HTTP_X_FORWARDED_FOR", "")).split(",")[0].strip()
    visitor = nameless_visitor(
        address=forwarded or call.address,
        user_agent=call.user_agent,
        site=site_of(document),
        period=f"{call.received_at:%Y-%m-%d}",
    )
    page = {"url": said(document, "url", "u"), "referrer": said(document, "referrer", "r")}
    context: dict[str, Any] = {"page": without_empty(page), "userAgent": call.user_agent}
    name = said(document, "name", "n")
    properties = {**own_properties(document), **revenue(document)}
    return [
        RawEvent(
            name=name,
            visitor_id=visitor,
            platform="web",
            properties=properties,
            context=context,
            original=document,
        )
    ]


def own_properties(document: dict[str, Any]) -> dict[str, Any]:
    """Return custom properties, which the short form carries as JSON text; none when they cannot be read."""
    found = document.get("props", document.get("p", document.get("meta", document.get("m"))))
    if isinstance(found, str):
        try:
            found = decode_json(found.encode())
        except BodyRefused:  # the event counts without them, as at Plausible
            return {}
    return table_of(found)


def revenue(document: dict[str, Any]) -> dict[str, Any]:
    """Return an event's revenue; one that is no amount is left out and the event kept, as at Plausible."""
    found = table_of(said(document, "revenue", "$"))
    currency = text_of(found.get("currency")).strip().upper()
    try:
        amount = float(found["amount"])
    except (KeyError, TypeError, ValueError, OverflowError):  # no amount
        return {}
    is_good = len(currency) == 3 and currency.isalpha() and currency.isascii() and abs(amount) < LARGEST
    return {"value": amount, "currency": currency} if is_good else {}


def answer(summary: Summary, _call: Call) -> Reply:
    """Answer 202; a header says when the event was not kept."""
    left_out = summary["rejected"] + summary["dropped"]
    headers = {"X-Plausible-Dropped": "1"} if left_out else {}
    return Reply(b"ok", 202, "text/plain", headers)


DOOR = Door(
    name="plausible",
    text="Plausible's events API: point a script's API host at Zuka; its domain is one that the back office names.",
    paths={"/api/event": "event"},
    read=read,
    answer=answer,
    credential=credential,
    statuses={401: 400},
    site_protocol="plausible",
)
