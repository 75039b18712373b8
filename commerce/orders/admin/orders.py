from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline

from commerce.accounts.models import User
from commerce.orders.models import (
    DerivedStatus,
    EventKind,
    FulfilmentStatus,
    Order,
    OrderEvent,
    OrderLine,
    OrderPaymentStatus,
    OrderStatus,
    PaymentMethod,
)
from commerce.orders.services import (
    cancel_order,
    collect_cash,
    confirm_order,
    deliver_order,
    orders_of_account,
    orders_of_contact,
    orders_with_number,
    orders_with_reference,
    pack_order,
    refuse_delivery,
    ship_order,
)
from commerce.orders.states import MACHINES
from commerce.payments.models import Payment
from zuka.platform.actor import actor_for
from zuka.platform.admin.panels import add_panel
from zuka.platform.admin.rows import FrozenRows, column
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.clock import local_day, now
from zuka.platform.errors import Refused
from zuka.platform.money import format_money

STATUS_COLOURS = {
    DerivedStatus.PENDING: "warning",
    DerivedStatus.PAID: "success",
    DerivedStatus.PROCESSING: "info",
    DerivedStatus.SHIPPED: "info",
    DerivedStatus.DELIVERED: "success",
    DerivedStatus.CANCELLED: "danger",
    DerivedStatus.REFUNDED: "danger",
}
PANEL_ORDERS = 10
ADDRESS_PARTS = ("recipient_name", "phone", "street_address", "city", "state", "postal_code", "country")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing staff do to an order: its button, the service behind it, and the move it makes."""

    name: str
    label: str
    done: str
    service: Callable[..., Any]
    kind: EventKind
    to_state: str

    def is_open(self, order: Order) -> bool:
        """Say whether the order's state allows the move; the service has the last word."""
        machine = MACHINES[self.kind]
        allowed = self.to_state in machine.moves[getattr(order, machine.column)]
        packing = self.kind == EventKind.FULFILMENT and order.status != OrderStatus.CONFIRMED
        on_delivery = order.payment_method == PaymentMethod.CASH_ON_DELIVERY and order.shipped_at is not None
        return allowed and not packing and (self.kind != EventKind.PAYMENT or on_delivery)


STEPS = (
    Step("confirm", "Confirm", "confirmed", confirm_order, EventKind.STATUS, OrderStatus.CONFIRMED),
    Step("pack", "Mark packed", "packed", pack_order, EventKind.FULFILMENT, FulfilmentStatus.PACKED),
    Step("ship", "Mark shipped", "shipped", ship_order, EventKind.FULFILMENT, FulfilmentStatus.SHIPPED),
    Step("deliver", "Mark delivered", "delivered", deliver_order, EventKind.FULFILMENT, FulfilmentStatus.DELIVERED),
    Step("collect", "Cash collected", "paid in cash", collect_cash, EventKind.PAYMENT, OrderPaymentStatus.PAID),
    Step("refuse", "Delivery refused", "refused", refuse_delivery, EventKind.FULFILMENT, FulfilmentStatus.REFUSED),
    Step(
        "cancel",
        "Cancel",
        "cancelled",
        partial(cancel_order, reason="Cancelled by staff"),
        EventKind.STATUS,
        OrderStatus.CANCELLED,
    ),
)


def take_step(step: Step, request: HttpRequest, order: Order) -> None:
    """Run a step for the staff member who asked, and tell them the outcome."""
    try:
        step.service(order=order, at=now(), actor=actor_for(user_id=request.user.pk))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, f"Order {order.number} is {step.done}.")


def list_action(step: Step) -> Callable[..., None]:
    """Return the action of a step for the orders chosen in the list."""

    def run(_admin: Any, request: HttpRequest, orders: QuerySet[Order]) -> None:
        for order in orders.order_by("id"):
            take_step(step, request, order)

    run.__name__ = f"{step.name}_orders"
    run.short_description = step.label  # type: ignore[attr-defined]
    run.allowed_permissions = ("change",)  # type: ignore[attr-defined]
    return run


def page_button(step: Step) -> Callable[..., None]:
    """Return the button of a step on an order's page; it is posted with the form."""

    def run(_admin: Any, request: HttpRequest, order: Order) -> None:
        take_step(step, request, order)

    run.short_description = step.label  # type: ignore[attr-defined]
    return run


class LineInline(FrozenRows, TabularInline):
    """What was bought."""

    model = OrderLine
    extra = 0
    hide_title = True
    fields = ("show_name", "size", "colour", "quantity", "show_unit_price", "show_total")
    readonly_fields = fields

    @column(description="Product")
    def show_name(self, line: OrderLine) -> str:
        """Return the name as it was bought."""
        return str(line.product_snapshot.get("name", line.product_ref))

    @column(description="Price")
    def show_unit_price(self, line: OrderLine) -> str:
        """Return the price of one piece."""
        return format_money(line.unit_price_kobo, line.order.currency)

    @column(description="Total")
    def show_total(self, line: OrderLine) -> str:
        """Return the price of the line."""
        return format_money(line.total_kobo, line.order.currency)


class PaymentInline(FrozenRows, TabularInline):
    """The order's payments."""

    model = Payment
    fk_name = "order"
    extra = 0
    hide_title = True
    fields = ("provider", "reference", "show_amount", "status", "captured_at")
    readonly_fields = fields
    show_change_link = True

    @column(description="Amount")
    def show_amount(self, payment: Payment) -> str:
        """Return the amount in naira."""
        return format_money(payment.amount_kobo, payment.currency)


class EventInline(FrozenRows, TabularInline):
    """The order's timeline."""

    model = OrderEvent
    verbose_name_plural = "timeline"
    extra = 0
    hide_title = True
    fields = ("occurred_at", "kind", "from_state", "to_state", "actor", "note")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderEvent]:
        """Return the rows with who acted."""
        rows: QuerySet[OrderEvent] = super().get_queryset(request).select_related("actor")
        return rows


@admin.register(Order)
class OrderAdmin(SearchedAdmin):
    """Orders. What happened is read-only; steps go through services; courier and notes may be written."""

    list_display = ("number", "placed_at", "show_customer", "show_status", "payment_method", "show_total", "channel")
    list_filter = (
        "status",
        "payment_status",
        "fulfilment_status",
        "payment_method",
        "channel",
        "is_test",
        "placed_at",
    )
    search_routes = (
        Route("number", lambda words: orders_with_number(words, year=local_day(now()).year)),
        Route("the customer's e-mail, phone or name", orders_of_contact),
        Route("their account's", orders_of_account),
        Route("a payment's reference", orders_with_reference),
    )
    search_icon = "receipt_long"
    list_select_related = ("user",)
    ordering = ("-id",)
    inlines = (LineInline, PaymentInline, EventInline)
    actions = tuple(list_action(step) for step in STEPS)
    actions_submit_line = tuple(f"{step.name}_order" for step in STEPS)
    writable = ("shipping_provider", "tracking_number", "estimated_delivery_date", "notes")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("number", "placed_at"),
                    ("show_account", "channel"),
                    ("status", "fulfilment_status"),
                    ("payment_status", "payment_method"),
                    "is_test",
                )
            },
        ),
        ("Amounts", {"fields": (("show_subtotal", "show_shipping"), ("show_discount", "show_tax"), "show_total")}),
        ("Delivery", {"fields": ("show_address", "shipping_method", writable[:2], "estimated_delivery_date", "notes")}),
        (
            "Contact and campaign",
            {
                "classes": ("collapse",),
                "fields": (
                    "contact_name",
                    ("guest_email", "guest_phone"),
                    "utm_source",
                    ("utm_medium", "utm_campaign"),
                    ("visitor_id", "session_id"),
                    ("confirmed_at", "paid_at"),
                    ("shipped_at", "delivered_at"),
                    ("cancelled_at", "updated_at"),
                ),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Order | None = None) -> list[str]:  # noqa: ARG002
        """Return every field but the few that staff write."""
        rows = [row for _, section in self.fieldsets for row in section["fields"]]
        names = [name for row in rows for name in (row if isinstance(row, tuple) else (row,))]
        return [name for name in names if name not in self.writable]

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of the steps that the order can take now."""
        order = self.get_object(request, str(object_id))
        if order is None or not self.has_change_permission(request, order):
            return []
        return [self.get_unfold_action(f"{step.name}_order") for step in STEPS if step.is_open(order)]

    def save_model(self, request: HttpRequest, obj: Order, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        """Save only what staff wrote, so that a state moved meanwhile stays, then run the pressed button's step."""
        obj.save(update_fields=[*form.changed_data, "updated_at"])
        for action in self.get_actions_submit_line(request, obj.pk):
            if action.action_name in request.POST:
                action.method(request, obj)

    def response_change(self, request: HttpRequest, obj: Order) -> HttpResponse:
        """Stay on the order after one of its buttons."""
        if any(f"commerce_order_{step.name}_order" in request.POST for step in STEPS):
            return HttpResponseRedirect(request.path)
        answer: HttpResponse = super().response_change(request, obj)
        return answer

    def found_detail(self, thing: Order) -> str:
        """Return whose order it is, what it costs, and how far it is."""
        return f"{self.show_customer(thing)} · {self.show_total(thing)} · {thing.derived_status.label}"

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Customers place orders."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:  # noqa: ARG002
        """Orders stay."""
        return False

    @column(description="Customer", ordering="user__name")
    def show_customer(self, order: Order) -> str:
        """Return the name given with the order, else the account."""
        return order.contact_name or self.show_account(order)

    @column(description="Account")
    def show_account(self, order: Order) -> str:
        """Return the account, or how the guest can be reached."""
        return str(order.user) if order.user else order.guest_email or order.guest_phone or "Guest"

    @column(description="Status", label=STATUS_COLOURS)
    def show_status(self, order: Order) -> tuple[str, str]:
        """Return the one word that the customer reads."""
        return order.derived_status, order.derived_status.label

    @column(description="Address")
    def show_address(self, order: Order) -> str:
        """Return the delivery address in one line."""
        parts = (order.shipping_address.get(part) for part in ADDRESS_PARTS)
        return ", ".join(str(part) for part in parts if part)

    @column(description="Subtotal")
    def show_subtotal(self, order: Order) -> str:
        """Return the sum of the lines."""
        return format_money(order.subtotal_kobo, order.currency)

    @column(description="Shipping")
    def show_shipping(self, order: Order) -> str:
        """Return what delivery costs."""
        return format_money(order.shipping_kobo, order.currency)

    @column(description="Discount")
    def show_discount(self, order: Order) -> str:
        """Return what was taken off."""
        return format_money(order.discount_kobo, order.currency)

    @column(description="Tax")
    def show_tax(self, order: Order) -> str:
        """Return the tax on top."""
        return format_money(order.tax_kobo, order.currency)

    @column(description="Total", ordering="total_kobo")
    def show_total(self, order: Order) -> str:
        """Return what the customer pays."""
        return format_money(order.total_kobo, order.currency)


for _step in STEPS:
    setattr(OrderAdmin, f"{_step.name}_order", page_button(_step))


def show_orders(request: HttpRequest, customer: User) -> str:
    """Return the panel with what a customer paid and their latest orders; empty for staff who may not see orders."""
    if not request.user.has_perm("commerce.view_order"):
        return ""
    rows = [
        [
            format_html('<a href="{}">{}</a>', reverse("admin:commerce_order_change", args=[order.pk]), order.number),
            order.derived_status.label,
            format_money(order.total_kobo, order.currency),
            order.placed_at,
        ]
        for order in Order.objects.of_user(customer.pk).order_by("-placed_at")[:PANEL_ORDERS]
    ]
    table = {"headers": ["Order", "Status", "Total", "Placed"], "rows": rows}
    worth = [
        (format_money(kobo, currency), orders)
        for currency, orders, kobo in Payment.objects.filter(order__user=customer).worth()
    ]
    return render_to_string("commerce/orders_panel.html", {"table": table, "worth": worth}, request)


add_panel(subject="customer", panel=show_orders)
