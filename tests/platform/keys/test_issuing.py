from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from zuka.platform.keys.finding import find_grant, forget_keys
from zuka.platform.keys.issuing import ScopeNotAllowed, hash_token, issue_key, revoke_key
from zuka.platform.models import ApiKey

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _forget():
    forget_keys()


def test_a_secret_key_is_kept_as_a_hash_alone():
    key, token = issue_key(name="ERP", kind="secret", scopes=["track", "import"])
    assert (token[:4], key.token, key.token_hash, key.prefix) == ("zsk_", None, hash_token(token), token[:10])
    grant = find_grant(token)
    assert grant is not None
    assert grant.scopes == frozenset({"track", "import"})


def test_a_publishable_key_can_be_read_again():
    key, token = issue_key(name="Shop", kind="publishable", scopes=["track"])
    assert (token[:4], key.token) == ("zpk_", token)


@pytest.mark.parametrize(("kind", "scope"), [("publishable", "import"), ("publishable", "reports"), ("secret", "rule")])
def test_a_scope_that_a_kind_may_not_carry_is_refused(kind, scope):
    with pytest.raises(ScopeNotAllowed) as refused:
        issue_key(name="x", kind=kind, scopes=[scope])
    assert (refused.value.status, refused.value.field) == (400, "scopes")
    assert ApiKey.objects.count() == 0


def test_a_revoked_suspended_or_expired_key_opens_nothing():
    key, token = issue_key(name="x", kind="secret", scopes=["track"])
    assert find_grant(token) is not None
    revoke_key(key=key, at=NOW)
    forget_keys()
    assert (find_grant(token), key.revoked_at) == (None, NOW)
    for changes in ({"status": "suspended"}, {"expires_at": NOW - timedelta(days=9000)}):
        token = issue_key(name="x", kind="secret", scopes=["track"], **changes)[1]
        assert find_grant(token) is None


def test_a_key_is_read_from_the_database_once_a_second_and_its_use_noted_once_a_minute(django_assert_num_queries):
    key, token = issue_key(name="x", kind="secret", scopes=["track"])
    with django_assert_num_queries(2):
        assert find_grant(token) == find_grant(token)
    key.refresh_from_db()
    assert key.last_validated_at is not None
    forget_keys()
    with django_assert_num_queries(1):
        find_grant(token)


def test_the_database_refuses_a_secret_in_the_clear():
    key, token = issue_key(name="x", kind="secret", scopes=["track"])
    with pytest.raises(IntegrityError), transaction.atomic():
        ApiKey.objects.filter(pk=key.pk).update(token=token)


@pytest.mark.parametrize(
    ("scopes", "kind", "status"),
    [
        (["reports:read"], "secret", 200),
        (["reports"], "secret", 200),
        (["track"], "secret", 403),
        (["track"], "publishable", 401),
    ],
)
def test_reports_are_for_secret_keys_with_their_scope(scopes, kind, status):
    token = issue_key(name="x", kind=kind, scopes=scopes)[1]
    answer = Client().get("/api/v1/reports/overview", headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == status


def test_an_unknown_key_is_401_with_the_one_error_shape():
    answer = Client().get("/api/v1/reports/overview", headers={"Authorization": "Bearer zsk_none"})
    assert (answer.status_code, answer.json()) == (
        401,
        {"code": "invalid_key", "message": "This API key is unknown, revoked or expired."},
    )


def test_a_key_of_before_keeps_its_right_under_the_new_name():
    key, token = issue_key(name="BI", kind="secret", scopes=["reports"])
    assert key.scopes == ["reports:read"]
    ApiKey.objects.filter(pk=key.pk).update(scopes=["reports", "track"])
    grant = find_grant(token)
    assert grant is not None
    assert grant.scopes == frozenset({"reports:read", "track"})
