"""Umami's send API. Facts: `protocols.md` 4.3.

It knows no event ids, so a retry cannot be told apart, and no visitor ids: a visitor is a keyed hash of site, address
and user agent that lasts a month, as at Umami. Its `Authorization` header is about Umami's own users and not read.
"""

from __future__ import annotations

from typing import Any

from analytics.ingest.doors.door import Call, Credential, Door, Summary, table_of, text_of, without_empty
from analytics.ingest.privacy import nameless_visitor
from analytics.ingest.received import RawEvent

NAMES = {"identify": "identify", "performance": "performance"}


def payload_of(item: Any) -> dict[str, Any]:
    """Return an item's payload."""
    return table_of(table_of(item).get("payload"))


def site_of(item: Any) -> str:
    """Return an item's website id."""
    payload = payload_of(item)
    return text_of(payload.get("website") or payload.get("link") or payload.get("pixel"))


def credential(document: Any, _call: Call) -> Credential | None:
    """Return the website id of the first item."""
    site = site_of(document[0] if isinstance(document, list) and document else document)
    return Credential(site=site) if site else None


def read(document: Any, call: Call) -> list[RawEvent]:
    """Return the raw events of one item or of a list."""
    items = document if isinstance(document, list) else [document]
    return [read_item(item, call) for item in items]


def read_item(item: Any, call: Call) -> RawEvent:
    """Return one event: a page where it has no name."""
    payload = payload_of(item)
    if not payload:
        return RawEvent(original=item, problem="An item must be an object with `type` and `payload`.")
    data = payload.get("data")
    agent = text_of(payload.get("userAgent")) or call.user_agent
    address = text_of(payload.get("ip")) or call.address
    site = text_of(payload.get("website"))
    visitor = nameless_visitor(address=address, user_agent=agent, site=site, period=f"{call.received_at:%Y-%m}")
    return RawEvent(
        name=NAMES.get(text_of(table_of(item).get("type"))) or payload.get("name") or "pageview",
        user_id=payload.get("id"),
        visitor_id=visitor,
        occurred_at=payload.get("timestamp"),
        platform="web",
        properties=properties_of(payload, data) if data is None or isinstance(data, dict) else data,
        context=without_empty(
            {
                "page": without_empty({"url": absolute(payload), "referrer": payload.get("referrer")}),
                "userAgent": payload.get("userAgent"),
                "ip": payload.get("ip"),
            }
        ),
        original=item,
    )


def absolute(payload: dict[str, Any]) -> str:
    """Return the page's whole address: Umami's script sends the path and the host name apart."""
    url, host = text_of(payload.get("url")), text_of(payload.get("hostname"))
    return f"https://{host or 'unknown'}{url}" if url.startswith("/") else url


def properties_of(payload: dict[str, Any], data: dict[str, Any] | None) -> dict[str, Any]:
    """Return the event's own data, with the page's title."""
    title = without_empty({"title": payload.get("title"), "tag": payload.get("tag")})
    return {**title, **(data or {})}


def answer(summary: Summary, call: Call) -> dict[str, Any]:
    """Answer as Umami does; a batch gets its counts."""
    if call.kind == "batch":
        failed = summary["rejected"]
        details = [{"index": error["index"], "response": error["message"]} for error in summary["errors"]]
        return {
            "size": summary["received"],
            "processed": summary["received"] - failed,
            "errors": failed,
            "details": details,
        }
    return {"cache": "", "sessionId": "", "visitId": "", **summary}


DOOR = Door(
    name="umami",
    text="Umami's send API: point a tracker's host at Zuka; its website id is one that the back office names, or a "
    "publishable key's id.",
    paths={"/api/send": "send", "/api/batch": "batch"},
    read=read,
    answer=answer,
    credential=credential,
    statuses={401: 400},
    site_protocol="umami",
    site_of=site_of,
)
