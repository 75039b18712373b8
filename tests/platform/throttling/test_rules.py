"""Which limits hold: those declared, and what staff put in their place, at once."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection
from django.test import Client

from tests.commerce.factories import UserFactory
from tests.ingest.factories import make_key, page_view, send, stored
from zuka.platform import keeping
from zuka.platform.keys.issuing import issue_key
from zuka.platform.keys.limits_of import limits_of
from zuka.platform.keys.tiers import TIERS
from zuka.platform.models import ApiKey, RateLimitRule
from zuka.platform.throttling import rules
from zuka.platform.throttling.rules import DEFAULTS, RULES, Rule, RuleSet, combine

pytestmark = pytest.mark.django_db(transaction=True)
REPORTS = "/api/v1/reports/"


def read_reports(token: str) -> Any:
    """Ask for the list of reports with a key."""
    return Client().get(REPORTS, headers={"Authorization": f"Bearer {token}"})


def limit(**fields: Any) -> RateLimitRule:
    """Write a rule as staff do."""
    return RateLimitRule.objects.create(**{"endpoint": "*", "tier": "free", "counted_by": "key", **fields})


def test_the_most_exact_rule_of_each_counting_holds() -> None:
    everywhere = Rule("*", "", "key", per_hour=1)
    tier = Rule("*", "free", "key", per_hour=2)
    reports = Rule("report*", "", "key", per_hour=3)
    ip = Rule("*", "", "ip", per_hour=4)
    held = RuleSet([everywhere, tier, reports, ip])
    asked = [("orders", "pro"), ("orders", "free"), ("report-csv", "free"), ("orders", "")]
    found = [held.find(*each) for each in asked]
    assert found == [
        {"key": everywhere, "ip": ip},
        {"key": tier, "ip": ip},
        {"key": reports, "ip": ip},
        {"key": everywhere, "ip": ip},
    ]


def test_what_staff_write_stands_for_what_is_declared() -> None:
    other = Rule("*", "free", "key", per_hour=5)
    new = Rule("reports", "", "ip", per_day=6)
    assert combine([]) == list(DEFAULTS)
    assert combine([(other, True), (new, True)]) == [other, *DEFAULTS[1:], new]
    lifted = [Rule("*", "free", "key"), *DEFAULTS[1:], Rule("reports", "", "ip")]
    assert combine([(other, False), (new, False)]) == lifted


def test_every_tiers_validations_of_a_day_fit_into_what_an_address_may_ask() -> None:
    rule = RuleSet(DEFAULTS).find("keys-validate", "")["ip"]
    assert (rule.per_hour or 0) * 24 >= max(tier.validations for tier in TIERS.values())


def test_a_rule_that_is_not_in_force_lets_no_wider_one_hold() -> None:
    rows = [Rule("events-*", "", "key", per_hour=9), Rule("report*", "", "key", per_hour=9)]
    held = RuleSet(combine([(row, False) for row in rows]))
    found = [sorted(held.find(endpoint, "free")) for endpoint in ("events-native", "report-csv", "orders")]
    assert found == [["ip", "visitor"], [], ["key"]]


def test_a_limit_that_staff_lift_lets_a_key_pass_whatever_is_wider() -> None:
    limit(per_hour=1)
    for endpoint in ("events-*", "reports*"):
        limit(endpoint=endpoint, tier="", per_hour=1, is_active=False)
    site, secret = make_key(), issue_key(name="BI", kind="secret", scopes=["reports:read"])[1]
    for _ in range(2):
        send(page_view(), key=site)
    assert [read_reports(secret).status_code for _ in range(2)] == [200, 200]
    told = [(each["endpoint"], each["per_hour"]) for each in limits_of("free", is_limited=True)]
    assert told == [("*", 1), ("events-*", None), ("reports*", None)]


def test_a_key_is_limited_and_told_so_and_a_rule_holds_at_once() -> None:
    token = issue_key(name="BI", kind="secret", scopes=["reports:read"])[1]
    first = read_reports(token)
    assert (first.status_code, first["RateLimit-Policy"]) == (
        200,
        '"hour";q=3600;w=3600, "day";q=20000;w=86400, "burst";q=120;w=120',
    )
    assert first["RateLimit"] == '"hour";r=3599;t=1, "day";r=19999;t=5, "burst";r=119;t=1'
    rule = limit(per_hour=2)
    answers = [read_reports(token) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    refused = answers[-1]
    wait = int(refused["Retry-After"])
    assert (refused["RateLimit-Policy"], refused["RateLimit"][:12], 1700 < wait <= 1800) == (
        '"hour";q=2;w=3600',
        '"hour";r=0;t',
        True,
    )
    assert refused.json() == {
        "code": "rate_limited",
        "message": f"Too many requests. Try again in {wait} seconds.",
    }
    rule.is_active = False
    rule.save()
    lifted = read_reports(token)
    assert (lifted.status_code, "RateLimit" in lifted) == (200, False)


def test_who_is_not_limited_is_not_counted() -> None:
    limit(per_hour=1)
    free = issue_key(name="Ours", kind="secret", scopes=["reports:read"], is_limited=False)[1]
    pro = issue_key(name="Pro", kind="secret", scopes=["reports:read"], tier="pro")[1]
    assert [read_reports(token).status_code for token in (free, free, pro, pro)] == [200] * 4
    client = Client()
    client.force_login(UserFactory.create(is_staff=True, is_superuser=True))
    assert [client.get(REPORTS).status_code for _ in range(2)] == [200, 200]


def test_calls_without_a_key_are_limited_by_address_or_visitor_where_staff_say_so() -> None:
    limit(endpoint="products", tier="", counted_by="ip", per_hour=2)
    limit(endpoint="categories", tier="", counted_by="visitor", per_hour=1)
    asked = [
        Client().get("/api/v1/products/", REMOTE_ADDR=ip) for ip in ("10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.2")
    ]
    assert [answer.status_code for answer in asked] == [200, 200, 429, 200]
    assert asked[0]["RateLimit-Policy"] == '"ip-hour";q=2;w=3600'
    told = [Client().get("/api/v1/categories/", headers={"X-Zuka-Visitor": name}) for name in ("ada", "ada", "bob")]
    assert [answer.status_code for answer in told] == [200, 429, 200]
    assert Client().get("/api/v1/categories/").status_code == 200  # whose visitor nobody knows


@pytest.mark.parametrize(
    ("counted_by", "kind", "statuses"),
    [
        ("key", "publishable", [200, 200, 429, 429]),
        ("key", "secret", [200, 200, 429, 429]),
        ("visitor", "publishable", [200, 200, 429, 200]),
        ("visitor", "secret", [200, 200, 200, 200]),
        ("ip", "publishable", [200, 200, 429, 429]),
        ("ip", "secret", [200, 200, 200, 200]),
    ],
)
def test_doors_count_events_and_take_a_request_whole_or_not(counted_by: str, kind: str, statuses: list[int]) -> None:
    limit(endpoint="events-*", tier="", counted_by=counted_by, per_hour=5)
    token = make_key(kind)
    for status, visitor in zip(statuses, ("ada", "ada", "ada", "bob"), strict=True):
        said = send([page_view(visitor_id=visitor), page_view(visitor_id=visitor)], key=token, status=status)
        assert said.get("code") == (None if status == 200 else "rate_limited")
    assert len(stored("id")) == 2 * statuses.count(200)


def test_a_door_says_when_to_send_again_and_forgets_nothing_it_took() -> None:
    limit(endpoint="events-segment", tier="", counted_by="key", per_hour=360, burst=1)
    token = make_key()
    event = {"type": "track", "event": "x", "userId": "u", "writeKey": token}
    answers = [Client().post("/v1/track", event, content_type="application/json") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert 5 < int(answers[1]["Retry-After"]) <= 10
    assert answers[1]["X-RateLimit-Reset"] == answers[1]["Retry-After"]
    send(page_view(), key=token)  # another door, another rule
    assert len(stored("id")) == 2


def test_a_batch_larger_than_a_bucket_takes_all_of_it() -> None:
    limit(endpoint="events-*", tier="", counted_by="visitor", per_hour=3)
    token = make_key()
    send([page_view() for _ in range(5)], key=token)
    send(page_view(), key=token, status=429)


def test_a_key_without_limits_may_send_on() -> None:
    limit(endpoint="events-*", tier="", counted_by="key", per_hour=1)
    token = make_key(is_limited=False)
    for _ in range(2):
        send(page_view(), key=token)
    assert ApiKey.objects.get().is_limited is False


def test_while_postgresql_is_away_the_rules_of_before_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    limit(per_hour=7)
    before = RULES.get()
    RULES.forget()
    assert RULES.get() is before  # no row has changed

    def fail() -> Any:
        raise DatabaseError("away")

    monkeypatch.setattr(rules, "read_rows", fail)
    RULES.forget()
    assert RULES.get() is before


def test_while_postgresql_hangs_one_waits_for_the_rules_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    before, asked, answered = RULES.get(), threading.Event(), threading.Event()

    def hang() -> Any:
        asked.set()
        assert answered.wait(10)
        return []

    monkeypatch.setattr(rules, "read_rows", hang)
    monkeypatch.setattr(keeping, "FRESH_SECONDS", 1.0)
    monkeypatch.setattr(RULES, "loaded", (time.monotonic() - 2, before))
    waiting = threading.Thread(target=RULES.get)
    waiting.start()
    assert asked.wait(10)
    started = time.monotonic()
    found = RULES.get()
    waited = time.monotonic() - started
    answered.set()
    waiting.join()
    assert (found is before, waited < 5) == (True, True)


@pytest.mark.parametrize("fields", [{}, {"per_hour": 0}, {"per_hour": 1, "counted_by": "moon"}, {"burst": 5}])
def test_the_database_refuses_what_is_no_rule(fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        limit(**fields)
    connection.close()
