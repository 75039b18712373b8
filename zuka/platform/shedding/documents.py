"""The page of what a shop does in a crowd, made from what is declared."""

from __future__ import annotations

from django.conf import settings
from django.utils.module_loading import import_string

from zuka.platform.config import find_setting
from zuka.platform.documents import add_document, markdown_table, page
from zuka.platform.shedding.middleware import RETRY_SECONDS
from zuka.platform.shedding.urgencies import Urgency


def crowds_page() -> str:
    """Return the page of urgencies."""
    urgencies: tuple[Urgency, ...] = import_string(settings.URGENCIES)
    threads = int(find_setting("WEB_THREADS").default)
    rows = [
        (f"**{each.name}**", each.text, f"{each.limit(threads)} of {threads}", f"{each.seconds:g} s")
        for each in urgencies
    ]
    return page(
        "In a crowd",
        "More people may come than a machine can serve. Then everything would take ever longer until nobody could "
        "order; so each web process refuses what is cheapest to lose, and takes it again as soon as there is room.",
        markdown_table(("Urgency", "What", "Refused when so many are in work", "for"), rows),
        "Only what lasts counts, with less than a fifth of those free meanwhile: a page that loads a dozen things "
        "at once, or a database that pauses, is no crowd. "
        "What was refused is taken again when half as many are in work. Health checks, `/metrics`, the tracking doors "
        "and files are never refused: they cost next to nothing, and an event that was sent is kept.",
        f"Refused is answered 503 with `Retry-After: {RETRY_SECONDS}`, within a millisecond: to programs "
        '`{"code": "busy", "message": …}`, to browsers a page that loads itself again. Nothing was done yet, so every '
        "call may be sent again as it was; orders and payments carry their `Idempotency-Key` anyway. While PostgreSQL "
        'is away or has no room, what needs it is answered so, with `{"code": "unavailable", …}`: there it matters.',
        "## Seeing it",
        "The log says `load.shed` and `load.taken_again` with the urgency. Reports → API performance counts the "
        "answers of 503 by route, and so does `zuka_http_requests_total` of `/metrics`. One that lasts for minutes "
        "means: more cores (then `WEB_WORKERS`), or the next step in docs/deployment.md.",
        "## Which routes",
        *(f"{each.name}: " + ", ".join(f"`{route}`" for route in each.routes) for each in urgencies),
    )


add_document("docs/crowds.md", crowds_page)
