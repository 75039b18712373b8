"""Who visits and who buys: visitors with a device and a city, some of them customers with an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from commerce.accounts.models import AuthProvider, GenderPreference, SignupPlatform, SignupSource, User
from zuka.demo.draws import endless, random_for, random_uuid
from zuka.demo.tables.names import PEOPLES
from zuka.demo.tables.places import PLACES, Place
from zuka.demo.tables.visits import DEVICES, Channel, Device

PREFIXES = (
    "803",
    "806",
    "813",
    "816",
    "703",
    "706",
    "903",
    "906",
    "805",
    "815",
    "705",
    "905",
    "802",
    "808",
    "812",
    "701",
)
POOL = 20_000


@dataclass(slots=True, eq=False)
class Contact:
    """A person's name, how to reach them, and where parcels go."""

    name: str
    email: str
    phone: str
    address: dict[str, str]
    place: Place


@dataclass(slots=True, eq=False)
class Customer:
    """A person with an account; `user` is their unsaved row, `ref` its id as events carry it."""

    ref: str
    user: User
    contact: Contact


@dataclass(slots=True, eq=False)
class Visitor:
    """A browser or an installed app; it forgets who used it, unless they signed in."""

    visitor_id: str
    device: Device
    place: Place
    customer: Customer | None = None
    busy_until_ms: int = 0


class Registry:
    """Invents people. No two have the same e-mail or phone."""

    def __init__(self, seed: int) -> None:
        self.rng = random_for(seed, "people")
        self.peoples = endless(self.rng, [(people, people.weight) for people in PEOPLES])
        self.offset = self.rng.randrange(10_000_000)
        self.known = 0

    def meet(self, place: Place) -> Contact:
        """Return a new person who lives in a place."""
        rng, people = self.rng, next(self.peoples)
        self.known += 1
        first = rng.choice(people.women if rng.random() < 0.64 else people.men)
        family = rng.choice(people.families)
        # 7919 is coprime to ten million: numbers do not repeat, and do not look counted.
        digits = (self.offset + self.known * 7919) % 10_000_000
        area, street = rng.choice(place.areas)
        name, phone = f"{first} {family}", f"+234{PREFIXES[self.known % len(PREFIXES)]}{digits:07d}"
        address = {
            "recipient_name": name,
            "phone": phone,
            "street_address": f"{rng.randrange(1, 180)} {street}, {area}",
            "city": place.city,
            "state": place.state,
            "country": "NG",
        }
        return Contact(name, f"{first}.{family}{self.known}@example.com".lower(), phone, address, place)


def make_customer(rng: Random, contact: Contact, *, at: datetime, visitor: Visitor, channel: Channel) -> Customer:
    """Return a customer who signs up now. Their password cannot be used: hashing thousands would take minutes."""
    source = signup_source(visitor.device, channel, is_referred=rng.random() < 0.06)
    user = User(
        id=random_uuid(rng),
        email=contact.email,
        phone=contact.phone,
        name=contact.name,
        password=f"!{rng.getrandbits(160):040x}",
        auth_provider=AuthProvider.GOOGLE if rng.random() < 0.35 else AuthProvider.EMAIL,
        country="NG",
        gender_preference=GenderPreference.WOMEN if rng.random() < 0.6 else None,
        accepts_marketing=rng.random() < 0.45,
        signup_source=source,
        signup_platform=SignupPlatform(visitor.device.platform),
        email_verified_at=at,
        last_login=at,
        created_at=at,
    )
    return Customer(str(user.pk), user, contact)


def signup_source(device: Device, channel: Channel, *, is_referred: bool) -> SignupSource:
    """Return what brought somebody to sign up."""
    if is_referred:
        return SignupSource.REFERRAL
    if channel.medium in {"cpc", "paid_social"}:
        return SignupSource.ADS
    if channel.medium is not None:
        return SignupSource.CAMPAIGN
    return SignupSource.WEB if device.platform == "web" else SignupSource.MOBILE


class Crowd:
    """Everybody who visits. New faces, some who came before, and customers, latest ones most."""

    def __init__(self, seed: int) -> None:
        self.rng = random_for(seed, "crowd")
        self.devices = endless(self.rng, [(device, device.weight) for device in DEVICES])
        self.places = endless(self.rng, [(place, place.weight) for place in PLACES])
        self.registry = Registry(seed)
        self.passers: list[Visitor] = []
        self.regulars: list[Visitor] = []

    def send(self, *, at_ms: int) -> Visitor:
        """Return the next visitor: nobody whose last visit still goes on at this millisecond."""
        visitor, chance = None, self.rng.random()
        if chance < 0.17 and self.regulars:
            visitor = self.regulars[int(len(self.regulars) * self.rng.random() ** 0.6)]
        elif chance < 0.42 and self.passers:
            visitor = self.passers[int(len(self.passers) * self.rng.random())]
        if visitor is None or visitor.busy_until_ms >= at_ms:
            visitor = Visitor(self.new_id(), next(self.devices), next(self.places))
        return visitor

    def new_id(self) -> str:
        """Return an id for a browser or a session: 16 hexadecimal digits."""
        return f"{self.rng.getrandbits(64):016x}"

    def remember(self, visitor: Visitor) -> None:
        """Let a visitor without an account come again."""
        if visitor.customer is None:
            if len(self.passers) < POOL:
                self.passers.append(visitor)
            else:
                self.passers[int(POOL * self.rng.random())] = visitor

    def sign_up(self, visitor: Visitor, *, at: datetime, channel: Channel) -> Customer:
        """Give a visitor an account."""
        contact = self.registry.meet(visitor.place)
        visitor.customer = make_customer(self.rng, contact, at=at, visitor=visitor, channel=channel)
        self.regulars.append(visitor)
        return visitor.customer
