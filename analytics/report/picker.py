"""The form above a report: period, comparison and the report's own parameters, as they were asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from analytics.registry.reports.forms import Parameter, Report
from analytics.report.periods import COMPARISONS, DEFAULT_PERIOD, PERIODS

CUSTOM = ("", "Days chosen here")
Kind = Literal["select", "date", "text"]


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a select."""

    value: str
    title: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """An input: `choices` for a select only; `is_wrong` when its value was refused."""

    name: str
    title: str
    kind: Kind
    value: str
    choices: tuple[Choice, ...] = ()
    is_wrong: bool = False


def select(name: str, title: str, options: Mapping[str, str], value: str, *, is_wrong: bool) -> Field:
    """Return a select with one option chosen."""
    choices = tuple(Choice(key, text, key == value) for key, text in options.items())
    return Field(name, title, "select", value, choices, is_wrong)


def period_fields(params: Mapping[str, str], wrong: str) -> list[Field]:
    """Return the choice of a named period, and the days that win over it."""
    is_custom = bool(params.get("from") or params.get("to"))
    options = {period.id: period.title for period in PERIODS.values()}
    if is_custom:
        options = dict([CUSTOM]) | options
    chosen = "" if is_custom else params.get("period") or DEFAULT_PERIOD
    return [
        select("period", "Period", options, chosen, is_wrong=wrong == "period"),
        day_field("from", "From", params, wrong),
        day_field("to", "To", params, wrong),
    ]


def day_field(name: str, title: str, params: Mapping[str, str], wrong: str) -> Field:
    """Return the input of a day; what is no day is shown as it was typed, which a date input cannot do."""
    is_wrong = wrong == name
    return Field(name, title, "text" if is_wrong else "date", params.get(name, ""), is_wrong=is_wrong)


def own_field(parameter: Parameter, params: Mapping[str, str], wrong: str) -> Field:
    """Return the input of a report's own parameter."""
    value = params.get(parameter.name) or parameter.default
    is_wrong = wrong == parameter.name
    if parameter.choices:
        return select(parameter.name, parameter.title, dict(parameter.choices), value, is_wrong=is_wrong)
    return Field(parameter.name, parameter.title, "text", value, is_wrong=is_wrong)


def compare_field(params: Mapping[str, str], wrong: str, *, default: str = "previous") -> Field:
    """Return the choice of what a period is compared with."""
    chosen = params.get("compare") or default
    return select("compare", "Compare with", COMPARISONS, chosen, is_wrong=wrong == "compare")


def shared_fields(
    params: Mapping[str, str],
    currencies: Sequence[str],
    *,
    wrong: str = "",
    segments: Sequence[tuple[str, str]] = (),
) -> list[Field]:
    """Return the inputs of a dashboard's form; those of currency and people where there is a choice, or a wrong one."""
    fields = [*period_fields(params, wrong), compare_field(params, wrong)]
    asked = params.get("currency", "").upper() or settings.SHOP_CURRENCY
    options = {each: each for each in sorted({*currencies, asked})}
    if len(options) > 1:
        fields.append(select("currency", "Currency", options, asked, is_wrong=wrong == "currency"))
    return [*fields, *segment_fields(params, segments, wrong)]


def segment_fields(params: Mapping[str, str], choices: Sequence[tuple[str, str]], wrong: str) -> list[Field]:
    """Return the choice of whom a report is about, where there is one; what was refused can be taken back."""
    asked, is_wrong = params.get("segment", ""), wrong == "segment"
    options = dict(choices) or ({"": "Everybody"} if asked else {})
    if asked and asked not in options:
        options |= {asked: f"Segment {asked}"}
    return [select("segment", "People", options, asked, is_wrong=is_wrong)] if options else []


def picker_fields(
    report: Report, params: Mapping[str, str], *, wrong: str = "", segments: Sequence[tuple[str, str]] = ()
) -> list[Field]:
    """Return the inputs of a report's form, filled with what was asked for; `wrong` is the refused one's name.

    `segments` are those that whoever asks may choose.
    """
    fields = period_fields(params, wrong) if report.has_period else []
    if report.is_comparable:
        fields.append(compare_field(params, wrong, default=report.comparison))
    own = [own_field(parameter, params, wrong) for parameter in report.parameters if parameter.in_form]
    return [*fields, *own, *segment_fields(params, segments, wrong)]
