"""What a comparison has found, before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from commerce.payments.models import DifferenceKind, Payment, Refund
from zuka.platform.money import format_money


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount of one side, in kobo of its currency."""

    kobo: int
    currency: str


def words_of(theirs: Amount, ours: Amount) -> str:
    """Return two amounts that differ, for staff."""
    return f"{format_money(theirs.kobo, theirs.currency)} there, {format_money(ours.kobo, ours.currency)} here."


@dataclass(frozen=True, slots=True)
class Found:
    """One difference; an amount that is None is one that this side has not."""

    kind: DifferenceKind
    subject_key: str
    provider: Amount | None
    ledger: Amount | None
    explanation: str
    reference: str = ""
    provider_id: str = ""
    payment: Payment | None = None
    refund: Refund | None = None


@dataclass(slots=True)
class Side:
    """What one side has: how many, and how much in the comparison's currency."""

    currency: str
    count: int = 0
    kobo: int = 0

    def add(self, amount: Amount) -> None:
        """Count an amount; in another currency it is none of the sum."""
        if amount.currency == self.currency:
            self.count += 1
            self.kobo += amount.kobo


@dataclass(slots=True)
class Outcome:
    """A comparison under way: what both sides add up to, and how they differ."""

    provider: str
    day: date
    at: datetime
    currency: str
    listed: Side = field(init=False)
    ledger: Side = field(init=False)
    listed_refunds: Side = field(init=False)
    ledger_refunds: Side = field(init=False)
    fee_kobo: int = 0
    other_currency_count: int = 0
    open_refund_count: int = 0
    settled_count: int = 0
    found: list[Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Begin all sums with nothing."""
        self.listed, self.ledger = Side(self.currency), Side(self.currency)
        self.listed_refunds, self.ledger_refunds = Side(self.currency), Side(self.currency)
