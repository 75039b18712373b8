"""Erasing a person: asked for, done place by place in small transactions, taken up again where a worker died.

The person is replaced by a random id, the same everywhere (decision 28), so counts stay and counting again agrees.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import IntegrityError, transaction

from zuka.platform import clock
from zuka.platform.audit.actions import record_action
from zuka.platform.audit.context import Acting
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.personal_data.declaring import check_guards, count_held, erase_held, held_data
from zuka.platform.personal_data.models import OPEN, AskedBy, ErasureRequest, RequestStatus
from zuka.platform.personal_data.people import Person, find_person, hash_person
from zuka.platform.waking import wake_worker

log = structlog.get_logger(__name__)
TASK = "zuka.platform.tasks.erase_people"
# The longest step, a month of events, takes seconds; a worker that has not written for so long is dead.
LEASE = timedelta(minutes=30)
AGAIN = timedelta(minutes=5)
MOST_ATTEMPTS = 20


class ErasureUnderWay(Refused):
    """The person is being erased already."""

    code = "erasure_under_way"


class Postponed(Exception):  # noqa: N818 - named for what is the case
    """Something has to happen first, by itself: the rest is done with a later run."""


class Lost(Exception):  # noqa: N818 - as above
    """The request is no longer this worker's."""


@transaction.atomic
def ask_erasure(
    *,
    person: Person,
    asked_by: AskedBy,
    at: datetime,
    staff_id: UUID | None = None,
    reason: str = "",
    by: Acting | None = None,
) -> ErasureRequest:
    """Keep a request to erase a person, and wake a worker. `person` is a start, like an account's id.

    `by` is who asks, as the audit log says it. Raises `NobodyFound`, `ErasureUnderWay`, and what rooms above refuse: an
    order that is open.
    """
    found = replace(find_person(person), salt=secrets.token_hex(32))
    check_guards(found)
    request = ErasureRequest(
        subject_hash=hash_person(found),
        person=found.as_json(),
        asked_by=asked_by,
        staff_id=staff_id,
        reason=reason[:300],
        created_at=at,
    )
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise ErasureUnderWay("This person is being erased already. Wait until it is done.", field="person") from error
    record_action("person.erasure_asked", by=by, subject=request, person_id=user_of(found), reason=reason)
    transaction.on_commit(lambda: wake_worker(TASK), robust=True)
    return request


def last_request(*, user_id: UUID) -> ErasureRequest | None:
    """Return the newest request to erase an account's person; None where nobody asked."""
    asked = ErasureRequest.objects.filter(subject_hash=hash_person(Person(users=(str(user_id),))))
    return asked.order_by("-created_at", "-id").first()


def user_of(person: Person) -> UUID | None:
    """Return the id of a person's account, if they have one."""
    return UUID(person.users[0]) if person.users else None


def plan_erasure(*, person: Person) -> list[tuple[str, str, int]]:
    """Return what an erasure would do: each place with rows of the person, what becomes of them, and how many."""
    found = find_person(person)
    counted = ((each.title, each.erasure.value, count_held(each, found)) for each in held_data())
    return [row for row in counted if row[2]]


def erase_people(*, at: datetime) -> int:
    """Do the erasures that wait, one after the other; return how many were ended. Any number of workers may run it."""
    ended = 0
    while request := take_up(at=at):
        ended += erase_one(request)
    return ended


@transaction.atomic(durable=True)
def take_up(*, at: datetime) -> ErasureRequest | None:
    """Return a request that is now this worker's; None where none is due, or another worker is at one."""
    take_turns("erasing people")
    if ErasureRequest.objects.filter(status=RequestStatus.RUNNING, leased_until__gt=at, failure="").exists():
        return None
    waiting = ErasureRequest.objects.filter(status__in=OPEN).exclude(leased_until__gt=at)
    request = waiting.select_for_update().order_by("created_at", "id").first()
    if request is None:
        return None
    request.status, request.leased_until, request.failure = RequestStatus.RUNNING, at + LEASE, ""
    request.attempts += 1
    request.save(update_fields=["status", "leased_until", "failure", "attempts"])
    return request


def erase_one(request: ErasureRequest, *, pause: Callable[[str], None] | None = None) -> int:
    """Erase a person place by place; return 1 when all is done. `pause` is called after each place, by tests."""
    person, at = Person.from_json(request.person), clock.now()
    try:
        if not request.progress:  # since they were asked for, somebody may have ordered again
            person = find_person(person)
            check_guards(person)
            note(request, person=person.as_json())
        for held in held_data():
            if held.name in request.progress:
                continue
            count = erase_held(held, person, at)
            request.progress[held.name] = count
            note(request, progress=request.progress, leased_until=clock.now() + LEASE)
            if pause:
                pause(held.name)
    except Lost:
        return 0
    except Postponed as why:
        put_off(request, str(why))
        return 0
    except Refused as refusal:
        put_off(request, refusal.message)
        return 0
    except Exception as error:
        log.exception("erasure.failed", request=str(request.pk))
        put_off(request, f"Something went wrong on our side ({type(error).__name__}); the log has it.")
        return 0
    with transaction.atomic():
        note(request, status=RequestStatus.DONE, person={}, reason="", ended_at=clock.now(), leased_until=None)
    log.info("erasure.done", request=str(request.pk))
    return 1


def note(request: ErasureRequest, **columns: Any) -> None:
    """Write down how far a request is. Raises `Lost`."""
    mine = ErasureRequest.objects.filter(pk=request.pk, status=RequestStatus.RUNNING, attempts=request.attempts)
    if not mine.update(**columns):
        raise Lost


def put_off(request: ErasureRequest, why: str) -> None:
    """Let a later run go on where this one stopped; after many, staff are told that it failed, and can try again."""
    is_over = request.attempts >= MOST_ATTEMPTS
    status = RequestStatus.FAILED if is_over else RequestStatus.RUNNING
    mine = ErasureRequest.objects.filter(pk=request.pk, attempts=request.attempts)
    mine.update(status=status, failure=why[:300], leased_until=clock.now() + AGAIN)


def try_again(request: ErasureRequest) -> None:
    """Let a failed erasure go on where it stopped."""
    failed = ErasureRequest.objects.filter(pk=request.pk, status=RequestStatus.FAILED)
    failed.update(status=RequestStatus.WAITING, leased_until=None, attempts=0, failure="")
    wake_worker(TASK)
