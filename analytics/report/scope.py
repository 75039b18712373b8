"""Whose rows somebody may see (decision 29): one answer for pages, JSON, files and `ask`.

The shop's staff see all. A brand's own staff see rows of their brands, and only in reports that can be cut so: their
SQL binds `%(brands)s`, which is NULL for everything. A query cannot be made without a scope, so no surface forgets it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from django.db import connection

from analytics.registry.reports import REPORTS
from analytics.registry.reports.forms import Report
from zuka.platform.db.files import load_sql
from zuka.platform.errors import Refused

BRANDS = Path(__file__).parent.parent / "store" / "sql" / "people" / "brands_of_user.sql"
WHOLE, OWN = "analytics.view_report", "analytics.view_brand_report"
PEOPLE, ORDERS = "commerce.view_user", "commerce.view_order"


class OutOfScope(Refused):
    """Somebody who may see a brand's rows asks for what is about the whole shop."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "not_for_brands"


class Unnamed(OutOfScope):
    """Somebody who may not see orders or people asks for a list of them."""

    code: ClassVar[str] = "permission_denied"


@dataclass(frozen=True, slots=True)
class Scope:
    """The brands whose rows may be seen; None is everything, an empty tuple nothing.

    `rights` are the permissions that reports of orders and people ask for beside that of all reports. Without
    `sees_people` columns that say who customers are do not come, and without the right to see orders neither do their
    numbers, wherever they stand. `reader` is who asks, for what staff share with one another; None is nobody in
    particular.
    """

    brands: tuple[int, ...] | None
    rights: frozenset[str] = frozenset()
    sees_people: bool = False
    reader: Any = field(default=None, compare=False)

    @property
    def bound(self) -> list[int] | None:
        """Return what reports bind as `brands`."""
        return None if self.brands is None else list(self.brands)

    @property
    def text(self) -> str:
        """Return what tells this scope from others."""
        return repr((self.brands, sorted(self.rights), self.sees_people))

    @property
    def sees_orders(self) -> bool:
        """Say whether numbers of orders may be seen."""
        return ORDERS in self.rights

    def hidden(self, report: Report) -> frozenset[str]:
        """Return the names of a report's columns that do not come."""
        return frozenset(
            each.name
            for each in report.columns
            if (each.personal and not self.sees_people) or (each.of_orders and not self.sees_orders)
        )

    def names_people(self, report: Report) -> bool:
        """Say whether what comes of a report says who customers are."""
        return report.permission == PEOPLE or (self.sees_people and any(each.personal for each in report.columns))

    @property
    def is_limited(self) -> bool:
        """Say whether this is for a brand's staff."""
        return self.brands is not None

    def grants(self, report: Report) -> bool:
        """Say whether the right that a report asks for is there; dashboards leave out what it is not."""
        return not report.permission or report.permission in self.rights

    def allows(self, report: Report) -> bool:
        """Say whether a report may be seen at all."""
        return self.grants(report) and (self.brands is None or report.brand_scopable)

    def require(self, report: Report) -> None:
        """Raise OutOfScope where a report may not be seen."""
        if not self.grants(report):
            text = "This report names people or orders: roles need a right to them, the key needs the scope `records`."
            raise Unnamed(text)
        if not self.allows(report):
            raise OutOfScope(f"{report.title} is about the whole shop; a brand's staff cannot see it.")

    def require_orders(self, field: str) -> None:
        """Raise Unnamed where somebody asks by the number of an order, and may not see orders."""
        if not self.sees_orders:
            text = "Who asks by an order needs the right to see orders: a role's, or a key's scope `records`."
            raise Unnamed(text, field=field)


RIGHTS = frozenset(report.permission for report in REPORTS.values() if report.permission)
NOBODY = Scope(None)  # all rows, without a list of orders or people: for readers who are not known one by one
ALL = Scope(None, RIGHTS)
ALL_WITH_PEOPLE = Scope(None, RIGHTS, sees_people=True)


def may_read_reports(user: Any) -> bool:
    """Say whether somebody may see any report."""
    return bool(user.is_authenticated and user.is_staff and (user.has_perm(WHOLE) or user.has_perm(OWN)))


def scope_of(user: Any) -> Scope:
    """Return whose rows somebody may see: without the right to all of them, those of the brands they work for."""
    if user.has_perm(WHOLE):
        rights = frozenset(each for each in RIGHTS if user.has_perm(each))
        return Scope(None, rights, sees_people=user.has_perm(PEOPLE), reader=user)
    if not user.has_perm(OWN):
        return Scope(())
    with connection.cursor() as cursor:
        cursor.execute(load_sql(BRANDS), {"user": str(user.pk)})
        return Scope(tuple(row[0] for row in cursor.fetchall()), reader=user)


def scope_of_key(scopes: Collection[str]) -> Scope:
    """Return what a key may see: all rows; with the scope `records` lists of orders and people, and orders' numbers;
    but no column that says who customers are, for nobody knows who reads what it fetches.
    """
    return ALL if "records" in scopes else NOBODY


def may_see(report: Report, user: Any) -> bool:
    """Say whether a report stands in somebody's menu."""
    if report.permission and not user.has_perm(report.permission):
        return False
    return bool(user.has_perm(WHOLE) or (report.brand_scopable and user.has_perm(OWN)))
