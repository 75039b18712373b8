"""What an order's page lists: lines, money, parcels, timeline."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest
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
    fields = ("show_name", "size", "colour", "quantity", "show_unit_price", "show_total")
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


class ShipmentInline(FrozenRows, TabularInline):
    """The order's parcels; each has a page with its buttons."""

    model = Shipment
    extra = 0
    hide_title = True
    show_change_link = True
    fields = ("position", "show_pieces", "status", "courier", "tracking_number", "shipped_at", "delivered_at")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[Shipment]:
        """Return the parcels with what is in them."""
        rows: QuerySet[Shipment] = super().get_queryset(request).prefetch_related("lines__line")
        return rows

    @column(description="In it")
    def show_pieces(self, shipment: Shipment) -> str:
        """Return what is in the parcel."""
        return words_of_lines(shipment.lines.all())


def words_of_lines(rows: Iterable[ShipmentLine | ReturnLine]) -> str:
    """Return pieces of lines in words: `2 x Adire gown, 1 x Headscarf`."""
    return ", ".join(f"{each.quantity} x {each.line.full_name}" for each in rows)
