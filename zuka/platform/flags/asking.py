"""PUBLIC: is a flag on, which variant somebody sees, and the note that they saw it.

    if is_on("new-checkout"): …
    if see_variant("product-promise", at=now) == "promise": …

Flags are kept in the process for a second, so a change or the kill switch is everywhere by then, with Valkey or without
(decision 37). While PostgreSQL is away they go on as they were last known; a flag that was never known is off.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from django.contrib.auth import get_user_model
from django.db import transaction

from zuka.platform.actor import Actor, current_actor
from zuka.platform.clock import local_day
from zuka.platform.facts import record
from zuka.platform.flags.evaluating import Answer, Flag, Subject, evaluate
from zuka.platform.flags.models import FeatureFlag
from zuka.platform.keeping import KeptSteadily
from zuka.platform.places import find_place

NOTED = 50_000
_noted: OrderedDict[str, None] = OrderedDict()
_lock = Lock()


def flag_of(row: FeatureFlag) -> Flag:
    """Return a flag as processes keep it."""
    return Flag(
        name=row.name,
        unit=row.unit,
        salt=row.salt,
        rollout=row.rollout,
        is_on=row.started_at is not None and row.ended_at is None and not row.is_killed,
        is_public=row.is_public,
        kept_variant="" if row.is_killed else row.kept_variant,
        variants=tuple((str(name), int(weight)) for name, weight in row.variants),
        tiers=frozenset(row.tiers),
        countries=frozenset(row.countries),
        groups=frozenset(row.groups),
        attributes={name: frozenset(allowed) for name, allowed in row.attributes.items()},
    )


def load_flags() -> Mapping[str, Flag]:
    """Return all flags that were ever started, by name."""
    return {row.name: flag_of(row) for row in FeatureFlag.objects.exclude(started_at=None)}


kept_flags: KeptSteadily[Mapping[str, Flag]] = KeptSteadily(load_flags, models=(FeatureFlag,), otherwise={})


def groups_of(user_id: str | None) -> frozenset[str]:
    """Return the groups of an account; none for guests and for ids that are no account's."""
    account = Actor(user_id=user_id).account_id
    if account is None:
        return frozenset()
    names = get_user_model().objects.filter(pk=account, groups__isnull=False).values_list("groups__name", flat=True)
    return frozenset(names)


def subject_of(actor: Actor, *, tier: str = "", attributes: Mapping[str, str] | None = None) -> Subject:
    """Return whom flags are asked for, from who acts."""
    return Subject(
        visitor_id=actor.visitor_id,
        user_id=actor.user_id,
        tier=tier,
        country=str(find_place(actor.ip).get("country", "")),
        attributes=attributes or {},
        find_groups=lambda: groups_of(actor.user_id),
    )


def answer_for(
    name: str, *, actor: Actor | None = None, tier: str = "", attributes: Mapping[str, str] | None = None
) -> Answer:
    """Return what a flag is for who acts, without a note that they saw it.

    A flag for keys of a tier, or for what apps say of themselves, is on only where these are told: pages of the shop
    are asked for without a key.
    """
    flag = kept_flags.get().get(name)
    return evaluate(flag, subject_of(actor or current_actor(), tier=tier, attributes=attributes))


def is_on(
    name: str, *, actor: Actor | None = None, tier: str = "", attributes: Mapping[str, str] | None = None
) -> bool:
    """Say whether a flag is on for who acts; `tier` and `attributes` as `answer_for` says."""
    return answer_for(name, actor=actor, tier=tier, attributes=attributes).is_on


def see_variant(
    name: str,
    *,
    at: datetime,
    actor: Actor | None = None,
    tier: str = "",
    attributes: Mapping[str, str] | None = None,
) -> str:
    """Return the variant that who acts is shown now, and record that they saw it; empty where the flag is off.

    Call it where the difference is made, not before: who never came so far is no part of the experiment. `tier` and
    `attributes` as `answer_for` says.
    """
    who = actor or current_actor()
    flag = kept_flags.get().get(name)
    answer = evaluate(flag, subject_of(who, tier=tier, attributes=attributes))
    if flag and answer.variant and not flag.kept_variant:
        note_exposure(flag, answer.variant, actor=who, at=at)
    return answer.variant


def note_exposure(flag: Flag, variant: str, *, actor: Actor, at: datetime) -> None:
    """Record `experiment.viewed` in the caller's transaction, once a unit, flag, variant and day.

    The message id keeps it once over all processes; what this one has recorded lately is not told again.
    """
    unit = actor.user_id if flag.unit == FeatureFlag.Unit.USER else actor.visitor_id
    message_id = f"experiment:{flag.name}:{variant}:{unit}:{local_day(at)}"
    with _lock:
        if message_id in _noted:
            return
    record(
        "experiment.viewed",
        actor=actor,
        at=at,
        message_id=message_id,
        experiment_id=flag.name,
        variation_id=variant,
    )
    transaction.on_commit(lambda: remember_noted(message_id))


def remember_noted(message_id: str) -> None:
    """Remember an exposure that is stored, forgetting the oldest beyond 50,000."""
    with _lock:
        _noted[message_id] = None
        while len(_noted) > NOTED:
            _noted.popitem(last=False)
