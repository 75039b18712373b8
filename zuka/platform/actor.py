"""Who acts: carried from the request to the facts that its services record.

A storefront sends `X-Zuka-Visitor`, `X-Zuka-Session` and `X-Zuka-Campaign` with its API calls; the middleware keeps
them in context, carts and orders store them, and tracked facts carry them.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """A person as far as known: a signed-in user, an anonymous visitor, a session. All ids are text."""

    user_id: str | None = None
    visitor_id: str | None = None
    session_id: str | None = None
    user_agent: str | None = None
    ip: str | None = None
    campaign: tuple[tuple[str, str], ...] = ()

    @property
    def account_id(self) -> UUID | None:
        """Return the account that acts; None for guests and for ids that are no account's."""
        try:
            return UUID(self.user_id) if self.user_id else None
        except ValueError:
            return None  # trackers may name people as they like

    @property
    def utm(self) -> dict[str, str]:
        """Return the campaign of their visit: `utm_source` and the like, those that are known."""
        return dict(self.campaign)


NOBODY = Actor()
_actor: ContextVar[Actor] = ContextVar("actor")


def current_actor() -> Actor:
    """Return who acts in this request; an empty actor outside one."""
    return _actor.get(NOBODY)


def set_actor(actor: Actor) -> None:
    """Set who acts from here on in this context."""
    _actor.set(actor)


def actor_for(*, user_id: object | None, base: Actor | None = None) -> Actor:
    """Return the acting person with their user id set, keeping visitor and session of the request."""
    known = base or current_actor()
    return replace(known, user_id=str(user_id) if user_id else known.user_id)
