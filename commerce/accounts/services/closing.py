from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction

from commerce.accounts.models import CodePurpose, OneTimeCode, User, UserStatus
from commerce.accounts.services.codes import guess_code, issue_code, use_code
from commerce.accounts.services.moments import account_closing
from commerce.accounts.services.people import hold_account
from commerce.accounts.services.phones import text_code
from commerce.notifications.services import forget_reader, notify_of_account
from zuka.platform.audit.actions import record_own
from zuka.platform.audit.scrubbing import scrub_person
from zuka.platform.errors import Refused
from zuka.platform.mail.suppressing import withdraw_mails
from zuka.platform.staff.history import forget_person as forget_sign_ins

# What says who somebody is. Language, country, time zone and where they came from do not, and stay for the figures.
SCRUBBED: Mapping[str, Any] = {
    "email": None,
    "phone": None,
    "name": "",
    "email_verified_at": None,
    "phone_verified_at": None,
    "gender_preference": None,
    "date_of_birth": None,
    "profile_image_url": None,
    "accepts_marketing": False,
    "last_login": None,
    "metadata": {},
    "status": UserStatus.DELETED,
}


class StaffAccount(Refused):
    """Accounts of staff are not closed by their owners."""

    code = "staff_account"


@transaction.atomic
def send_closing_code(*, user: User, at: datetime) -> None:
    """Send a code with which somebody without a password closes their account or has it erased: by mail, else to their
    proved phone.

    Raises `TooManyCodes`; `SmsUnavailable`.
    """
    if user.email:
        mail_closing_code(user, user.email, at=at)
    elif user.phone and user.phone_verified_at:
        text_code(purpose=CodePurpose.CLOSE_SMS, phone=user.phone, user=user, at=at)


@transaction.atomic
def mail_closing_code(user: User, email: str, *, at: datetime) -> None:
    """Mail a code that closes an account."""
    code = issue_code(purpose=CodePurpose.CLOSE, address=email, user=user, at=at)
    notify_of_account(kind="account.closing_code", email=email, name=user.name, code=code, at=at)


def guess_closing_code(*, user: User, code: str | None, at: datetime) -> OneTimeCode | None:
    """Return the code that `send_closing_code` sent, if it is that; None without one. Raises `WrongCode`."""
    if code is None:
        return None
    purpose = CodePurpose.CLOSE if user.email else CodePurpose.CLOSE_SMS
    return guess_code(purpose=purpose, address=user.email or user.phone or "", code=code, user=user, at=at)


def close_account(*, user: User, at: datetime, code: str | None = None) -> None:
    """Close an account for good: who it was is forgotten, and its e-mail and phone are free. Orders stay, by law,
    and so does what is known of visits and talks; `ask_to_be_erased` takes the person out of these too.

    What the audit log and the history of sign-ins say of them is emptied, that something was done stays.
    Every device is signed out; mails that wait are withdrawn, but for the one that says so. `code` proves who has no
    password. Raises `WrongCode`, `StaffAccount`, `AccountClosed`, and what rooms above refuse: an order that is open.
    """
    found = guess_closing_code(user=user, code=code, at=at)
    with transaction.atomic():
        user = hold_account(user_id=user.pk)
        if user.is_staff or user.is_superuser:
            raise StaffAccount("This is an account of staff. A superuser takes its rights away first.")
        if found:
            use_code(found, at=at)
        record_own("account.closed", user)
        account_closing.send(sender=User, user=user, at=at)
        if user.email:
            withdraw_mails(address=user.email, at=at)
            notify_of_account(kind="account.closed", email=user.email, name=user.name, at=at)
        words = [word for word in (user.email, user.phone) if word]
        forget_person(user)
        # After the columns are emptied: where staff close an account, the log has just noted what they said.
        forget_sign_ins(user.pk)
        scrub_person(user_id=user.pk, at=at, words=words)


def forget_person(user: User) -> None:
    """Scrub a locked account, and delete what hangs on it."""
    keys = user.devices.values_list("session_key", flat=True)
    Session.objects.filter(session_key__in=list(keys)).delete()
    user.devices.all().delete()
    user.addresses.all().delete()
    user.identities.all().delete()
    OneTimeCode.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    forget_reader(user_id=user.pk)
    for column, value in SCRUBBED.items():
        setattr(user, column, value)
    user.set_unusable_password()
    user.save(update_fields=[*SCRUBBED, "password", "updated_at"])
