from __future__ import annotations

from typing import Any

import pytest
from django.urls import resolve
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from commerce.accounts.adapter.urls import VIEWS
from tests.commerce.accounts.doors import PREFIX


@pytest.fixture
def schema() -> dict[str, Any]:
    """Return the OpenAPI schema, made afresh."""
    GENERATOR_STATS.reset()
    made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
    return made


def test_the_schema_is_valid_and_made_without_a_warning(schema: dict[str, Any]) -> None:
    validate_schema(schema)

    assert (bool(GENERATOR_STATS), GENERATOR_STATS._warn_cache, GENERATOR_STATS._error_cache) == (False, {}, {})


def test_the_schema_has_the_sign_in_that_is_mounted(schema: dict[str, Any]) -> None:
    described = {path.removeprefix(PREFIX): set(calls) for path, calls in schema["paths"].items() if PREFIX in path}

    assert described == {
        "auth/login": {"post"},
        "auth/email": {"post"},
        "auth/phone": {"post"},
        "auth/provider": {"post"},
        "auth/session": {"get", "delete"},
        "auth/reauthenticate": {"post"},
        "auth/2fa/authenticate": {"post"},
        "auth/2fa/reauthenticate": {"post"},
        "account/authenticators": {"get"},
        "account/authenticators/totp": {"get", "post", "delete"},
        "account/authenticators/recovery-codes": {"get", "post"},
        "account/password/change": {"post"},
        "config": {"get"},
    }
    assert described.keys() == VIEWS.keys()
    assert all(resolve(PREFIX + path) for path in described)


def test_operations_have_names_of_their_own(schema: dict[str, Any]) -> None:
    names = [call["operationId"] for calls in schema["paths"].values() for call in calls.values()]

    assert sorted(names) == sorted(set(names))


def test_customers_things_take_the_customers_token(schema: dict[str, Any]) -> None:
    mine = ("/api/v1/me/", "/api/v1/addresses/", f"{PREFIX}auth/session")

    paths = [path for path in schema["paths"] if path.startswith(mine)]

    asked = [call["security"] for path in paths for call in schema["paths"][path].values()]
    assert asked == [[{"customerToken": []}]] * 26
    assert [path for path in paths if path.startswith(mine[0])] == [
        "/api/v1/me/",
        "/api/v1/me/closing-code/",
        "/api/v1/me/data/",
        "/api/v1/me/data/{copy_id}/file/",
        "/api/v1/me/devices/",
        "/api/v1/me/devices/{device_id}/",
        "/api/v1/me/email/",
        "/api/v1/me/email/confirm/",
        "/api/v1/me/erasure/",
        "/api/v1/me/phone/",
        "/api/v1/me/phone/confirm/",
        "/api/v1/me/providers/",
        "/api/v1/me/providers/{provider}/",
    ]
    assert schema["components"]["securitySchemes"]["customerToken"]["name"] == "X-Session-Token"
