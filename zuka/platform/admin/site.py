"""The back office site: pages registered by other packages stand beside the tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, reverse
from unfold.sites import UnfoldAdminSite

from zuka.platform.admin.searching import answer_search

_pages: list[Callable[[BackOffice], list[URLPattern | URLResolver]]] = []
_home: list[str] = []
MAY_SEE_HOME = ("analytics.view_report", "analytics.view_brand_report")


def add_pages(build: Callable[[BackOffice], list[URLPattern | URLResolver]], *, home: str | None = None) -> None:
    """Add pages to the back office: `build(site)` returns URL patterns; `home` names the one staff land on."""
    _pages.append(build)
    if home:
        _home[:] = [home]


def refuse_unreadable(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer 400 to a page's address that asks for what no column can hold; Django's lists would fail with a 500."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = dict(request.GET.lists())
        if unreadable := [name for name, values in asked.items() if "\x00" in "".join((name, *map(str, values)))]:
            raise BadRequest(f"{', '.join(unreadable)}: expected text without NUL characters.".replace("\x00", ""))
        try:
            return view(request, *args, **kwargs)
        except DataError as error:
            if not asked or request.method != "GET":
                raise
            raise BadRequest(f"{', '.join(asked)}: expected what a column of this list can hold.") from error

    return answer


class BackOffice(UnfoldAdminSite):
    """The admin site staff use."""

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Callable[..., Any]:  # noqa: FBT001, FBT002 - Django's signature
        """Return a page for staff, which says so where its address cannot be read."""
        return super().admin_view(refuse_unreadable(view), cacheable)  # type: ignore[no-any-return]

    def get_urls(self) -> list[Any]:
        """Return the added pages before the admin's own, so that its catch-all does not hide them."""
        added: list[Any] = [pattern for build in _pages for pattern in build(self)]
        return added + list(super().get_urls())

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send staff to the page registered as home; without one, or without the right to see it, list the tables."""
        if _home and any(map(request.user.has_perm, MAY_SEE_HOME)):
            return redirect(reverse(f"admin:{_home[0]}"))
        return super().index(request, extra_context)  # type: ignore[no-any-return]

    def search(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002 - Unfold's signature
        """Answer the search of everything. Unfold's own would keep answers for five minutes, and miss a new order."""
        return answer_search(self, request)
