"""Reading a provider's lists of a day, to the last page and within limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from commerce.payments.gateways import Charge, Gateway, GatewayRefused, GatewayUnavailable, Listed, ListedRefund
from commerce.payments.gateways.protocol import Row
from commerce.payments.services import Known, received_elsewhere, refunds_taken_elsewhere
from zuka.platform.clock import day_bounds, local_day

MOST_PAGES = 2_000
MOST_SECONDS = 600.0
# Clocks differ, and a refund is a row here before it is one there.
AROUND = timedelta(hours=1)
NO_REFUNDS = "Refunds were not compared: the provider does not list them."


@dataclass(frozen=True, slots=True)
class DayList:
    """What a provider lists of a day, each once: its charges by id; its refunds, and those just beside the day.

    `refunds` is None where the provider does not list them.
    """

    charges: dict[str, Charge]
    refunds: list[ListedRefund] | None
    refunds_beside: list[ListedRefund]

    @property
    def note(self) -> str:
        """Return what of the day was not listed."""
        return NO_REFUNDS if self.refunds is None else ""


class Limits:
    """How much of a provider one comparison reads: so many pages, for so long."""

    def __init__(self, pages: int = MOST_PAGES, seconds: float = MOST_SECONDS) -> None:
        self.pages, self.ends = pages, time.monotonic() + seconds

    def count_page(self) -> None:
        """Count a page. Raises GatewayUnavailable when it is one too many."""
        self.pages -= 1
        if self.pages < 0 or time.monotonic() > self.ends:
            raise GatewayUnavailable("The provider's list has no end, or comes too slowly.")


def read_day(gateway: Gateway, *, day: date, limits: Limits | None = None) -> DayList:
    """Return what a provider lists of a day of the shop. Raises GatewayUnavailable, GatewayRefused."""
    limits, (since, until) = limits or Limits(), day_bounds(day)
    charges: dict[str, Charge] = {}
    for status in gateway.paid_lists:
        for charge in read_pages(charge_pages(gateway, status, since, until), limits):
            if charge.paid_at and local_day(charge.paid_at) == day:
                charges[charge.provider_id] = charge
    refunds = read_refunds(gateway, since - AROUND, until + AROUND, limits)
    if refunds is None:
        return DayList(charges, None, [])
    inside = [each for each in refunds if local_day(each.made_at) == day]
    return DayList(charges, inside, [each for each in refunds if local_day(each.made_at) != day])


def without_other_ledgers(provider: str, listed: DayList, *, at: datetime) -> DayList:
    """Return what a day's lists have but for money that another ledger has to the kobo: it is of no order's.

    Refunds are applied there first: what does not agree with that ledger then stays, and differs.
    """
    references = [charge.reference for charge in listed.charges.values()]
    known = received_elsewhere(provider=provider, references=references)
    refunds = [*(listed.refunds or []), *listed.refunds_beside]
    taken = refunds_taken_elsewhere(provider=provider, refunds=refunds, at=at)

    def is_elsewhere(charge: Charge) -> bool:
        found = known.get(charge.reference)
        return found == Known(charge.provider_id, charge.amount_kobo, charge.currency)

    return DayList(
        {name: charge for name, charge in listed.charges.items() if not is_elsewhere(charge)},
        None if listed.refunds is None else [refund for refund in listed.refunds if refund.provider_id not in taken],
        [refund for refund in listed.refunds_beside if refund.provider_id not in taken],
    )


def charge_pages(gateway: Gateway, status: str, since: datetime, until: datetime) -> Callable[[int], Listed[Charge]]:
    """Return a reader of the pages of one list of charges."""
    return lambda page: gateway.list_charges(status=status, since=since, until=until, page=page)


def read_refunds(gateway: Gateway, since: datetime, until: datetime, limits: Limits) -> list[ListedRefund] | None:
    """Return the refunds begun in a span, each once; None where the provider has no such list."""
    pages = read_pages(lambda page: gateway.list_refunds(since=since, until=until, page=page), limits)
    try:
        found = {refund.provider_id: refund for refund in pages}
    except GatewayRefused:  # an account may not have this list: payments are compared all the same, as the note says
        return None
    return list(found.values())


def read_pages(read: Callable[[int], Listed[Row]], limits: Limits) -> Iterator[Row]:
    """Yield the rows of a list, page after page; where it grows meanwhile some come twice."""
    page, has_more = 1, True
    while has_more:
        limits.count_page()
        listed = read(page)
        yield from listed.rows
        page, has_more = page + 1, listed.has_more
