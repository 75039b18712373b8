"""What every request gets: an id, its actor, its client address; and how lists are paged."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, ValidationError
from django.core.files.uploadhandler import FileUploadHandler
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from rest_framework.exceptions import NotFound, ParseError
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser

from zuka.platform.actor import Actor, set_actor

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
ID_HEADER_LENGTH = 200
CAMPAIGN_NAMES = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
CAMPAIGN_LENGTH = 500
MOST_UPLOADED = 64 * 1024**2


def client_ip(request: HttpRequest) -> str | None:
    """Return the client's address, trusting X-Forwarded-For only as far as TRUSTED_PROXY_COUNT proxies wrote it."""
    if count := settings.TRUSTED_PROXY_COUNT:
        forwarded = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
        if len(forwarded) >= count:
            return str(forwarded[-count])
    return request.META.get("REMOTE_ADDR") or None


def header_id(request: HttpRequest, name: str) -> str | None:
    """Return an id from a header, cut to 200 characters; None when it is absent or blank."""
    return request.headers.get(name, "").replace("\x00", "").strip()[:ID_HEADER_LENGTH] or None


def header_campaign(request: HttpRequest) -> tuple[tuple[str, str], ...]:
    """Return the visit's campaign from `X-Zuka-Campaign: utm_source=…&utm_medium=…`; what is not utm is left out."""
    sent = request.headers.get("X-Zuka-Campaign", "")
    if not sent or len(sent) > CAMPAIGN_LENGTH:
        return ()
    try:
        said = dict(parse_qsl(sent, max_num_fields=10))
    except ValueError:  # the caller's mistake, and no reason to refuse what they do
        return ()
    cleaned = {
        name: said[name].replace("\x00", "").strip()[:ID_HEADER_LENGTH] for name in CAMPAIGN_NAMES if name in said
    }
    return tuple((name, value) for name, value in cleaned.items() if value)


def request_actor(request: HttpRequest) -> Actor:
    """Return who the `X-Zuka-…` headers say is acting, and by which campaign. Signed-in users are added later."""
    return Actor(
        visitor_id=header_id(request, "X-Zuka-Visitor"),
        session_id=header_id(request, "X-Zuka-Session"),
        user_agent=request.headers.get("User-Agent"),
        ip=client_ip(request),
        campaign=header_campaign(request),
    )


class RequestContextMiddleware:
    """Give each request an id (the caller's `X-Request-ID` when it is a sane one) and its actor, for logs and facts."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request and send its id back in `X-Request-ID`."""
        sent = request.headers.get("X-Request-ID", "")
        request_id = sent if REQUEST_ID.fullmatch(sent) else uuid.uuid4().hex
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        set_actor(request_actor(request))
        response = self.get_response(request)
        response["X-Request-ID"] = request_id
        return response


class BoundedUploads(FileUploadHandler):
    """Refuses a form whose files are too many bytes in all, before any of them is written to disk."""

    def handle_raw_input(
        self,
        input_data: Any,  # noqa: ARG002 - Django's signature
        META: dict[str, Any],  # noqa: ARG002, N803 - Django's signature
        content_length: int,
        boundary: str,  # noqa: ARG002 - Django's signature
        encoding: str | None = None,  # noqa: ARG002 - Django's signature
    ) -> None:
        """Look at how much is announced. Raises RequestDataTooBig."""
        if content_length > MOST_UPLOADED:
            raise RequestDataTooBig(f"Send at most {MOST_UPLOADED // 1024**2} MB of files at once.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        """Leave the bytes to the next handler."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handler."""


class PatientJSONParser(JSONParser):
    """JSON of requests; what is nested too deeply to read is the client's mistake."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """Return the document. Raises ParseError."""
        try:
            return super().parse(stream, media_type=media_type, parser_context=parser_context)
        except RecursionError as error:
            raise ParseError("The JSON is nested too deeply.") from error


class CursorPages(CursorPagination):
    """Pages of 24, up to 100 by `?page_size=`; stable while rows are added."""

    page_size = 24
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = "-id"

    def paginate_queryset(self, queryset: Any, request: Any, view: Any = None) -> Any:
        """Return a page of rows. Raises NotFound for a cursor that nobody was given."""
        try:
            return super().paginate_queryset(queryset, request, view)
        except (ValueError, ValidationError, DataError) as error:
            raise NotFound(self.invalid_cursor_message) from error
