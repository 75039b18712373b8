from __future__ import annotations

from django.apps import AppConfig


class CommerceConfig(AppConfig):
    """The shop: one app of rooms."""

    name = "commerce"
    label = "commerce"
    verbose_name = "Shop"
    default_auto_field = "django.db.models.BigAutoField"
