from __future__ import annotations

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """The demo storefront: no tables, static files and the shells of its pages."""

    name = "zuka.shop"
    label = "storefront"

    def ready(self) -> None:
        """Add the page of threats, which is about the whole."""
        from zuka import threats  # noqa: F401 - registers its page
