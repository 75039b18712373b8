"""The catalogue's tables."""

from commerce.catalog.models.imports import TAKEN_UP, UNDER_WAY, ImportStatus, ProductImport
from commerce.catalog.models.members import BrandMember
from commerce.catalog.models.products import (
    STARS,
    Brand,
    Category,
    Gender,
    Product,
    ProductImage,
    ProductQuerySet,
    ProductStatus,
    ProductVariant,
    VariantQuerySet,
    is_shown,
    new_public_id,
)
from commerce.catalog.models.stock import STAFF_REASONS, MovementReason, StockMovement

__all__ = [
    "STAFF_REASONS",
    "STARS",
    "TAKEN_UP",
    "UNDER_WAY",
    "Brand",
    "BrandMember",
    "Category",
    "Gender",
    "ImportStatus",
    "MovementReason",
    "Product",
    "ProductImage",
    "ProductImport",
    "ProductQuerySet",
    "ProductStatus",
    "ProductVariant",
    "StockMovement",
    "VariantQuerySet",
    "is_shown",
    "new_public_id",
]
