"""The assistant's app."""

from __future__ import annotations

from django.apps import AppConfig


class PetsConfig(AppConfig):
    """The AI pet that helps people shop."""

    name = "pets"
    verbose_name = "Pets"

    def ready(self) -> None:
        """Hear of accounts that are closed, and add the page of the docs."""
        # Models, which both need, are loaded by now and not before.
        from pets import checks, documents, retention  # noqa: F401 - register its checks, page and what it keeps
        from pets.personal_data import declare
        from pets.tools.people import listen

        declare()
        listen()
