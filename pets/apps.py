"""The assistant's app."""

from __future__ import annotations

from django.apps import AppConfig


class PetsConfig(AppConfig):
    """The AI pet that helps people shop."""

    name = "pets"
    verbose_name = "Pets"
