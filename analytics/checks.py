"""System checks of the registry and of the tables that must be there before the doors open."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError, InterfaceError

from analytics.registry.dashboards import DASHBOARDS, dashboard_problems
from analytics.registry.rollups import MATERIALIZED_VIEWS, ROLLUPS
from analytics.store.partitioning import MONTHS_AHEAD, TABLE, months_ahead
from analytics.store.views import FOLDER, declared_views
from zuka.platform import clock
from zuka.platform.db.partitions import list_partitions


@register()
def check_registry(app_configs: Sequence[AppConfig] | None, **_options: Any) -> list[CheckMessage]:  # noqa: ARG001
    """Report declarations without their SQL file, and dashboards that name what does not exist."""
    files = [FOLDER / "rollups" / f"{name}.sql" for name in ROLLUPS]
    problems: list[CheckMessage] = [
        Error(f"{path.name} is missing.", hint=f"Write {path.parent.name}/{path.name}.", id="analytics.E001")
        for path in files
        if not path.exists()
    ]
    views = {view.name for view in declared_views()}
    problems += [
        Error(problem, hint="Put it right in registry/dashboards.py.", id="analytics.E003")
        for problem in dashboard_problems(DASHBOARDS)
    ]
    return problems + [
        Error(f"The materialized view {name} has no SQL file.", hint="Write sql/views/M…", id="analytics.E002")
        for name in sorted(MATERIALIZED_VIEWS.keys() - views)
    ]


@register(Tags.database)
def check_partitions(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    databases: Sequence[str] | None = None,
    **_options: Any,
) -> list[CheckMessage]:
    """Warn when fewer than the usual months are ready for events. Runs where databases are checked (migrate)."""
    if "default" not in (databases or ()):
        return []
    try:
        starts = [clock.local_day(each.start) for each in list_partitions(table=TABLE)]
    except (DatabaseError, InterfaceError):
        return []
    ahead = months_ahead(clock.local_day(clock.now()), starts)
    if ahead >= MONTHS_AHEAD:
        return []
    hint = "Celery beat creates them daily; `manage.py partitions` does it now."
    return [CheckWarning(f"Only {ahead} months ahead have a partition for events.", hint=hint, id="analytics.W001")]
