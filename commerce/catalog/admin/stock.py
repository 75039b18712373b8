"""Stock in the back office: every variant with what is left of it, its history, and the button that changes it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from unfold.admin import ModelAdmin, TabularInline
from unfold.dataclasses import ActionDialog
from unfold.forms import BaseDialogForm
from unfold.paginator import InfinitePaginator
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from commerce.catalog.models import (
    STAFF_REASONS,
    MovementReason,
    ProductStatus,
    ProductVariant,
    StockMovement,
)
from commerce.catalog.services import (
    StockRefused,
    adjust_stock,
    check_on_hand,
    find_drift,
    lock_variants,
    settle_drift,
)
from zuka.platform.actor import actor_for
from zuka.platform.admin.rows import FrozenRows, column, dialog_button, read_number
from zuka.platform.clock import now

ADDED, TAKEN = (MovementReason.RECEIVED, MovementReason.RETURNED), (MovementReason.DAMAGED, MovementReason.LOST)
STATES = {"out": "Sold out", "low": "Low", "right": "In stock", "hidden": "Not offered"}
STATE_COLOURS = {"out": "danger", "low": "warning", "right": "success"}


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A variant on its product's page. Pieces are added or taken away, never written over what was sold meanwhile."""

    pieces = forms.IntegerField(
        label="Add pieces", required=False, widget=UnfoldAdminIntegerFieldWidget(attrs={"placeholder": "12 or -1"})
    )
    reason = forms.ChoiceField(
        label="Why",
        required=False,
        initial=MovementReason.RECEIVED,
        choices=[(each.value, each.label) for each in STAFF_REASONS if each is not MovementReason.COUNTED],
        widget=UnfoldAdminSelectWidget(),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse pieces that are not there, or that orders hold."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        pieces = cleaned.get("pieces") or 0
        if not pieces:
            return cleaned
        try:
            check_reason(pieces, cleaned.get("reason") or "")
            # Locked until the page's transaction ends, so nothing is sold between this look and the save.
            current = lock_variants([self.instance.pk])[0] if self.instance.pk else ProductVariant()
            check_on_hand(current, current.stock_on_hand + pieces)
        except StockRefused as refusal:
            self.add_error(refusal.field, refusal.message)
        return cleaned


def check_reason(pieces: int, reason: str) -> None:
    """Refuse pieces that were received and are fewer, or were lost and are more. Raises `StockRefused`."""
    if pieces < 0 and reason in ADDED:
        raise StockRefused("Say why pieces are gone: damaged, lost or corrected.", field="reason")
    if pieces > 0 and reason in TAKEN:
        raise StockRefused("Pieces that are gone are less than zero, for example -3.", field="pieces")


def save_pieces(request: HttpRequest, forms_of_variants: list[Any]) -> None:
    """Change the stock of the saved variants of a product's page."""
    for form in forms_of_variants:
        said = getattr(form, "cleaned_data", {})
        if said.get("pieces") and not said.get("DELETE"):
            adjust_stock(
                variant=form.instance,
                add=said["pieces"],
                reason=MovementReason(said["reason"]),
                at=now(),
                actor=actor_for(user_id=request.user.pk),
            )


class StockForm(BaseDialogForm):
    """What happened to the pieces of a variant."""

    way = forms.ChoiceField(
        label="What happened",
        choices=[("add", "Pieces came"), ("take", "Pieces are gone"), ("count", "I counted all there are")],
        widget=UnfoldAdminSelectWidget(),
    )
    pieces = forms.IntegerField(label="How many", min_value=0, widget=UnfoldAdminIntegerFieldWidget())
    reason = forms.ChoiceField(
        label="Why", choices=[(each.value, each.label) for each in STAFF_REASONS], widget=UnfoldAdminSelectWidget()
    )
    note = forms.CharField(label="Note", max_length=200, required=False, widget=UnfoldAdminTextInputWidget())
    seen = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        variant = ProductVariant.objects.filter(pk=read_number(self.object_id)).first()
        if variant:
            self.fields["seen"].initial = variant.stock_on_hand
            self.fields["pieces"].help_text = f"{variant.stock_on_hand} are on hand."

    def clean(self) -> dict[str, Any]:
        """Refuse a reason that says the opposite."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        signs = {"add": 1, "take": -1}
        try:
            check_reason(signs.get(cleaned.get("way", ""), 0), cleaned.get("reason", ""))
        except StockRefused as refusal:
            self.add_error("reason", refusal.message if refusal.field == "reason" else "Pieces came; why is that?")
        return cleaned

    def amounts(self) -> dict[str, int]:
        """Return what the service is told."""
        pieces = self.cleaned_data["pieces"]
        if self.cleaned_data["way"] == "count":
            return {"to": pieces, "seen": self.cleaned_data["seen"]}
        return {"add": pieces if self.cleaned_data["way"] == "add" else -pieces}


CHANGE = ActionDialog(
    title="Change the stock",
    description="The history keeps what you say here, with your name.",
    form_class=StockForm,
    form_submit_text="Change",
)
SETTLE = ActionDialog(
    title="Write the difference down?",
    description="Its history does not add up to what is on hand. A correction makes it so; the pieces on hand stay.",
    form_class=None,
    form_submit_text="Write it down",
)


class StockFilter(admin.SimpleListFilter):
    """Variants that somebody should look at."""

    title = "stock"
    parameter_name = "stock"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Return what can be asked for."""
        return [("low", "Low or sold out"), ("out", "Sold out"), ("drift", "Does not add up")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        """Return the variants of the choice."""
        low = ProductVariant.objects.low()
        chosen = {"low": low, "out": low.filter(stock_on_hand__lte=F("stock_reserved")), "drift": find_drift()}
        rows = chosen.get(self.value() or "")
        return queryset if rows is None else queryset.filter(pk__in=rows.values("pk"))


class MovementInline(FrozenRows, TabularInline):
    """A variant's history, the newest first."""

    model = StockMovement
    verbose_name_plural = "history"
    extra = 0
    hide_title = True
    per_page = 25
    fields = ("moved_at", "show_change", "balance_after", "reason", "order_number", "actor", "note")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[StockMovement]:
        """Return the rows with who acted."""
        rows: QuerySet[StockMovement] = super().get_queryset(request).select_related("actor")
        return rows

    @column(description="Change")
    def show_change(self, movement: StockMovement) -> str:
        """Return the change with its sign."""
        return f"{movement.change:+d}"


@admin.register(ProductVariant)
class StockAdmin(FrozenRows, ModelAdmin):
    """What is left of each variant. Its sizes and prices are on the product's page."""

    list_display = ("show_name", "size", "colour", "stock_on_hand", "stock_reserved", "show_left", "show_state")
    list_filter = (StockFilter, "active", "product__category", "product__brand")
    search_fields = ("sku", "product__name", "product__sku")
    search_help_text = "A SKU, or words of the product's name."
    list_select_related = ("product",)
    ordering = ("product__name", "id")
    show_full_result_count = False
    paginator = InfinitePaginator
    inlines = (MovementInline,)
    actions_detail = ("change_stock", "settle")
    fields = (
        ("show_product", "sku"),
        ("size", "colour"),
        ("stock_on_hand", "stock_reserved"),
        ("show_left", "show_threshold"),
    )
    readonly_fields = ("show_product", "show_left", "show_threshold")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ProductVariant]:
        """Return variants with what can be ordered of each."""
        rows: QuerySet[ProductVariant] = super().get_queryset(request)
        return rows.select_related("product").annotate(left=F("stock_on_hand") - F("stock_reserved"))

    def has_stock_permission(self, request: HttpRequest, _object_id: Any = None) -> bool:
        """Say whether somebody may change stock."""
        return request.user.has_perm("commerce.change_productvariant")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons; the correction only where the history does not add up."""
        drifts = find_drift().filter(pk=read_number(object_id)).exists()
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if button.path != "settle" or drifts]

    @dialog_button(description="Change stock", name="change_stock", permission="stock", dialog=CHANGE)
    def change_stock(self, request: HttpRequest, form: StockForm, object_id: str) -> HttpResponse:
        """Add pieces, take some away, or set what was counted."""
        variant = get_object_or_404(ProductVariant, pk=read_number(object_id))
        said = form.cleaned_data
        try:
            movement = adjust_stock(
                variant=variant,
                reason=MovementReason(said["reason"]),
                note=said["note"],
                at=now(),
                actor=actor_for(user_id=request.user.pk),
                **form.amounts(),
            )
        except StockRefused as refusal:
            messages.error(request, refusal.message)
        else:
            left = movement.balance_after if movement else variant.stock_on_hand
            messages.success(request, f"{left} pieces of {variant.sku} are on hand.")
        return self.back_to(object_id)

    @dialog_button(description="Write the difference down", name="settle", permission="stock", dialog=SETTLE)
    def settle(self, request: HttpRequest, _form: BaseDialogForm, object_id: str) -> HttpResponse:
        """Write a movement for what the history lacks."""
        variant = get_object_or_404(ProductVariant, pk=read_number(object_id))
        movement = settle_drift(variant=variant, at=now(), actor=actor_for(user_id=request.user.pk))
        messages.success(request, f"A correction of {movement.change:+d} is written." if movement else "It adds up.")
        return self.back_to(object_id)

    def back_to(self, object_id: str) -> HttpResponse:
        """Return the answer that makes the dialog's page load the variant again."""
        page = reverse("admin:commerce_productvariant_change", args=[read_number(object_id)])
        return HttpResponse(headers={"HX-Redirect": page})

    @column(description="Variant", header=True, ordering="product__name")
    def show_name(self, variant: ProductVariant) -> tuple[str, str]:
        """Return the product's name and the sku, one above the other."""
        return variant.product.name, variant.sku

    @column(description="Product")
    def show_product(self, variant: ProductVariant) -> str:
        """Return the product's name."""
        return variant.product.name

    @column(description="Low from")
    def show_threshold(self, variant: ProductVariant) -> int:
        """Return the number of pieces from which on the product counts as low."""
        return variant.product.low_stock_threshold

    @column(description="Can be ordered", ordering="left")
    def show_left(self, variant: ProductVariant) -> int:
        """Return the pieces that can be ordered now."""
        return variant.stock_available

    @column(description="State", label=STATE_COLOURS)
    def show_state(self, variant: ProductVariant) -> tuple[str, str]:
        """Return whether there is enough of it."""
        state = state_of(variant)
        return state, STATES[state]


def state_of(variant: ProductVariant) -> str:
    """Return which of the `STATES` a variant is in. Reads the product."""
    if not variant.active or variant.product.status == ProductStatus.ARCHIVED:
        return "hidden"
    if variant.stock_available <= 0:
        return "out"
    return "low" if variant.stock_available <= variant.product.low_stock_threshold else "right"
