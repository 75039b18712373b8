"""What a key may do: the closed list of scopes. Add one here and it can be given, checked and documented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """A right that a key can carry. `public` says whether a key that everybody can read may carry it.

    `was` is what it was called before: keys that carry the earlier name go on working.
    """

    name: str
    text: str
    public: bool
    was: str = ""


READ_REPORTS, WRITE_SPEND = "reports:read", "spend:write"
SCOPES: tuple[Scope, ...] = (
    Scope("track", "Send events.", public=True),
    Scope("import", "Send events of any age, as far back as raw events are kept.", public=False),
    Scope(READ_REPORTS, "Read and export reports.", public=False, was="reports"),
    Scope(WRITE_SPEND, "Say what campaigns cost.", public=False),
    Scope("records", "Read the orders, payments and people behind reports, with names and contacts.", public=False),
)
SCOPE_NAMES = frozenset(scope.name for scope in SCOPES)
PUBLIC_SCOPES = frozenset(scope.name for scope in SCOPES if scope.public)
SCOPE_CHOICES = [(scope.name, scope.text) for scope in SCOPES]
EARLIER_NAMES = {scope.was: scope.name for scope in SCOPES if scope.was}


def scope_name(name: str) -> str:
    """Return what a scope is called now."""
    return EARLIER_NAMES.get(name, name)
