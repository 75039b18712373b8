"""What partners' programs and shoppers' browsers asked of the API, and how often partners' apps validated their keys.

Written as the shop itself writes it; hours are counted after. The keys' secrets are nobody's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from django.conf import settings

from commerce.accounts.models import User
from zuka.demo.draws import random_for, random_uuid
from zuka.demo.plans import Plan
from zuka.demo.seasons import day_weight
from zuka.platform.clock import day_start
from zuka.platform.db.partitions import ensure_partitions
from zuka.platform.keys.issuing import new_token, store_key
from zuka.platform.keys.models import ValidationDay, ValidationResult
from zuka.platform.models import ApiKey
from zuka.platform.usage.recording import Call
from zuka.platform.usage.writing import TABLE, copy_rows, row_of

CHUNK = 5_000
READERS = 40  # customers who use the API while signed in
Route = tuple[str, str, float, float]  # name, method, how often, milliseconds
SHOPPERS: tuple[Route, ...] = (
    ("products", "GET", 30, 24),
    ("product", "GET", 34, 12),
    ("search-suggestions", "GET", 12, 9),
    ("cart-lines", "POST", 8, 38),
    ("cart", "GET", 12, 15),
    ("checkout", "POST", 2, 55),
    ("orders", "POST", 1, 120),
)


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner's program: its key, what it asks for, and how many calls and validations a plain day has."""

    name: str
    tier: str
    scopes: tuple[str, ...]
    calls: int
    validations: int
    routes: tuple[Route, ...]


PARTNERS = (
    Partner(
        "Price comparison",
        "free",
        ("track", "reports:read"),
        90,
        60,
        (("products", "GET", 8, 22), ("product", "GET", 2, 11)),
    ),
    Partner(
        "Delivery app",
        "pro",
        ("track", "reports:read", "spend:write"),
        60,
        900,
        (("report", "GET", 3, 90), ("products", "GET", 1, 24), ("campaign-spend", "POST", 1, 40)),
    ),
    Partner(
        "Bookkeeping",
        "enterprise",
        ("reports:read", "records"),
        40,
        24,
        (("report-csv", "GET", 2, 340), ("report", "GET", 5, 80), ("reports", "GET", 1, 6)),
    ),
)
SHOPPER_CALLS = 260
HOURS = (2, 1, 1, 1, 1, 2, 4, 7, 9, 11, 12, 12, 13, 12, 11, 11, 12, 13, 14, 16, 18, 16, 11, 5)


def save_partners(plan: Plan) -> int:
    """Save partners' keys, their validations, and the calls that are kept; return how many calls."""
    rng = random_for(plan.seed, "partners")
    people = User.objects.filter(is_staff=False, is_test=False).order_by("created_at", "id")
    readers = list(people.values_list("pk", flat=True)[:READERS])
    owners = readers[: len(PARTNERS)] if len(readers) >= len(PARTNERS) else [None] * len(PARTNERS)
    keys = [save_key(each, owner, plan, rng=rng) for each, owner in zip(PARTNERS, owners, strict=True)]
    days = kept_days(plan)
    ValidationDay.objects.bulk_create(validation_rows(keys, plan.dates(), plan.last, rng=rng))
    if not days:
        return 0
    ensure_partitions(table=TABLE, first=days[0], last=days[-1])
    present = plan.until.timestamp()
    drawn_calls = (call for day in days for call in day_calls(day, plan, keys, readers, rng=rng))
    calls = [call for call in drawn_calls if call.at <= present]
    for start in range(0, len(calls), CHUNK):
        copy_rows([row_of(call) for call in calls[start : start + CHUNK]])
    return len(calls)


def kept_days(plan: Plan) -> list[date]:
    """Return the days whose calls are kept."""
    return plan.dates()[-settings.API_USAGE_DAYS :] if settings.API_USAGE_DAYS else []


def save_key(partner: Partner, owner: UUID | None, plan: Plan, *, rng: Random) -> ApiKey:
    """Issue a partner's key, whose secret nobody is told."""
    key = ApiKey(
        id=random_uuid(rng),
        name=partner.name,
        kind=ApiKey.Kind.SECRET,
        tier=partner.tier,
        tier_source="" if partner.tier == ApiKey.Tier.FREE else ApiKey.TierSource.STAFF,
        tier_given_at=None if partner.tier == ApiKey.Tier.FREE else plan.opened_at,
        scopes=list(partner.scopes),
        owner_id=owner,
        last_validated_at=plan.until,
        issued_at=plan.opened_at,
    )
    return store_key(key, token=new_token(key.kind))


def validation_rows(keys: list[ApiKey], days: list[date], last: date, *, rng: Random) -> Iterator[ValidationDay]:
    """Yield how partners' validations ended, day by day; some ask with keys that are nobody's."""
    for day in days:
        weight = day_weight(day, age_days=(last - day).days)
        for partner, key in zip(PARTNERS, keys, strict=True):
            asked = max(1, round(partner.validations * weight * rng.uniform(0.8, 1.2)))
            yield ValidationDay(key=key, day=day, result=ValidationResult.SUCCESS, validations=asked)
            if partner.tier == "pro" and rng.random() < 0.2:
                other = rng.randint(1, 9)
                yield ValidationDay(key=key, day=day, result=ValidationResult.DEVICE_MISMATCH, validations=other)
        if rng.random() < 0.3:
            result = ValidationResult.INVALID_KEY
            yield ValidationDay(key=None, day=day, result=result, validations=rng.randint(1, 12))


def day_calls(day: date, plan: Plan, keys: list[ApiKey], readers: list[UUID], *, rng: Random) -> Iterator[Call]:
    """Yield the calls of a day: partners' by their keys, shoppers' without one."""
    start, weight = day_start(day), day_weight(day, age_days=(plan.last - day).days)
    for partner, key in zip(PARTNERS, keys, strict=True):
        for route in drawn(partner.routes, round(partner.calls * weight), rng=rng):
            yield make_call(route, start, key=key.pk, user=None, rng=rng)
    for route in drawn(SHOPPERS, round(SHOPPER_CALLS * weight), rng=rng):
        user = rng.choice(readers) if readers and rng.random() < 0.25 else None
        yield make_call(route, start, key=None, user=user, rng=rng)


def drawn(routes: tuple[Route, ...], count: int, *, rng: Random) -> list[Route]:
    """Return so many routes, each as often as it is asked for."""
    return rng.choices(routes, weights=[often for _, _, often, _ in routes], k=count)


def make_call(route: Route, start: datetime, *, key: UUID | None, user: UUID | None, rng: Random) -> Call:
    """Return one call at an hour when people are awake; a few fail, some are too many."""
    name, method, _, ms = route
    hour = rng.choices(range(24), weights=HOURS)[0]
    at = start + timedelta(hours=hour, seconds=rng.random() * 3600)
    luck = rng.random()
    status = 500 if luck < 0.001 else 429 if key and luck < 0.008 else 404 if luck < 0.02 else 200
    is_cached = method == "GET" and status == 200 and rng.random() < 0.35
    return Call(
        at=at.timestamp(),
        endpoint=name,
        method=method,
        status=status,
        ms=ms * rng.lognormvariate(0, 0.5) * (0.3 if is_cached else 1),
        request_bytes=rng.randint(80, 900) if method == "POST" else 0,
        response_bytes=rng.randint(300, 18_000),
        is_cached=is_cached,
        is_api=True,
        key=key,
        user=user,
        ip=None,
    )
