from __future__ import annotations

from django.apps import AppConfig


class ShopConfig(AppConfig):
    """The demo storefront: no tables, static files and the shells of its pages."""

    name = "zuka.shop"
    label = "storefront"

    def ready(self) -> None:
        """Add the pages about the whole: threats, and running it on servers."""
        from zuka import threats  # noqa: F401 - registers its page
        from zuka.deployment import documents  # noqa: F401 - registers its pages
