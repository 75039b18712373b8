"""Deeds that change no row of the back office, or are not staff's: declared here, recorded by who does them.

What staff change is noted by triggers; a deed is noted where it is done, in its transaction: `record_action(…)`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import models

from zuka.platform.actor import current_actor
from zuka.platform.audit.context import Acting, telling_now
from zuka.platform.audit.models import ActorKind, AuditEntry, AuditOrigin, AuditPersonal


@dataclass(frozen=True, slots=True)
class AuditAction:
    """A kind of entry: its name, and how the log says it."""

    name: str
    title: str


ROW_ACTIONS = (
    AuditAction("created", "Created"),
    AuditAction("changed", "Changed"),
    AuditAction("deleted", "Deleted"),
)
DEEDS = (
    AuditAction("account.closed", "Account closed"),
    AuditAction("account.consent", "Agreed to news, or no longer"),
    AuditAction("account.email_changed", "E-mail changed"),
    AuditAction("account.password_changed", "Password changed"),
    AuditAction("account.phone_changed", "Phone changed"),
    AuditAction("account.phone_removed", "Phone removed"),
    AuditAction("account.provider_connected", "Sign-in by provider added"),
    AuditAction("account.provider_removed", "Sign-in by provider removed"),
    AuditAction("account.second_step_off", "Second step off"),
    AuditAction("account.second_step_on", "Second step on"),
    AuditAction("account.recovery_codes", "Recovery codes made"),
    AuditAction("archive.restored", "Archived month restored"),
    AuditAction("export.downloaded", "Export downloaded"),
    AuditAction("export.started", "Export started"),
    AuditAction("key.device_released", "API key's device released"),
    AuditAction("key.issued", "API key issued"),
    AuditAction("key.revoked", "API key revoked"),
    AuditAction("key.rotated", "API key rotated"),
    AuditAction("person.exported", "Person's data exported"),
    AuditAction("person.export_downloaded", "Person's data downloaded"),
    AuditAction("person.erasure_asked", "Erasure of a person asked for"),
    AuditAction("person.erased", "Person erased from the log"),
    AuditAction("staff.second_step_reset", "Second step taken away by an owner"),
    AuditAction("staff.session_ended", "Signed out of the back office"),
    AuditAction("staff.signed_in", "Signed in to the back office"),
    AuditAction("staff.sign_in_unlocked", "Sign-in unlocked"),
)
ACTIONS: Mapping[str, AuditAction] = {each.name: each for each in (*ROW_ACTIONS, *DEEDS)}


def acting_for(person: Any, *, kind: ActorKind | None = None) -> Acting:
    """Return an account as the one that acts, from where this request comes."""
    if kind is None:
        kind = (
            ActorKind.SUPERUSER if person.is_superuser else ActorKind.STAFF if person.is_staff else ActorKind.CUSTOMER
        )
    actor = current_actor()
    return Acting(
        actor_kind=kind.value,
        actor_id=str(person.pk),
        person_id=str(person.pk),
        ip=actor.ip or "",
        user_agent=actor.user_agent or "",
    )


def acting_by_key(key_id: object) -> Acting:
    """Return an API key as the one that acts, from where this request comes."""
    actor = current_actor()
    return Acting(ActorKind.KEY.value, str(key_id), ip=actor.ip or "", user_agent=actor.user_agent or "")


def record_action(
    action: str,
    *,
    by: Acting | None = None,
    subject: models.Model | None = None,
    person_id: UUID | str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    personal_before: Mapping[str, Any] | None = None,
    personal_after: Mapping[str, Any] | None = None,
    reason: str = "",
) -> AuditEntry:
    """Write an entry about a deed and return it; it stays or goes with the caller's transaction.

    `by` is who does it; without one whom the request or the job has named, else nobody known. What is `personal_…` can
    be scrubbed, and so can the reason, which may name anybody. Raises KeyError for an action that nobody declared.
    """
    acting = by or telling_now() or Acting(actor_kind=ActorKind.NOBODY.value)
    personal = dict.fromkeys(personal_before or {}, "[personal]"), dict.fromkeys(personal_after or {}, "[personal]")
    reason = (reason.replace("\x00", "") or acting.reason)[:500]
    is_user = isinstance(subject, get_user_model())
    is_personal = bool(is_user or personal_before or personal_after or reason)
    entry = AuditEntry.objects.create(
        action=ACTIONS[action].name,
        actor_kind=acting.actor_kind,
        actor_id=acting.actor_id[:100],
        model=str(subject._meta.label_lower) if subject is not None else "",  # noqa: SLF001 - public by Django's documentation
        subject_id=str(subject.pk) if subject is not None else "",
        words="" if subject is None or is_user else str(subject)[:200],
        person_id=person_id,
        before={**(before or {}), **personal[0]},
        after={**(after or {}), **personal[1]},
        request_id=acting.request_id[:64],
        path=acting.path[:300],
        origin_id=note_origin(acting),
    )
    if is_personal:
        facts = {"before": dict(personal_before or {}), "after": dict(personal_after or {}), "reason": reason}
        words = str(subject)[:200] if is_user else ""
        AuditPersonal.objects.create(entry_id=entry.pk, at=entry.at, person_id=person_id, words=words, **facts)
    return entry


def record_own(
    action: str,
    person: Any,
    *,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    personal_before: Mapping[str, Any] | None = None,
    personal_after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Write an entry about a deed on an account: by the staff whose request or job it is, else by its owner."""
    return record_action(
        action,
        by=telling_now() or acting_for(person, kind=ActorKind.CUSTOMER),
        subject=person,
        person_id=person.pk,
        before=before,
        after=after,
        personal_before=personal_before,
        personal_after=personal_after,
    )


def note_origin(acting: Acting) -> int | None:
    """Write from where somebody acts and return the row's id; None where that is not known."""
    if not (acting.ip or acting.user_agent or acting.person_id):
        return None
    cut = replace(acting, ip=acting.ip[:45], user_agent=acting.user_agent[:300].replace("\x00", ""))
    return AuditOrigin.objects.create(person_id=cut.person_id, ip=cut.ip, user_agent=cut.user_agent).pk
