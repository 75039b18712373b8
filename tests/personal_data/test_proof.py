"""After an erasure nothing of the person is found anywhere, and all that was counted is counted as before."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from analytics.registry.rollups import ROLLUPS
from analytics.rollup.fill import fill_dirty
from analytics.rollup.verify import verify
from tests.personal_data.living import VISITOR, Life, live_as_customer, live_as_guest
from tests.personal_data.searching import find_everywhere, find_in_database
from tests.rollup.story import SATURDAY, THURSDAY, at, rows
from zuka.platform.personal_data.erasing import ask_erasure
from zuka.platform.personal_data.models import AskedBy, ErasureRequest
from zuka.platform.personal_data.people import Person
from zuka.platform.tasks import erase_people

pytestmark = pytest.mark.django_db

# The log of what was done cannot be changed: it keeps the id of the account, which leads to nobody any more.
LOGGED = ("actor_id", "subject_id", "person_id", "before", "after", "parent_id")


def kept_by_the_log(found: set[str]) -> set[str]:
    """What the audit log keeps on purpose: the account's id."""
    return {
        each
        for each in found
        if each.startswith("platform_audit_")
        and each.endswith(": account")
        and each.split(":")[0].split(".")[1] in LOGGED
    }


def erase(person: Person) -> ErasureRequest:
    ask_erasure(person=person, asked_by=AskedBy.COMMAND, at=at(SATURDAY, 21))
    for _ in range(2):  # days of theirs are counted again before it ends, as by the next run of the job
        erase_people.apply(throw=True)
        fill_dirty()
        ErasureRequest.objects.update(leased_until=None)
    return ErasureRequest.objects.get()


@pytest.fixture
def folders(tmp_path: Path, settings: Any) -> list[Path]:
    settings.MEDIA_ROOT = str(tmp_path / "media")
    (tmp_path / "media").mkdir()
    return [tmp_path]


def sums() -> dict[str, Any]:
    """What reports add up: rollups' measures by day, without whose they are."""
    found: dict[str, Any] = {}
    for rollup in ROLLUPS.values():
        if rollup.name in {"landings", "searches", "touches", "journeys"}:
            names = [each for each in rollup.measures if each not in rollup.unsummable] or ["count(*)"]
            with connection.cursor() as cursor:
                parts = ", ".join(each if "(" in each else f"sum({each})" for each in names)
                cursor.execute(f"SELECT day, {parts} FROM {rollup.table} GROUP BY day ORDER BY day")
                found[rollup.name] = cursor.fetchall()
        else:
            hidden = {"person", "person_key"}
            found[rollup.name] = rows(rollup.table, *(each for each in rollup.columns if each not in hidden))
    return found


def check(life: Life, person: Person, folders: list[Path]) -> None:
    before, traces = sums(), find_in_database(life.words)
    assert {each.split(": ")[1] for each in traces} == set(life.words)

    request = erase(person)

    assert (request.status, request.failure, request.person) == ("done", "", {})
    found = find_everywhere(life.words, folders)
    assert sorted(found - kept_by_the_log(found)) == []
    assert sums() == before
    assert verify(first=THURSDAY, last=SATURDAY) == []
    assert find_in_database({"number": life.number}) >= {"commerce_order.number: number"}


@pytest.mark.django_db(transaction=True)  # as a worker does it: each step is committed, and none has one around it
def test_a_customer_is_found_nowhere(folders: list[Path]) -> None:
    life = live_as_customer()
    assert life.user is not None
    check(life, Person(users=(str(life.user.pk),)), folders)


def test_a_visitor_is_found_nowhere(folders: list[Path]) -> None:
    check(live_as_guest(), Person(visitors=(VISITOR,)), folders)
