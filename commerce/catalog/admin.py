from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline
from unfold.widgets import UnfoldAdminDecimalFieldWidget

from commerce.accounts.admin import HTTPS_URLS, PanelledAdmin
from commerce.catalog.models import Brand, Category, Product, ProductImage, ProductStatus, ProductVariant
from commerce.catalog.services import products_named, products_with_code
from commerce.money import naira_to_kobo
from zuka.platform.admin.rows import column
from zuka.platform.admin.searching import Route, SearchedAdmin
from zuka.platform.money import format_money

STATUS_COLOURS = {
    ProductStatus.DRAFT: "warning",
    ProductStatus.PUBLISHED: "success",
    ProductStatus.ARCHIVED: "danger",
}


class NairaField(forms.DecimalField):
    """A form field that staff fill in naira and the table keeps in kobo."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=14, decimal_places=2, min_value=Decimal(0), **options)

    def prepare_value(self, value: Any) -> Any:
        """Return the stored kobo as naira; what staff typed stays as it is."""
        return Decimal(value) / 100 if isinstance(value, int) else value

    def clean(self, value: Any) -> int | None:
        """Return whole kobo."""
        naira = super().clean(value)
        return None if naira is None else naira_to_kobo(naira)

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare in naira."""
        return super().has_changed(self.prepare_value(initial), data)


class NairaForms:
    """Admin forms that show every `…_kobo` column in naira."""

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        """Replace the field of an amount."""
        if db_field.name.endswith("_kobo"):
            label = db_field.name.removesuffix("_kobo").replace("_", " ").capitalize()
            widget = UnfoldAdminDecimalFieldWidget()
            return NairaField(label=f"{label} (₦)", required=not db_field.blank, widget=widget)
        return super().formfield_for_dbfield(db_field, request, **options)  # type: ignore[misc]


class VariantForm(forms.ModelForm):  # type: ignore[type-arg]
    """A variant with its stock, which customers change while staff look at it."""

    def clean_stock_on_hand(self) -> int:
        """Refuse a number that was typed upon another one than is stored now, rather than lose what was sold since."""
        stock: int = self.cleaned_data["stock_on_hand"]
        seen = self.data.get(self.add_initial_prefix("stock_on_hand"))
        if not self.instance.pk or seen is None or str(stock) == seen:
            return stock
        # Locked until the page's transaction ends, so nothing is sold between this look and the save.
        current = ProductVariant.objects.select_for_update().get(pk=self.instance.pk)
        if stock < current.stock_reserved:
            raise forms.ValidationError(
                f"Orders have reserved {current.stock_reserved} pieces; ship or cancel some of them first."
            )
        if str(current.stock_on_hand) != seen:
            raise forms.ValidationError(
                f"It changed from {seen} to {current.stock_on_hand} while you were editing. Look again, then save."
            )
        return stock


class VariantInline(NairaForms, TabularInline):
    """Sizes and colours, on the product's page."""

    model = ProductVariant
    form = VariantForm
    extra = 0
    hide_title = True
    fields = ("sku", "size", "colour", "price_kobo", "stock_on_hand", "show_reserved", "active")
    readonly_fields = ("show_reserved",)

    def formfield_for_dbfield(self, db_field: models.Field[Any, Any], request: HttpRequest, **options: Any) -> Any:
        """Let the page remember the stock that it showed."""
        field = super().formfield_for_dbfield(db_field, request, **options)
        if db_field.name == "stock_on_hand":
            field.show_hidden_initial = True
        return field

    @column(description="Reserved")
    def show_reserved(self, variant: ProductVariant) -> int:
        """Return the pieces of orders that are not shipped yet."""
        return variant.stock_reserved


class ImageInline(TabularInline):
    """Pictures, on the product's page."""

    model = ProductImage
    formfield_overrides = HTTPS_URLS
    extra = 0
    hide_title = True
    fields = ("url", "alt", "position")


@admin.register(Product)
class ProductAdmin(SearchedAdmin, NairaForms, PanelledAdmin):
    """Products with their variants and pictures."""

    panel_subject = "product"
    formfield_overrides = HTTPS_URLS
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
        (None, {"fields": ("name", ("sku", "slug"), "category", "brand", ("gender", "status"))}),
        ("Price", {"fields": (("price_kobo", "sale_price_kobo", "cost_price_kobo"), "currency")}),
        ("Text", {"fields": ("short_description", "description", "tags", "image_url", ("featured", "new_arrival"))}),
        (
            "Details",
            {
                "classes": ("collapse",),
                "fields": ("material", "care_instructions", ("weight_grams", "low_stock_threshold"), "dimensions"),
            },
        ),
        (
            "Numbers",
            {
                "fields": (
                    ("public_id", "created_at", "updated_at"),
                    ("rating_average", "rating_count", "view_count", "purchase_count"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Product]:  # noqa: ARG002
        """Return products with their stock, for the list."""
        return Product.objects.with_availability()

    @column(description="Product", header=True, ordering="name")
    def show_name(self, product: Product) -> tuple[str, str]:
        """Return name and sku, one above the other."""
        return product.name, product.sku

    @column(description="Price", ordering="current_price_kobo")
    def show_price(self, product: Product) -> str:
        """Return what it costs now."""
        return format_money(product.current_price_kobo, product.currency)

    def save_model(self, request: HttpRequest, obj: Product, form: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        """Save what was changed on the page, not what the shop has changed since: ratings, counts."""
        obj.save(update_fields=[*form.changed_data, "updated_at"] if change else None)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: ARG002, FBT001
        """Save what was changed of each variant and picture; what is reserved is the orders' to say."""
        formset.save(commit=False)
        for row in formset.new_objects:
            row.save()
        for row, changed in formset.changed_objects:
            row.save(update_fields=[*changed, "updated_at"])
        for row in formset.deleted_objects:
            row.delete()

    @column(description="In stock", ordering="stock_total")
    def show_stock(self, product: Product) -> int:
        """Return the pieces that can be ordered now, over its active variants."""
        stock: int = getattr(product, "stock_total", 0)
        return stock

    @column(description="Status", ordering="status", label=STATUS_COLOURS)
    def show_status(self, product: Product) -> tuple[str, str]:
        """Return the status with its colour."""
        return product.status, product.get_status_display()


@admin.register(Category)
class CategoryAdmin(ModelAdmin):
    """The catalogue's tree."""

    formfield_overrides = HTTPS_URLS
    list_display = ("name", "parent", "display_order", "active")
    list_filter = ("active",)
    list_select_related = ("parent",)
    search_fields = ("name", "slug")
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Brand)
class BrandAdmin(ModelAdmin):
    """Brands."""

    formfield_overrides = HTTPS_URLS
    list_display = ("name", "slug", "active")
    list_filter = ("active",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
