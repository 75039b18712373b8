"""Health: `/healthz` says the process lives, `/readyz` that it can do its work (decision 23); and `/metrics`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from zuka.platform.metrics.serving import metrics
from zuka.platform.replica.standing import has_replica, standing

log = structlog.get_logger(__name__)
WORKER_SEEN, WORKER_SECONDS = "worker_seen", 180
_migrated = False


class NotReady(Exception):  # noqa: N818 - a state, said in the answer
    """Something that requests cannot do without is missing."""


def check_database() -> None:
    """Raise NotReady unless PostgreSQL answers, takes writes, and has every migration of this code."""
    global _migrated  # noqa: PLW0603 - migrations do not un-happen; the look-up costs 30 ms
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean")
            if cursor.fetchone()[0]:
                raise NotReady("read-only")
        if not _migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise NotReady("migrations missing: run manage.py migrate")
            _migrated = True
    except (DatabaseError, InterfaceError) as error:
        raise NotReady("unreachable") from error


def check_spool() -> None:
    """Raise NotReady unless events can wait on disk while PostgreSQL is away."""
    if not settings.SPOOL_PATH:
        raise NotReady("not configured")
    folder = Path(settings.SPOOL_PATH)
    there = next((path for path in (folder, *folder.parents) if path.exists()), folder)
    if not os.access(there, os.W_OK):
        raise NotReady("cannot be written")


def check_cache() -> None:
    """Raise NotReady unless the cache keeps what it is given."""
    if not settings.REDIS_URL:
        raise NotReady("not configured")
    try:
        cache.set("readyz", "1", 5)
        kept = cache.get("readyz")
    except Exception as error:
        raise NotReady("unreachable") from error
    if getattr(cache, "is_away", False):
        raise NotReady("unreachable")
    if kept != "1":
        raise NotReady("does not keep values")


def note_worker() -> None:
    """Note that a worker did something. Called after each job; beat gives it one a minute at least."""
    try:
        cache.set(WORKER_SEEN, "1", WORKER_SECONDS)
    except Exception:  # noqa: BLE001 - a job that was done must not fail for want of a cache
        log.warning("health.worker_not_noted")


def check_worker() -> None:
    """Raise NotReady when no worker has done anything for three minutes: counts then stand still."""
    try:
        seen = cache.get(WORKER_SEEN) if settings.REDIS_URL else None
    except Exception as error:  # redis-py's errors; importing them would need redis to be there
        raise NotReady("unknown") from error
    if not seen:
        raise NotReady("not seen for three minutes")


def check_replica() -> None:
    """Raise NotReady where the replica is not near enough to be asked: the primary then answers for it."""
    if not (seen := standing()).is_near:
        raise NotReady(seen.text)


def state(check: Callable[[], None]) -> str:
    """Return `ok`, or what is wrong."""
    try:
        check()
    except NotReady as problem:
        return str(problem)
    return "ok"


def healthz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 as long as the process can answer."""
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> HttpResponse:
    """Answer 200 when PostgreSQL takes writes and is migrated, or is away and events can wait on disk meanwhile.

    A missing cache or worker is said, and still 200.
    """
    database, cached, worker, spool = state(check_database), state(check_cache), state(check_worker), state(check_spool)
    may_wait = database == "unreachable" and spool == "ok" and _migrated
    is_ready = database == "ok" or may_wait
    overall = "ok" if database == cached == worker == "ok" else "degraded" if is_ready else "unavailable"
    body = {"status": overall, "database": database, "cache": cached, "worker": worker, "spool": spool}
    if database == "ok" and has_replica():
        body["replica"] = state(check_replica)
    return JsonResponse(body, status=200 if is_ready else 503)


CHECKS = {"/healthz": healthz, "/readyz": readyz, "/metrics": metrics}


class HealthMiddleware:
    """Answer health checks before host names and HTTPS are asked about: an orchestrator calls by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a health check or Prometheus, or pass the request on."""
        check = CHECKS.get(request.path_info)
        return check(request) if check else self.get_response(request)
