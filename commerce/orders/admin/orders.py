from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html

from commerce.accounts.admin import PanelledAdmin
from commerce.accounts.models import User
from commerce.orders.admin.inlines import EventInline, LineInline, PaymentInline, ShipmentInline
from commerce.orders.admin.papers import paper_response
from commerce.orders.admin.parcels import SHIP_PART, ShipForm
from commerce.orders.admin.parting import CANCEL_PART, REFUND_EXCESS, CancelForm, ExcessForm
from commerce.orders.admin.refunds import tell_if_asked, words_of
from commerce.orders.admin.rehearsing import list_action
from commerce.orders.admin.returns import BEGIN_RETURN, BeginForm, ReturnInline
from commerce.orders.admin.steps import STEPS, can_ship, page_button
from commerce.orders.models import CLOSED, DerivedStatus, Order, OrderStatus, Return, Shipment
from commerce.orders.services import (
    cancel_pieces,
    count_all,
    excess_kobo,
    invoice_of,
    orders_of_account,
    orders_of_contact,
    orders_with_number,
    orders_with_reference,
    packing_slip_of,
    refund_overpaid,
    request_return,
    returnable_pieces,
    ship_parcel,
)
from commerce.payments.models import Payment, Refund
from zuka.platform.actor import actor_for
from zuka.platform.admin.panels import add_panel
from zuka.platform.admin.rows import column, dialog_button, page_link, read_number
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
# Orders of which a part can be cancelled.
PARTED = frozenset({OrderStatus.PLACED, OrderStatus.CONFIRMED})
ADDRESS_PARTS = ("recipient_name", "phone", "street_address", "city", "state", "postal_code", "country")


@admin.register(Order)
class OrderAdmin(SearchedAdmin, PanelledAdmin):
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
    panel_subject = "order"
    search_routes = (
        Route("number", lambda words: orders_with_number(words, year=local_day(now()).year)),
        Route("the customer's e-mail, phone or name", orders_of_contact),
        Route("their account's", orders_of_account),
        Route("a payment's reference", orders_with_reference),
    )
    search_icon = "receipt_long"
    list_select_related = ("user",)
    ordering = ("-id",)
    inlines = (LineInline, ShipmentInline, ReturnInline, PaymentInline, EventInline)
    actions_detail = ("ship_part", "cancel_part", "refund_excess", "begin_return", "invoice", "packing_slip")
    actions = tuple(list_action(step) for step in STEPS)
    actions_submit_line = tuple(f"{step.name}_order" for step in STEPS)
    writable = ("shipping_provider", "tracking_number", "estimated_delivery_date", "notes")
    of_parcels = ("show_courier", "show_tracking")
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
        (
            "Amounts",
            {
                "fields": (
                    ("show_subtotal", "show_shipping"),
                    ("show_discount", "show_tax"),
                    ("show_total", "show_worth"),
                )
            },
        ),
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

    def get_readonly_fields(self, request: HttpRequest, obj: Order | None = None) -> list[str]:  # noqa: ARG002 - Django's signature
        """Return every field but the few that staff write. Couriers of parcels are on their own pages."""
        rows = [row for _, section in self.fieldsets for row in section["fields"]]
        names = [name for row in rows for name in (row if isinstance(row, tuple) else (row,))]
        return [name for name in names if name not in self.writable] + list(self.of_parcels)

    def get_fieldsets(self, request: HttpRequest, obj: Order | None = None) -> Any:
        """Return the sections; once a parcel has left, its courier and number instead of those that staff noted."""
        sections = super().get_fieldsets(request, obj)
        if obj is None or obj.shipped_at is None:
            return sections
        return [(title, {**section, "fields": self.without_notes(section["fields"])}) for title, section in sections]

    def without_notes(self, rows: Any) -> tuple[Any, ...]:
        """Return a section's rows with the parcels' courier and number where staff note them before."""
        return tuple(self.of_parcels if row == self.writable[:2] else row for row in rows)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons with a dialog that make sense for this order."""
        order = self.get_object(request, str(object_id))
        if order is None:
            return []
        pieces = count_all(order)
        open_ones = {
            "ship_part": order.status == OrderStatus.CONFIRMED and can_ship(order, pieces),
            "packing_slip": pieces.left > 0,
            "cancel_part": pieces.left > 0 and order.status in PARTED,
            "refund_excess": excess_kobo(order) > 0,
            "begin_return": bool(returnable_pieces(Order.objects.with_parts().get(pk=order.pk))),
        }
        return [button for button in super().get_actions_detail(request, object_id) if open_ones.get(button.path, True)]

    @page_link(description="Invoice", name="invoice", permission="view")
    def invoice(self, _request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the invoice."""
        return paper_response(invoice_of(get_object_or_404(Order, pk=read_number(object_id))))

    @page_link(description="Packing slip", name="packing_slip", permission="view")
    def packing_slip(self, _request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what goes into the next parcel; once all has left, all that was ordered is on the parcels' own slips."""
        return paper_response(packing_slip_of(get_object_or_404(Order, pk=read_number(object_id))))

    @dialog_button(description="Ship a part", name="ship_part", permission="change", dialog=SHIP_PART)
    def ship_part(self, request: HttpRequest, form: ShipForm, object_id: str) -> HttpResponse:
        """Ship the pieces that staff named in a parcel of its own."""
        return self.run(request, object_id, ship_parcel, done="shipped", parcel=form.parcel())

    @dialog_button(description="Cancel a part", name="cancel_part", permission="change", dialog=CANCEL_PART)
    def cancel_part(self, request: HttpRequest, form: CancelForm, object_id: str) -> HttpResponse:
        """Cancel the pieces that staff named."""
        return self.run(request, object_id, cancel_pieces, done="cancelled", **form.facts())

    def has_refund_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may send money back."""
        return request.user.has_perm("commerce.add_refund")

    @dialog_button(description="Refund", name="refund_excess", permission="refund", dialog=REFUND_EXCESS)
    def refund_excess(self, request: HttpRequest, form: ExcessForm, object_id: str) -> HttpResponse:
        """Send back what was paid above what the order comes to."""
        return self.run(request, object_id, refund_overpaid, done="begun", **form.facts())

    @dialog_button(description="Begin a return", name="begin_return", permission="change", dialog=BEGIN_RETURN)
    def begin_return(self, request: HttpRequest, form: BeginForm, object_id: str) -> HttpResponse:
        """Let the customer send back the pieces that staff named."""
        said = {name: form.cleaned_data[name] for name in ("note", "position")}
        facts = {"items": form.items(), "is_staff": True, **said}
        return self.run(request, object_id, request_return, done="approved", **facts)

    def run(
        self, request: HttpRequest, object_id: str, verb: Callable[..., Any], *, done: str, **facts: Any
    ) -> HttpResponse:
        """Run a verb that makes a part of an order, say what came of it, and load the order again."""
        order, actor = get_object_or_404(Order, pk=read_number(object_id)), actor_for(user_id=request.user.pk)
        try:
            made = verb(order=order, at=now(), actor=actor, **facts)
        except Refused as refusal:
            messages.error(request, words_of(refusal))
        else:
            messages.success(request, f"{name_of(made, order)} is {done}.")
            tell_if_asked(request, made)
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_order_change", args=[object_id])})

    def get_actions_submit_line(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of the steps that the order can take now."""
        order = self.get_object(request, str(object_id))
        if order is None or not self.has_change_permission(request, order):
            return []
        pieces = count_all(order)
        return [self.get_unfold_action(f"{step.name}_order") for step in STEPS if step.is_open(order, pieces)]

    def save_model(self, request: HttpRequest, obj: Order, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
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

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Customers place orders."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Order | None = None) -> bool:  # noqa: ARG002 - Django's signature
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
        """Return what was taken off, and what each code of it."""
        words = [f"{code} {format_money(kobo, order.currency)}".strip() for code, kobo in order.discounts]
        total = format_money(order.discount_kobo, order.currency)
        return f"{total} ({', '.join(words)})" if words else total

    @column(description="Tax")
    def show_tax(self, order: Order) -> str:
        """Return the tax on top, or what of the prices is tax."""
        if order.tax_included_kobo:
            return f"{format_money(order.tax_included_kobo, order.currency)} included ({order.tax_title})"
        return f"{format_money(order.tax_kobo, order.currency)} {order.tax_title}".strip()

    @column(description="Comes to now")
    def show_worth(self, order: Order) -> str:
        """Return what it comes to without what was cancelled or refused, and what of that is not paid."""
        due = max(order.due_kobo, 0) if order.status not in CLOSED else 0
        worth = format_money(order.worth_kobo, order.currency)
        return f"{worth}, {format_money(due, order.currency)} to pay" if due else worth

    @column(description="Courier")
    def show_courier(self, order: Order) -> str:
        """Return who brings the last parcel."""
        return order.courier or "-"

    @column(description="Tracking number")
    def show_tracking(self, order: Order) -> str:
        """Return the last parcel's number."""
        return order.tracking or "-"

    @column(description="Total", ordering="total_kobo")
    def show_total(self, order: Order) -> str:
        """Return what the customer pays."""
        return format_money(order.total_kobo, order.currency)


for _step in STEPS:
    setattr(OrderAdmin, f"{_step.name}_order", page_button(_step))


def name_of(made: Order | Shipment | Return | list[Refund], order: Order) -> str:
    """Return what a verb has made of an order, as a sentence about it begins."""
    if isinstance(made, Order):
        return f"What was left of order {order.number}" if made.status in CLOSED else f"A part of order {order.number}"
    if isinstance(made, list):
        amount = format_money(sum(refund.amount_kobo for refund in made), order.currency)
        return f"The refund of {amount} of order {order.number}"
    return f"{made} of order {order.number}"


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
