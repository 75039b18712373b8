"""How the back office looks: its titles, files and menu, as Unfold takes them."""

from __future__ import annotations

from typing import Any

from django.templatetags.static import static


def office_look(shop_name: str) -> dict[str, Any]:
    """Return Unfold's settings. Addresses of files are made with the request, when their names are known."""
    return {
        "SITE_TITLE": shop_name,
        "SITE_HEADER": shop_name,
        "SITE_SUBHEADER": "Back office",
        "SITE_SYMBOL": "storefront",
        "SITE_URL": None,
        "SHOW_HISTORY": True,
        "SHOW_VIEW_ON_SITE": False,
        "ENVIRONMENT": None,
        "SITE_FAVICONS": [
            {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("platform/favicon.svg")}  # noqa: ARG005 - as below
        ],
        "STYLES": [
            lambda request, name=name: static(f"platform/{name}.css")  # noqa: ARG005 - Unfold calls it with the request
            for name in ("admin", "security", "operations")
        ],
        "SCRIPTS": [lambda request: static("platform/menu.js")],  # noqa: ARG005 - as above
        "SIDEBAR": {
            "show_search": True,
            "command_search": True,
            "show_all_applications": False,
            "navigation": "zuka.platform.admin.menu.build_menu",
        },
    }
