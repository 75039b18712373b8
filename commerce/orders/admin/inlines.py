"""What an order's page lists: lines, money, parcels, timeline."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline

from commerce.orders.models import OrderEvent, OrderLine, ReturnLine, Shipment, ShipmentLine
from commerce.payments.models import Payment
from zuka.platform.admin.rows import FrozenRows, column
from zuka.platform.money import format_money


class LineInline(FrozenRows, TabularInline):
    """What was bought."""

    model = OrderLine
    extra = 0
    hide_title = True
    fields = ("show_name", "size", "colour", "quantity", "cancelled_quantity", "show_unit_price", "show_total")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderLine]:
        """Return the lines with their order, whose currency they are in."""
        rows: QuerySet[OrderLine] = super().get_queryset(request).select_related("order")
        return rows

    @column(description="Product")
    def show_name(self, line: OrderLine) -> str:
        """Return the name as it was bought."""
        return line.name

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
    fields = ("show_link", "provider", "show_amount", "status", "captured_at")
    readonly_fields = fields

    @column(description="Payment")
    def show_link(self, payment: Payment) -> str:
        """Return the payment's reference, as a link to its page."""
        return link_to(payment, payment.reference)

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
    fields = ("occurred_at", "kind", "show_from", "show_to", "actor", "note")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[OrderEvent]:
        """Return the rows with who acted."""
        rows: QuerySet[OrderEvent] = super().get_queryset(request).select_related("actor")
        return rows

    @column(description="From")
    def show_from(self, event: OrderEvent) -> str:
        """Return the state before, in words."""
        return event.from_state.replace("_", " ")

    @column(description="To")
    def show_to(self, event: OrderEvent) -> str:
        """Return the state after, in words."""
        return event.to_state.replace("_", " ")


class ShipmentInline(FrozenRows, TabularInline):
    """The order's parcels; each has a page with its buttons."""

    model = Shipment
    extra = 0
    hide_title = True
    fields = ("show_link", "show_pieces", "status", "courier", "tracking_number", "shipped_at", "delivered_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shipment]:
        """Return the parcels with what is in them."""
        rows: QuerySet[Shipment] = super().get_queryset(request).prefetch_related("lines__line")
        return rows

    @column(description="Parcel")
    def show_link(self, shipment: Shipment) -> str:
        """Return the parcel, as a link to its page."""
        return link_to(shipment)

    @column(description="In it")
    def show_pieces(self, shipment: Shipment) -> str:
        """Return what is in the parcel."""
        return words_of_lines(shipment.lines.all())


def link_to(row: Model, text: str = "") -> str:
    """Return a link to a row's page, by its own name or another text."""
    address = reverse(f"admin:commerce_{row._meta.model_name}_change", args=[row.pk])  # noqa: SLF001 - Django's name
    return format_html('<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>', address, text or str(row))


def words_of_lines(rows: Iterable[ShipmentLine | ReturnLine]) -> str:
    """Return pieces of lines in words: `2 x Adire gown, 1 x Headscarf`."""
    return ", ".join(f"{each.quantity} x {each.line.full_name}" for each in rows)
