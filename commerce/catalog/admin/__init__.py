"""The catalogue in the back office."""

from commerce.catalog.admin import products, shelves, stock

__all__ = ["products", "shelves", "stock"]
