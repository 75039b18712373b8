"""Money at the providers that is of no order: rooms above keep ledgers of their own, and say so here once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.payments.gateways import Notice


@dataclass(frozen=True, slots=True)
class Known:
    """What another ledger has of a charge: the provider's id of it, and what came in, in kobo."""

    provider_id: str
    amount_kobo: int
    currency: str


class OtherLedger(Protocol):
    """A ledger beside that of orders."""

    def handle(self, *, provider: str, notice: Notice, at: datetime) -> str | None:
        """Do what a provider's message asks for, and return the outcome in words; None where it is not ours."""

    def received(self, *, provider: str, references: Iterable[str], provider_ids: Iterable[str]) -> Mapping[str, Known]:
        """Return by its reference what came in of some charges, named by their references or the provider's ids."""


LEDGERS: list[OtherLedger] = []


def add_ledger(ledger: OtherLedger) -> None:
    """Add a ledger, once, when its app is ready."""
    if ledger not in LEDGERS:
        LEDGERS.append(ledger)


def handled_elsewhere(*, provider: str, notice: Notice, at: datetime) -> str | None:
    """Have a message handled that is about no payment of an order; None where nobody knows it."""
    outcomes = (ledger.handle(provider=provider, notice=notice, at=at) for ledger in LEDGERS)
    return next((outcome for outcome in outcomes if outcome is not None), None)


def received_elsewhere(
    *, provider: str, references: Iterable[str], provider_ids: Iterable[str] = ()
) -> dict[str, Known]:
    """Return by its reference what other ledgers have of some charges."""
    named, ids = list(references), list(provider_ids)
    found: dict[str, Known] = {}
    for ledger in LEDGERS:
        found.update(ledger.received(provider=provider, references=named, provider_ids=ids))
    return found
