"""What a key allows, as the source of events knows it: the same for a request and for a replay."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from analytics.ingest.received import NO_ALIASES, Source
from analytics.registry.naming import fold_name
from zuka.platform.keys.finding import Grant


def source_by(grant: Grant | None, *, door: str, received_at: datetime, **request: Any) -> Source:
    """Return the source of events that came by a key, `request` being what else is known of it.

    Without a key it is the shop itself, which may send anything of any age.
    """
    if grant is None:
        return Source(door=door, received_at=received_at, is_server=True, may_import=True, **request)
    may_import = "import" in grant.scopes
    return Source(
        door=door,
        received_at=received_at,
        key_id=grant.key_id,
        is_server=grant.kind == "secret",
        is_strict=grant.is_strict,
        may_import=may_import,
        oldest_at=None if may_import else received_at - timedelta(days=grant.event_age_days),
        allowed_events=grant.allowed_events,
        aliases={fold_name(name): each for name, each in grant.event_aliases.items()} or NO_ALIASES,
        **request,
    )
