from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from unfold.admin import TabularInline

from commerce.cart.models import Cart, CartLine
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.money import format_money

STATUS_COLOURS = {"active": "info", "converted": "success", "abandoned": "warning", "merged": "default"}


def sum_of_lines(amount: Any) -> Subquery:
    """Return the sum of an amount over a cart's lines."""
    lines = CartLine.objects.filter(cart=OuterRef("pk")).order_by().values("cart")
    return Subquery(lines.annotate(amount=Sum(amount)).values("amount"))


class CartLineInline(TabularInline):
    """What is in a cart; only its owner changes it."""

    model = CartLine
    extra = 0
    hide_title = True
    can_delete = False
    fields = readonly_fields = ("variant", "show_product", "quantity", "show_price", "added_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[CartLine]:
        """Return lines with their products."""
        lines: QuerySet[CartLine] = super().get_queryset(request).select_related("variant__product", "cart")
        return lines

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Only its owner fills a cart."""
        return False

    @column(description="Product")
    def show_product(self, line: CartLine) -> str:
        """Return the product's name."""
        return line.variant.product.name

    @column(description="Price when added")
    def show_price(self, line: CartLine) -> str:
        """Return what one piece cost when it was put in."""
        return format_money(line.added_price_kobo, line.cart.currency)


@admin.register(Cart)
class CartAdmin(RecordAdmin):
    """Carts: who has what in them, and what became of them."""

    list_display = ("id", "show_owner", "show_status", "show_pieces", "show_value", "last_active_at")
    list_filter = ("status",)
    search_fields = ("id", "user__email", "visitor_id")
    list_select_related = ("user",)
    ordering = ("-last_active_at", "-id")
    inlines = (CartLineInline,)
    fields = readonly_fields = (
        "id",
        "user",
        "show_status",
        "visitor_id",
        "session_id",
        "currency",
        "created_at",
        "last_active_at",
        "converted_at",
        "merged_into",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Cart]:
        """Return carts with their pieces and value at the prices when they were added."""
        carts: QuerySet[Cart] = super().get_queryset(request)
        # Subqueries, so that a page adds up its own rows and not all carts there ever were.
        return carts.annotate(
            pieces=sum_of_lines(F("quantity")), value_kobo=sum_of_lines(F("quantity") * F("added_price_kobo"))
        )

    @column(description="Owner")
    def show_owner(self, cart: Cart) -> str:
        """Return the customer, or that it is a guest's."""
        return str(cart.user) if cart.user else "Guest"

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, cart: Cart) -> tuple[str, str]:
        """Return the status with its colour."""
        return cart.status, cart.get_status_display()

    @column(description="Pieces")
    def show_pieces(self, cart: Cart) -> int:
        """Return the pieces of all lines."""
        return getattr(cart, "pieces", None) or 0

    @column(description="Value")
    def show_value(self, cart: Cart) -> str:
        """Return the worth of all lines, at the prices when they were added."""
        return format_money(getattr(cart, "value_kobo", None) or 0, cart.currency)
