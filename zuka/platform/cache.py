"""The cache of a shop that goes on while Redis is away."""

from __future__ import annotations

from typing import Any

import structlog
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


class SteadyCache(RedisCache):
    """Redis, and the process's own memory while Redis is away: sign-in and its limits go on, each process by itself.

    `is_away` says how the last call went. What was kept in memory is not carried over.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self.memory = LocMemCache("zuka-while-redis-is-away", params)
        self.is_away = False

    def steadily(self, name: str, *arguments: Any, **options: Any) -> Any:
        """Return what Redis answers to a call, else what memory does."""
        try:
            answer = getattr(super(), name)(*arguments, **options)
        except (RedisError, OSError) as error:
            if not self.is_away:
                log.warning("cache.away", error=str(error))
            self.is_away = True
            return getattr(self.memory, name)(*arguments, **options)
        self.is_away = False
        return answer

    def add(self, *arguments: Any, **options: Any) -> Any:
        """Set a value unless there is one; return whether it was set."""
        return self.steadily("add", *arguments, **options)

    def get(self, *arguments: Any, **options: Any) -> Any:
        """Return a value, or the default."""
        return self.steadily("get", *arguments, **options)

    def set(self, *arguments: Any, **options: Any) -> Any:
        """Set a value."""
        return self.steadily("set", *arguments, **options)

    def delete(self, *arguments: Any, **options: Any) -> Any:
        """Delete a value; return whether there was one."""
        return self.steadily("delete", *arguments, **options)

    def incr(self, *arguments: Any, **options: Any) -> Any:
        """Add to a number and return it. Raises ValueError where there is none."""
        return self.steadily("incr", *arguments, **options)

    def touch(self, *arguments: Any, **options: Any) -> Any:
        """Give a value another time to live; return whether there was one."""
        return self.steadily("touch", *arguments, **options)
