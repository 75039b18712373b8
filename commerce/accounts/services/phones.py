"""Phones: codes that come as text messages, whom they let in, and proving the phone of an account.

Anybody may write any phone on their account, so a phone that is not proved opens nothing: who proves it elsewhere takes
it from there. Only an account that has no e-mail is its phone's, proved or not: there is nobody else it could be of.
"""

from __future__ import annotations

import unicodedata
from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q

from commerce.accounts.models import CodePurpose, Ending, User, UserStatus
from commerce.accounts.services.codes import RULES, guess_code, issue_code, use_code, withdraw_code, wrong_code
from commerce.accounts.services.devices import revoke_devices
from commerce.accounts.services.moments import phone_proved
from commerce.accounts.services.people import AccountTaken, read_phone
from commerce.accounts.services.proving import AlreadyProved, forget_strangers
from commerce.notifications.services import notify_of_account
from zuka.platform.audit.actions import record_own
from zuka.platform.errors import Refused
from zuka.platform.sms.protocol import SmsNotSent
from zuka.platform.sms.sending import send_sms, sends_sms

# In letters that every phone has: a message with others costs as two.
TEXT = "{shop}: {code} is your code to {what}. It is good for {minutes} minutes. Tell it to nobody, not even to us."
PURPOSES = {
    CodePurpose.ENTRY: "sign in",
    CodePurpose.PHONE: "confirm your phone",
    CodePurpose.CLOSE_SMS: "close or erase your account",
}
SHOP_LENGTH = 30


class PhoneNotOffered(Refused):
    """The shop sends no text messages."""

    code = "phone_not_offered"


class PhoneNotServed(Refused):
    """The phone is in a country where no text messages are sent to."""

    status = 400
    code = "phone_not_served"


def text_code(*, purpose: CodePurpose, phone: str, user: User | None, at: datetime) -> None:
    """Send a code to a phone in E.164. The message leaves outside of any transaction of ours.

    Raises `PhoneNotOffered`, `PhoneNotServed`, `TooManyCodes`; `SmsUnavailable`, after which a code that has certainly
    not been sent is not counted.
    """
    if not sends_sms():
        raise PhoneNotOffered("This shop sends no text messages. Use your e-mail.")
    served = tuple(settings.SMS_CALLING_CODES)
    if served and not phone.startswith(served):
        raise PhoneNotServed(f"We send codes to phones with {' or '.join(served)}. Use your e-mail.", field="phone")
    code = issue_code(purpose=purpose, address=phone, user=user, at=at)
    plain = unicodedata.normalize("NFKD", settings.SHOP_NAME).encode("ascii", "ignore").decode()
    what, minutes = PURPOSES[purpose], RULES[purpose].minutes
    try:
        send_sms(to=phone, text=TEXT.format(shop=plain[:SHOP_LENGTH], code=code, what=what, minutes=minutes))
    except SmsNotSent:
        withdraw_code(purpose=purpose, address=phone, code=code)
        raise


def admit_by_phone(holder: User, *, at: datetime, **_newcomer: object) -> bool:
    """Let who has a phone in to the locked account that has it too; False: it was another's, and has it no more.

    Raises `WrongCode` for an account that may not sign in.
    """
    if not is_of_its_phone(holder):
        release_phone(holder, at=at)
        return False
    if holder.status != UserStatus.ACTIVE:
        raise wrong_code()
    if not holder.phone_verified_at:
        take_over(holder, at=at)
    return True


def is_of_its_phone(user: User) -> bool:
    """Say whether who has the phone has the account."""
    return bool(user.phone_verified_at) or not user.email


def take_over(user: User, *, at: datetime) -> None:
    """Give a locked account to whose phone it has, as the first new password by mail does: strangers are put out."""
    forget_strangers(user)
    user.set_unusable_password()
    user.save(update_fields=["password", "updated_at"])
    revoke_devices(user=user, because=Ending.PASSWORD, at=at)
    prove_phone(user, at=at)


def release_phone(user: User, *, at: datetime) -> None:
    """Take from a locked account the phone that it never proved, and tell its owner."""
    facts = {"phone": user.phone}
    record_own("account.phone_removed", user, personal_before=facts)
    user.phone = None
    user.save(update_fields=["phone", "updated_at"])
    if user.email:
        notify_of_account(kind="account.phone_gone", email=user.email, name=user.name, facts=facts, at=at)


def prove_phone(user: User, *, at: datetime) -> None:
    """Note on a locked account that its phone is its owner's, and let rooms above act on it."""
    user.phone_verified_at = at
    user.save(update_fields=["phone_verified_at", "updated_at"])
    phone_proved.send(sender=User, user=user, at=at)


def send_phone_code(*, user: User, phone: str, at: datetime) -> None:
    """Send a code that confirms a phone as the account's: its own, or the one it shall have instead.

    Whether another account has the phone is only said to who reads its messages. Raises `AlreadyProved`,
    `InvalidPhone` and what `text_code` does.
    """
    phone = read_phone(phone)
    if phone == user.phone and user.phone_verified_at:
        raise AlreadyProved("Your phone is confirmed already.", field="phone")
    text_code(purpose=CodePurpose.PHONE, phone=phone, user=user, at=at)


def confirm_phone(*, user: User, phone: str, code: str, at: datetime) -> User:
    """Make a phone the account's confirmed one and return the account fresh. Its e-mail is told: the phone lets in.

    Raises `InvalidPhone`, `WrongCode`; `AccountTaken` when another account has proved the phone.
    """
    phone = read_phone(phone)
    found = guess_code(purpose=CodePurpose.PHONE, address=phone, code=code, user=user, at=at)
    with transaction.atomic():
        use_code(found, at=at)
        rows = User.objects.not_deleted().filter(Q(pk=user.pk) | Q(phone=phone))
        locked = {each.pk: each for each in rows.select_for_update(no_key=True).order_by("pk")}
        if user.pk not in locked:
            raise wrong_code()
        user = locked.pop(user.pk)
        for holder in locked.values():
            if is_of_its_phone(holder):
                raise taken()
            release_phone(holder, at=at)
        before = user.phone
        change_phone(user, phone)
        record_own("account.phone_changed", user, personal_before={"phone": before}, personal_after={"phone": phone})
        prove_phone(user, at=at)
        if user.email:
            facts = {"phone": phone}
            notify_of_account(kind="account.phone_changed", email=user.email, name=user.name, facts=facts, at=at)
    return user


def change_phone(user: User, phone: str) -> None:
    """Write another phone on a locked account. Raises `AccountTaken`: somebody wrote it on theirs a moment ago."""
    user.phone = phone
    try:
        with transaction.atomic():
            user.save(update_fields=["phone", "updated_at"])
    except IntegrityError as error:
        if "user_phone_unique" not in str(error):
            raise
        raise taken() from error


def taken() -> AccountTaken:
    """Return the refusal of a phone that another account has."""
    return AccountTaken("You have another account with this phone. Sign in to that one.", field="phone")
