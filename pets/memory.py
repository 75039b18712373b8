"""What a pet remembers of its person's taste: told or seen, always shown, and theirs to change or erase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from pets.models import PetPreference, PreferenceKind, PreferenceSource, UserPet
from zuka.platform.errors import Refused
from zuka.platform.money import format_money

MOST_PREFERENCES = 50
# What is only seen is taste from the second time on: one gift in red says nothing.
SEEN_ENOUGH = 2
SINGLE = {PreferenceKind.PRICE_MIN, PreferenceKind.PRICE_MAX}
Tastes = Mapping[str, tuple[str, ...]]


class BadPreference(Refused):
    """A preference of an unknown kind, without a value, or one too many."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_preference"


class NoSuchPreference(Refused):
    """The pet remembers no such thing."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


def remembered(pet_id: UUID) -> QuerySet[PetPreference]:
    """Return what a pet remembers: all it was told, and what it has seen often enough; not what was taken out."""
    told = Q(source=PreferenceSource.SAID) | Q(times__gte=SEEN_ENOUGH)
    return PetPreference.objects.filter(told, pet=pet_id, is_refused=False)


def tastes_of(pet_id: UUID) -> Tastes:
    """Return what a pet remembers by kind: `{"size": ("M",), "price_max": ("2000000",)}`. One query."""
    found: dict[str, tuple[str, ...]] = {}
    for kind, value in remembered(pet_id).order_by("kind", "-times", "value").values_list("kind", "value"):
        found[kind] = (*found.get(kind, ()), value)
    return found


def clean(kind: str, value: str) -> str:
    """Return a value as it is kept; prices are whole kobo. Raises `BadPreference`."""
    if kind not in PreferenceKind.values:
        raise BadPreference(f"A preference is about one of {', '.join(PreferenceKind.values)}.", field="kind")
    text = " ".join(value.replace("\x00", "").split())
    if not 0 < len(text) <= 100:
        raise BadPreference("Write what to remember in 1 to 100 letters.", field="value")
    if kind in SINGLE and not (text.isdecimal() and 0 < int(text) < 10**15):
        raise BadPreference("Write a price as whole kobo: 2000000 is ₦20,000.00.", field="value")
    return text


def remember(*, pet: UserPet, kind: str, value: str, at: datetime) -> PetPreference:
    """Keep what a person said of their taste; a price replaces the one before. Raises `BadPreference`."""
    value = clean(kind, value)
    if kind in SINGLE:
        PetPreference.objects.filter(pet=pet, kind=kind).exclude(value=value).delete()
    elif PetPreference.objects.filter(pet=pet).exclude(kind=kind, value=value).count() >= MOST_PREFERENCES:
        raise BadPreference(f"I remember {MOST_PREFERENCES} things at most; take one out first.", field="value")
    facts = {"source": PreferenceSource.SAID, "is_refused": False, "learned_at": at}
    return PetPreference.objects.update_or_create(pet=pet, kind=kind, value=value, defaults=facts)[0]


def learn_seen(*, pet_id: UUID, tastes: Iterable[tuple[str, str, int]], at: datetime) -> None:
    """Note what somebody's orders show of their taste, as (kind, value, times). What they took out stays out."""
    rows = [
        PetPreference(pet_id=pet_id, kind=kind, value=value, times=times, source=PreferenceSource.SEEN, learned_at=at)
        for kind, value, times in tastes
    ]
    PetPreference.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["pet", "kind", "value"], update_fields=["times"]
    )


def saw(*, pet_id: UUID, kind: str, value: str, at: datetime) -> None:
    """Count one more sign of a taste."""
    row, made = PetPreference.objects.get_or_create(
        pet_id=pet_id,
        kind=kind,
        value=value[:100],
        defaults={"source": PreferenceSource.SEEN, "learned_at": at},
    )
    if not made:
        PetPreference.objects.filter(pk=row.pk).update(times=F("times") + 1)


def change(*, pet_id: UUID, preference_id: int, value: str, at: datetime) -> PetPreference:
    """Give a preference another value, as said. Raises `NoSuchPreference`, `BadPreference`."""
    found = remembered(pet_id).filter(pk=preference_id).select_related("pet").first()
    if found is None:
        raise NoSuchPreference("There is no such preference.")
    kept = remember(pet=found.pet, kind=found.kind, value=value, at=at)
    if kept.pk != found.pk:
        forget(pet_id=pet_id, preference_id=found.pk)
    return kept


def forget(*, pet_id: UUID, preference_id: int) -> None:
    """Take a preference out; it is not learned again from what is seen. Raises `NoSuchPreference`."""
    if not remembered(pet_id).filter(pk=preference_id).update(is_refused=True):
        raise NoSuchPreference("There is no such preference.")


def forget_said(*, pet_id: UUID, kind: str, value: str) -> list[str]:
    """Take out what a person names, by kind (empty: any) and value (empty: all of the kind); return what it was."""
    found = remembered(pet_id)
    found = found.filter(kind=kind) if kind else found
    found = found.filter(value__iexact=value.strip()) if value.strip() else found
    words = [in_words(each.kind, each.value) for each in found]
    found.update(is_refused=True)
    return words


@transaction.atomic
def erase(pet_id: UUID, *, at: datetime) -> None:
    """Forget everything, what was taken out too; what was ordered until now is not learned from again."""
    UserPet.objects.filter(pk=pet_id).update(learns_since=at)
    PetPreference.objects.filter(pet=pet_id).delete()


def in_words(kind: str, value: str) -> str:
    """Return a preference for people: `size M`, `up to ₦20,000.00`."""
    if kind in SINGLE:
        amount = format_money(int(value)) if value.isdecimal() else value
        return f"{'up to' if kind == PreferenceKind.PRICE_MAX else 'from'} {amount}"
    return f"{PreferenceKind(kind).label.lower()} {value}"


def price_kind(kind: str) -> str:
    """Return the kind of a preference as it is kept: a price that somebody names is the most they want to pay."""
    return str(PreferenceKind.PRICE_MAX) if kind == "price" else kind
