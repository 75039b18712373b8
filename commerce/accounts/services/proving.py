"""Proving an e-mail, and setting a password by it: the same answer whether or not there is such an account."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from commerce.accounts.models import CodePurpose, Ending, User
from commerce.accounts.services.codes import guess_code, issue_code, use_code, wrong_code
from commerce.accounts.services.devices import revoke_devices
from commerce.accounts.services.moments import email_proved
from commerce.accounts.services.people import AccountTaken, hold_account
from commerce.notifications.services import notify_of_account
from zuka.platform.audit.actions import record_own
from zuka.platform.errors import Refused
from zuka.platform.mail.queueing import wake_sender


class AlreadyProved(Refused):
    """The e-mail is confirmed already."""

    code = "already_confirmed"


class WeakPassword(Refused):
    """The new password is too easy to guess; the message says why."""

    status = 400
    code = "weak_password"


def is_own(user: User, email: str) -> bool:
    """Say whether an e-mail is the account's, in any case."""
    return (user.email or "").lower() == email.strip().lower()


@transaction.atomic
def send_email_code(*, user: User, email: str, at: datetime) -> None:
    """Mail a code that confirms an e-mail as the account's: its own, or the one it shall have instead.

    Whether another account has the e-mail is only said to who reads its mails. Raises `AlreadyProved`, `TooManyCodes`.
    """
    if is_own(user, email) and user.email_verified_at:
        raise AlreadyProved("Your e-mail is confirmed already.", field="email")
    code = issue_code(purpose=CodePurpose.EMAIL, address=email, user=user, at=at)
    # To some servers another spelling of an address is another person's.
    whole = str(user.email) if is_own(user, email) else email
    notify_of_account(kind="account.email_code", email=whole, name=user.name, code=code, at=at)


def confirm_email(*, user: User, email: str, code: str, at: datetime) -> User:
    """Make an e-mail the account's confirmed one and return the account fresh; a code is good for one e-mail.

    The e-mail before it is told. `user` is as the request was let in: who has set another password since has signed
    that device out. Raises `WrongCode`, `AccountClosed`; `AccountTaken` when another account has the e-mail.
    """
    found = guess_code(purpose=CodePurpose.EMAIL, address=email, code=code, user=user, at=at)
    with transaction.atomic():
        use_code(found, at=at)
        password, user = user.password, hold_account(user_id=user.pk)
        if user.password != password:
            raise wrong_code()
        before = user.email
        if not is_own(user, email):
            change_email(user, User.objects.normalize_email(email.strip()))
        prove_email(user, at=at)
        if before and not is_own(user, before):
            facts = {"email": user.email}
            notify_of_account(kind="account.email_changed", email=before, name=user.name, facts=facts, at=at)
    return user


def change_email(user: User, email: str) -> None:
    """Write another e-mail on a locked account. Raises `AccountTaken`."""
    before, user.email = user.email, email
    try:
        with transaction.atomic():
            user.save(update_fields=["email", "updated_at"])
    except IntegrityError as error:
        if "user_email_unique" not in str(error):
            raise
        raise AccountTaken("You have another account with this e-mail. Sign in to that one.", field="email") from error
    record_own("account.email_changed", user, personal_before={"email": before}, personal_after={"email": email})


def prove_email(user: User, *, at: datetime) -> None:
    """Note on a locked account that its e-mail is its owner's, and let rooms above act on it."""
    user.email_verified_at = at
    user.save(update_fields=["email_verified_at", "updated_at"])
    email_proved.send(sender=User, user=user, at=at)


@transaction.atomic
def send_password_code(*, email: str, at: datetime) -> None:
    """Mail a code that sets a new password; to who has no account nothing is sent, after the same work.

    Raises `TooManyCodes`, with and without an account.
    """
    user = User.objects.active().with_email(email).first()
    code = issue_code(purpose=CodePurpose.PASSWORD, address=email, user=user, at=at)
    with transaction.atomic():
        name = user.name if user else ""
        whole = str(user.email) if user else email  # as the account has it, for the same reason
        notify_of_account(kind="account.password_code", email=whole, name=name, code=code, at=at)
        if user is None:
            transaction.set_rollback(True)
    if user is None:
        transaction.on_commit(wake_sender, robust=True)


def reset_password(*, email: str, code: str, password: str, at: datetime) -> None:
    """Set a new password by a mailed code. Every device is signed out, and the e-mail is proved by the way.

    With the first proof goes what a stranger may have left there: a second factor, a phone to sign in with.

    Raises `WrongCode`, also without such an account; `WeakPassword`, which leaves the code as it was.
    """
    found = guess_code(purpose=CodePurpose.PASSWORD, address=email, code=code, at=at)
    with transaction.atomic():
        user = User.objects.active().select_for_update(no_key=True).filter(pk=found.user_id).first()
        if user is None or not is_own(user, email):
            raise wrong_code()
        check_password_strength(user, password)
        use_code(found, at=at)
        change_password(user=user, password=password, at=at, keep=None)
        if not user.email_verified_at:
            forget_strangers(user)
            prove_email(user, at=at)


def forget_strangers(user: User) -> None:
    """Take from a locked account what lets in who signed up with an e-mail that was not theirs."""
    Authenticator.objects.filter(user=user).delete()
    user.identities.all().delete()
    user.phone_verified_at = None
    user.save(update_fields=["phone_verified_at", "updated_at"])


def check_password_strength(user: User, password: str) -> None:
    """Raise `WeakPassword` for a password that is too easy to guess for this person."""
    try:
        validate_password(password, user=user)
    except ValidationError as problem:
        raise WeakPassword(" ".join(problem.messages), field="password") from problem


@transaction.atomic
def change_password(*, user: User, password: str, at: datetime, keep: str | None) -> None:
    """Set a password that was checked, sign other devices out, and tell the owner. `keep`: the session that stays.

    Nothing else of the account is written: points and phone may have changed since it was read.
    """
    user.set_password(password)
    user.save(update_fields=["password", "updated_at"])
    record_own("account.password_changed", user)
    revoke_devices(user=user, because=Ending.PASSWORD, at=at, keep=keep)
    if user.email:
        notify_of_account(kind="account.password_changed", email=user.email, name=user.name, at=at)
