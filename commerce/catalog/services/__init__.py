"""The verbs of the catalogue. Staff edit products in the back office; what the shop asks is answered here."""

from commerce.catalog.services.finding import NotForSale, ProductFilter, find_products, find_variant
from commerce.catalog.services.lookups import products_named, products_with_code
from commerce.catalog.services.stock import OutOfStock, release_stock, reserve_stock, return_stock, take_stock

__all__ = [
    "NotForSale",
    "OutOfStock",
    "ProductFilter",
    "find_products",
    "find_variant",
    "products_named",
    "products_with_code",
    "release_stock",
    "reserve_stock",
    "return_stock",
    "take_stock",
]
