"""The page of the link that ends a kind of mail. Whoever holds the link may: nobody has to sign in for it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from commerce.notifications.kinds import GROUPS
from commerce.notifications.preferences import UnknownLink, opt_out, read_opt_out
from zuka.platform.clock import now


@csrf_exempt  # mail programs post here by themselves (RFC 8058), and the link is the only right that is used
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Ask whether a kind of mail shall end, and end it when that is posted; 404 for a link that is none of ours.

    Following the link ends nothing: mail programs and virus scanners follow every link they see.
    """
    try:
        group = opt_out(token=token, at=now()) if request.method == "POST" else read_opt_out(token)[0]
    except UnknownLink as refusal:
        return page(refusal.status, problem=refusal.message)
    return page(200, group=GROUPS[group], is_done=request.method == "POST")


def page(status: int, **facts: object) -> HttpResponse:
    """Return the page. It is rendered without the request: it knows nobody."""
    text = render_to_string("commerce/unsubscribe.html", {"shop_name": settings.SHOP_NAME, **facts})
    return HttpResponse(text, status=status)
