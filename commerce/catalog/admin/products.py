from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html
from unfold.admin import TabularInline
from unfold.widgets import UnfoldAdminTextInputWidget

from commerce.accounts.admin import PanelledAdmin
from commerce.catalog.admin.fields import NairaForms, PictureForms, WordsField
from commerce.catalog.admin.imports import ExportedProducts
from commerce.catalog.admin.stock import VariantForm, save_pieces
from commerce.catalog.models import Product, ProductImage, ProductStatus, ProductVariant
from commerce.catalog.services import add_gallery_pictures, products_named, products_with_code
from zuka.platform.admin.pictures import PicturesField
from zuka.platform.admin.rows import column
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.money import format_money
from zuka.platform.pictures.sizes import smallest_url

STATUS_COLOURS = {
    ProductStatus.DRAFT: "warning",
    ProductStatus.PUBLISHED: "success",
    ProductStatus.ARCHIVED: "danger",
}


class VariantInline(NairaForms, PictureForms, TabularInline):
    """Sizes and colours, on the product's page."""

    model = ProductVariant
    form = VariantForm
    extra = 0
    hide_title = True
    fields = ("sku", "size", "colour", "price_kobo", "show_stock", "pieces", "reason", "image_url", "active")
    readonly_fields = ("show_stock",)
    verbose_name = "variant"
    verbose_name_plural = "variants and stock"

    @column(description="On hand")
    def show_stock(self, variant: ProductVariant) -> str:
        """Return the pieces on hand, and how many of them open orders hold; leads to the history."""
        if not variant.pk:
            return ""
        held = f" ({variant.stock_reserved} reserved)" if variant.stock_reserved else ""
        page = reverse("admin:commerce_productvariant_change", args=[variant.pk])
        return format_html('<a href="{}">{}{}</a>', page, variant.stock_on_hand, held)


class ImageInline(PictureForms, TabularInline):
    """Pictures beside the main one, on the product's page; dragged into their order."""

    model = ProductImage
    extra = 0
    hide_title = True
    fields = ("url", "alt", "position")
    ordering_field = "position"
    hide_ordering_field = True
    verbose_name = "picture"
    verbose_name_plural = "gallery"


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]  # Django reads the model from the page
    """A product, and pictures that are put behind those of its gallery."""

    tags = WordsField(required=False, widget=UnfoldAdminTextInputWidget(), help_text="Words, with commas between.")
    new_pictures = PicturesField(
        label="Add to the gallery",
        help_text="JPEG, PNG, WebP or GIF, up to 15 MB each; 12 at once. Each is kept in the sizes that pages need.",
    )


@admin.register(Product)
class ProductAdmin(ExportedProducts, NairaForms, PictureForms, SearchedAdmin, PanelledAdmin):
    """Products with their variants and pictures."""

    panel_subject = "product"
    form = ProductForm
    list_display = ("show_name", "category", "brand", "show_price", "show_stock", "show_status", "purchase_count")
    list_filter = ("status", "gender", "on_sale", "featured", "new_arrival", "category", "brand")
    search_routes = (Route("SKU or id", products_with_code), Route("name", products_named))
    search_icon = "apparel"
    list_select_related = ("category", "brand")
    autocomplete_fields = ("category", "brand")
    prepopulated_fields = {"slug": ("name",)}
    ordering = ("-id",)
    inlines = (VariantInline, ImageInline)
    readonly_fields = (
        "public_id",
        "rating_average",
        "rating_count",
        "view_count",
        "purchase_count",
        "created_at",
        "updated_at",
    )
    fieldsets = (
        (None, {"fields": ("name", ("sku", "slug"), ("category", "brand"), ("gender", "status"))}),
        ("Price", {"fields": (("price_kobo", "sale_price_kobo"), ("cost_price_kobo", "currency"))}),
        ("Pictures", {"fields": ("image_url", "new_pictures")}),
        ("Text", {"classes": ("tab",), "fields": ("short_description", "description", "tags")}),
        (
            "Details",
            {
                "classes": ("tab",),
                "fields": (
                    ("featured", "new_arrival"),
                    ("low_stock_threshold", "weight_grams"),
                    "material",
                    "care_instructions",
                    "dimensions",
                ),
            },
        ),
        (
            "Numbers",
            {
                "classes": ("tab",),
                "fields": (
                    "public_id",
                    ("view_count", "purchase_count"),
                    ("rating_average", "rating_count"),
                    ("created_at", "updated_at"),
                ),
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:  # noqa: ARG002 - Django's signature
        """Return products with their stock, for the list."""
        return Product.objects.with_availability()

    @column(description="Product", header=True, ordering="name")
    def show_name(self, product: Product) -> tuple[Any, ...]:
        """Return name and sku, one above the other, beside the picture; the back office shows none of other hosts."""
        own = (product.image_url or "").startswith("/")
        frame = {"path": smallest_url(product.image_url or ""), "width": 32, "height": 40, "squared": True}
        return product.name, product.sku, product.name[:1], frame if own else None

    @column(description="Price", ordering="current_price_kobo")
    def show_price(self, product: Product) -> str:
        """Return what it costs now."""
        return format_money(product.current_price_kobo, product.currency)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Save what was changed on the page, not what the shop has changed since: ratings, counts."""
        written = [name for name in form.changed_data if name != "new_pictures"]
        obj.save(update_fields=[*written, "updated_at"] if change else None)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 - Django's signature
        """Put new pictures behind those of the gallery as it was saved."""
        super().save_related(request, form, formsets, change)
        add_gallery_pictures(product=form.instance, urls=form.cleaned_data.get("new_pictures") or [])

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002, FBT001 - Django's signature
        """Save what was changed of each variant and picture; stock changes by its verb."""
        formset.save(commit=False)
        for row in formset.new_objects:
            row.save()
        for row, changed in formset.changed_objects:
            row.save(update_fields=[*(name for name in changed if name not in {"pieces", "reason"}), "updated_at"])
        for row in formset.deleted_objects:
            row.delete()
        if formset.model is ProductVariant:
            save_pieces(request, formset.forms)

    @column(description="In stock", ordering="stock_total")
    def show_stock(self, product: Product) -> int:
        """Return the pieces that can be ordered now, over its active variants."""
        stock: int = getattr(product, "stock_total", 0)
        return stock

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, product: Product) -> tuple[str, str]:
        """Return the status with its colour."""
        return product.status, product.get_status_display()
