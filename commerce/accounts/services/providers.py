"""Signing in or up by a provider that says who somebody is, and connecting one to an account.

Whom a provider has let in once is found by its own name for them, whatever becomes of their e-mail. A new one is
matched by the e-mail that the provider has proved:

- Nobody has it: an account is made, without a password.
- An account has it proved: it is theirs, so it is joined, and told by mail. Its second step is still asked for.
- An account has it unproved, and nothing else is proved there: anybody may have written it, and wait for its owner
  with a password of their own. The account is its e-mail's, as when a new password is set by mail, and begins anew:
  password, devices, second step, phone, addresses and open codes of whoever was there go. Orders stay, as guest orders
  with that e-mail would have come.
- An account has it unproved, and has proved a phone or another provider: that is somebody, who must neither lose the
  account nor share it. The sign-in is refused until they have signed in and confirmed the e-mail.
- An account of staff, or one that another person of the same provider signs in to, is not joined: its owner signs in
  as before, and connects the provider.
"""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction

from commerce.accounts.gateways import Claim, offered_providers
from commerce.accounts.models import (
    AuthProvider,
    Ending,
    OneTimeCode,
    ProviderIdentity,
    SignInProvider,
    SignupPlatform,
    SignupSource,
    SpentToken,
    User,
    UserStatus,
)
from commerce.accounts.services.closing import SCRUBBED
from commerce.accounts.services.devices import revoke_devices
from commerce.accounts.services.people import Entry, hold_account, register_customer
from commerce.accounts.services.proving import forget_strangers, prove_email
from commerce.notifications.services import notify_of_account
from zuka.platform.actor import Actor
from zuka.platform.audit.actions import record_own
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.sms.sending import sends_sms

# What an account has that begins anew; the rest said who the stranger was.
KEPT = {"email", "email_verified_at", "status"}


class TokenSpent(Refused):
    """The token has let somebody in already."""

    status = 400
    code = "token_spent"


class EmailNotProved(Refused):
    """The provider gives no e-mail for a new account, or does not say that it is the person's."""

    status = 400
    code = "email_not_confirmed"


class SignInFirst(Refused):
    """An account has the e-mail, and a provider's word is not enough to be let in to it."""

    status = 400
    code = "sign_in_first"


class AccountUnavailable(Refused):
    """The account may not be signed in to."""

    status = 400
    code = "account_unavailable"


class NotConfirmed(Refused):
    """The account has no confirmed e-mail or phone, so nobody has shown whose it is."""

    code = "not_confirmed"


class IdentityTaken(Refused):
    """The person at the provider signs in to another account."""

    code = "identity_taken"


class AlreadyConnected(Refused):
    """The account has another person of this provider."""

    code = "already_connected"


class NotConnected(Refused):
    """The account is not connected with this provider."""

    status = 404
    code = "not_found"


class LastWay(Refused):
    """Without this provider nobody could sign in to the account."""

    code = "last_way"


@transaction.atomic
def enter_by_provider(
    *, claim: Claim, source: SignupSource, platform: SignupPlatform, actor: Actor, at: datetime
) -> Entry:
    """Return whose account a provider's word opens, by the rules above; without one it is made.

    Raises `TokenSpent`, `EmailNotProved`, `SignInFirst`, `AccountUnavailable`; `AccountTaken` when somebody signs up
    with the e-mail at the same moment.
    """
    identity = spend(claim)
    if identity:
        user = User.objects.select_for_update(no_key=True).get(pk=identity.user_id)
        refuse_unless_active(user)
        if note_use(identity, claim, at=at):
            return Entry(user, is_new=False)
    if not claim.email:
        raise EmailNotProved(
            f"{claim.provider.label} did not give us an e-mail that is confirmed. Share yours there, or sign up here.",
            field="id_token",
        )
    # Somebody new may come by two providers at once.
    take_turns(f"email:{claim.email.lower()}")
    holder = User.objects.with_email(claim.email).select_for_update(no_key=True).first()
    if holder:
        join_account(holder, claim, at=at)
        return Entry(holder, is_new=False)
    user = register_customer(
        email=claim.email,
        name=claim.name,
        auth_provider=AuthProvider(claim.provider.value),
        source=source,
        platform=platform,
        actor=actor,
        at=at,
    )
    remember(user, claim, at=at)
    prove_email(user, at=at)
    return Entry(user, is_new=True)


def spend(claim: Claim) -> ProviderIdentity | None:
    """Use a token up, and return whom it is about, once nobody else is at it. Raises `TokenSpent`.

    What is refused later in the transaction leaves the token as it was.
    """
    try:
        with transaction.atomic():
            SpentToken.objects.create(digest=claim.digest, expires_at=claim.expires_at)
    except IntegrityError as error:
        raise TokenSpent("This sign-in was used already. Begin it again.", field="id_token") from error
    take_turns(f"identity:{claim.provider.value}:{claim.subject}")
    return ProviderIdentity.objects.filter(provider=claim.provider, subject=claim.subject).first()


def refuse_unless_active(user: User) -> None:
    """Raise `AccountUnavailable` for an account that is suspended, or was closed a moment ago."""
    if user.status != UserStatus.ACTIVE:
        raise AccountUnavailable("You cannot sign in to this account. Write to us if that is a mistake.")


def note_use(identity: ProviderIdentity, claim: Claim, *, at: datetime) -> bool:
    """Write down that a provider let somebody in, and by which e-mail; return False if it was disconnected just now."""
    identity.last_used_at, identity.email = at, claim.email or identity.email
    rows = ProviderIdentity.objects.filter(pk=identity.pk)
    return bool(rows.update(last_used_at=identity.last_used_at, email=identity.email))


def remember(user: User, claim: Claim, *, at: datetime) -> ProviderIdentity:
    """Let a provider's person in to a locked account from now on."""
    return ProviderIdentity.objects.create(
        user=user,
        provider=claim.provider,
        subject=claim.subject,
        email=claim.email or "",
        created_at=at,
        last_used_at=at,
    )


def join_account(holder: User, claim: Claim, *, at: datetime) -> None:
    """Let the person in to the locked account that has their e-mail, and tell it.

    Raises `AccountUnavailable`, `SignInFirst`.
    """
    refuse_unless_active(holder)
    has_another = holder.identities.filter(provider=claim.provider).exists()
    if is_somebodys(holder) or holder.is_staff or holder.is_superuser or has_another:
        name = claim.provider.label
        raise SignInFirst(
            f"There is an account with your e-mail already. Sign in to it as before, confirm the e-mail, and connect "
            f"{name} under Security.",
            field="id_token",
        )
    begins_anew = not holder.email_verified_at
    if begins_anew:
        begin_anew(holder, name=claim.name, at=at)
    remember(holder, claim, at=at)
    tell("account.provider_connected", holder, claim.provider, begins_anew=begins_anew, at=at)


def is_somebodys(user: User) -> bool:
    """Say whether an account whose e-mail nobody has proved is somebody's all the same, by what else they proved."""
    return not user.email_verified_at and (user.phone_verified_at is not None or user.identities.exists())


def begin_anew(user: User, *, name: str, at: datetime) -> None:
    """Give a locked account to whose e-mail it has, without what a stranger may have left there to be let in by.

    An address of theirs could be where the next parcel goes.
    """
    forget_strangers(user)
    OneTimeCode.objects.filter(user=user).delete()
    user.addresses.all().delete()
    revoke_devices(user=user, because=Ending.PASSWORD, at=at)
    user.set_unusable_password()
    columns = {**{each: SCRUBBED[each] for each in SCRUBBED.keys() - KEPT}, "name": name}
    for column, value in columns.items():
        setattr(user, column, value)
    user.save(update_fields=[*columns, "password", "updated_at"])
    prove_email(user, at=at)


def tell(kind: str, user: User, provider: SignInProvider, *, at: datetime, **facts: bool) -> None:
    """Tell the owner of an account by mail who lets in to it now, or does no more."""
    if user.email:
        said = {"provider": provider.label, **facts}
        notify_of_account(kind=kind, email=user.email, name=user.name, facts=said, at=at)


@transaction.atomic
def connect_provider(*, user: User, claim: Claim, at: datetime) -> ProviderIdentity:
    """Let a provider's person sign in to the account too, and tell its e-mail. Doing it again changes nothing.

    Only an account whose e-mail or phone is proved: an unproved one may be taken by who proves it, and would take the
    provider along. Raises `TokenSpent`, `NotConfirmed`, `IdentityTaken`, `AlreadyConnected`, `AccountClosed`.
    """
    identity = spend(claim)
    user = hold_account(user_id=user.pk)
    name = claim.provider.label
    if identity and identity.user_id != user.pk:
        raise IdentityTaken(f"With this {name} account you sign in to another account here. Disconnect it there first.")
    if identity and note_use(identity, claim, at=at):
        return identity
    if not (user.email_verified_at or user.phone_verified_at):
        raise NotConfirmed("Confirm your e-mail first.")
    if user.identities.filter(provider=claim.provider).exists():
        raise AlreadyConnected(f"Another {name} account is connected. Disconnect it first.")
    identity = remember(user, claim, at=at)
    record_own("account.provider_connected", user, after={"provider": claim.provider.value})
    tell("account.provider_connected", user, claim.provider, begins_anew=False, at=at)
    return identity


@transaction.atomic
def disconnect_provider(*, user: User, provider: SignInProvider, at: datetime) -> None:
    """Let a provider let nobody in to the account any more, and tell its e-mail.

    Raises `NotConnected`, `LastWay`, `AccountClosed`.
    """
    user = hold_account(user_id=user.pk)
    identity = user.identities.filter(provider=provider).first()
    if identity is None:
        raise NotConnected(f"Your account is not connected with {provider.label}.")
    if not has_way_besides(user, provider):
        raise LastWay(
            f"{provider.label} is your only way to sign in. First confirm an e-mail, to which we can mail you a code."
        )
    identity.delete()
    record_own("account.provider_removed", user, before={"provider": provider.value})
    tell("account.provider_gone", user, provider, at=at)


def has_way_besides(user: User, provider: SignInProvider) -> bool:
    """Say whether somebody could still sign in to an account without a provider, as the shop is set up."""
    others = [each.id for each in offered_providers() if each.id != provider]
    by_email = bool(user.email) and (user.email_verified_at is not None or user.has_usable_password())
    by_phone = user.phone_verified_at is not None and sends_sms()
    return by_email or by_phone or user.identities.filter(provider__in=others).exists()


def forget_spent_tokens(*, at: datetime) -> int:
    """Delete what is known of tokens that have expired; return how many."""
    return SpentToken.objects.filter(expires_at__lt=at).delete()[0]
