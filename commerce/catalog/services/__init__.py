"""The verbs of the catalogue. Staff edit products in the back office; what the shop asks is answered here."""

from commerce.catalog.services.facets import Facets, FacetValue, count_facets
from commerce.catalog.services.finding import NotForSale, ProductFilter, find_products, find_variant
from commerce.catalog.services.importing import (
    ImportRefused,
    bring_import,
    cancel_import,
    confirm_import,
    handle_imports,
)
from commerce.catalog.services.lookups import products_named, products_with_code
from commerce.catalog.services.pictures import add_gallery_pictures, pictures_in_columns
from commerce.catalog.services.popularity import keep_popularity
from commerce.catalog.services.relating import IN_STOCK, MOST_RELATED, find_related, keep_related
from commerce.catalog.services.stock import (
    OutOfStock,
    StockRefused,
    adjust_stock,
    check_on_hand,
    find_drift,
    lock_variants,
    out_of_stock,
    release_stock,
    reserve_stock,
    return_stock,
    settle_drift,
    take_stock,
)
from commerce.catalog.services.suggesting import Suggestions, suggest
from commerce.catalog.services.versions import product_version
from commerce.catalog.services.words import refresh_search_words

__all__ = [
    "IN_STOCK",
    "MOST_RELATED",
    "FacetValue",
    "Facets",
    "ImportRefused",
    "NotForSale",
    "OutOfStock",
    "ProductFilter",
    "StockRefused",
    "Suggestions",
    "add_gallery_pictures",
    "adjust_stock",
    "bring_import",
    "cancel_import",
    "check_on_hand",
    "confirm_import",
    "count_facets",
    "find_drift",
    "find_products",
    "find_related",
    "find_variant",
    "handle_imports",
    "keep_popularity",
    "keep_related",
    "lock_variants",
    "out_of_stock",
    "pictures_in_columns",
    "product_version",
    "products_named",
    "products_with_code",
    "refresh_search_words",
    "release_stock",
    "reserve_stock",
    "return_stock",
    "settle_drift",
    "suggest",
    "take_stock",
]
