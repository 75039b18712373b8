"""Amounts and days in templates."""

from __future__ import annotations

from datetime import date

from django import template
from django.utils.formats import date_format

from zuka.platform.money import format_money

register = template.Library()


@register.filter
def amount(kobo: int, currency: str) -> str:
    """Return kobo as people read them: `{{ total_kobo|amount:currency }}` is ₦5,500.00."""
    return format_money(int(kobo), currency)


@register.filter
def day(text: str) -> str:
    """Return an ISO date as people read it: 10 March 2026."""
    return date_format(date.fromisoformat(text), "j F Y")
