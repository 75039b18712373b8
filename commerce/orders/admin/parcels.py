from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.validators import URLValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.admin import ModelAdmin
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminTextInputWidget

from commerce.orders.admin.inlines import words_of_lines
from commerce.orders.admin.papers import paper_response
from commerce.orders.models import Order, Shipment, ShipmentStatus
from commerce.orders.services import Parcel, count_pieces, deliver_parcel, packing_slip_of, refuse_parcel
from commerce.orders.states import SHIPMENT_MOVES
from zuka.platform.actor import actor_for
from zuka.platform.admin.rows import column, dialog_button, page_link, read_number
from zuka.platform.clock import now
from zuka.platform.errors import Refused

PARCEL_COLOURS = {
    ShipmentStatus.SHIPPED: "info",
    ShipmentStatus.DELIVERED: "success",
    ShipmentStatus.REFUSED: "danger",
}


def add_piece_fields(form: forms.Form, counts: Mapping[int, tuple[str, int, int]]) -> None:
    """Put first in a form how many pieces of each line, by its id: the field's title, its first number and its most."""
    for pk, (title, first, most) in counts.items():
        form.fields[f"line_{pk}"] = forms.IntegerField(
            label=title,
            min_value=0,
            max_value=most,
            initial=first,
            widget=UnfoldAdminIntegerFieldWidget(),
            help_text=f"At most {most}.",
        )
    form.order_fields([f"line_{pk}" for pk in counts])


def position_field() -> forms.IntegerField:
    """Return the hidden field with which of its order's things a form makes: sent twice, it makes one."""
    return forms.IntegerField(required=False, widget=forms.HiddenInput())


def read_pieces(form: forms.Form) -> dict[int, int]:
    """Return how many pieces of each line, by its id, staff filled in."""
    said = form.cleaned_data
    return {int(name.removeprefix("line_")): said[name] for name in said if name.startswith("line_")}


class ShipForm(BaseDialogForm):
    """Which pieces leave in this parcel, and with whom. A field a line that has pieces left, named by its id."""

    courier = forms.CharField(max_length=100, required=False, widget=UnfoldAdminTextInputWidget())
    tracking_number = forms.CharField(max_length=100, required=False, widget=UnfoldAdminTextInputWidget())
    tracking_url = forms.CharField(
        label="Tracking link",
        max_length=500,
        required=False,
        widget=UnfoldAdminTextInputWidget(),
        validators=[URLValidator(["http", "https"])],
        help_text="The courier's page about this parcel, https://…",
    )
    position = position_field()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        order = Order.objects.filter(pk=read_number(self.object_id)).first()
        tallies = count_pieces(order) if order else {}
        left = {line: tally.left for line, tally in tallies.items() if tally.left}
        self.fields["position"].initial = order.shipments.count() + 1 if order else None
        add_piece_fields(self, {line.pk: (line.full_name, left[line], left[line]) for line in left})

    def parcel(self) -> Parcel:
        """Return what staff filled in."""
        said = self.cleaned_data
        tracking = {name: said[name] for name in ("courier", "tracking_number", "tracking_url")}
        return Parcel(read_pieces(self), position=said["position"], **tracking)


SHIP_PART = ActionDialog(
    title="Ship a part",
    description="These pieces leave now. The rest of the order can be shipped later.",
    form_class=ShipForm,
    form_submit_text="Ship",
)
ARRIVED = ActionDialog(
    title="Has the parcel arrived?",
    description="The customer is written to that it was delivered.",
    form_class=None,
    form_submit_text="It was delivered",
)
CAME_BACK = ActionDialog(
    title="Was the parcel refused?",
    description="Its pieces are back at the shop and can be sold again.",
    form_class=None,
    form_submit_text="It was refused",
)


@admin.register(Shipment)
class ShipmentAdmin(ModelAdmin):
    """Parcels of orders. Where they are moves by buttons; courier and tracking may be written."""

    list_display = ("order", "position", "show_status", "courier", "tracking_number", "shipped_at", "delivered_at")
    list_filter = ("status", "courier", "shipped_at")
    search_fields = ("order__number", "tracking_number")
    list_select_related = ("order",)
    ordering = ("-id",)
    show_full_result_count = False
    paginator = InfinitePaginator
    actions_detail = ("deliver", "refuse", "packing_slip")
    fields = (
        ("order", "status"),
        ("position", "show_pieces"),
        ("courier", "tracking_number"),
        "tracking_url",
        ("shipped_at", "delivered_at"),
        "refused_at",
    )
    readonly_fields = ("order", "position", "status", "show_pieces", "shipped_at", "delivered_at", "refused_at")

    def save_model(self, request: HttpRequest, obj: Shipment, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Save only what staff wrote, so that a parcel that arrived meanwhile stays so."""
        obj.save(update_fields=[*form.changed_data, "updated_at"])

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Parcels are shipped on their order's page."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Shipment | None = None) -> bool:  # noqa: ARG002 - Django's signature
        """Parcels stay."""
        return False

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons that make sense for this parcel."""
        shipment = self.get_object(request, str(object_id))
        is_away = shipment is not None and bool(SHIPMENT_MOVES[shipment.status])
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if is_away or button.path == "packing_slip"]

    @page_link(description="Packing slip", name="packing_slip", permission="view")
    def packing_slip(self, _request: HttpRequest, object_id: str) -> HttpResponse:
        """Show the slip that goes into the parcel."""
        shipment = get_object_or_404(Shipment.objects.select_related("order"), pk=read_number(object_id))
        return paper_response(packing_slip_of(shipment.order, shipment))

    @dialog_button(description="Delivered", name="deliver", permission="change", dialog=ARRIVED)
    def deliver(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Record that the parcel has arrived."""
        return self.end(request, object_id, deliver_parcel)

    @dialog_button(description="Refused", name="refuse", permission="change", dialog=CAME_BACK)
    def refuse(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Record that the parcel was refused."""
        return self.end(request, object_id, refuse_parcel)

    def end(self, request: HttpRequest, object_id: str, verb: Callable[..., Shipment]) -> HttpResponse:
        """End a parcel's way by a verb, say what came of it, and go to its order."""
        shipment = get_object_or_404(Shipment.objects.select_related("order"), pk=read_number(object_id))
        try:
            shipment = verb(shipment=shipment, at=now(), actor=actor_for(user_id=request.user.pk))
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, f"{shipment} of order {shipment.order.number} is {shipment.status}.")
        return HttpResponse(headers={"HX-Redirect": reverse("admin:commerce_order_change", args=[shipment.order_id])})

    @column(description="Status", ordering="status", label=PARCEL_COLOURS)
    def show_status(self, shipment: Shipment) -> tuple[str, str]:
        """Return the status with its colour."""
        return shipment.status, shipment.get_status_display()

    @column(description="In it")
    def show_pieces(self, shipment: Shipment) -> str:
        """Return what is in the parcel."""
        return words_of_lines(shipment.lines.select_related("line"))
