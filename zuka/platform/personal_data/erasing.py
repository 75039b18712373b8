"""Erasing a person: asked for, done place by place in small transactions, taken up again where a worker died.

The person is replaced by a random id, the same everywhere (decision 28), so counts stay and counting again agrees.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, IntegrityError, connection, transaction

from zuka.platform import clock
from zuka.platform.audit.actions import record_action
from zuka.platform.audit.context import Acting
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.personal_data.declaring import check_guards, count_held, erase_held, held_data
from zuka.platform.personal_data.files import drop_file
from zuka.platform.personal_data.models import OPEN, AskedBy, DataExport, ErasureRequest, RequestStatus
from zuka.platform.personal_data.people import NobodyFound, Person, find_person, hash_person
from zuka.platform.waking import wake_worker

log = structlog.get_logger(__name__)
TASK = "zuka.platform.tasks.erase_people"
# A worker that has not written for so long is dead. Years of events and their archive may take longer: it writes
# meanwhile, for half a day.
LEASE = timedelta(minutes=30)
RENEWED, TIMES = timedelta(minutes=10), 72
AGAIN, LONGEST = timedelta(minutes=5), timedelta(days=1)
MOST_FAILURES = 20


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
    refuse_unseen(found)
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


def refuse_unseen(person: Person) -> None:
    """Raise `NobodyFound` for a browser of which nothing is kept: a mistyped id must not become a proof of erasure."""
    if person.users or person.orders or person.carts:
        return
    places = sorted(held_data(), key=lambda each: each.name == "archive")  # its files take longest
    rows = (count_held(each, person) for each in places)
    if not any(rows):
        raise NobodyFound("Nothing is kept under this. Check the visitor id.", field="visitor")


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
            note(request, leased_until=clock.now() + LEASE)
            with holding(request):
                count = erase_held(held, person, at)
            request.progress[held.name], request.waits = count, 0
            note(request, progress=request.progress, waits=0, leased_until=clock.now() + LEASE)
            if pause:
                pause(held.name)
    except Lost:
        return 0  # another worker has it, and ends it
    except Postponed as why:
        wait_longer(request, str(why))
        return 0
    except Refused as refusal:
        wait_longer(request, refusal.message)
        return 0
    except Exception as error:
        log.exception("erasure.failed", request=str(request.pk))
        note_failure(request, f"Something went wrong on our side ({type(error).__name__}); the log has it.")
        return 0
    with transaction.atomic():
        note(request, status=RequestStatus.DONE, person={}, reason="", ended_at=clock.now(), leased_until=None)
        forget_earlier(request)
    log.info("erasure.done", request=str(request.pk))
    return 1


@contextmanager
def holding(request: ErasureRequest) -> Iterator[None]:
    """Renew the lease of a request while a place takes long, on a connection of its own."""
    ended = threading.Event()

    def renew() -> None:
        mine = ErasureRequest.objects.filter(pk=request.pk, status=RequestStatus.RUNNING, attempts=request.attempts)
        for _ in range(TIMES):
            if ended.wait(RENEWED.total_seconds()):
                return
            try:
                mine.update(leased_until=clock.now() + LEASE)
            except DatabaseError:
                log.exception("erasure.lease_not_renewed", request=str(request.pk))
            finally:
                connection.close()

    other = threading.Thread(target=renew, daemon=True)
    other.start()
    try:
        yield
    finally:
        ended.set()
        other.join()


def note(request: ErasureRequest, **columns: Any) -> None:
    """Write down how far a request is. Raises `Lost`."""
    mine = ErasureRequest.objects.filter(pk=request.pk, status=RequestStatus.RUNNING, attempts=request.attempts)
    if not mine.update(**columns):
        raise Lost


def forget_earlier(request: ErasureRequest) -> None:
    """Take away who was meant by other requests about a person who is erased: those that failed, and their files."""
    earlier = ErasureRequest.objects.filter(subject_hash=request.subject_hash, status=RequestStatus.FAILED)
    earlier.update(status=RequestStatus.EXPIRED, person={}, reason="", failure="")
    for export in DataExport.objects.filter(subject_hash=request.subject_hash).exclude(person={}):
        drop_file(export)


def put_off(request: ErasureRequest, why: str, *, wait: timedelta, **columns: Any) -> None:
    """Let a later run go on where this one stopped."""
    mine = ErasureRequest.objects.filter(pk=request.pk, status=RequestStatus.RUNNING, attempts=request.attempts)
    mine.update(**{"status": RequestStatus.RUNNING, "failure": why[:300], **columns}, leased_until=clock.now() + wait)


def wait_longer(request: ErasureRequest, why: str) -> None:
    """Go on when something of the shop's is over: each time at one place it waits twice as long, a day at the most."""
    wait = min(AGAIN * 2 ** min(request.waits, 10), LONGEST)
    put_off(request, why, wait=wait, waits=min(request.waits + 1, 100))


def note_failure(request: ErasureRequest, why: str) -> None:
    """Go on a little later; after many failures staff are told, and can try again."""
    failures = request.failures + 1
    status = RequestStatus.FAILED if failures >= MOST_FAILURES else RequestStatus.RUNNING
    put_off(request, why, wait=AGAIN, failures=failures, status=status)


def try_again(request: ErasureRequest) -> None:
    """Let a failed erasure go on where it stopped. Raises `ErasureUnderWay` while a later request is at it."""
    failed = ErasureRequest.objects.filter(pk=request.pk, status=RequestStatus.FAILED)
    try:
        with transaction.atomic():
            failed.update(status=RequestStatus.WAITING, leased_until=None, failures=0, waits=0, failure="")
    except IntegrityError as error:
        raise ErasureUnderWay("This person is being erased by a later request.", field="person") from error
    wake_worker(TASK)
