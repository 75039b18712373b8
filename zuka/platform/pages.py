"""Lists that are paged by the whole of their order, so that any number of rows may share a price or a count."""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from django.core.exceptions import ValidationError
from django.db import DataError
from django.db.models import Q
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from zuka.platform.http import CursorPages

Position = list[Any]
CURSOR = "cursor"


def write_cursor(position: Position) -> str:
    """Return where a page ended, as text for an address."""
    return base64.urlsafe_b64encode(json.dumps(position, default=str).encode()).decode().rstrip("=")


def read_cursor(text: str, *, keys: int) -> Position:
    """Return what `write_cursor` was given. Raises ValueError for what it did not write."""
    try:
        position = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, RecursionError) as error:
        raise ValueError(text) from error
    if not isinstance(position, list) or len(position) != keys:
        raise ValueError(text)
    return position


def beyond(ordering: tuple[str, ...], position: Position) -> Q:
    """Return the condition of what comes after a position: later by the first key that differs."""
    later, same = Q(), Q()
    for key, value in zip(ordering, position, strict=True):
        name = key.removeprefix("-")
        later |= same & Q(**{f"{name}__{'lt' if key.startswith('-') else 'gt'}": value})
        same &= Q(**{name: value})
    return later


class WholeOrderPages(CursorPages):
    """Pages forward, by every key of the order; the last key is unique and none is NULL. `previous` is always null."""

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> Any:
        """Return a page of rows. Raises NotFound for a cursor that nobody was given."""
        self.address = request.build_absolute_uri()
        self.keys: tuple[str, ...] = tuple(self.get_ordering(request, queryset, view))
        size = self.get_page_size(request) or CursorPages.page_size
        rows = queryset.order_by(*self.keys)
        try:
            if cursor := request.query_params.get(CURSOR):
                rows = rows.filter(beyond(self.keys, read_cursor(cursor, keys=len(self.keys))))
            found = list(rows[: size + 1])
        except (ValueError, TypeError, OverflowError, ValidationError, DataError) as error:
            raise NotFound(self.invalid_cursor_message) from error
        self.rows, self.has_next = found[:size], len(found) > size
        return self.rows

    def get_next_link(self) -> str | None:
        """Return the address of the page after this one."""
        if not self.has_next:
            return None
        position = [getattr(self.rows[-1], key.removeprefix("-")) for key in self.keys]
        link: str = replace_query_param(self.address, CURSOR, write_cursor(position))
        return link

    def get_previous_link(self) -> None:
        """Return nothing: shoppers go back by the browser."""
        return
