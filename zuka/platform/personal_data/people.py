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
MOST_IN_ONE_BROWSER = 5  # a household's; an id of more is a word like `undefined`, whoever sent it
NO_BROWSERS = frozenset(
    {"undefined", "null", "none", "nan", "anonymous", "unknown", "guest", "visitor", "user", "test"}
)


class NobodyFound(Refused):
    """Nothing is kept of whoever was named."""

    code = "nobody_found"


class SeveralPeople(Refused):
    """What was named leads to several people."""

    code = "several_people"


@dataclass(frozen=True, slots=True)
class Person:
    """A person by all that names them: an account, browsers, addresses and phones, orders.

    `users` has the id of an account, or nothing; `visitors` are ids of browsers and apps; `orders` and `carts` are keys
    of rows, `numbers` what orders are called; `names` and `places` are words that say who somebody is where they stand
    in free text. `emails` and `phones` are proved to be theirs; `claimed` stand in their rows and may be others': words
    to take out, never a way to more. `starts` is what they were asked for by. `shared` are those of `visitors` that
    others use as well: nothing in them is theirs but what says so. `salt` is the secret of one erasure, dropped with
    it: what a person was replaced by says nothing.
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
    claimed: tuple[str, ...] = ()
    starts: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    salt: str = field(default="", repr=False)

    @property
    def words(self) -> list[str]:
        """Return what must not stand in any text of theirs, the longest first. Others use these words too."""
        said = (*self.users, *self.visitors, *self.emails, *spellings(self.phones), *self.names, *self.places)
        said = (*said, *self.claimed)
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

    @property
    def own_visitors(self) -> list[str]:
        """Return the browsers that nobody else uses, as far as is known."""
        return [each for each in self.visitors if each not in self.shared]

    @property
    def own_ids(self) -> list[str]:
        """Return the ids under which nobody else is counted."""
        return [*self.users, *self.own_visitors]

    def is_start(self, value: str) -> bool:
        """Say whether they were asked for by an e-mail, phone or browser."""
        return value in self.starts

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
Known = Mapping[str, Iterable[str]]
_watchers: list[Callable[[Person, Iterable[str]], Known]] = []


def add_finder(finder: Finder) -> None:
    """Add what finds more that names a person, from what is known of them."""
    _finders.append(finder)


def add_watcher(watcher: Callable[[Person, Iterable[str]], Known]) -> None:
    """Add what says who beside a person is known in browsers, by visitor id: accounts, and for guests other guests."""
    _watchers.append(watcher)


def others_in(person: Person, visitors: Iterable[str]) -> dict[str, set[str]]:
    """Return who beside a person is known in browsers, by visitor id."""
    asked = list(visitors)
    found: dict[str, set[str]] = {each: set() for each in asked}
    for watcher in _watchers if asked else ():
        for visitor, names in watcher(person, asked).items():
            found[visitor].update(names)
    return found


def without_crowds(person: Person, facts: Mapping[str, Iterable[Any]]) -> dict[str, Iterable[Any]]:
    """Return facts without ids that too many share to be a browser, and with which browsers a few share."""
    told = [each for each in facts.get("visitors", ()) if each and each not in person.visitors]
    others = others_in(person, dict.fromkeys(told))
    kept = [each for each in told if not is_crowd(each, others[each])]
    return {**facts, "visitors": kept, "shared": [each for each in kept if others[each]]}


def is_crowd(visitor: str, others: set[str]) -> bool:
    """Say whether a visitor id is no browser's: what programs send for want of one."""
    return visitor.strip().lower() in NO_BROWSERS or len(others) >= MOST_IN_ONE_BROWSER


def begin(start: Person) -> Person:
    """Return a start that says what it is. Raises `SeveralPeople` for a visitor id that nobody can be told by."""
    if start.starts:
        return start
    for visitor, others in others_in(start, start.visitors).items():
        if is_crowd(visitor, others):
            why = f"Many share the visitor id {visitor}. Name the account or the e-mail."
            raise SeveralPeople(why, field="visitor")
    return replace(start, starts=(*start.users, *start.visitors, *start.emails, *start.phones))


def spellings(phones: Iterable[str]) -> list[str]:
    """Return phones as they may stand in texts: with the country's code and without, with and without a plus."""
    found = []
    for phone in phones:
        digits = re.sub(r"\D", "", phone)
        found += [phone, digits, f"0{digits[3:]}" if digits.startswith("234") else digits]
    return found


def find_person(start: Person) -> Person:
    """Return a person with all that names them: what they were asked for by leads to more, and rows of theirs do.

    Raises `NobodyFound`, and `SeveralPeople` for a visitor id that many share.
    """
    person, before = begin(start), None
    while person != before:
        before = person
        for finder in _finders:
            person = person.with_facts(without_crowds(person, finder(person)))
    if not (person.users or person.visitors or person.orders or person.carts):
        raise NobodyFound("Nothing is kept under this. Check the account, e-mail or visitor id.", field="person")
    return person


def hash_person(person: Person) -> str:
    """Return what a person is known by after their erasure: a hash that only this shop's secret key leads to."""
    name = (person.users or person.starts or person.visitors or person.emails or person.numbers)[0]
    return hmac.new(KEY + settings.SECRET_KEY.encode(), str(name).lower().encode(), hashlib.sha256).hexdigest()


def start_person(
    *, user: object = None, email: str | None = None, visitor: str | None = None, guest: str | None = None
) -> Person:
    """Return the start of a person: an account by its id or e-mail, else a guest by e-mail, or a browser by its id.

    `guest` is the e-mail of guest orders alone. Raises `NobodyFound` for an id that is none, and `SeveralPeople` for an
    e-mail that guest orders have, and an account that has not confirmed it.
    """
    if visitor:
        return Person(visitors=(visitor,))
    if guest:
        return Person(emails=(guest.strip(),))
    accounts = get_user_model()._default_manager  # noqa: SLF001 - Django's name for it
    try:
        found = accounts.filter(pk=user).first() if user else accounts.filter(email__iexact=email).first()
    except ValidationError as error:
        raise NobodyFound(
            "There is no such account. Write its id as the back office shows it.", field="user"
        ) from error
    if found is not None:
        account = Person(users=(str(found.pk),))
        if email and not user:
            refuse_unconfirmed(account, email.strip())
        return account
    if user or not email:
        raise NobodyFound("There is no such account.", field="user")
    return Person(emails=(email.strip(),))


def refuse_unconfirmed(account: Person, email: str) -> None:
    """Raise `SeveralPeople` where an account has an e-mail that it has not confirmed, and a guest has it too."""
    if any(email.lower() == each.lower() for each in find_person(account).emails):
        return
    try:
        find_person(Person(emails=(email,)))
    except NobodyFound:
        return  # only the account has it
    raise SeveralPeople(
        f"Account {account.users[0]} has not confirmed {email}, and a guest has this e-mail too: two people, maybe. "
        f"Instead of --email say which is meant: --user {account.users[0]}, or --guest {email}.",
        field="email",
    )
