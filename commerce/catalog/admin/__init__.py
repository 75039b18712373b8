"""The catalogue in the back office."""

from commerce.catalog.admin import imports, products, shelves, stock

__all__ = ["imports", "products", "shelves", "stock"]
