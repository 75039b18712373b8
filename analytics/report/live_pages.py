"""The live view in the back office: `<admin>/live/`, and what an open page asks every few seconds."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver, path, reverse

from analytics.report.live import SHOWN_MINUTES, Snapshot, latest_snapshot
from analytics.report.wording import change_text, moment_text, rounded_money_text
from zuka.platform import clock
from zuka.platform.admin.site import BackOffice

EVERY_SECONDS = 5


def may_look(request: HttpRequest) -> None:
    """Raise PermissionDenied for staff who may not see reports."""
    if not request.user.has_perm("analytics.view_report"):
        raise PermissionDenied


def shown(snapshot: Snapshot, *, age: float) -> dict[str, Any]:
    """Return a snapshot as pages and their script show it: figures as text, bars as shares of the highest."""
    counts = [count for _minute, count in snapshot["minutes"]]
    highest, zone = max(counts), clock.shop_zone()
    currency, before = settings.SHOP_CURRENCY, snapshot["compared_day"]
    return {
        "age_seconds": round(age, 1),
        "as_of": moment_text(snapshot["computed_at"], seconds=True),
        "figures": {
            "people": figure(f"{snapshot['people']:,}", "In the last 5 minutes"),
            "minute": figure(f"{counts[-2]:,}", f"{sum(counts):,} in the last {SHOWN_MINUTES} minutes"),
            "carts": figure(
                f"{snapshot['carts']:,}",
                f"{rounded_money_text(snapshot['carts_kobo'], currency)} in them, used within the hour",
            ),
            "orders": compared(snapshot["orders"], snapshot["orders_before"], "{:,}".format, before),
            "revenue": compared(
                snapshot["revenue_kobo"],
                snapshot["revenue_before_kobo"],
                lambda kobo: rounded_money_text(kobo, currency),
                before,
            ),
        },
        "minutes": [
            {
                "height": round(count * 100 / highest) if highest else 0,
                "title": f"{minute.astimezone(zone):%H:%M}: {count:,} {'event' if count == 1 else 'events'}",
            }
            for minute, count in snapshot["minutes"]
        ],
        "minutes_text": f"Events a minute over the last {SHOWN_MINUTES} minutes: {sum(counts):,} in all, "
        f"{highest:,} in the busiest.",
        "pages": [{"page": each["page"], "people": f"{each['people']:,}"} for each in snapshot["pages"]],
        "stream": snapshot["stream"],
    }


def figure(text: str, note: str, change: str = "") -> dict[str, str]:
    """Return one figure with what it means below it."""
    return {"text": text, "note": note, "change": change}


def compared(value: int, before: int, wording: Any, day: str) -> dict[str, str]:
    """Return a figure of today beside that of the same weekday last week at the same time."""
    change = change_text((value - before) / before) if before > 0 else ""
    return figure(wording(value), f"{wording(before)} by this time on {day}", change)


class LivePages:
    """The live view on one admin site."""

    def __init__(self, site: BackOffice) -> None:
        self.site = site

    def urls(self) -> list[URLPattern | URLResolver]:
        """Return the addresses, for staff only."""
        wrap = self.site.admin_view
        return [
            path("live/", wrap(self.show), name="live"),
            path("live/now/", wrap(self.tell), name="live-now"),
        ]

    def show(self, request: HttpRequest) -> HttpResponse:
        """Show what goes on."""
        may_look(request)
        context = {
            **self.site.each_context(request),
            "title": "Today",
            "live": read_shown(),
            "live_url": reverse("admin:live-now"),
            "every": EVERY_SECONDS,
            "today_url": f"{reverse('admin:report', args=['revenue'])}?period=today",
        }
        return TemplateResponse(request, "analytics/live.html", context)

    def tell(self, request: HttpRequest) -> HttpResponse:
        """Tell an open page what goes on; 503 while that cannot be known."""
        may_look(request)
        answer = read_shown()
        if answer is None:
            return JsonResponse({"error": "The figures cannot be read just now."}, status=503)
        return JsonResponse(answer, headers={"Cache-Control": "no-store"})


def read_shown() -> dict[str, Any] | None:
    """Return the latest snapshot as it is shown; None while there is none."""
    now = clock.now()
    snapshot = latest_snapshot(now=now)
    if snapshot is None:
        return None
    return shown(snapshot, age=max((clock.now() - snapshot["computed_at"]).total_seconds(), 0))
