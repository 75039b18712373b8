from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.template.loader import render_to_string

from commerce.notifications.models import Notification
from zuka.platform.admin.panels import add_panel
from zuka.platform.admin.rows import RecordAdmin

PANEL_NOTICES = 10


@admin.register(Notification)
class NotificationAdmin(RecordAdmin):
    """Notices in customers' accounts."""

    list_display = ("title", "user", "kind", "created_at", "read_at")
    list_select_related = ("user",)
    list_filter = ("created_at",)
    search_fields = ("user__email", "key")
    search_help_text = "A customer's e-mail, or an order's number."
    ordering = ("-id",)
    fields = ("user", "title", "body", "link", ("created_at", "read_at"), ("kind", "key"))


def show_notices(request: HttpRequest, user: Any) -> str:
    """Return a customer's latest notices for the customer page; empty for staff who may not view them."""
    if not request.user.has_perm("commerce.view_notification"):
        return ""
    rows = [
        [each.title, each.created_at, "Read" if each.read_at else "Not read"]
        for each in user.notifications.order_by("-id")[:PANEL_NOTICES]
    ]
    table = {"headers": ["Notice", "Written", "Status"], "rows": rows}
    return render_to_string("commerce/notices_panel.html", {"table": table}, request)


add_panel(subject="customer", panel=show_notices)
