"""What all tests share: servers from `./run.sh test`, and for each parallel worker its own part of them."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from pytest_django import DjangoDbBlocker
from whitenoise.middleware import WhiteNoiseMiddleware

import zuka.celery  # noqa: F401 - its receiver writes the schedule's rows when the test database is made
from analytics.ingest.content import cached_content
from analytics.ingest.context import cached_reading
from analytics.ingest.products import forget_products
from analytics.ingest.writer import close_process_writer
from bench.rig.databases import drop_database, server_url
from bench.rig.site import Beginning, find_beginning
from tests.emptying import Emptying
from tests.spreading import Spreading, make_scheduler, put_long_first
from zuka.platform import keeping
from zuka.platform.flags.asking import kept_flags
from zuka.platform.keys.finding import forget_keys
from zuka.platform.live_settings.reading import set_by_staff
from zuka.platform.queues.declared import broker_url
from zuka.platform.throttling.leases import forget_leases
from zuka.platform.throttling.rules import DEFAULTS, RULES, RuleSet
from zuka.platform.usage.recording import close_process_log


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to run without servers, and give each worker of xdist a Redis database of its own."""
    if not os.environ.get("DATABASE_URL"):
        pytest.exit("Zuka: tests need servers. Run them with ./run.sh test (pytest's arguments follow).", returncode=4)
    # By the clock of a machine that others share, making an example may take any time.
    hypothesis.settings.register_profile("shared", deadline=None, suppress_health_check=[HealthCheck.too_slow])
    hypothesis.settings.load_profile("shared")
    os.environ.setdefault("MIGRATED_DATABASE", f"zuka_begun_{os.getpid()}")
    os.environ.setdefault("READY_CLUSTER", f"{tempfile.gettempdir()}/zuka-cluster-{os.getpid()}")
    worker = re.fullmatch(r"gw(\d+)", os.environ.get("PYTEST_XDIST_WORKER", ""))
    if worker and settings.REDIS_URL:
        use_redis_database(int(worker[1]) + 1)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes long, where there are several workers."""
    if hasattr(config, "workerinput"):
        put_long_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spreading | None:
    """Spread files over the workers in our way."""
    return make_scheduler(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Remove what sites and servers were copied from, when the last worker is done."""
    if not hasattr(session.config, "workerinput"):
        for beginning in Beginning:
            drop_database(server_url(), f"{os.environ['MIGRATED_DATABASE']}_{beginning}")
        shutil.rmtree(os.environ["READY_CLUSTER"], ignore_errors=True)


def use_redis_database(number: int) -> None:
    """Point cache and queue at a Redis database; pytest-django has read the settings by now, nothing has connected."""
    base = settings.REDIS_URL.partition("?")[0]
    url = f"{base}?db={number}" if base.startswith("unix:") else re.sub(r"(?<=\d)(/\d*)?$", f"/{number}", base)
    settings.REDIS_URL = os.environ["REDIS_URL"] = url
    settings.CACHES["default"]["LOCATION"] = url
    settings.CELERY_BROKER_URL = broker_url(url)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Let each parallel worker copy the tables that sites begin with: to migrate takes 8 s of processor time."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        database: dict[str, Any] = settings.DATABASES["default"]
        database.setdefault("TEST", {})["TEMPLATE"] = find_beginning(Beginning.TABLES)[0]


@pytest.fixture(scope="session", autouse=True)
def _close_writer(django_db_setup: None) -> Iterator[None]:
    """Close the writer's connections, which live as long as the process, before the test database is dropped."""
    yield
    close_process_writer()


@pytest.fixture(scope="session", autouse=True)
def _record_nothing() -> Iterator[None]:
    """Record no requests to the API but where a test is about that: a thread would write beside every test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "API_USAGE_DAYS", 0)
        yield
    close_process_log()


@pytest.fixture(scope="session", autouse=True)
def _empty_quickly(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Empty tables after tests with transactions of their own in our way."""
    with django_db_blocker.unblock():
        emptying = Emptying()
        connection.close()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", emptying.empty)
        yield


@pytest.fixture(scope="session", autouse=True)
def _hash_quickly() -> Iterator[None]:
    """Put little work into each password: as the product does it, one takes 0.2 s of processor time and 100 MB."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"time_cost": 1, "memory_cost": 64, "parallelism": 1}.items():
            patch.setattr(Argon2PasswordHasher, name, value)
        yield


@pytest.fixture(scope="session", autouse=True)
def _find_static_files_once() -> Iterator[None]:
    """Look for the static files of apps once: every test client makes the middleware anew, which walks all folders."""
    found: dict[str, Any] = {}
    walk = WhiteNoiseMiddleware.add_files_from_finders

    def add_files(middleware: WhiteNoiseMiddleware) -> None:
        if not found:
            own, middleware.files = middleware.files, found
            walk(middleware)
            middleware.files = own
        middleware.files.update(found)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoiseMiddleware, "add_files_from_finders", add_files)
        yield


@pytest.fixture(scope="session", autouse=True)
def _keep_long() -> Iterator[None]:
    """Keep rules for as long as a test lasts, whatever the machine does meanwhile: counts of queries hang on it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keeping, "FRESH_SECONDS", 3600.0)
        yield


@pytest.fixture(autouse=True)
def _forget() -> None:
    """Forget what process and cache remember of the test before: rows of the database, and limits it used up."""
    close_process_log()  # a request of the test before would else be recorded where this one switches that on
    cache.clear()
    forget_keys()
    forget_leases()
    keeping.forget_kept()
    kept_flags.loaded = (time.monotonic(), {})
    RULES.loaded = (time.monotonic(), RuleSet(DEFAULTS))
    set_by_staff.loaded = (time.monotonic(), {})  # staff set nothing before a test begins: no query tells so
    forget_products()
    cached_reading.cache_clear()
    cached_content.cache_clear()
