"""Validations of keys are answered before sessions, CSRF and DRF's layers: an app asks at each of its starts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, resolve, reverse
from rest_framework.exceptions import APIException

from zuka.platform.errors import Refused, answer_error, error_body
from zuka.platform.keys.api import answer_validation
from zuka.platform.throttling.requests import TooMany, count_call

ENDPOINT = "keys-validate"
_encode = msgspec.json.Encoder().encode


class ValidationMiddleware:
    """Answer `POST /api/v1/keys/validate`; pass everything else on."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.path = ""
        self.match: ResolverMatch | None = None

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass on. Raises DisallowedHost, as Django's own layers do."""
        if not self.path:  # routes are there with the first request
            self.path = reverse(ENDPOINT)
        if request.path != self.path or request.method != "POST":
            return self.get_response(request)
        request.get_host()
        self.match = self.match or resolve(request.path_info)
        request.resolver_match = self.match  # as which the request is recorded
        response = answer_request(request)
        response["Content-Length"] = str(len(response.content))
        return response


def answer_request(request: HttpRequest) -> HttpResponse:
    """Count the call and answer it, or say what is wrong with it; what nobody foresaw is Django's to answer."""
    headers: dict[str, str] = {}
    try:
        taken, headers = count_call(request, ENDPOINT, None)
        if taken is not None and not taken.is_taken:
            raise TooMany(wait=taken.wait)
        response = json_answer(answer_validation(request), 200)
    except (APIException, Refused) as error:
        response = error_response(error)
    except RequestDataTooBig:
        response = json_answer(error_body(code="too_large", message="Send the key, and the device, alone."), 413)
    for name, value in headers.items():
        response[name] = value
    return response


def json_answer(body: Any, status: int) -> HttpResponse:
    """Return an answer of JSON."""
    content = _encode(body)
    return HttpResponse(content, status=status, content_type="application/json")


def error_response(error: Exception) -> HttpResponse:
    """Return the answer to a refusal or a mistake in the one shape."""
    said = answer_error(error, {})
    assert said is not None  # only what it knows comes here
    response = json_answer(said.data, said.status_code)
    for name, value in said.headers.items():
        if name != "Content-Type":  # DRF would set it as it renders
            response[name] = value
    return response
