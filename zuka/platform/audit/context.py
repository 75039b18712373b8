"""Who writes, told to the database in each transaction that writes for them.

`set_config(…, true)` lasts as long as its transaction: the next one of a connection that is pooled, here or by a
pooler, knows nothing of it. Only the connections of staff's requests, and of jobs and commands that act for them, tell
it; triggers of all others see an empty setting and end there.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import asdict, dataclass
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from psycopg.sql import Composable

from zuka.platform.audit.models import ActorKind

SETTING = "SELECT set_config('zuka.audit', %s, true)"
READS = re.compile(r"\s*(SELECT|SAVEPOINT|RELEASE|ROLLBACK|SET|SHOW|EXPLAIN|DECLARE|FETCH|CLOSE)\b", re.IGNORECASE)
_told: ContextVar[Telling | None] = ContextVar("audit_told", default=None)
LENGTHS = {"actor_id": 100, "ip": 45, "user_agent": 300, "request_id": 64, "path": 300, "reason": 500}


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, and from where; `reason` is what a page asked for. `person_id` is the account, where one acts."""

    actor_kind: str
    actor_id: str = ""
    person_id: str | None = None
    ip: str = ""
    user_agent: str = ""
    request_id: str = ""
    path: str = ""
    reason: str = ""

    def __post_init__(self) -> None:
        """Leave NUL out, which no column holds; what is written as an escape of it stays."""
        for name, value in asdict(self).items():
            if isinstance(value, str) and "\x00" in value:
                object.__setattr__(self, name, value.replace("\x00", ""))

    def as_json(self) -> str:
        """Return what the triggers read, cut to the lengths of their columns."""
        facts = {
            name: str(value)[: LENGTHS[name]] if name in LENGTHS else value for name, value in asdict(self).items()
        }
        return json.dumps(facts)


class Telling:
    """Tells the database who writes, before each write of a connection: savepoints that are undone undo that too."""

    def __init__(self, find: Callable[[], Acting | None]) -> None:
        self.find = find
        self.is_finding = False
        self.has_told = False

    def __call__(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: dict[str, Any]) -> Any:  # noqa: FBT001 - Django's signature
        """Execute a statement; a write in a transaction that knows who writes."""
        connection = context["connection"]
        acting = None if self.is_finding or connection.needs_rollback or is_read(sql) else self.ask()
        if acting is None:
            return execute(sql, params, many, context)
        if connection.in_atomic_block:
            self.tell(connection, acting)
            return execute(sql, params, many, context)
        with transaction.atomic(using=connection.alias):
            self.tell(connection, acting)
            return execute(sql, params, many, context)

    def ask(self) -> Acting | None:
        """Return who acts. Finding that out may write by itself, as when a session is renewed."""
        self.is_finding = True
        try:
            return self.find()
        finally:
            self.is_finding = False

    def tell(self, connection: Any, acting: Acting | None) -> None:
        """Tell this transaction who writes; nobody from here on, for None."""
        # Beside Django's log of queries: it is no query of the page.
        with connection.wrap_database_errors:
            connection.connection.execute(SETTING, [acting.as_json() if acting else ""])
        self.has_told = acting is not None

    def end(self, connection: Any) -> None:
        """Let what follows in the same transaction be somebody else's."""
        if self.has_told and connection.in_atomic_block and not connection.needs_rollback:
            self.tell(connection, None)


def is_read(sql: Any) -> bool:
    """Say whether a statement writes no rows by itself."""
    text = sql.as_string() if isinstance(sql, Composable) else sql
    return isinstance(text, str) and READS.match(text) is not None


@contextmanager
def telling(find: Callable[[], Acting | None]) -> Iterator[None]:
    """Tell the database who writes, as long as this lasts; `find` says who, at the time of each write."""
    connection = connections[DEFAULT_DB_ALIAS]
    told = Telling(find)
    before = _told.set(told)
    with connection.execute_wrapper(told):
        try:
            yield
        finally:
            _told.reset(before)
            told.end(connection)


def telling_now() -> Acting | None:
    """Return who writes at this moment, as the database is told it; None for customers and for nobody known."""
    told = _told.get()
    return told.ask() if told is not None and not told.is_finding else None


@contextmanager
def acting_as(acting: Acting) -> Iterator[None]:
    """Have all writes of this thread noted as somebody's: of a job that a member of staff has started, of a command."""
    with telling(lambda: acting):
        yield


def job_for(*, task: str, user_id: object | None) -> Acting:
    """Return a job as the one that acts, for whoever started it."""
    person = str(user_id) if user_id else None
    return Acting(actor_kind=ActorKind.JOB.value, actor_id=task, person_id=person)
