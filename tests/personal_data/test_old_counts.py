"""Counts of days whose events are archived or no longer kept say nothing of an erased person either."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import connection

from analytics.lifecycle.archive.exporting import archive_month
from analytics.personal_data.replacing import erase_events
from analytics.rollup.fill import fill_dirty
from analytics.store.partitioning import TABLE
from analytics.track import track_many
from tests.lifecycle.months import MARCH, NOW, moment, read
from tests.rollup.story import build_event
from zuka.platform.db.partitions import create_partition
from zuka.platform.personal_data.people import Person

pytestmark = pytest.mark.django_db
DAY = date(2025, 3, 14)
EMAIL, NAME = "quokka.marker@example.com", "Quokka Markersdottir"
PERSON = Person(users=("u-ada",), visitors=("ada",), emails=(EMAIL,), names=(NAME,), salt="secret")
TABLES = {
    "rollup_landings": "entry_page, sessions, page_views",
    "rollup_searches": "query, searches, found",
    "rollup_sources": "utm_source, utm_campaign, sessions",
    "analytics_touches": "person, source, campaign",
}


def visit(visitor: str, hour: int, *, page: str, query: str, **columns: Any) -> list[Any]:
    who: dict[str, Any] = {"visitor_id": visitor, "source_key": UUID(int=7)}
    shared = who | {"session_id": f"s-{visitor}-{hour}", "properties": '{"results": 3}', **columns}
    return [
        build_event("page.viewed", moment(DAY, hour), page_path=page, **shared),
        build_event("product.searched", moment(DAY, hour, 1), search_query=query, **shared),
    ]


def counted() -> dict[str, list[tuple[Any, ...]]]:
    return {table: read(f"SELECT {names} FROM {table} ORDER BY {names}") for table, names in TABLES.items()}


def erased(text: str) -> str:
    return f"erased-{hashlib.sha256(f'secret{text}'.encode()).hexdigest()[:12]}"


@pytest.mark.parametrize("is_archived", [True, False])
@pytest.mark.parametrize("is_oldest", [True, False])
def test_old_days_say_the_random_texts_of_the_visits(
    settings: Any, tmp_path: Path, *, is_archived: bool, is_oldest: bool
) -> None:
    settings.ARCHIVE_URL = str(tmp_path)
    if not is_oldest:
        create_partition(table=TABLE, month=date(2025, 2, 1))
    friend, theirs = "/for/friend@example.com", {"user_id": "u-ada", "utm_campaign": f"to-{EMAIL}"}
    mine = visit("ada", 9, page=f"/hello/{EMAIL}", query=f"Gown for {NAME}", utm_source="news", **theirs)
    mine += visit("ada", 15, page=friend, query="red gown", utm_source="news", **theirs)
    others = visit("bola", 9, page="/gowns", query="red gown", utm_source="news", utm_campaign="spring")
    others += visit("cleo", 9, page="/of/cleo@example.com", query="blue gown")
    track_many([*mine, *others])
    fill_dirty(oldest_first=True)
    if is_archived:
        archive_month(month=MARCH, at=NOW)
    else:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE analytics_events_2025_03")

    erase_events(PERSON, NOW)

    me, campaign = PERSON.pseudonym("u-ada"), erased(f"to-{EMAIL}")
    assert counted() == {
        "rollup_landings": sorted(
            [
                (erased(f"/hello/{EMAIL}"), 1, 1),
                (erased(friend), 1, 1),
                ("/gowns", 1, 1),
                ("/of/cleo@example.com", 1, 1),
            ]
        ),
        "rollup_searches": sorted(
            [("blue gown", 1, 3), ("red gown", 2, 6), (erased(f"gown for {NAME.lower()}"), 1, 3)]
        ),
        "rollup_sources": sorted([("", "", 1), ("news", campaign, 2), ("news", "spring", 1)]),
        "analytics_touches": sorted(
            [(me, "news", campaign), (me, "news", campaign), ("bola", "news", "spring"), ("cleo", "", "")]
        ),
    }
    before = counted()
    erase_events(PERSON, NOW)
    assert counted() == before
