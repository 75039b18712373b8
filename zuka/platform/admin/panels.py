"""Panels on the customer and product pages: orders, analytics and pets each add theirs (decision 3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.utils.safestring import SafeString

Panel = Callable[[HttpRequest, Any], SafeString | str]
_panels: dict[str, list[Panel]] = defaultdict(list)


def add_panel(*, subject: str, panel: Panel) -> None:
    """Add a panel to the pages of a subject kind (`customer`, `product`): (request, thing) → escaped HTML."""
    _panels[subject].append(panel)


def render_panels(*, subject: str, request: HttpRequest, thing: Any) -> list[SafeString | str]:
    """Return the rendered panels of a thing, in the order they were added."""
    return [panel(request, thing) for panel in _panels[subject]]
