"""Which days are compared when, one comparison of a provider's day at a time."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Q

from commerce.orders.services.comparing.charges import compare_charges
from commerce.orders.services.comparing.findings import keep_differences
from commerce.orders.services.comparing.listing import Limits, read_day, without_other_ledgers
from commerce.orders.services.comparing.outcome import Outcome
from commerce.orders.services.comparing.refunds import compare_refunds
from commerce.orders.services.comparing.telling import tell_finance
from commerce.payments.gateways import GATEWAYS, GatewayRefused, GatewayUnavailable
from commerce.payments.models import ComparisonStatus, PaymentComparison
from zuka.platform.clock import day_start, local_day
from zuka.platform.errors import Refused
from zuka.platform.waking import wake_worker

log = structlog.get_logger(__name__)
COMPARE = "commerce.tasks.compare_payments"
# A day is asked for an hour after it is over; a provider that was away again after an hour.
SETTLES, AGAIN = timedelta(hours=1), timedelta(hours=1)
# One that its process left behind; a comparison itself ends after ten minutes of reading.
LEFT_BEHIND = timedelta(minutes=30)
# How far back days that were missed, failed, or differ are compared again by themselves.
LOOKS_BACK = timedelta(days=14)
AT_ONCE = 20


class ComparisonUnderWay(Refused):
    """This day of this provider is being compared right now."""

    code = "comparison_under_way"


class NothingToCompare(Refused):
    """This provider's day cannot be compared: the shop has no keys for it, or the day is not over."""

    code = "nothing_to_compare"


def refuse_uncomparable(*, provider: str, day: date, at: datetime) -> None:
    """Raise `NothingToCompare` for a provider without keys, and for a day that has not begun."""
    if provider not in GATEWAYS or not GATEWAYS[provider].is_configured():
        raise NothingToCompare("The shop has no keys for this provider.", field="provider")
    if day > local_day(at):
        raise NothingToCompare("This day has not begun yet.", field="money_date")


def ask_for_comparison(*, provider: str, day: date, at: datetime, by_id: UUID | None) -> PaymentComparison:
    """Have a worker compare a day soon, also one that was compared. Raises `NothingToCompare`, `ComparisonUnderWay`."""
    refuse_uncomparable(provider=provider, day=day, at=at)
    with transaction.atomic():
        row, _ = PaymentComparison.objects.get_or_create(
            provider=provider, money_date=day, defaults={"currency": settings.SHOP_CURRENCY, "created_at": at}
        )
        free = PaymentComparison.objects.filter(pk=row.pk).filter(not_under_way(at))
        if not free.update(status=ComparisonStatus.WAITING, asked_by=by_id, updated_at=at):
            raise ComparisonUnderWay(f"{row} is being compared right now.")
        transaction.on_commit(lambda: wake_worker(COMPARE), robust=True)
    row.refresh_from_db()
    return row


def not_under_way(at: datetime) -> Q:
    """Return the condition of comparisons that nobody is at."""
    return ~Q(status=ComparisonStatus.RUNNING) | Q(started_at__lt=at - LEFT_BEHIND)


def compare_day(*, provider: str, day: date, at: datetime, limits: Limits | None = None) -> PaymentComparison:
    """Compare a provider's day with the ledger and return the comparison, finished or failed.

    Nothing but what the provider says is true is written before its lists are read to the end. Raises
    `NothingToCompare`, `ComparisonUnderWay`.
    """
    refuse_uncomparable(provider=provider, day=day, at=at)
    row = begin(provider=provider, day=day, at=at)
    try:
        outcome = Outcome(provider=provider, day=day, at=at, currency=row.currency)
        read = read_day(GATEWAYS[provider], day=day, limits=limits)
        listed = without_other_ledgers(provider, read, at=at)
        compare_charges(outcome, listed)
        compare_refunds(outcome, listed)
    except (GatewayUnavailable, GatewayRefused) as refusal:
        words = refusal.words if isinstance(refusal, GatewayRefused) else refusal.message
        log.warning("comparison.provider_away", provider=provider, day=str(day), message=words)
        return end(row, at=at, status=ComparisonStatus.FAILED, failure_reason=words[:500])
    except Exception:  # whatever it was, the run ends as failed, and is tried again
        log.exception("comparison.failed", provider=provider, day=str(day))
        return end(row, at=at, status=ComparisonStatus.FAILED, failure_reason="It broke off; the log says why.")
    return finish(row, outcome, note=listed.note)


def begin(*, provider: str, day: date, at: datetime) -> PaymentComparison:
    """Take the comparison of a day for us: of two at once the other is refused. Raises `ComparisonUnderWay`."""
    row, _ = PaymentComparison.objects.get_or_create(
        provider=provider, money_date=day, defaults={"currency": settings.SHOP_CURRENCY, "created_at": at}
    )
    ours = PaymentComparison.objects.filter(pk=row.pk).filter(not_under_way(at))
    if not ours.update(status=ComparisonStatus.RUNNING, started_at=at, updated_at=at):
        raise ComparisonUnderWay(f"{row} is being compared right now.")
    row.refresh_from_db()
    return row


def end(row: PaymentComparison, *, at: datetime, status: ComparisonStatus, **facts: object) -> PaymentComparison:
    """Note how a comparison ended, unless it was given to somebody else meanwhile; return it as it is now."""
    ours = PaymentComparison.objects.filter(pk=row.pk, status=ComparisonStatus.RUNNING, started_at=row.started_at)
    ours.update(**{"failure_reason": "", **facts}, status=status, finished_at=at, updated_at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def finish(row: PaymentComparison, outcome: Outcome, *, note: str) -> PaymentComparison:
    """Write the result of a comparison in one piece, and tell those who look after money what is new."""
    locked = PaymentComparison.objects.select_for_update(of=("self",)).get(pk=row.pk)
    if locked.status != ComparisonStatus.RUNNING or locked.started_at != row.started_at:
        return locked
    fresh = keep_differences(comparison=locked, outcome=outcome)
    sides = {
        "provider": outcome.listed,
        "ledger": outcome.ledger,
        "provider_refund": outcome.listed_refunds,
        "ledger_refund": outcome.ledger_refunds,
    }
    row = end(
        locked,
        at=outcome.at,
        status=ComparisonStatus.FINISHED,
        note=note,
        fee_kobo=outcome.fee_kobo,
        other_currency_count=outcome.other_currency_count,
        open_refund_count=outcome.open_refund_count,
        settled_count=outcome.settled_count,
        **{f"{name}_{part}": getattr(side, part) for name, side in sides.items() for part in ("count", "kobo")},
    )
    tell_finance(comparison=row, fresh=fresh, at=outcome.at)
    return row


def due_days(*, provider: str, at: datetime) -> list[date]:
    """Return the days of a provider to compare now, the oldest first.

    Those asked for; yesterday and the days missed since the last comparison; those that failed an hour ago; once a day
    those that differ, or have refunds under way, of the last two weeks.
    """
    last_over, today = local_day(at - SETTLES) - timedelta(days=1), day_start(local_day(at))
    rows = PaymentComparison.objects.filter(provider=provider)
    recent = rows.filter(money_date__gt=last_over - LOOKS_BACK)
    asked = rows.filter(status=ComparisonStatus.WAITING)
    failed = recent.filter(status=ComparisonStatus.FAILED, finished_at__lt=at - AGAIN)
    left = recent.filter(status=ComparisonStatus.RUNNING, started_at__lt=at - LEFT_BEHIND)
    open_ = Q(open_refund_count__gt=0) | Q(differences__resolved_at=None, differences__isnull=False)
    looked = recent.filter(open_, status=ComparisonStatus.FINISHED, finished_at__lt=today)
    days = {each for found in (asked, failed, left, looked) for each in found.values_list("money_date", flat=True)}
    known = set(recent.values_list("money_date", flat=True))
    return sorted(days | (missed_days(known, last_over) - known))


def missed_days(known: Iterable[date], last_over: date) -> set[date]:
    """Return the days up to the last one that is over since the first that is known; that day alone if none is."""
    first = min(known, default=last_over)
    return {first + timedelta(days=number) for number in range((last_over - first).days + 1)}


def compare_due_days(*, at: datetime) -> int:
    """Compare every day that is due, of each provider with keys; return how many were finished. Up to 20 a run.

    A provider that is away is not asked for its other days.
    """
    finished = 0
    for provider, gateway in GATEWAYS.items():
        for day in due_days(provider=provider, at=at)[:AT_ONCE] if gateway.is_configured() else []:
            try:
                row = compare_day(provider=provider, day=day, at=at)
            except ComparisonUnderWay:  # another worker is at it
                continue
            if row.status != ComparisonStatus.FINISHED:
                break
            finished += 1
    return finished
