"""Health: `/healthz` says the process lives, `/readyz` that it can do its work (decision 23)."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

log = structlog.get_logger(__name__)
_migrated = False


class NotReady(Exception):  # noqa: N818 - a state, said in the answer
    """Something that requests cannot do without is missing."""


def check_database() -> None:
    """Raise NotReady unless PostgreSQL answers, takes writes, and has every migration of this code."""
    global _migrated  # noqa: PLW0603 - migrations do not un-happen; the look-up costs 30 ms
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_is_in_recovery()")
            if cursor.fetchone()[0]:
                raise NotReady("read-only")
        if not _migrated:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise NotReady("migrations missing: run manage.py migrate")
            _migrated = True
    except (DatabaseError, InterfaceError) as error:
        raise NotReady("unreachable") from error


def check_cache() -> None:
    """Raise NotReady unless the cache keeps what it is given."""
    if not settings.REDIS_URL:
        raise NotReady("not configured")
    try:
        cache.set("readyz", "1", 5)
        if cache.get("readyz") != "1":
            raise NotReady("does not keep values")
    except OSError as error:
        raise NotReady("unreachable") from error
    except Exception as error:
        raise NotReady("unreachable") from error


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
    """Answer 200 when PostgreSQL takes writes and is migrated; a missing cache is said and does not matter."""
    database, cached = state(check_database), state(check_cache)
    status = 200 if database == "ok" else 503
    overall = "ok" if cached == "ok" else "degraded"
    body = {"status": overall if status == 200 else "unavailable", "database": database, "cache": cached}
    return JsonResponse(body, status=status)


CHECKS = {"/healthz": healthz, "/readyz": readyz}


class HealthMiddleware:
    """Answer health checks before host names and HTTPS are asked about: an orchestrator calls by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a health check, or pass the request on."""
        check = CHECKS.get(request.path_info)
        return check(request) if check else self.get_response(request)
