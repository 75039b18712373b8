"""Counts that are kept by month say nothing of an erased person either, on whichever of its days they were there."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from analytics.lifecycle.archive.exporting import archive_month
from analytics.lifecycle.archive.restoring import restore_month
from analytics.personal_data.replacing import erase_events
from analytics.rollup.fill import fill_dirty
from analytics.rollup.verify import verify
from analytics.track import track_many
from tests.lifecycle.ages import NOW, compact, moment, read, today
from tests.rollup.story import build_event
from zuka.platform.personal_data.people import Person

pytestmark = pytest.mark.django_db
EMAIL, FRIEND = "quokka.marker@example.com", "/for/friend@example.com"
PERSON = Person(users=("u-ada",), visitors=("ada",), emails=(EMAIL,), names=("Quokka",), salt="secret")
JANUARY = date(2023, 1, 1)


def erased(text: str) -> str:
    return f"erased-{hashlib.sha256(f'secret{text}'.encode()).hexdigest()[:12]}"


def visit(visitor: str, day: date, page: str, **columns: Any) -> Any:
    return build_event(
        "page.viewed", moment(day), page_path=page, visitor_id=visitor, source_key=UUID(int=7), **columns
    )


def landings() -> list[tuple[Any, ...]]:
    return sorted(read("SELECT day, entry_page, sessions FROM rollup_landings"))


@pytest.mark.parametrize("where", ["here", "archived", "partly back"])
def test_a_month_says_the_random_texts_of_the_visits(settings: Any, tmp_path: Path, where: str) -> None:
    settings.ARCHIVE_URL = str(tmp_path)
    with today():
        mine = [
            visit("ada", date(2023, 1, 17), f"/hello/{EMAIL}", user_id="u-ada"),
            visit("ada", date(2023, 1, 19), FRIEND, user_id="u-ada"),
        ]
        others = [
            visit("bola", date(2023, 1, 17), "/gowns"),
            visit("bola", date(2023, 1, 20), "/of/bola@example.com"),
            visit("cleo", date(2023, 2, 1), "/gowns"),
        ]
        track_many([*mine, *others])
        fill_dirty(oldest_first=True)
        compact()
        if where != "here":
            for month in (JANUARY, date(2023, 2, 1)):
                archive_month(month=month, at=NOW)
        if where == "partly back":
            restore_month(month=JANUARY, at=NOW)
        erase_events(PERSON, NOW)
        fill_dirty(oldest_first=True)
        pages = ["/gowns", "/of/bola@example.com", erased(f"/hello/{EMAIL}"), erased(FRIEND)]
        assert landings() == [*sorted((JANUARY, page, 1) for page in pages), (date(2023, 2, 1), "/gowns", 1)]
        assert verify(first=JANUARY, last=date(2023, 1, 31)) == []
