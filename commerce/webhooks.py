"""The providers' door: a message is checked, kept, and handled; then it may come again, and nothing happens twice."""

from __future__ import annotations

import json

import structlog
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from commerce.orders.services import NotYet, handle_delivery
from commerce.payments.gateways import GATEWAYS, GatewayRefused, GatewayUnavailable, Message, MessageError, Notice
from commerce.payments.services import keep_delivery
from zuka.platform.clock import now
from zuka.platform.errors import error_answer

log = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def receive_webhook(request: HttpRequest, provider: str) -> HttpResponse:
    """Take a message of a provider: 200 once it is kept, 401 for a wrong signature, 400 for what is no message.

    It is handled at once; where the provider does not answer when it is asked what is true, the job tries again.
    """
    gateway = GATEWAYS[provider]
    try:
        body = request.body
    except RequestDataTooBig:
        return error_answer(status=413, code="too_large", message="The message is too large.")
    headers = {name.lower(): value for name, value in request.headers.items()}
    if not gateway.is_signed(Message(headers, body)):
        return error_answer(status=401, code="wrong_signature", message="The signature is not that of this body.")
    try:
        text = body.decode()
        notice = gateway.read_notice(json.loads(text))
        refuse_unstorable(notice)
    except (ValueError, KeyError, AttributeError, RecursionError):
        return error_answer(status=400, code="malformed", message="This is no message of the provider's form.")
    return keep_and_handle(provider=provider, notice=notice, text=text)


def refuse_unstorable(notice: Notice) -> None:
    """Raise ValueError for a NUL or half a character in what a message names: PostgreSQL holds neither."""
    refund = notice.refund.payment_reference + notice.refund.answer.reference if notice.refund else ""
    named = f"{notice.event}{notice.key}{notice.charge_reference}{refund}"
    if b"\0" in named.encode():
        raise MessageError("NUL in a name")


def keep_and_handle(*, provider: str, notice: Notice, text: str) -> HttpResponse:
    """Store a message, handle it if it is new, and answer 200."""
    at = now()
    delivery, is_new = keep_delivery(provider=provider, event=notice.event, key=notice.key, body=text, at=at)
    if is_new:
        try:
            handle_delivery(delivery=delivery, at=at)
        except (GatewayUnavailable, GatewayRefused, NotYet) as reason:
            log.warning("webhooks.waits", provider=provider, reason=repr(reason))
        except Exception:  # it is kept, and the job tries it again
            log.exception("webhooks.failed", provider=provider, delivery=delivery.pk)
    return JsonResponse({"received": True})
