"""The page of limits, made from what is declared."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, get_resolver

from zuka.platform.documents import add_document, markdown_table, page
from zuka.platform.throttling.models import CountedBy
from zuka.platform.throttling.rules import DEFAULTS


def api_names() -> list[str]:
    """Return the names of the API's endpoints, which rules of limits are about."""
    names = {
        str(each.name)
        for part in get_resolver().url_patterns
        if isinstance(part, URLResolver) and str(part.pattern) == "api/v1/"
        for each in part.url_patterns
        if isinstance(each, URLPattern) and each.name
    }
    return sorted(names)


def limits_page() -> str:
    """Return the page of limits."""
    rows = [
        (
            f"`{rule.endpoint}`",
            rule.tier or "any",
            CountedBy(rule.counted_by).label,
            *(f"{number:,}" if number else "" for number in (rule.per_hour, rule.per_day, rule.burst)),
        )
        for rule in DEFAULTS
    ]
    return page(
        "Limits",
        "How often a key may call, and how many events a door takes. Staff put other rules in the place of these, or "
        "add some, under Tracking → Rate limits; every process notices within a second. Of an endpoint's rules the "
        "one with the longest name holds, then the one of the key's tier; one for each way of counting.",
        markdown_table(("Endpoint", "Tier", "Counted by", "An hour", "A day", "At once"), rows),
        "Each span is a bucket that is filled evenly: so many at once, more as time passes. Of doors (`events-` and "
        "the door's name, as in `events-segment`) events are counted instead of requests; of a secret key there only "
        "the key, since one server sends for many visitors. A key marked as not rate limited is not counted.",
        "Buckets are in Valkey; while it is away in PostgreSQL, where each is full once at the switch. No more ever "
        "passes than a bucket holds. For the doors each process takes some tokens ahead, a fiftieth of what comes in a "
        "minute at most, and what it has not spent after a minute is lost: a fiftieth of the limit for each process "
        "that who is counted sends to, so eight hundredths with four of them.",
        "## What callers see",
        "Answers to a limited call have `RateLimit-Policy` (each bucket's quota `q` in `w` seconds) and `RateLimit` "
        "(what is left `r`, and in how many seconds it is full `t`), as draft-ietf-httpapi-ratelimit-headers-10 "
        "writes them. A call too many is answered 429 `rate_limited` with `Retry-After`; a door adds "
        "`X-RateLimit-Reset`, as Segment's servers do. A request to a door is taken whole or not at all, and what was"
        " answered 200 is never taken back.",
        "## Names of endpoints",
        ", ".join(f"`{name}`" for name in api_names()),
    )


add_document("docs/limits.md", limits_page)
