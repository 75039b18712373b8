"""What lists of records share: rows that staff read but never write, and described columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.dataclasses import ActionDialog
from unfold.decorators import action, display
from unfold.paginator import InfinitePaginator

Shown = TypeVar("Shown", bound=Callable[..., Any])


def read_number(text: object) -> int:
    """Return the number in an address; 0, which no row has, for what is none."""
    return int(str(text)) if str(text).isdecimal() else 0


def column(
    *, description: str, ordering: str | None = None, label: Mapping[Any, str] | None = None, header: bool | None = None
) -> Callable[[Shown], Shown]:
    """Describe a shown value to the back office: its title, what sorts it, its colours, or two lines in one cell."""
    decorate: Callable[[Shown], Shown] = display(description=description, ordering=ordering, label=label, header=header)
    return decorate


def dialog_button(*, description: str, name: str, permission: str, dialog: ActionDialog) -> Callable[[Shown], Shown]:
    """Make a method the button of a record's page: it is called with the request, the dialog's form and the id."""
    decorate: Callable[[Shown], Shown] = action(
        description=description, url_path=name, permissions=[permission], dialog=dialog
    )
    return decorate


def page_link(*, description: str, name: str, permission: str) -> Callable[[Shown], Shown]:
    """Make a method a link of a record's page that opens beside it: it is called with the request and the id."""
    decorate: Callable[[Shown], Shown] = action(
        description=description, url_path=name, permissions=[permission], attrs={"target": "_blank"}
    )
    return decorate


class FrozenRows:
    """Rows that staff read: nobody adds, changes or deletes one by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Only code adds rows."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Rows stay as they were written."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        """Rows go by retention, if at all."""
        return False


class LongList(ModelAdmin):
    """A list of a table that may hold millions: nothing is counted, and a page has 50 rows (3 ms each to render)."""

    nothing_yet: ClassVar[str] = ""  # what an empty list says of when there will be rows
    show_full_result_count = False
    paginator = InfinitePaginator
    list_per_page = 50


class RecordAdmin(FrozenRows, LongList):
    """A list of records that code writes."""
