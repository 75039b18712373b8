"""What delivery to an address costs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Prefetch

from commerce.delivery.models import ShippingRate, ShippingZone
from zuka.platform.errors import Refused
from zuka.platform.keeping import Kept

# What people write for the state that Nigerians call Abuja.
CAPITAL = frozenset({"abuja", "fct", "fct abuja", "abuja fct", "federal capital territory"})


class NoDelivery(Refused):
    """The shop does not deliver to this address, or not in the way that was chosen."""

    code = "no_delivery"


@dataclass(frozen=True, slots=True)
class Offer:
    """A way to deliver: its price in kobo, and the days it takes. Without an id: everywhere, for nothing."""

    id: int | None
    name: str
    price_kobo: int
    min_days: int | None = None
    max_days: int | None = None

    def latest_date(self, day: date) -> date | None:
        """Return the day by which what is ordered on a day is delivered."""
        return day + timedelta(days=self.max_days) if self.max_days is not None else None


FREE = Offer(None, "", 0)


def read_state(text: str) -> str:
    """Return a state's name for comparing: `Lagos State`, ` lagos` and `LAGOS` are one."""
    words = " ".join(text.casefold().replace(".", "").replace(",", " ").replace("-", " ").split())
    state = words.removesuffix(" state")
    return "fct" if state in CAPITAL else state


def find_zone(zones: Iterable[ShippingZone], *, country: str, state: str) -> ShippingZone | None:
    """Return the zone of an address: the one that names its state, else the rest of its country."""
    wanted, rest = read_state(state), None
    for zone in zones:
        if zone.country != country:
            continue
        if wanted in {read_state(each) for each in zone.states}:
            return zone
        rest = zone if not zone.states else rest
    return rest


def read_zones() -> list[tuple[ShippingZone, list[ShippingRate]]]:
    """Return the zones in use with their rates in use."""
    rates = ShippingRate.objects.filter(is_active=True)
    zones = ShippingZone.objects.filter(is_active=True).order_by("id").prefetch_related(Prefetch("rates", rates))
    return [(zone, list(zone.rates.all())) for zone in zones]


_zones = Kept(read_zones, models=(ShippingZone, ShippingRate))


def find_offers(*, address: Mapping[str, Any], subtotal_kobo: int, currency: str) -> list[Offer]:
    """Return the ways to deliver goods of this worth to an address, the cheapest first. Raises `NoDelivery`.

    A shop that has named no zone delivers everywhere, for nothing.
    """
    rates_of = dict(_zones.get())
    if not rates_of:
        return [FREE]
    country, state = str(address.get("country") or "NG"), str(address.get("state") or "")
    zone = find_zone(rates_of, country=country, state=state)
    rates = [rate for rate in rates_of[zone] if rate.currency == currency] if zone else []
    offers = [offer_of(rate, subtotal_kobo=subtotal_kobo) for rate in rates]
    if not offers:
        raise NoDelivery(f"We do not deliver to {state or country} yet.", field="shipping_address.state")
    return sorted(offers, key=lambda offer: offer.price_kobo)


def offer_of(rate: ShippingRate, *, subtotal_kobo: int) -> Offer:
    """Return what a rate comes to for goods of this worth."""
    is_free = rate.free_from_kobo is not None and subtotal_kobo >= rate.free_from_kobo
    return Offer(rate.pk, rate.name, 0 if is_free else rate.amount_kobo, rate.min_days, rate.max_days)


def choose_offer(offers: Sequence[Offer], rate_id: int | None) -> Offer:
    """Return the chosen way, the cheapest where none was chosen. Raises `NoDelivery` for one that is not offered."""
    if rate_id is None:
        return offers[0]
    chosen = next((offer for offer in offers if offer.id == rate_id), None)
    if chosen is None:
        raise NoDelivery("This way to deliver is not offered for your address.", field="delivery_rate")
    return chosen
