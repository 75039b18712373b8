"""Whether a key is valid: every result, the day's exact number, and one device."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.test.utils import override_script_prefix

from tests.commerce.factories import UserFactory
from tests.ingest.factories import rejected, stored
from zuka.platform import clock, facts
from zuka.platform.keys import validating
from zuka.platform.keys.devices import Device, release_device
from zuka.platform.keys.finding import find_grant, forget_keys, grant_of
from zuka.platform.keys.issuing import issue_key, resume_key, revoke_key, suspend_key
from zuka.platform.keys.owner_api import facts_of
from zuka.platform.keys.validating import DayUsedUp, DeviceMismatch, state_validations, validate_key
from zuka.platform.models import ApiKey, ValidationDay, WaitingValidation

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
PHONE = {"fingerprint": "phone-1", "name": "Ada's phone", "os": "Android 15", "app_version": "2.1"}


def licence(**fields: Any) -> tuple[ApiKey, str]:
    """Issue a secret key."""
    return issue_key(name="Partner app", kind="secret", scopes=["track"], **fields)


def ask(token: str, device: dict[str, str] | None = None, **headers: str) -> tuple[int, dict[str, Any]]:
    """Validate a key over HTTP."""
    body = {"key": token, **({"device": device} if device else {})}
    answer = Client().post("/api/v1/keys/validate", body, content_type="application/json", headers=headers)
    return answer.status_code, answer.json()


def counted() -> list[tuple[str | None, str, int]]:
    """Return what was counted: key, result, how many."""
    rows = ValidationDay.objects.order_by("result").values_list("key__name", "result", "validations")
    return list(rows)


def test_a_valid_key_says_what_it_grants() -> None:
    key, token = licence(tier="pro", expires_at=clock.now() + timedelta(days=9))
    status, said = ask(token)
    today = clock.local_day(clock.now())
    assert (status, said) == (
        200,
        {
            "result": "success",
            "name": "Partner app",
            "tier": "pro",
            "features": ["track"],
            "expires_at": said["expires_at"],
            "validations_most": 50_000,
            "validations_left": 49_999,
            "resets_at": said["resets_at"],
            "limits": [
                {"endpoint": "*", "per_hour": 36_000, "per_day": 300_000, "burst": 600},
                {"endpoint": "events-*", "per_hour": 36_000_000, "per_day": None, "burst": 2_000_000},
            ],
        },
    )
    assert datetime.fromisoformat(said["resets_at"]) == clock.day_bounds(today)[1]
    assert datetime.fromisoformat(said["expires_at"]) == key.expires_at
    assert counted() == [("Partner app", "success", 1)]
    assert (stored("event_type"), state_validations(), state_validations()) == ([], 1, 0)
    columns = ("event_type", "visitor_id", "properties ->> 'key_id'", "properties ->> 'result'")
    assert stored(*columns) == [("key.validated", f"key:{key.id}", str(key.id), "success")]
    assert (rejected("reason"), token in str(stored("properties::text"))) == ([], False)


def test_a_validation_is_a_use_of_the_key_and_a_refused_one_is_none() -> None:
    used = []
    for status in ("active", "suspended"):
        key, token = licence(status=status)
        ask(token)
        key.refresh_from_db()
        used.append(key.last_validated_at is not None)
    assert used == [True, False]


@pytest.mark.parametrize("error", [OperationalError("away"), InterfaceError("closed")])
def test_what_cannot_be_counted_is_unavailable(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    token = licence()[1]
    assert ask(token)[0] == 200  # known to the process from now on

    def fail() -> Any:
        raise error

    monkeypatch.setattr(validating, "prepared_cursor", fail)
    assert [(status, said["code"]) for status, said in (ask(token), ask("zsk_nobody"))] == [(503, "unavailable")] * 2


def test_a_scope_ends_with_the_tier_that_granted_it() -> None:
    ada = UserFactory.create()
    key, token = issue_key(name="A", kind="secret", scopes=["track", "records"], owner=ada, tier="enterprise")
    ours, _ = issue_key(name="Ours", kind="secret", scopes=["records"])
    found = []
    for tier in ("enterprise", "free", "enterprise"):
        ApiKey.objects.update(tier=tier)
        forget_keys()
        grant = find_grant(token)
        assert grant is not None
        key.refresh_from_db()
        found.append((sorted(grant.scopes), ask(token)[1]["features"], facts_of(key)["features"]))
    whole = ["records", "track"]
    assert found == [(whole, whole, whole), (["track"], ["track"], ["track"]), (whole, whole, whole)]
    assert grant_of(ours).scopes == {"records"}  # the shop's own are staff's to choose


def test_the_key_may_be_in_the_header() -> None:
    token = licence()[1]
    headers = {"Authorization": f"Bearer {token}"}
    answer = Client().post("/api/v1/keys/validate", {}, content_type="application/json", headers=headers)
    assert answer.status_code == 200


def test_every_refusal_has_its_name_and_is_counted() -> None:
    used_up = licence(validations_most=0)[1]
    over = licence(expires_at=AT)[1]
    suspended = licence(status="suspended")[1]
    bound = licence(is_device_bound=True, device_hash="0" * 64)[1]
    gone, revoked = licence()
    revoke_key(key=gone, at=AT)
    answers = [ask(token) for token in ("zsk_nobody", suspended, revoked, over, used_up)] + [ask(bound, PHONE)]
    assert [(status, said["code"]) for status, said in answers] == [
        *[(401, "invalid_key")] * 3,
        (403, "expired"),
        (429, "rate_limited"),
        (403, "device_mismatch"),
    ]
    assert len({said["message"] for _, said in answers[:3]}) == 1  # no oracle of what there is
    results = [(name, result) for name, result, _ in counted()]
    assert sorted(results, key=str) == sorted(
        [
            (None, "invalid_key"),
            *[("Partner app", result) for result in ("invalid_key", "invalid_key", "expired")],
            *[("Partner app", result) for result in ("rate_limited", "device_mismatch")],
        ],
        key=str,
    )
    assert state_validations() == 6
    kept = [result for (result,) in stored("properties ->> 'result'")]
    assert kept == ["device_mismatch", "expired", "invalid_key", "invalid_key", "invalid_key", "rate_limited"]


def test_what_is_no_question_is_refused_and_not_counted() -> None:
    bound = licence(is_device_bound=True)[1]
    assert ask("")[1]["field"] == "key"
    answer = Client().post("/api/v1/keys/validate", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["field"]) == (400, "key")
    assert (ask(bound)[0], ask(bound)[1]["field"]) == (400, "device")
    assert ask(bound, {"name": "no fingerprint"})[1]["field"] == "device.fingerprint"
    assert ask("x" * 400)[0] == 400
    assert counted() == []


def test_facts_that_cannot_be_stated_wait_on(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = [licence()[1], "zsk_nobody"]
    assert [ask(token)[0] for token in tokens] == [200, 401]

    def fail(*_arguments: Any, **_facts: Any) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as broken:
        broken.setattr(facts, "record", fail)
        with pytest.raises(OperationalError):
            state_validations()
    assert WaitingValidation.objects.count() == 2
    with ThreadPoolExecutor(2) as pool:  # two workers state each once
        assert sum(pool.map(lambda _worker: state_in_thread(), range(2))) == 2
    assert stored("properties ->> 'result'") == [("invalid_key",), ("success",)]


def state_in_thread() -> int:
    """State what waits on a connection of this thread's own."""
    try:
        return state_validations()
    finally:
        connection.close()


def test_the_first_answer_is_given_before_sessions_and_the_rest_is_drfs() -> None:
    key, token = licence(expires_at=AT + timedelta(days=900), is_device_bound=True)
    spaced = {**PHONE, "name": " Ada\u2019s phone "}  # needs trimming, so the serializer reads it
    answers = [ask(token, PHONE), ask(token, spaced)]
    assert [status for status, _ in answers] == [200, 200]
    assert [said.pop("validations_left") for _, said in answers] == [999, 998]
    assert answers[0] == answers[1]
    assert facts_of(key)["name"] == "Partner app"
    client, path = Client(), "/api/v1/keys/validate"
    sent = [
        client.post(path, "key=1", content_type="text/plain"),
        client.post(path, "{", content_type="application/json"),
        client.post(path, f'{{"key": "{"x" * 20_000_000}"}}', content_type="application/json"),
        client.get(path),
    ]
    assert [(answer.status_code, answer.json()["code"]) for answer in sent] == [
        (415, "unsupported_media_type"),
        (400, "parse_error"),
        (413, "too_large"),
        (405, "method_not_allowed"),
    ]
    assert sent[0]["RateLimit"].startswith('"ip-hour"')
    assert sent[0]["X-Request-ID"]


def test_a_host_that_is_not_ours_is_refused_there_too() -> None:
    _, token = licence()
    path, asked, kind = "/api/v1/keys/validate", {"key": token}, "application/json"
    refused = Client().post(path, asked, content_type=kind, headers={"host": "evil.example"})
    assert (refused.status_code, counted()) == (400, [])
    with override_script_prefix("/shop/"):
        answer = Client().post(path, asked, content_type=kind, SCRIPT_NAME="/shop")
    assert (answer.status_code, answer["Content-Length"]) == (200, str(len(answer.content)))


def test_exactly_as_many_pass_as_a_day_has() -> None:
    most = 20
    token = licence(validations_most=most)[1]

    def try_once(_number: int) -> bool:
        try:
            validate_key(token=token, device=None, at=AT)
        except DayUsedUp:  # past the limit, which is what is counted below
            return False  # refused
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(50) as pool:
        passed = sum(pool.map(try_once, range(60)))
    assert (passed, counted()) == (most, [("Partner app", "rate_limited", 40), ("Partner app", "success", most)])
    with pytest.raises(DayUsedUp) as refused:
        validate_key(token=token, device=None, at=AT)
    assert refused.value.retry_after == 11 * 3600 + 1  # until midnight in Lagos
    assert validate_key(token=token, device=None, at=AT + timedelta(hours=11)).used == 1


def test_the_first_device_binds_and_another_is_refused_until_it_is_released() -> None:
    key, token = licence(is_device_bound=True)
    assert [ask(token, PHONE)[0], ask(token, PHONE)[0]] == [200, 200]
    status, said = ask(token, {"fingerprint": "phone-2"})
    assert (status, said["code"], "Ada" in str(said)) == (403, "device_mismatch", False)
    key.refresh_from_db()
    assert (key.device_name, key.device_os, key.device_app_version) == ("Ada's phone", "Android 15", "2.1")
    assert key.device_hash == Device("phone-1").hash_for(key.id) != Device("phone-1").hash_for(licence()[0].id)
    assert [release_device(key=key), release_device(key=key)] == [True, False]
    forget_keys()
    assert [ask(token, {"fingerprint": "phone-2"})[0], ask(token, PHONE)[0]] == [200, 403]


def test_of_two_devices_at_once_one_binds() -> None:
    token = licence(is_device_bound=True)[1]

    def try_device(number: int) -> bool:
        try:
            validate_key(token=token, device=Device(f"phone-{number}"), at=AT)
        except DeviceMismatch:  # another device was bound first, which is what is counted below
            return False  # refused
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_device, range(8))) == 1


def test_other_processes_notice_a_revocation_within_a_second() -> None:
    key, token = licence()
    assert (find_grant(token) is not None, ask(token)[0]) == (True, 200)
    revoke_key(key=key, at=AT)  # as another process does: nothing is forgotten here
    time.sleep(1.01)
    assert (find_grant(token), ask(token)[0]) == (None, 401)


def test_a_suspended_key_is_resumed_but_a_revoked_one_never() -> None:
    key, _ = licence()
    assert [resume_key(key=key), suspend_key(key=key), suspend_key(key=key)] == [False, True, False]
    assert [key.status, resume_key(key=key), key.status] == ["suspended", True, "active"]
    revoke_key(key=key, at=AT)
    assert [resume_key(key=key), suspend_key(key=key), key.status] == [False, False, "revoked"]
