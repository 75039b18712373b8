from __future__ import annotations

from django.apps import AppConfig


class BackupConfig(AppConfig):
    """Backup and restore: two commands and two jobs. Its table is the platform's."""

    name = "zuka.backup"
    label = "backup"

    def ready(self) -> None:
        """Add the page of docs."""
        from zuka.backup import documents  # noqa: F401 - registers its page
