"""What is kept of a rejected event: no personal data, and all that an exact replay needs."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as example_settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from analytics.ingest.content import terms_of
from analytics.ingest.pipeline import process_event, reading_text
from analytics.ingest.received import Accepted, RawEvent, Source
from analytics.ingest.redaction import redact_document, redact_value
from analytics.ingest.replay import Mend, replay_events
from analytics.store.event import Event
from analytics.store.models import RejectedEvent
from tests.ingest.factories import NOON, make_key, moment, rejected, send, stored
from zuka.platform import clock
from zuka.platform.models import ApiKey

COLUMNS = tuple(name for name in Event.__struct_fields__ if name not in {"id", "source_key", "received_at", "ip"})
SAID: dict[str, Any] = {
    "type": "Fitting Booked",
    "message_id": "m-08031234567",
    "user_id": "ada@example.com",
    "visitor_id": "0803 123 4567",
    "properties": {
        "order_id": "08031234567",
        "previous_id": "ada@example.com",
        "note": "call 0803 123 4567 or ada@example.com, paid 4111 1111 1111 1111",
        "password": "hunter2",
        "phone_number": 8031234567,
        "query": "ada@example.com",
    },
    "context": {
        "page": {"url": "https://shop.example/reset?token=abc&utm_content=ada%40example.com", "path": "/reset"},
        "traits": {"email": "ada@example.com", "plan": "gold"},
        "platform": "web",
    },
}
KEPT: dict[str, Any] = {
    "order_id": "08031234567",
    "previous_id": "ada@example.com",
    "note": "call [phone] or [email], paid [card]",
    "password": "[token]",
    "phone_number": "[phone]",
    "query": "[email]",
}


def replay():
    ids = RejectedEvent.objects.values_list("id", flat=True)
    return replay_events(ids=ids, mend=Mend(), at=clock.now())


@pytest.mark.django_db(transaction=True)
def test_a_rejected_event_is_kept_without_personal_data_and_replayed_exactly():
    said = {**SAID, "occurred_at": moment(hours=1)}
    send(said, key=make_key("secret"))
    at_once = stored(*COLUMNS)
    ApiKey.objects.all().update(is_strict=True)
    send(said, key=make_key("secret", is_strict=True))
    [(payload, reading)] = rejected("payload", "reading")
    page = {"url": "https://shop.example/reset?token=[token]&utm_content=[email]", "path": "/reset"}
    context = {"page": page, "traits": {"email": "[email]", "plan": "gold"}, "platform": "web"}
    assert json.loads(payload) == {**said, "properties": KEPT, "context": context}
    assert {name: value for name, value in json.loads(reading).items() if value is not None} == {
        "name": said["type"],
        "message_id": said["message_id"],
        "user_id": said["user_id"],
        "visitor_id": said["visitor_id"],
        "occurred_at": said["occurred_at"],
        "properties": KEPT,
        "context": context,
        "place": 0,
    }
    ApiKey.objects.all().update(is_strict=False)
    assert replay().accepted == 1
    assert stored(*COLUMNS) == [*at_once, *at_once]


@pytest.mark.django_db(transaction=True)
def test_a_shop_without_rules_keeps_what_was_sent(settings):
    settings.REDACT = []
    send(SAID, key=make_key(is_strict=True))
    [(payload, reading)] = rejected("payload", "reading")
    assert json.loads(payload) == SAID
    assert json.loads(reading)["properties"] == SAID["properties"]


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ('{"note": "ada@example.com", "pass', '{"note": "[email]", "pass'),
        ('{"password": "x y", "phoneNumber": 803123', '{"password": "[hidden]", "phoneNumber": "[hidden]"'),
        ('{"Access-Token": "ab\\"c", "otp" : "12', '{"Access-Token": "[hidden]", "otp" : "[hidden]"'),
        ("card=4111 1111 1111 1111&x", "card=[card]&x"),
        ('{"user_id": "u1", "total": 5500', '{"user_id": "u1", "total": 5500'),
    ],
)
def test_a_body_that_nobody_can_read_is_kept_without_personal_data(body, kept, settings):
    assert (redact_document(body), redact_document(kept)) == (kept, kept)
    settings.REDACT = []
    assert redact_document(body) == body


@pytest.mark.django_db(transaction=True)
def test_an_unreadable_body_is_kept_without_personal_data():
    send(b'{"email": "ada@example.com", "note', key=make_key(), status=400)
    assert rejected("payload") == [('{"email": "[hidden]", "note',)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("body", [b"{", b"[5]", b'[{"type": "page.viewed"}]'])
@pytest.mark.parametrize("objection", [{"DNT": "1"}, {"Sec-GPC": "1"}, {}])
def test_nothing_is_kept_of_who_objects_or_has_not_agreed(body, objection, settings):
    settings.CONSENT_REQUIRED = not objection
    send(body, key=make_key(), status=400 if body == b"{" else 200, **objection)
    assert (stored("id"), rejected("id")) == ([], [])
    send(body, key=make_key("secret"), status=400 if body == b"{" else 200, **objection)
    assert len(rejected("id")) == 1


PIECES = st.sampled_from(
    [
        "ada@example.com",
        "a%2Bb%40example.com",
        "0803 123 4567",
        "%2B2348031234567",
        "4111 1111 1111 1111",
        "gown",
        "12",
        "?token=abc",
        "&utm_content=",
        "&email=",
        "https://shop.example/a",
        "%20",
        "é",
        " ",
        "+234 803 123 4567",
        "%",
    ]
)
TEXTS = st.lists(PIECES, max_size=5).map("".join)
NAMES = st.sampled_from(
    [
        "note",
        "email",
        "phone",
        "url",
        "path",
        "category",
        "query",
        "product_id",
        "order_id",
        "user_id",
        "sku",
        "price",
        "utm_content",
        "previous_id",
        "search",
        "terms",
        "currency",
        "name",
    ]
)
VALUES = st.recursive(
    TEXTS | st.integers(0, 10**17) | st.booleans() | st.none(), lambda each: st.lists(each, max_size=2)
)
PROPERTIES = st.dictionaries(NAMES, VALUES | st.dictionaries(NAMES, VALUES, max_size=3), max_size=5)
CONTEXTS = st.fixed_dictionaries(
    {}, optional={"page": st.dictionaries(st.sampled_from(["url", "path", "referrer"]), TEXTS), "session_id": TEXTS}
)


class ReplayIsExact(TestCase):
    @example("mine", {"query": [["ada@example.com"]]}, {})
    @example("mine", {"query": ["+234 803 123 4567", 12]}, {})
    @example("mine", {"previous_id": {"note": "ada@example.com"}}, {})
    @example("mine", {}, {"page": {"url": "?token=abchttps://shop.example/a"}})
    @given(st.sampled_from(["mine", "order.created", "product.searched"]), PROPERTIES, CONTEXTS)
    @example_settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    def test_what_is_kept_gives_the_event_that_was_sent(self, name, properties, context):
        ids: dict[str, Any] = {"message_id": "1", "user_id": "u", "occurred_at": NOON.isoformat()}
        raw = RawEvent(name=name, properties=properties, context=context, original={}, **ids)
        source = Source(door="native", received_at=NOON, is_server=True, may_import=True)
        kept = msgspec.json.decode(reading_text(raw) or "", type=RawEvent)
        now, then = process_event(raw, source, terms_of(source)), process_event(kept, source, terms_of(source))
        assert type(now) is type(then)
        if isinstance(now, Accepted) and isinstance(then, Accepted):
            assert msgspec.structs.asdict(then.event) == msgspec.structs.asdict(now.event)

    @given(PROPERTIES)
    def test_rules_find_nothing_in_what_they_left(self, properties):
        once = redact_value(properties)
        assert redact_value(once) == once
