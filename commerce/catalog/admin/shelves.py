"""Categories, brands and the brands' own staff in the back office."""

from __future__ import annotations

from django.contrib import admin
from unfold.admin import ModelAdmin

from commerce.catalog.admin.fields import PictureForms
from commerce.catalog.models import Brand, BrandMember, Category


@admin.register(Category)
class CategoryAdmin(PictureForms, ModelAdmin):
    """The catalogue's tree."""

    list_display = ("name", "parent", "display_order", "active")
    list_filter = ("active",)
    list_select_related = ("parent",)
    search_fields = ("name", "slug")
    autocomplete_fields = ("parent",)
    prepopulated_fields = {"slug": ("name",)}


@admin.register(Brand)
class BrandAdmin(PictureForms, ModelAdmin):
    """Brands."""

    list_display = ("name", "slug", "active")
    list_filter = ("active",)
    search_fields = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}


@admin.register(BrandMember)
class BrandMemberAdmin(ModelAdmin):
    """A brand's own staff, who see their brand's figures and nothing else."""

    list_display = ("user", "brand", "added_at")
    list_filter = ("brand",)
    list_select_related = ("user", "brand")
    autocomplete_fields = ("user", "brand")
    search_fields = ("user__name", "user__email", "brand__name")
