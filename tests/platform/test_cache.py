"""Redis away: what needs the cache goes on."""

import os

import pytest
from django.core.cache import cache

from tests.commerce.accounts.doors import sign_up
from zuka.platform.cache import SteadyCache
from zuka.platform.health import NotReady, check_cache

NOWHERE = "unix:///nowhere/valkey.sock"


@pytest.fixture
def away(settings):
    """A cache whose Redis is not there."""
    settings.REDIS_URL = NOWHERE
    settings.CACHES = {"default": {"BACKEND": "zuka.platform.cache.SteadyCache", "LOCATION": NOWHERE}}
    return cache


def test_values_are_kept_in_the_process_while_redis_is_away(away):
    away.set("name", "ada", 60)
    assert (away.get("name"), away.is_away) == ("ada", True)
    assert (away.add("name", "bob"), away.add("other", "bob"), away.get("other")) == (False, True, "bob")
    away.set("number", 1)
    assert (away.incr("number"), away.touch("number"), away.delete("number"), away.get("number")) == (
        2,
        True,
        True,
        None,
    )


def test_health_says_that_redis_is_away(away):
    with pytest.raises(NotReady, match="unreachable"):
        check_cache()


@pytest.mark.django_db
def test_customers_sign_up_while_redis_is_away(away):
    assert sign_up("redis-away@example.com").status_code == 200


@pytest.mark.skipif(not os.environ.get("REDIS_URL"), reason="./run.sh test brings a Redis")
def test_what_redis_keeps_comes_from_redis():
    steady = SteadyCache(os.environ["REDIS_URL"], {})
    steady.set("zuka-test", "kept", 60)
    assert (steady.get("zuka-test"), steady.is_away, steady.memory.get("zuka-test")) == ("kept", False, None)
    steady.delete("zuka-test")
