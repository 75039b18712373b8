"""What an order did to the shelves, on its page."""

from __future__ import annotations

from django.http import HttpRequest
from django.template.loader import render_to_string

from commerce.catalog.models import StockMovement
from commerce.orders.models import CLOSED, Order
from commerce.orders.services import count_all
from zuka.platform.admin.panels import add_panel


def show_stock(request: HttpRequest, order: Order) -> str:
    """Return the panel of an order's pieces: held for it, and moved by it; empty for staff who may not see stock."""
    if not request.user.has_perm("commerce.view_productvariant"):
        return ""
    variants = order.lines.exclude(variant=None).values("variant")
    # By variant first: that is what the table has an index of.
    moved = StockMovement.objects.filter(variant__in=variants, order_number=order.number).select_related("actor")
    rows = [
        [move.sku, f"{move.change:+d}", move.get_reason_display(), str(move.actor or "Zuka"), move.moved_at]
        for move in moved.order_by("id")
    ]
    held = 0 if order.status in CLOSED else count_all(order).left
    table = {"headers": ["SKU", "Pieces", "Why", "By", "When"], "rows": rows}
    return render_to_string("commerce/order_stock_panel.html", {"table": table, "held": held, "order": order}, request)


add_panel(subject="order", panel=show_stock)
