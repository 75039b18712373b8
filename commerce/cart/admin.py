from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum
from django.http import HttpRequest, HttpResponse
from unfold.admin import TabularInline

from commerce.cart.models import Cart, CartLine, CartReminder
from zuka.platform.admin.rows import RecordAdmin, column
from zuka.platform.clock import now
from zuka.platform.money import format_money

STATUS_COLOURS = {"active": "info", "converted": "success", "abandoned": "warning", "merged": "default"}
REMINDER_COLOURS = {"sent": "info", "opened": "warning", "recovered": "success"}
COUNTED_DAYS = 30


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

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
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


class ReminderFilter(admin.SimpleListFilter):
    """Carts by what became of their reminders."""

    title = "reminder"
    parameter_name = "reminder"
    questions: ClassVar = {
        "sent": ("Reminded", Q(reminder__sent_at__isnull=False)),
        "opened": ("Came back by the link", Q(reminder__opened_at__isnull=False)),
        "recovered": ("Ordered after the reminder", Q(converted_at__gt=F("reminder__sent_at"))),
    }

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return what can be asked."""
        return [(name, words) for name, (words, _) in self.questions.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the carts that were asked for."""
        _, asked = self.questions.get(self.value() or "", ("", Q()))
        return queryset.filter(asked)


@admin.register(Cart)
class CartAdmin(RecordAdmin):
    """Carts: who has what in them, and what became of them."""

    list_display = ("id", "show_owner", "show_status", "show_pieces", "show_value", "show_reminder", "last_active_at")
    list_filter = ("status", ReminderFilter)
    search_fields = ("id", "user__email", "visitor_id")
    list_select_related = ("user", "reminder")
    list_before_template = "commerce/carts_recovered.html"
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
        "show_reminder",
    )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show above the list what reminders of the last days have brought."""
        told = {"days": COUNTED_DAYS, **CartReminder.objects.since(now() - timedelta(days=COUNTED_DAYS))}
        answer: HttpResponse = super().changelist_view(request, {**(extra_context or {}), "reminders": told})
        return answer

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

    @column(description="Reminder", label=REMINDER_COLOURS)
    def show_reminder(self, cart: Cart) -> tuple[str, str] | None:
        """Return what became of the reminder, if one was sent."""
        reminder = getattr(cart, "reminder", None)
        if reminder is None or reminder.sent_at is None:
            return None
        if cart.converted_at and cart.converted_at > reminder.sent_at:
            return "recovered", "Ordered after it"
        return ("opened", "Came back") if reminder.opened_at else ("sent", "Reminded")

    @column(description="Pieces")
    def show_pieces(self, cart: Cart) -> int:
        """Return the pieces of all lines."""
        return getattr(cart, "pieces", None) or 0

    @column(description="Value")
    def show_value(self, cart: Cart) -> str:
        """Return the worth of all lines, at the prices when they were added."""
        return format_money(getattr(cart, "value_kobo", None) or 0, cart.currency)
