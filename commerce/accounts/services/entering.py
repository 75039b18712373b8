"""Coming in by a one-time code, by e-mail or by phone: to the account that has it, else to a new one.

Who asks for a code is answered alike, whether or not there is an account: only who gets the code learns it. What
becomes of an account on which somebody wrote an e-mail that is not theirs, or a phone, is a rule of each:

- A phone: in `phones`.
- An e-mail: as when a provider says whose it is (`providers`). A confirmed one lets in. An account on which nobody has
  proved anything begins anew, so that a stranger who made it keeps nothing; one that is somebody's by a phone or a
  provider is neither taken nor shared. Accounts of staff are made in the back office, by no stranger, and stay as they
  are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.db import transaction

from commerce.accounts.models import (
    AuthProvider,
    CodePurpose,
    SignupPlatform,
    SignupSource,
    User,
    UserQuerySet,
    UserStatus,
)
from commerce.accounts.services.codes import guess_code, issue_code, use_code, wrong_code
from commerce.accounts.services.people import Entry, read_phone, register_customer
from commerce.accounts.services.phones import admit_by_phone, prove_phone, text_code
from commerce.accounts.services.providers import SignInFirst, begin_anew, is_somebodys
from commerce.accounts.services.proving import check_password_strength, prove_email
from commerce.notifications.services import notify_of_account
from zuka.platform.actor import Actor
from zuka.platform.db.turns import take_turns


class Admission(Protocol):
    """Let who has an address in to the locked account that has it; False: the account is another's, and has it no more.

    `name` is for an account that begins anew. Raises `Refused`.
    """

    def __call__(self, holder: User, /, *, name: str, at: datetime) -> bool:
        """Return whether they are in."""


class Proof(Protocol):
    """Note on a locked account that an address is its owner's."""

    def __call__(self, user: User, /, *, at: datetime) -> None:
        """Write it down."""


@dataclass(frozen=True, slots=True)
class EntryWay:
    """A kind of address that codes come to: how it is read, and whose account has it."""

    provider: AuthProvider
    purpose: CodePurpose
    read: Callable[[str], str]
    holders: Callable[[str], UserQuerySet]
    admit: Admission
    prove: Proof
    deliver: Callable[[str, datetime], None]

    def send_code(self, *, address: str, at: datetime) -> None:
        """Send a code by which somebody signs in, or up when there is no account; the answer is the same.

        Raises `TooManyCodes`; by phone also `InvalidPhone` and what `text_code` does.
        """
        self.deliver(self.read(address), at)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What an account is made with where there is none. To an account that is there, nothing of it is written."""

    name: str
    source: SignupSource
    platform: SignupPlatform
    actor: Actor
    password: str | None = None
    accepts_marketing: bool = False


def enter_by_code(*, way: EntryWay, address: str, code: str, newcomer: Newcomer, at: datetime) -> Entry:
    """Return whose address this is, by the code that it got; without an account one is made, and its address is proved.

    A password sent along is the new account's only: who gets hold of a code must not change another's password
    unseen. Raises `InvalidPhone`; `WrongCode`, also for an account that may not sign in; `SignInFirst`; `WeakPassword`,
    which leaves the code as it was.
    """
    address = way.read(address)
    found = guess_code(purpose=way.purpose, address=address, code=code, at=at)
    with transaction.atomic():
        use_code(found, at=at)
        # Somebody new may come by a provider at the same moment.
        take_turns(f"{way.provider.value}:{address.lower()}")
        holder = way.holders(address).select_for_update(no_key=True).first()
        if holder and way.admit(holder, name=newcomer.name, at=at):
            return Entry(holder, is_new=False)
        user = make_account(way, address, newcomer, at=at)
        way.prove(user, at=at)
        return Entry(user, is_new=True)


def make_account(way: EntryWay, address: str, newcomer: Newcomer, *, at: datetime) -> User:
    """Create the account of somebody new. Raises `WeakPassword`."""
    is_email = way.provider == AuthProvider.EMAIL
    if newcomer.password:
        check_password_strength(User(email=address if is_email else None, name=newcomer.name), newcomer.password)
    return register_customer(
        email=address if is_email else None,
        phone=None if is_email else address,
        name=newcomer.name,
        password=newcomer.password,
        auth_provider=way.provider,
        source=newcomer.source,
        platform=newcomer.platform,
        accepts_marketing=newcomer.accepts_marketing,
        actor=newcomer.actor,
        at=at,
    )


def text_entry_code(phone: str, at: datetime) -> None:
    """Send a code to a phone. No account is looked for."""
    text_code(purpose=CodePurpose.ENTRY, phone=phone, user=None, at=at)


@transaction.atomic
def mail_entry_code(email: str, at: datetime) -> None:
    """Mail a code to an e-mail. Whether it is an account's makes the words another's, and the spelling; no more."""
    user = User.objects.with_email(email).first()
    code = issue_code(purpose=CodePurpose.ENTRY_MAIL, address=email, user=None, at=at)
    # To some servers another spelling of an address is another person's.
    whole, name, aim = (str(user.email), user.name, "sign in") if user else (email, "", "open an account")
    notify_of_account(kind="account.entry_code", email=whole, name=name, facts={"aim": aim}, code=code, at=at)


def admit_by_email(holder: User, *, name: str, at: datetime) -> bool:
    """Let who has an e-mail in to the locked account that has it, by the rules above.

    Raises `WrongCode` for an account that may not sign in; `SignInFirst`.
    """
    if holder.status != UserStatus.ACTIVE:
        raise wrong_code()
    if holder.email_verified_at:
        return True
    if holder.is_staff or holder.is_superuser:
        prove_email(holder, at=at)
        return True
    if is_somebodys(holder):
        raise SignInFirst(
            "Your e-mail is on an account that signs in another way, and is not confirmed there. Sign in to it as "
            "before and confirm the e-mail, or set a new password.",
            field="email",
        )
    begin_anew(holder, name=name, at=at)
    notify_of_account(kind="account.begun_anew", email=str(holder.email), name=name, at=at)
    return True


BY_PHONE = EntryWay(
    provider=AuthProvider.PHONE,
    purpose=CodePurpose.ENTRY,
    read=read_phone,
    holders=User.objects.with_phone,
    admit=admit_by_phone,
    prove=prove_phone,
    deliver=text_entry_code,
)
BY_EMAIL = EntryWay(
    provider=AuthProvider.EMAIL,
    purpose=CodePurpose.ENTRY_MAIL,
    read=lambda email: User.objects.normalize_email(email.strip()),
    holders=User.objects.with_email,
    admit=admit_by_email,
    prove=prove_email,
    deliver=mail_entry_code,
)
