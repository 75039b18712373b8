"""How staff find a thing by what they have in hand: each way of looking is an index, however long the list is.

The same ways serve the search box of a list and the one search of the whole back office.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.contrib.admin import AdminSite
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from unfold.dataclasses import SearchResult

from zuka.platform.admin.menu import build_menu
from zuka.platform.admin.rows import LongList

MOST_LISTED = 500  # rows that one way of looking may bring to a list
MOST_FOUND = 8  # of one kind in the search of everything
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Route:
    """One way of looking: what staff write, in a word or two, and the rows that have it, best first, by an index."""

    name: str
    find: Callable[[str], QuerySet[Any]]


class SearchedAdmin(LongList):
    """A list that is searched by its routes, and takes part in the search of everything."""

    search_routes: ClassVar[Sequence[Route]]
    search_icon: ClassVar[str]
    # Django shows the box where there are fields; `get_search_results` reads none of them.
    search_fields = ("pk",)

    @property
    def search_help_text(self) -> str:
        """What can be written in the box."""
        return f"By {', '.join(route.name for route in self.search_routes)}."

    def get_search_results(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        queryset: QuerySet[Any],
        search_term: str,
    ) -> tuple[QuerySet[Any], bool]:
        """Return the rows that the routes find, and that no row comes twice."""
        words = search_term.strip()[:LONGEST]
        if not words:
            return queryset, False
        return queryset.filter(pk__in=list(self.find_keys(words, MOST_LISTED))), False

    def find_keys(self, words: str, most: int) -> dict[Any, None]:
        """Return the keys of found rows, at most so many a route, those of the first routes first."""
        if "\0" in words:  # no text of PostgreSQL has it
            return {}
        keys = (key for route in self.search_routes for key in route.find(words).values_list("pk", flat=True)[:most])
        return dict.fromkeys(keys)

    def found_detail(self, thing: Any) -> str:
        """Return what stands beside a found thing's name: what it is, unless a list has more to say."""
        return str(thing._meta.verbose_name)  # noqa: SLF001 - public by Django's documentation

    def list_address(self) -> str:
        """Return where the list is."""
        kind = self.model._meta  # noqa: SLF001 - public by Django's documentation
        return reverse(f"admin:{kind.app_label}_{kind.model_name}_changelist")

    def found_results(self, words: str) -> Iterator[SearchResult]:
        """Yield what the search of everything shows of this list."""
        keys = list(self.find_keys(words, MOST_FOUND))[:MOST_FOUND]
        kind = self.model._meta  # noqa: SLF001 - public by Django's documentation
        beside = self.list_select_related if isinstance(self.list_select_related, Sequence) else ()
        things = self.model._default_manager.select_related(*beside).in_bulk(keys)  # noqa: SLF001 - as below
        for thing in filter(None, map(things.get, keys)):
            link = reverse(f"admin:{kind.app_label}_{kind.model_name}_change", args=[thing.pk])
            yield SearchResult(str(thing), self.found_detail(thing), link, self.search_icon)


def menu_entries(request: HttpRequest) -> list[dict[str, Any]]:
    """Return the entries of a person's menu from top to bottom, each with the title of its group."""
    return [{**entry, "group": group["title"]} for group in build_menu(request) for entry in group["items"]]


def find_pages(request: HttpRequest, words: str) -> Iterator[SearchResult]:
    """Yield the pages of the menu whose title has the words."""
    for entry in menu_entries(request):
        if words.lower() in str(entry["title"]).lower():
            yield SearchResult(entry["title"], entry["group"], entry["link"], entry["icon"])


def find_everything(site: AdminSite, request: HttpRequest, words: str) -> list[SearchResult]:
    """Return things and pages that the person may see: things first, list by list in the order of the menu."""
    places = {entry["link"]: place for place, entry in enumerate(menu_entries(request))}
    lists = [page for page in site._registry.values() if isinstance(page, SearchedAdmin)]  # noqa: SLF001 - no other way
    open_lists = [page for page in lists if page.has_view_permission(request)]
    open_lists.sort(key=lambda page: places.get(page.list_address(), len(places)))
    found = [result for page in open_lists for result in page.found_results(words)]
    return [*found, *find_pages(request, words)]


def answer_search(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Answer what is typed into the search of everything, as Unfold's dialog shows it."""
    begun = time.monotonic()
    words = request.GET.get("s", "").strip()[:LONGEST]
    if not words:
        return HttpResponse()
    pages = Paginator(find_everything(site, request, words), 200)
    facts = {
        "page_obj": pages,
        "results": pages.page(1),
        "page_counter": 0,
        "execution_time": time.monotonic() - begun,
        "command_show_history": False,
    }
    return TemplateResponse(request, "unfold/helpers/command_results.html", facts, headers={"HX-Trigger": "search"})
