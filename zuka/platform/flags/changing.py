"""What staff do with a flag: start, end, kill and revive it, and edit it without overwriting a colleague."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from zuka.platform.errors import Refused
from zuka.platform.flags.models import FeatureFlag

MOST_VARIANTS = 10
MOVES = "stays as it is once started, or people would change sides. End it and make a new flag."
FIXED = {  # of a flag that was started, with the reason
    "variants": MOVES,
    "unit": MOVES,
    "least_effect": "the smallest difference that matters stays as it was declared before the start: chosen with the "
    "figures in sight, it makes the conclusion worthless. End it and make a new flag.",
}


class FlagRefused(Refused):
    """A flag cannot be changed like this."""

    status = 400
    code = "flag_refused"


class FlagChanged(Refused):
    """Somebody else changed the flag since it was looked at."""

    code = "changed_meanwhile"


def check_variants(variants: Sequence[tuple[str, int]]) -> None:
    """Refuse variants that are no choice: one alone, two of a name, weights that add up to nothing."""
    names = [name for name, _ in variants]
    if len(names) == 1 or len(names) > MOST_VARIANTS:
        message = f"variants: an experiment has 2 to {MOST_VARIANTS}, the first the control; a switch has none."
        raise FlagRefused(message, field="variants")
    if len(set(names)) < len(names):
        raise FlagRefused("variants: each needs a name of its own.", field="variants")
    if any(not 0 < weight <= 1_000 for _, weight in variants):
        raise FlagRefused("variants: each needs a weight from 1 to 1,000, like control = 50.", field="variants")


def edit_flag(*, flag_id: int, seen: int, values: Mapping[str, Any]) -> FeatureFlag:
    """Change a flag's fields and return it. `seen` is the revision that whoever edits was shown.

    Raises FlagChanged, and FlagRefused for what stays as it is once a flag was started.
    """

    def apply(flag: FeatureFlag) -> None:
        fixed = [name for name in FIXED if name in values and differs(getattr(flag, name), values[name])]
        if flag.started_at and fixed:
            raise FlagRefused(f"{fixed[0]}: {FIXED[fixed[0]]}", field=fixed[0])
        for name, value in values.items():
            setattr(flag, name, value)

    return change_flag(flag_id=flag_id, seen=seen, apply=apply)


def differs(old: Any, new: Any) -> bool:
    """Say whether two values of a field differ; pairs of JSON are lists."""
    return bool([list(each) for each in old] != [list(each) for each in new] if isinstance(old, list) else old != new)


def change_flag(*, flag_id: int, seen: int | None, apply: Callable[[FeatureFlag], None]) -> FeatureFlag:
    """Change a flag while nobody else can, and return it. With `seen` only if it is still as whoever asks saw it."""
    with transaction.atomic():
        flag = FeatureFlag.objects.select_for_update().get(pk=flag_id)
        if seen is not None and flag.revision != seen:
            raise FlagChanged(f"{flag.name} was changed by somebody meanwhile. Look at it, and save again.")
        apply(flag)
        flag.revision += 1
        flag.save()
    return flag


def start_flag(*, flag_id: int, at: datetime) -> FeatureFlag:
    """Start a flag. Raises FlagRefused for one that was started before."""

    def apply(flag: FeatureFlag) -> None:
        if flag.started_at:
            message = "It was started before." if not flag.ended_at else "It has ended. Make a new flag to ask again."
            raise FlagRefused(message)
        flag.started_at = at

    return change_flag(flag_id=flag_id, seen=None, apply=apply)


def end_flag(*, flag_id: int, keep: str, at: datetime) -> FeatureFlag:
    """End a flag for good, keeping one of its variants for everybody, or with an empty one nothing.

    Raises FlagRefused for a flag that does not run, and for a variant that it does not have.
    """

    def apply(flag: FeatureFlag) -> None:
        if not flag.started_at or flag.ended_at:
            raise FlagRefused("Only a flag that was started can end, once.")
        names = [name for name, _ in flag.variants]
        if keep and keep not in names:
            raise FlagRefused(f"keep: {flag.name} has the variants {', '.join(names) or 'none'}.", field="keep")
        flag.ended_at, flag.kept_variant = at, keep

    return change_flag(flag_id=flag_id, seen=None, apply=apply)


def set_killed(*, flag_id: int, is_killed: bool) -> FeatureFlag:
    """Switch a flag off for everybody within a second, or let it go on as it was."""

    def apply(flag: FeatureFlag) -> None:
        flag.is_killed = is_killed

    return change_flag(flag_id=flag_id, seen=None, apply=apply)
