"""The back office's menu: each package declares its group, the sidebar is built from what the person may see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse


@dataclass(frozen=True, slots=True)
class MenuItem:
    """One entry: its title, a Material symbol, the admin URL name (with arguments) and the permission to see it.

    `is_shown` decides in place of the permission, where one is not enough.
    """

    title: str
    icon: str
    url_name: str
    permission: str
    arguments: tuple[str, ...] = ()
    is_shown: Callable[[Any], bool] | None = None

    def may_be_seen(self, user: Any) -> bool:
        """Say whether a member of staff may see the entry."""
        return self.is_shown(user) if self.is_shown else bool(user.has_perm(self.permission))


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A titled group of entries; groups are shown in ascending `position`. A long one may be `is_folded` until its page
    is open.
    """

    title: str
    position: int
    items: Sequence[MenuItem]
    is_folded: bool = False


_groups: dict[str, MenuGroup] = {}


def add_menu(group: MenuGroup) -> None:
    """Add a group to the menu. Called from a package's admin module; a second call with its title replaces it."""
    _groups[group.title] = group


def menu_entry(item: MenuItem) -> dict[str, Any]:
    """Return an entry in the form Unfold's sidebar takes."""
    link = reverse(f"admin:{item.url_name}", args=item.arguments)
    return {"title": item.title, "icon": item.icon, "link": link}


def build_menu(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the sidebar of this person: only entries they may see, no empty groups."""
    groups = []
    for group in sorted(_groups.values(), key=lambda each: each.position):
        items = [menu_entry(item) for item in group.items if item.may_be_seen(request.user)]
        if items:
            groups.append({"title": group.title, "separator": True, "collapsible": group.is_folded, "items": items})
    return groups
