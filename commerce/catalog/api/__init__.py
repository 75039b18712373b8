"""The catalogue's API: lists, a product, what filters offer, search, and what goes with a product."""

from commerce.catalog.api.browsing import ProductFacets, RelatedProducts, SearchSuggestions
from commerce.catalog.api.products import BrandList, CategoryList, ProductDetail, ProductList
from commerce.catalog.api.shapes import MoneySerializer

__all__ = [
    "BrandList",
    "CategoryList",
    "MoneySerializer",
    "ProductDetail",
    "ProductFacets",
    "ProductList",
    "RelatedProducts",
    "SearchSuggestions",
]
