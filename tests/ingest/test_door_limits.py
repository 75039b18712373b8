"""What the doors must not do: take long, remember strangers, mix sites, keep keys, or lose an event by a misreading."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from msgspec.structs import replace

from analytics.ingest.pipeline import sort_events
from analytics.ingest.received import RawEvent, Source
from analytics.ingest.redaction import RULES, Rule, folded_key, redact_value
from analytics.ingest.writer import process_writer
from tests.ingest.factories import counts, make_key, moment, page_view, rejected, send, stored
from tests.ingest.test_conservation import counted
from tests.ingest.test_protocols import name_site, post
from zuka.platform.keys import finding
from zuka.platform.keys.finding import forget_keys
from zuka.platform.keys.issuing import issue_key
from zuka.platform.models import ApiKey, SourceAlias

pytestmark = pytest.mark.django_db(transaction=True)


def longest_match(rule: Rule) -> int:
    """The most characters that an attempt at one place of a text can look at before it has matched or failed."""
    read = import_module("re._parser").parse(rule.pattern.pattern, rule.pattern.flags)
    return int(read.getwidth()[1])


def test_redaction_looks_at_no_more_than_a_few_characters_from_each_place():
    endless = {rule.name: rule.pattern.pattern for rule in RULES if longest_match(rule) > 800}
    assert sorted(endless) == ["card", "token"]
    # A run of digits is begun at its first, or at one of the few after a space with less than a card before them.
    assert endless["card"].startswith(r"(?<![\w-])(?<!\d\.)\d(?:[ -]?\d){13,}")
    # A name is begun after a mark that it cannot run over, and what comes after it cannot fail.
    assert endless["token"].startswith(r"(?<=[?&#;])((?:[\w-]*(?:")
    assert endless["token"].endswith(r""")=)[^&#\s\"']+""")
    assert [endless["token"].count(each) for each in "*+"] == [1, 1]


def test_long_names_are_not_remembered():
    folded_key.cache_clear()
    redact_value({"q": "a" * 2_000, "m": "@", "Z-" * 2_000: "@"})
    assert folded_key.cache_info().currsize == 2  # "q" and "m"


def test_too_long_a_key_is_nobodys_and_is_not_remembered():
    post("/v1/batch", {"writeKey": "A" * 100_000, "batch": []}, status=401)
    assert [len(name[1]) for name in finding._kept] == []


def test_a_key_and_a_site_id_are_never_taken_for_one_another():
    name_site("plausible", "shop.example")
    post("/v1/track", {"writeKey": "plausible\0shop.example", "event": "x", "userId": "u"}, status=401)
    event = {"domain": "shop.example", "name": "pageview", "url": "https://shop.example/"}
    post("/api/event", event, status=202)
    post("/v1/track", {"writeKey": "plausible\0shop.example", "event": "x", "userId": "u"}, status=401)
    assert stored("event_type") == [("page.viewed",)]


def test_a_site_id_never_stands_for_a_secret_key():
    secret, _ = issue_key(name="Server", kind="secret", scopes=["track", "import"])
    SourceAlias.objects.create(protocol="plausible", identifier="shop.example", key=secret)
    forget_keys()
    post("/api/event", {"domain": "shop.example", "name": "pageview"}, status=400)


@pytest.mark.parametrize(
    ("protocol", "path", "body"),
    [
        ("matomo", "/matomo.php", {"requests": ["?idsite=1&e_a=x", "?idsite=2&e_a=y"]}),
        (
            "snowplow",
            "/com.snowplowanalytics.snowplow/tp2",
            {"data": [{"aid": "1", "e": "pv"}, {"aid": "2", "e": "pv"}]},
        ),
        (
            "umami",
            "/api/batch",
            [{"type": "event", "payload": {"website": site, "url": "/"}} for site in ("1", "2")],
        ),
    ],
)
def test_an_event_of_another_site_is_not_given_to_the_first_ones_key(protocol, path, body):
    name_site(protocol, "1")
    post(path, body)
    assert len(stored("id")) == 1
    assert rejected("reason", "message") == [
        ("malformed", "It names another site than the request's first event; send it by itself.")
    ]


def test_an_objection_holds_for_what_cannot_be_read_too():
    send(b'{"email": "ada@example.com", broken', key=make_key(), status=400, DNT="1")
    assert (rejected("id"), counted()) == ([], [("native", 1, 0, 0, 0, 1)])


def test_a_servers_word_that_somebody_declined_is_taken():
    answer = send(page_view(context={"consent": "denied"}), key=make_key("secret"))
    assert (answer["accepted"], answer["dropped"]) == (0, 1)


def test_no_secret_key_is_kept():
    key = make_key("secret")
    post("/capture/", {"api_key": key, "event": "", "distinct_id": "u"})
    post("/capture/", {"event": "x", "distinct_id": "u", "properties": {"api_key": key}})
    [(payload, reading)] = rejected("payload", "reading")
    assert (key in payload, key in reading, stored("properties::text")) == (False, False, [("{}",)])


def test_posthogs_json_with_data_in_an_address_is_no_form():
    properties = {"$current_url": "https://s.example/?a=1&data=2", "token": make_key(), "distinct_id": "d"}
    post("/e/", {"event": "$pageview", "properties": properties})
    assert stored("event_type") == [("page.viewed",)]


def test_posthogs_guests_are_not_one_person():
    post("/capture/", {"api_key": make_key(), "event": "x", "distinct_id": "guest"})
    assert rejected("reason") == [("missing_actor",)]


def test_posthog_is_told_of_every_refused_event():
    batch = [{"event": "", "uuid": f"u{number}", "distinct_id": "d"} for number in range(150)]
    answer = post("/i/v1/analytics/events", {"batch": batch}, Authorization=f"Bearer {make_key()}")
    results = json.loads(answer.content)["results"]
    assert {each["result"] for each in results.values()} == {"drop"}


def test_a_post_that_was_redirected_into_a_get_is_not_told_ok():
    answer = Client().get("/v1/batch", headers={"Authorization": f"Bearer {make_key()}"})
    assert answer.status_code == 405


def test_a_body_that_is_too_large_says_so_without_a_key(settings):
    settings.INGEST_MAX_BODY_BYTES = 100
    post("/batch", {"api_key": make_key(), "batch": ["x" * 200]}, status=413)


def test_matomos_orders_are_told_apart_by_their_number_alone():
    name_site("matomo", "1")
    base = "?idsite=1&_id=0123456789abcdef&ec_id=o9"
    times = [moment(hours=back)[:19].replace("T", " ") for back in (1, 2)]
    first = [f"{base}&action_name=Thanks", *(f"{base}&idgoal=0&revenue=5&cdt={at}" for at in times)]
    post("/matomo.php", {"requests": first})
    assert stored("event_type", "order_ref") == [("order.created", "o9"), ("page.viewed", None)]


def test_long_idempotency_keys_that_differ_at_the_end_differ():
    key = make_key()
    for end in "ab":
        headers: dict[str, Any] = {"Idempotency-Key": "k" * 150 + end}
        assert counts(send(page_view(), key=key, **headers)) == (1, 0, 0)


def test_ga4_makes_no_more_of_a_body_than_it_may():
    items = [{"item_id": str(number)} for number in range(201)]
    events = [{"name": "view_item", "params": {"items": items}}, {"name": [], "params": {}}]
    post(f"/mp/collect?api_secret={make_key()}", {"client_id": "c", "events": events}, status=204)
    assert rejected("reason") == [("malformed",), ("missing_type",)]


@pytest.mark.parametrize(
    "path",
    [
        "/i?aid=1&e=pv&duid=v&eid=a%00b&url=%00&page=%00&dtm=%00",
        "/matomo.php?idsite=1&e_a=a%00b&e_n=%00&cdt=%C2%B2",
        "/i?aid=1&e=se&se_ac=x%00&duid=%00&dtm=%C2%B2",
    ],
)
def test_nul_in_a_query_is_kept_from_the_tables(path):
    make_key()
    for protocol in ("snowplow", "matomo"):
        SourceAlias.objects.create(protocol=protocol, identifier="1", key=ApiKey.objects.get())
    assert Client().get(path).status_code == 200
    assert len(stored("id")) + len(rejected("id")) == 1


def test_a_context_that_is_too_deep_to_walk_is_a_rejection():
    deep = b"[" * 946 + b"]" * 946
    body = b'{"type": "x", "visitor_id": "v", "context": {"a": ' + deep + b"}}"
    headers = {"Authorization": f"Bearer {make_key()}"}
    answer = Client(headers=headers).post("/api/v1/events", body, content_type="application/json")
    # How deep the stack is already says whether decoding the body fails or walking the event.
    assert answer.status_code in {200, 400}
    assert rejected("reason") == [("too_deep",)]


def test_a_robot_that_repeats_itself_is_counted_once():
    key = make_key()
    robot: dict[str, Any] = {"User-Agent": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"}
    event = page_view(message_id="1", occurred_at=moment(days=10), sent_at=moment(seconds=1))
    for _ in range(3):
        send({**event}, key=key, **robot)
    assert counted("sum(accepted), sum(duplicate), sum(bots), sum(clocked), sum(late_ms) / 86400000") == [
        ("native", 1, 2, 1, 1, 10)
    ]


def test_a_refused_neighbour_does_not_count_a_displaced_event_twice():
    now = datetime.now(UTC)
    raws = [RawEvent(name="page", visitor_id="v", message_id=number, original={"n": number}) for number in "12"]
    raws[1].occurred_at = now.isoformat()
    make_key()
    outcome = sort_events(raws, Source(door="native", received_at=now, key_id=ApiKey.objects.get().id))
    assert [each.is_displaced for each in outcome.accepted] == [True, False]
    outcome.accepted[1].event = replace(outcome.accepted[1].whole, quantity=2**40)  # more than its column holds
    process_writer().submit(outcome)
    assert (len(stored("id")), rejected("reason"), counted()) == (1, [("storage_error",)], [("native", 2, 1, 0, 1, 0)])


def test_an_unreadable_body_while_keys_cannot_be_asked_is_to_be_sent_again(monkeypatch):
    monkeypatch.setattr(finding, "load_grant_of_token", away)
    post("/v1/batch", b"{", status=503, Authorization="Bearer zpk_unknown")


def away(_token: str) -> None:
    raise OperationalError("away")


def test_an_unreadable_body_with_a_wrong_key_is_refused_for_good():
    post("/v1/batch", b"{", status=401, Authorization="Bearer zpk_wrong")


def test_pages_of_other_sites_may_read_when_to_come_back():
    answer = post("/v1/batch", b"{", status=401, Authorization="Bearer zpk_wrong", Origin="https://shop.example")
    assert answer["Access-Control-Expose-Headers"] == "Retry-After"
