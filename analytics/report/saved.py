"""Saved reports: what an address asks for, who may open it, and where it leads."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from django.db.models import Q, QuerySet
from django.urls import Resolver404, resolve, reverse

from analytics.report.asking import breakdown_of, parse_build
from analytics.report.presentation import report_url, with_params
from analytics.report.query import BadQuery, find_report, parse_query
from analytics.report.scope import ALL
from analytics.store.models import SavedReport

BUILD = "build"
PLACES = ("before", "before_id")


def read_address(address: str, *, today: date) -> tuple[str, dict[str, str]]:
    """Return the report and the parameters that the address of a report's page asks for, of whatever host.

    Raises BadQuery (field `address`) where it is no such address, or asks for what cannot be.
    """
    try:
        parts = urlsplit(address.strip().replace("\x00", ""))
        found = resolve(parts.path)
    except (Resolver404, ValueError) as error:
        raise BadQuery(no_report(address), field="address") from error
    if found.url_name not in {"report", "report-build"} or found.namespace != "admin":
        raise BadQuery(no_report(address), field="address")
    asked = {name: value.replace("\x00", "") for name, value in parse_qsl(parts.query) if name not in PLACES}
    params = {name: value for name, value in asked.items() if value.strip()}
    if found.url_name == "report-build":
        breakdown_of(parse_build(params=params, today=today, scope=ALL))
        return BUILD, params
    report = find_report(str(found.kwargs["report_id"]))
    parse_query(report=report, params=params, today=today, scope=ALL)
    return report.id, params


def no_report(address: str) -> str:
    """Return that an address leads to no report."""
    return f"{address[:80]!r} is no report's address. Open the report and press Save, or copy its address."


def open_url(saved: SavedReport) -> str:
    """Return where a saved report leads."""
    return asked_url(saved.report, saved.params)


def asked_url(report: str, params: Mapping[str, str]) -> str:
    """Return where a report, or the builder, answers what is asked."""
    return with_params(reverse("admin:report-build"), params) if report == BUILD else report_url(report, params)


def visible_to(user: Any) -> QuerySet[SavedReport]:
    """Return the saved reports that somebody may open: their own, and those shared with a role of theirs."""
    shared = SavedReport.objects.filter(roles__in=user.groups.all()).values("pk")
    return SavedReport.objects.filter(Q(owner=user) | Q(pk__in=shared))
