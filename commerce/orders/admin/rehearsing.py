"""A step for many orders at once: first what would become of each, then, when staff say so, the step itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from commerce.orders.admin.steps import Step, refusal_of, take_step
from commerce.orders.models import Order

MOST = 200  # each is tried in a transaction of its own: some 10 ms
CONFIRMED = "rehearsed"


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What a step would do: the orders that would take it, and those that would not, with the reason of each."""

    step: Step
    willing: Sequence[Order]
    refused: Sequence[tuple[Order, str]]


def rehearse(step: Step, request: HttpRequest, orders: Sequence[Order]) -> Rehearsal:
    """Take a step with each order and take it back: the services themselves say who refuses, and why."""
    willing, refused = [], []
    for order in orders:
        with transaction.atomic():
            reason = refusal_of(step, request, order)
            transaction.set_rollback(True)
        if reason is None:
            willing.append(order)
        else:
            refused.append((order, reason))
    return Rehearsal(step, willing, refused)


def list_action(step: Step) -> Callable[..., HttpResponse | None]:
    """Return the action of a step for the orders chosen in the list: a page with the count, then the step."""

    def run(admin: Any, request: HttpRequest, orders: QuerySet[Order]) -> HttpResponse | None:
        chosen = list(orders.order_by("id")[: MOST + 1])
        if len(chosen) > MOST:
            messages.error(request, f"Choose at most {MOST} orders at once.")
            return None
        if CONFIRMED in request.POST:
            for order in chosen:
                take_step(step, request, order)
            return None
        return show_rehearsal(admin, request, rehearse(step, request, chosen))

    run.__name__ = f"{step.name}_orders"
    run.short_description = step.label  # type: ignore[attr-defined]  # Django reads it from the function
    run.allowed_permissions = ("change",)  # type: ignore[attr-defined]  # Django reads it from the function
    return run


def show_rehearsal(admin: Any, request: HttpRequest, rehearsal: Rehearsal) -> HttpResponse:
    """Return the page that says what would happen, with the button that does it."""
    facts = {
        **admin.admin_site.each_context(request),
        "title": rehearsal.step.label,
        "rehearsal": rehearsal,
        "action": f"{rehearsal.step.name}_orders",
        "confirmed": CONFIRMED,
        "checkbox": ACTION_CHECKBOX_NAME,
        "opts": admin.model._meta,  # noqa: SLF001 - public by Django's documentation
    }
    return TemplateResponse(request, "commerce/rehearsal.html", facts)
