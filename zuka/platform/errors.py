"""One JSON shape for every error of the API: `{"code", "message", "field"?}`.

A service refuses with a subclass of `Refused`, defined beside the service; anything else that is raised is a bug.
"""

from __future__ import annotations

import sys
from typing import Any, ClassVar

import structlog
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from rest_framework import exceptions, serializers
from rest_framework.response import Response

log = structlog.get_logger(__name__)
AWAY_STATES = ("08", "53", "57P")
AWAY_SECONDS = 5
AWAY_MESSAGE = "The shop cannot answer just now. Try again in a few seconds."


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error of ours
    """An anticipated refusal: the caller asked for something that cannot be had, and can read why."""

    status: ClassVar[int] = 409
    code: ClassVar[str] = "refused"

    def __init__(self, message: str, *, field: str | None = None, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.retry_after = retry_after  # seconds


class ErrorSerializer(serializers.Serializer[dict[str, str]]):
    """Every error of the API."""

    code = serializers.CharField(help_text="Stable name of what went wrong.")
    message = serializers.CharField(help_text="One sentence for people.")
    field = serializers.CharField(required=False, help_text="The field it is about, dotted.")


def error_body(*, code: str, message: str, field: str | None = None) -> dict[str, str]:
    """Return the one shape; `field` is left out when the error is about no single field."""
    body = {"code": code, "message": message}
    return {**body, "field": field} if field else body


def error_answer(*, status: int, code: str, message: str, field: str | None = None) -> JsonResponse:
    """Return an error answer for views outside DRF."""
    return JsonResponse(error_body(code=code, message=message, field=field), status=status)


def first_problem(detail: Any, path: str = "") -> tuple[str, str, str]:
    """Return (code, message, dotted field) of the first problem in DRF's nested error detail."""
    if isinstance(detail, dict):
        key, value = next(iter(detail.items()))
        below = path if key == "non_field_errors" else f"{path}.{key}".strip(".")
        return first_problem(value, below)
    if isinstance(detail, list):
        index, value = next((i, item) for i, item in enumerate(detail) if item)
        return first_problem(value, f"{path}.{index}" if isinstance(value, dict) else path)
    return str(getattr(detail, "code", "invalid")), str(detail), path


def wait_headers(seconds: float | None) -> dict[str, str]:
    """Return the header that says when to try again; none where it does not matter."""
    return {} if seconds is None else {"Retry-After": str(int(seconds))}


def answer_error(error: Exception, _context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: refusals, validation and permission errors in the one shape; bugs go on to a 500."""
    if isinstance(error, Refused):
        body = error_body(code=error.code, message=error.message, field=error.field)
        return Response(body, status=error.status, headers=wait_headers(error.retry_after))
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    elif isinstance(error, DjangoValidationError):
        error = exceptions.ValidationError({"non_field_errors": error.messages})
    if not isinstance(error, exceptions.APIException):
        return None
    challenge = getattr(error, "auth_header", None)
    headers = {"WWW-Authenticate": challenge} if challenge else {}
    headers |= wait_headers(getattr(error, "wait", None))
    code, message, field = first_problem(error.detail)
    return Response(error_body(code=code, message=message, field=field), status=error.status_code, headers=headers)


def wants_json(request: HttpRequest) -> bool:
    """Say whether the caller is a program: an API path, or no HTML in Accept."""
    return request.path.startswith(("/api/", "/v1/")) or "text/html" not in request.headers.get("Accept", "")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400 with what was expected where we say so ourselves: JSON for programs, a page for people."""
    message = str(exception) if isinstance(exception, BadRequest) else "The request cannot be read."
    if wants_json(request):
        return error_answer(status=400, code="bad_request", message=message)
    return HttpResponse(render_to_string("400.html", {"message": message}), status=400)


def not_found(request: HttpRequest, exception: Exception) -> Any:
    """Answer 404: JSON for programs, Django's page for people."""
    if wants_json(request):
        return error_answer(status=404, code="not_found", message=f"There is nothing at {request.path}.")
    from django.views.defaults import page_not_found  # its template loader is needed for people only

    return page_not_found(request, exception)


def is_database_away(error: BaseException | None) -> bool:
    """Say whether PostgreSQL could not be asked, or had no room: the request was all right, and may come again.

    By its class of errors: no connection (08, or none is told), no room or no session left (53), going down or coming
    up (57P).
    """
    if not isinstance(error, (OperationalError, InterfaceError)):
        return False
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state.startswith(AWAY_STATES)


def away_answer(request: HttpRequest) -> HttpResponse:
    """Answer 503 with when to come back, as a shop in a crowd does: clients try that again, and a 500 they do not."""
    log.warning("request.database_away", path=request.path)
    return later_answer(request, code="unavailable", message=AWAY_MESSAGE, seconds=AWAY_SECONDS)


def later_answer(request: HttpRequest, *, code: str, message: str, seconds: int) -> HttpResponse:
    """Answer 503 with when to come back: a page for people, which does so by itself, JSON for programs."""
    if wants_json(request) or request.method != "GET":
        answer: HttpResponse = error_answer(status=503, code=code, message=message)
    else:
        # Without the request: who is signed in, and all else of it, would be asked of the database.
        answer = HttpResponse(render_to_string("503.html", {"seconds": seconds, "code": code}), status=503)
    answer.headers["Retry-After"] = str(seconds)
    answer.headers["Cache-Control"] = "no-store"
    # Django's own mark of what its log need not say: a line for each would fill the disk.
    answer._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001 - there is no other way to say it
    return answer


def server_error(request: HttpRequest) -> Any:
    """Answer 500 with the request id, which finds the log line; 503 while PostgreSQL is away."""
    if is_database_away(sys.exception()):
        return away_answer(request)
    log.error("request.failed", path=request.path)
    request_id = getattr(request, "request_id", "")
    quote = f" Quote request {request_id} when you report it." if request_id else ""
    message = f"Something went wrong on our side.{quote}"
    if wants_json(request):
        return error_answer(status=500, code="server_error", message=message)
    from django.views.defaults import server_error as page  # its template loader is needed for people only

    return page(request)
