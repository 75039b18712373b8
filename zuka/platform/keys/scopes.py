"""What a key may do: the closed list of scopes. Add one here and it can be given, checked and documented."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """A right that a key can carry. `public` says whether a key that everybody can read may carry it."""

    name: str
    text: str
    public: bool


SCOPES: tuple[Scope, ...] = (
    Scope("track", "Send events.", public=True),
    Scope("import", "Send events of any age, as far back as raw events are kept.", public=False),
    Scope("reports", "Read reports.", public=False),
    Scope("records", "Read the orders, payments and people behind reports, with names and contacts.", public=False),
)
SCOPE_NAMES = frozenset(scope.name for scope in SCOPES)
PUBLIC_SCOPES = frozenset(scope.name for scope in SCOPES if scope.public)
SCOPE_CHOICES = [(scope.name, scope.text) for scope in SCOPES]
