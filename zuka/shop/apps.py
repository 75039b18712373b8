from __future__ import annotations

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """The demo storefront: no tables, static files and the shells of its pages."""

    name = "zuka.shop"
    label = "storefront"
