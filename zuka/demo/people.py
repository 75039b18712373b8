"""Who visits and who buys: visitors with a device and a city, some of them customers with an account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from random import Random

from commerce.accounts.models import AuthProvider, GenderPreference, SignupPlatform, SignupSource, User
from zuka.demo.baskets import Basket
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
# Of browsers, how many block the tracker; of visits by known customers, how many are with another device of theirs.
BLOCKING, OTHER_DEVICE = 0.12, 0.05


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
    """A person with an account; `user` is their unsaved row, `ref` its id as events carry it, `basket` their cart."""

    ref: str
    user: User
    contact: Contact
    basket: Basket | None = None
    busy_until_ms: int = 0


@dataclass(slots=True, eq=False)
class Visitor:
    """A browser or an installed app. `customer` is whose it is, whether signed in or not; `basket` is a guest's."""

    visitor_id: str
    device: Device
    place: Place
    customer: Customer | None = None
    busy_until_ms: int = 0
    is_blocking: bool = False
    is_signed_in: bool = False
    basket: Basket | None = None

    def is_free(self, *, at_ms: int) -> bool:
        """Say whether neither the device nor its customer is busy elsewhere at a millisecond."""
        return max(self.busy_until_ms, self.customer.busy_until_ms if self.customer else 0) < at_ms


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
    is_referred = rng.random() < 0.06
    source = signup_source(visitor.device, channel, is_referred=is_referred, is_blocking=visitor.is_blocking)
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


def signup_source(device: Device, channel: Channel, *, is_referred: bool, is_blocking: bool) -> SignupSource:
    """Return what brought somebody to sign up."""
    if is_referred:
        return SignupSource.REFERRAL
    # As the shop decides it: by what the tracker says of the visit, which a blocked one does not.
    if channel.medium in {"cpc", "paid_social"} and not is_blocking:
        return SignupSource.ADS
    if channel.medium is not None and not is_blocking:
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
        self.customers: list[Customer] = []

    def send(self, *, at_ms: int) -> Visitor:
        """Return the next visitor: nobody whose last visit may still go on at this millisecond."""
        visitor, chance = None, self.rng.random()
        if chance < 0.19 and self.regulars:
            visitor = self.regulars[int(len(self.regulars) * self.rng.random() ** 0.6)]
            if self.rng.random() < OTHER_DEVICE:
                visitor = self.other_device(visitor)
        elif chance < 0.44 and self.passers:
            visitor = self.passers[int(len(self.passers) * self.rng.random())]
        if visitor is None or not visitor.is_free(at_ms=at_ms):
            visitor = self.new_face()
        return visitor

    def new_face(self) -> Visitor:
        """Return a visitor whom nobody has seen before."""
        device = next(self.devices)
        is_blocking = device.platform == "web" and self.rng.random() < BLOCKING
        return Visitor(self.new_id(), device, next(self.places), is_blocking=is_blocking)

    def other_device(self, visitor: Visitor) -> Visitor:
        """Return another device of a customer, who is not signed in on it yet."""
        other = self.new_face()
        other.customer, other.place = visitor.customer, visitor.place
        self.regulars.append(other)
        return other

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
        visitor.customer = customer = make_customer(self.rng, contact, at=at, visitor=visitor, channel=channel)
        visitor.is_signed_in = True
        self.regulars.append(visitor)
        self.customers.append(customer)
        return customer
