from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """Demo data: no tables, one management command."""

    name = "zuka.demo"
    label = "demo"
