"""The link in each mailed report that ends it for its reader. Whoever holds it may: nobody signs in for it."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from analytics.report.mailing.boards import title_of
from analytics.store.models.subscriptions import ReportRecipient
from zuka.platform import clock
from zuka.platform.errors import Refused

SALT = "analytics.report-mails"


class UnknownLink(Refused):
    """A link that is not complete, or whose subscription is gone."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


def base_url() -> str:
    """Return where the shop answers; empty while nobody has said."""
    return settings.ZUKA_URL or settings.SHOP_URL


def leaving_link(recipient: ReportRecipient) -> str:
    """Return the address that ends a subscription for a recipient; empty while the shop has not said where it is."""
    base = base_url()
    return base and base + reverse("report-mails", args=[signing.dumps(recipient.pk, salt=SALT)])


def read_leaving(token: str) -> ReportRecipient:
    """Return the recipient of a link. Raises UnknownLink."""
    try:
        return ReportRecipient.objects.select_related("subscription").get(pk=signing.loads(token, salt=SALT))
    except (signing.BadSignature, ReportRecipient.DoesNotExist) as error:
        raise UnknownLink("This link is not complete, or nobody gets this report any more.") from error


def leave(*, token: str, at: datetime) -> ReportRecipient:
    """End a mailed report for the reader of a link, as often as it is followed. Raises UnknownLink."""
    recipient = read_leaving(token)
    ReportRecipient.objects.filter(pk=recipient.pk, ended_at=None).update(ended_at=at)
    return recipient


@csrf_exempt  # mail programs post here by themselves (RFC 8058), and the link is the only right that is used
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def leaving_page(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether a mailed report shall end, and end it when that is posted. Following the link ends nothing: virus
    scanners follow every link they see.
    """
    is_post = request.method == "POST"
    try:
        recipient = leave(token=token, at=clock.now()) if is_post else read_leaving(token)
    except UnknownLink as refusal:
        return page(refusal.status, problem=refusal.message)
    return page(200, title=title_of(recipient.subscription), is_done=is_post)


def page(status: int, **facts: object) -> HttpResponse:
    """Return the page. It is rendered without the request: it knows nobody."""
    text = render_to_string("analytics/leaving.html", {"shop_name": settings.SHOP_NAME, **facts})
    return HttpResponse(text, status=status)
