"""Connecting a shop: what to paste, with the shop's own key, and whether its first event has arrived."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from zuka.platform.admin.site import BackOffice
from zuka.platform.db.files import load_sql
from zuka.platform.models import ApiKey

ARRIVED = Path(__file__).parent / "store" / "sql" / "ingest" / "arrived_of_key.sql"
# Where a key goes, in the words of each SDK: title, language, the lines.
SNIPPETS: tuple[tuple[str, str], ...] = (
    ("Website: in the head of every page", '<script src="{host}/t.js" data-key="{key}" defer></script>'),
    (
        "Segment, JavaScript on a server",
        'const analytics = new Analytics({{ writeKey: "{key}", host: "{host}", path: "/v1/batch" }})',
    ),
    ("Segment, Python", 'analytics.write_key = "{key}"\nanalytics.host = "{host}"'),
    ("RudderStack, Python", 'analytics.write_key = "{key}"\nanalytics.dataPlaneUrl = "{host}"'),
    ("PostHog, Python", 'posthog = Posthog("{key}", host="{host}")'),
    ("PostHog, website", 'posthog.init("{key}", {{ api_host: "{host}" }})'),
    (
        "Anything that speaks HTTP",
        (
            "curl {host}/api/v1/events -H 'Authorization: Bearer {key}' -H 'Content-Type: application/json' \\\n"
            '  -d \'{{"type": "page.viewed", "visitor_id": "test", "properties": {{"path": "/"}}}}\''
        ),
    ),
)


def may_connect(request: HttpRequest) -> None:
    """Raise PermissionDenied for staff who may not see keys."""
    if not request.user.has_perm("platform.view_apikey"):
        raise PermissionDenied


def publishable_keys() -> list[ApiKey]:
    """Return the keys that may stand in pages."""
    usable = ApiKey.objects.filter(
        kind=ApiKey.Kind.PUBLISHABLE, status=ApiKey.Status.ACTIVE, scopes__contains=["track"]
    )
    return list(usable.order_by("name", "id"))


def arrived_of(key_id: UUID) -> dict[str, Any]:
    """Return how many events of a key have arrived: accepted, rejected, and when the last one did."""
    with connection.cursor() as cursor:
        cursor.execute(load_sql(ARRIVED), {"key": key_id})
        accepted, rejected, last_at, problem = cursor.fetchone()
    return {"accepted": accepted, "rejected": rejected, "last_at": last_at, "problem": problem}


class ConnectPages:
    """The page with what to paste, and what it asks while it is open."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only."""
        wrap = self.site.admin_view
        return [
            path("connect/", wrap(self.show), name="connect"),
            path("connect/<uuid:key_id>/arrived/", wrap(self.tell_arrived), name="connect-arrived"),
        ]

    def show(self, request: HttpRequest) -> HttpResponse:
        """Show what to paste, with the chosen key or the first."""
        may_connect(request)
        keys = publishable_keys()
        key = next((each for each in keys if str(each.id) == request.GET.get("key")), keys[0] if keys else None)
        host = f"{request.scheme}://{request.get_host()}"
        token = key.token if key else ""
        context = {
            **self.site.each_context(request),
            "title": "Connect your shop",
            "keys": keys,
            "key": key,
            "snippets": [(title, lines.format(host=host, key=token)) for title, lines in SNIPPETS],
            "arrived": arrived_of(key.id) if key else None,
            "arrived_url": reverse("admin:connect-arrived", args=[key.id]) if key else "",
        }
        return TemplateResponse(request, "analytics/connect.html", context)

    def tell_arrived(self, request: HttpRequest, key_id: UUID) -> HttpResponse:
        """Tell the open page how many events have arrived."""
        may_connect(request)
        return JsonResponse(arrived_of(key_id))
