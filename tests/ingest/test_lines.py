"""What the line of a usual event says is what PostgreSQL reads, whatever the event's texts hold."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.ingest.doors import native
from analytics.ingest.pipeline import sort_events
from analytics.store.event import COLUMNS, EncodedEvent, Event
from analytics.store.postgres import copy_events, raw_connection
from tests.ingest.test_quick_reading import EVENTS, SOURCE, numbered
from tests.ingest.test_usual import USUAL

pytestmark = pytest.mark.django_db
TEXT = st.one_of(
    st.sampled_from(["\\N", "\\.", "a\tb", "a\nb", "\\", 'a"b', "a\\tb", "é\x7f", "null", "\u2028"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=20),
)
SAID = st.fixed_dictionaries(
    {"visitor_id": TEXT.map("v{}".format), "message_id": TEXT.map("m{}".format), "session_id": TEXT, "user_id": TEXT},
    optional={
        "properties": st.fixed_dictionaries({"product_id": TEXT, "note": TEXT, "category": TEXT, "query": TEXT}),
        "context": st.fixed_dictionaries({"screen_name": TEXT, "location": st.fixed_dictionaries({"city": TEXT})}),
        "occurred_at": st.sampled_from(
            ["2026-11-21T09:29:59.123Z", "2026-11-21T09:29:59.123456Z", "2026-W47-6T09:29:59.123Z"]
        ),
    },
)


def stored(event: Any) -> Event:
    """What PostgreSQL read of an event."""
    with transaction.atomic():
        copy_events(raw_connection().cursor(), [event])
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM analytics_events")
            names = [column.name for column in cursor.description]
            row = dict(zip(names, cursor.fetchone(), strict=True))
        transaction.set_rollback(True)
    return Event(**{name: row[name] for name in COLUMNS} | {"ip": row["ip"] and str(row["ip"])})


def comparable(event: Event) -> dict[str, Any]:
    kept = event.properties
    return msgspec.structs.asdict(event) | {"properties": json.loads(kept) if isinstance(kept, str) else kept}


@settings(deadline=None, max_examples=60)
@given(SAID, st.booleans())
def test_a_line_says_what_its_event_does(said: dict[str, Any], is_ascii: bool) -> None:
    body = json.dumps({"events": [USUAL | said]}, ensure_ascii=is_ascii).encode()
    quick = native.read_quickly(body, EVENTS)
    assert quick is not None
    (each,) = sort_events(numbered(quick), SOURCE).accepted
    assert isinstance(each.event, EncodedEvent)
    assert comparable(stored(each.event)) == comparable(each.whole)
