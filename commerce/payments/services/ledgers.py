"""Money at the providers that is of no order: rooms above keep ledgers of their own, and say so here once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from commerce.payments.gateways import ListedRefund, Notice


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

    def received(self, *, provider: str, references: Iterable[str]) -> Mapping[str, Known]:
        """Return by its reference what came in of some charges."""

    def take_refunds(self, *, provider: str, refunds: Iterable[ListedRefund], at: datetime) -> set[str]:
        """Apply the refunds of a provider's list that are ours; return the ids of those that agree with ours then."""


LEDGERS: list[OtherLedger] = []


def add_ledger(ledger: OtherLedger) -> None:
    """Add a ledger, once, when its app is ready."""
    if ledger not in LEDGERS:
        LEDGERS.append(ledger)


def handled_elsewhere(*, provider: str, notice: Notice, at: datetime) -> str | None:
    """Have a message handled that is about no payment of an order; None where nobody knows it."""
    outcomes = (ledger.handle(provider=provider, notice=notice, at=at) for ledger in LEDGERS)
    return next((outcome for outcome in outcomes if outcome is not None), None)


def received_elsewhere(*, provider: str, references: Iterable[str]) -> dict[str, Known]:
    """Return by its reference what other ledgers have of some charges."""
    named = list(references)
    found: dict[str, Known] = {}
    for ledger in LEDGERS:
        found.update(ledger.received(provider=provider, references=named))
    return found


def refunds_taken_elsewhere(*, provider: str, refunds: Iterable[ListedRefund], at: datetime) -> set[str]:
    """Have other ledgers apply the listed refunds that are theirs; return the ids of those that agree with them."""
    listed = list(refunds)
    taken: set[str] = set()
    for ledger in LEDGERS:
        taken |= ledger.take_refunds(provider=provider, refunds=listed, at=at)
    return taken
