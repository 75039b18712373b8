"""The catalogue in the back office."""

from commerce.catalog.admin import products, shelves

__all__ = ["products", "shelves"]
