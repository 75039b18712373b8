"""The streamed answer: from the process at ZUKA_STREAM_PORT alone, where a slow answer holds nobody else up."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request

from pets.api.base import PRIVATE, PersonView
from pets.api.conversations import SaySerializer, messages_json
from pets.conversation import Happening, answer, open_talk, own_conversation
from pets.streaming import follow, server_event
from zuka.platform.clock import now
from zuka.platform.errors import ErrorSerializer, Refused

ALLOWED = "Content-Type, X-Session-Token, X-Zuka-Visitor, X-Zuka-Session, X-Zuka-Campaign, X-Zuka-Cart"


class NoStream(Refused):
    """This process does not stream."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "no_stream"


class AnyAnswer(BaseContentNegotiation):
    """Takes whatever a client accepts: events are one kind of answer, refusals another."""

    def select_parser(self, _request: Request, parsers: Any) -> Any:
        """Return the parser of JSON."""
        return parsers[0]

    def select_renderer(self, _request: Request, renderers: Any, _suffix: str | None = None) -> Any:
        """Return the renderer of refusals."""
        return renderers[0], renderers[0].media_type


class MessageStream(PersonView):
    """A message and its answer, as events."""

    content_negotiation_class = AnyAnswer

    def dispatch(self, request: HttpRequest, *args: Any, **names: Any) -> HttpResponseBase:
        """Answer pages of another port or host too; no cookie counts here, the customer's token does."""
        is_asked_first = request.method == "OPTIONS"
        found = HttpResponse(status=204) if is_asked_first else super().dispatch(request, *args, **names)
        found["Vary"] = "Origin"
        if origin := allowed_origin(request):
            found["Access-Control-Allow-Origin"] = origin
            found["Access-Control-Allow-Methods"], found["Access-Control-Allow-Headers"] = "POST", ALLOWED
        return found

    @extend_schema(
        operation_id="streamAnswer",
        summary="Say something to your pet and follow its answer",
        tags=["Pets"],
        request=SaySerializer,
        responses={
            (200, "text/event-stream"): OpenApiResponse(
                OpenApiTypes.STR,
                "`message` (a whole message), `piece` ({text}: the next words of one), `action` ({tool, status}), "
                "`error` ({code, message}), `done`.",
            ),
            **dict.fromkeys((400, 401, 404, 409, 429), ErrorSerializer),
        },
    )
    def post(self, request: Request, conversation_id: UUID) -> HttpResponseBase:
        """Answer as `sayToPet` does, while it happens. Only at ZUKA_STREAM_PORT; elsewhere 404 `no_stream`."""
        if not isinstance(request._request, ASGIRequest):  # noqa: SLF001 - public by DRF's documentation
            raise NoStream("Answers are not streamed here. Send the message to messages/ instead.")
        body = SaySerializer(data=request.data)
        body.is_valid(raise_exception=True)
        user = self.person(request)
        conversation = own_conversation(conversation_id=conversation_id, user_id=user.pk)
        talk = open_talk(conversation=conversation, user=user, actor=self.actor(request), at=now())
        happenings = answer(talk, body.validated_data["text"])
        first = next(happenings)  # takes the message in, or refuses it with a status of its own
        events = follow(events_of(conversation_id, first, happenings))
        headers = {**PRIVATE, "X-Accel-Buffering": "no"}
        return StreamingHttpResponse(events, content_type="text/event-stream", headers=headers)


def events_of(conversation_id: UUID, first: Happening, rest: Iterator[Happening]) -> Iterator[bytes]:
    """Yield what happens as events."""
    yield event_of(conversation_id, first)
    for each in rest:
        yield event_of(conversation_id, each)


def event_of(conversation_id: UUID, happening: Happening) -> bytes:
    """Return one event."""
    if happening.kind == "message":
        return server_event("message", messages_json(conversation_id, [happening.data])[0])
    if happening.kind == "piece":
        return server_event("piece", {"text": happening.data})
    return server_event("action", {"tool": happening.data.tool, "status": str(happening.data.status)})


def allowed_origin(request: HttpRequest) -> str | None:
    """Return the page's origin where it may read answers: another port of this host, or the shop's own address."""
    origin = request.headers.get("Origin", "")
    own = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, (settings.SHOP_URL, settings.ZUKA_URL))}
    is_here = bool(origin) and urlsplit(origin).hostname == urlsplit(f"//{request.get_host()}").hostname
    return origin if is_here or origin in own - {"://"} else None
