"""Who a person is, as their data names them, and who they become when they are erased."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self
from uuid import UUID

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError

from zuka.platform.errors import Refused

SHORTEST_WORD = 6  # a shorter one would be found in what has nothing to do with them
KEY = b"zuka.personal_data:"
# Ids of browsers are what clients send: only what no text holds by chance says in a text whose it is.
UNLIKELY = re.compile(r"[0-9a-f]{8}(-?[0-9a-f]{4}){3}-?[0-9a-f]{12}|[0-9a-f]{16,}|[0-9]{8,}[.][0-9]{8,}", re.IGNORECASE)
BETWEEN = re.compile(r"[\s,;:|=&\"'()<>\[\]{}]+")


class NobodyFound(Refused):
    """Nothing is kept of whoever was named."""

    code = "nobody_found"


@dataclass(frozen=True, slots=True)
class Person:
    """A person by all that names them: an account, browsers, addresses and phones, orders.

    `users` has the id of an account, or nothing; `visitors` are ids of browsers and apps; `orders` and `carts` are keys
    of rows, `numbers` what orders are called; `names` and `places` are words that say who somebody is where they stand
    in free text. `salt` is the secret of one erasure, dropped with it: what a person was replaced by says nothing.
    """

    users: tuple[str, ...] = ()
    visitors: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    orders: tuple[int, ...] = ()
    numbers: tuple[str, ...] = ()
    carts: tuple[str, ...] = ()
    payments: tuple[str, ...] = ()
    salt: str = field(default="", repr=False)

    @property
    def words(self) -> list[str]:
        """Return what must not stand in any text of theirs, the longest first. Others use these words too."""
        said = (*self.users, *self.visitors, *self.emails, *spellings(self.phones), *self.names, *self.places)
        return sorted({each.strip().lower() for each in said if len(each.strip()) >= SHORTEST_WORD}, key=len)[::-1]

    @property
    def marks(self) -> list[str]:
        """Return what names them and nobody else, in whatever text: unlikely ids, e-mails, phones."""
        said = (*self.keys, *spellings(self.phones))
        return sorted({each.strip().lower() for each in said if len(each.strip()) >= SHORTEST_WORD}, key=len)[::-1]

    @property
    def keys(self) -> list[str]:
        """Return their ids that no text holds by chance, and their e-mails, in lower case."""
        unlikely = (each for each in self.visitors if UNLIKELY.fullmatch(each))
        return [each.strip().lower() for each in (*self.users, *unlikely, *self.emails) if each.strip()]

    def is_among(self, value: Any) -> bool:
        """Say whether a text, or any in a list or in an object's values, has one of their keys as a whole part."""
        if isinstance(value, Mapping):
            return any(self.is_among(each) for each in value.values())
        if isinstance(value, (list, tuple)):
            return any(self.is_among(each) for each in value)
        return not set(self.keys).isdisjoint(BETWEEN.split(str(value).lower()))

    @property
    def ids(self) -> list[str]:
        """Return the ids that events carry: of the account and of browsers."""
        return [*self.users, *self.visitors]

    def pseudonym(self, value: object) -> str:
        """Return the random id that one of theirs is replaced by; SQL says the same by `erased_id`."""
        return str(UUID(bytes=hashlib.sha256(f"{self.salt}{value}".encode()).digest()[:16]))

    def is_named(self, text: str) -> bool:
        """Say whether a text holds any of their words."""
        said = text.lower()
        return any(word in said for word in self.words)

    def with_facts(self, facts: Mapping[str, Iterable[Any]]) -> Self:
        """Return the person with more that names them; what is empty or known is left out."""
        found: dict[str, Any] = {}
        for name, values in facts.items():
            known = getattr(self, name)
            new = [each for each in dict.fromkeys(values) if each not in known and each not in ("", None)]
            found[name] = (*known, *new)
        return replace(self, **found)

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON, of which `from_json` makes the same person."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        """Return the person that JSON holds."""
        values: dict[str, Any] = {name: each if name == "salt" else tuple(each) for name, each in data.items()}
        return cls(**values)


def whole(words: Iterable[str]) -> str:
    """Return the regular expression, of Python and of PostgreSQL, that finds any of some words as a whole."""
    return rf"(?<![\w.+@-])(?:{'|'.join(map(re.escape, words))})(?![\w@-]|[.]\w)"


Finder = Callable[[Person], Mapping[str, Iterable[Any]]]
_finders: list[Finder] = []


def add_finder(finder: Finder) -> None:
    """Add what finds more that names a person, from what is known of them."""
    _finders.append(finder)


def spellings(phones: Iterable[str]) -> list[str]:
    """Return phones as they may stand in texts: with the country's code and without, with and without a plus."""
    found = []
    for phone in phones:
        digits = re.sub(r"\D", "", phone)
        found += [phone, digits, f"0{digits[3:]}" if digits.startswith("234") else digits]
    return found


def find_person(start: Person) -> Person:
    """Return a person with all that names them: each finding may lead to another. Raises `NobodyFound`."""
    person, before = start, None
    while person != before:
        before = person
        for finder in _finders:
            person = person.with_facts(finder(person))
    if not (person.users or person.visitors or person.orders or person.carts):
        raise NobodyFound("Nothing is kept under this. Check the account, e-mail or visitor id.", field="person")
    return person


def hash_person(person: Person) -> str:
    """Return what a person is known by after their erasure: a hash that only this shop's secret key leads to."""
    name = (person.users or person.visitors or tuple(each.lower() for each in person.emails) or person.numbers)[0]
    return hmac.new(KEY + settings.SECRET_KEY.encode(), str(name).encode(), hashlib.sha256).hexdigest()


def start_person(*, user: object = None, email: str | None = None, visitor: str | None = None) -> Person:
    """Return the start of a person: an account by its id or e-mail, else a guest by e-mail, or a browser by its id.

    Raises `NobodyFound` for an id that is none.
    """
    if visitor:
        return Person(visitors=(visitor,))
    accounts = get_user_model()._default_manager  # noqa: SLF001 - Django's name for it
    try:
        found = accounts.filter(pk=user).first() if user else accounts.filter(email__iexact=email).first()
    except ValidationError as error:
        raise NobodyFound(
            "There is no such account. Write its id as the back office shows it.", field="user"
        ) from error
    if found is not None:
        return Person(users=(str(found.pk),))
    if user or not email:
        raise NobodyFound("There is no such account.", field="user")
    return Person(emails=(email.strip(),))
