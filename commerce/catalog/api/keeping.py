"""What answers of the catalogue are kept, where, and for how long."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.http import HttpResponseBase
from django.utils.cache import get_conditional_response
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from zuka.platform.usage.caching import note_cached

MOMENT_SECONDS = 5
BRIEF_SECONDS = 60
LONGEST_SECONDS = 600
# How long at least and at most.
MOMENT, BRIEF = (MOMENT_SECONDS, MOMENT_SECONDS), (BRIEF_SECONDS, LONGEST_SECONDS)
SECONDS_A_SECOND = 200  # for each second that an answer took it is kept so many: asking it again is dear
MAKING_SECONDS = 30
PRODUCT_SECONDS = 3600
# A shared cache may keep it, and asks before each use whether it is still so.
ASK_FIRST = {"Cache-Control": "public, no-cache"}
MOMENTARILY = {"Cache-Control": f"public, max-age={MOMENT_SECONDS}"}
BRIEFLY = {"Cache-Control": f"public, max-age={BRIEF_SECONDS}"}


def keep_briefly(kind: str, question: object, *, make: Callable[[], Any], ages: tuple[float, float] = BRIEF) -> Any:
    """Return the answer to a question, a minute old at most; ten, where making it takes seconds. `ages` may be others.

    Whoever comes first after that makes it anew, and those who ask meanwhile get the old one: they do not all make it.
    A question's repr must say all that it asks.
    """
    digest = hashlib.sha256(repr(question).encode()).hexdigest()
    key = f"catalog:{kind}:{digest}"
    kept = cache.get(key)
    if kept and (time.time() < kept[1] or not cache.add(f"{key}:making", value=True, timeout=MAKING_SECONDS)):
        note_cached()
        return kept[0]
    started = time.monotonic()
    answer = make()
    worth = min(max(SECONDS_A_SECOND * (time.monotonic() - started), ages[0]), ages[1])
    cache.set(key, (answer, time.time() + worth), round(worth) + MAKING_SECONDS)
    cache.delete(f"{key}:making")
    return answer


def keep_product(version: str, *, shape: str, make: Callable[[], Any]) -> Any:
    """Return a product's page of a version and with some fields, kept for an hour."""
    key = f"catalog:product:{hashlib.sha256(shape.encode()).hexdigest()[:12]}:{version}"
    page = cache.get(key)
    if page is not None:
        note_cached()
        return page
    page = make()
    cache.set(key, page, PRODUCT_SECONDS)
    return page


def answer_unless_known(request: Request, data: Any, headers: dict[str, str]) -> HttpResponseBase:
    """Return data with its ETag; 304 without it to who has the same already."""
    etag = hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]
    response = Response(data, headers={**headers, "ETag": f'"{etag}"'})
    return get_conditional_response(request._request, etag=f'"{etag}"', response=response) or response  # noqa: SLF001 - Django's helpers need Django's request
