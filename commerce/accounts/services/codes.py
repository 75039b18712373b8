"""One-time codes: who may have one, what a guess costs, and using one up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from commerce.accounts.models import CodePurpose, OneTimeCode, User
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused
from zuka.platform.live_settings.reading import live
from zuka.platform.sms.protocol import SmsUnavailable

log = structlog.get_logger(__name__)
SALT = "commerce.accounts.code"
MOST_AN_HOUR, MOST_A_DAY = 5, 20
SMS_LOCK = "zuka:sms"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class WrongCode(Refused):
    """The code is not the one that was sent, or is used, expired or guessed at too often."""

    status = 400
    code = "wrong_code"


class TooManyCodes(Refused):
    """So many codes went to this address, or were asked for by this account, that another must wait."""

    status = 429
    code = "too_many_codes"


@dataclass(frozen=True, slots=True)
class CodeRule:
    """How long a code is, for how many minutes it may be used, and whether a text message carries it, which costs."""

    digits: int
    minutes: int
    by_sms: bool = False


# A code may be guessed at 5 times and 20 are made a day: 100 guesses a day at a hundred million.
RULES: Mapping[CodePurpose, CodeRule] = {
    CodePurpose.EMAIL: CodeRule(digits=8, minutes=30),
    CodePurpose.PASSWORD: CodeRule(digits=8, minutes=15),
    CodePurpose.CLOSE: CodeRule(digits=8, minutes=15),
    CodePurpose.ENTRY: CodeRule(digits=8, minutes=10, by_sms=True),
    CodePurpose.ENTRY_MAIL: CodeRule(digits=8, minutes=15),
    CodePurpose.PHONE: CodeRule(digits=8, minutes=10, by_sms=True),
    CodePurpose.CLOSE_SMS: CodeRule(digits=8, minutes=15, by_sms=True),
}
BY_SMS = [purpose for purpose, rule in RULES.items() if rule.by_sms]


def hash_contact(address: str) -> str:
    """Return what an e-mail or phone is found by among codes: a keyed hash, without regard to case."""
    return salted_hmac(f"{SALT}.address", address.strip().lower(), algorithm="sha256").hexdigest()


def hash_code(*, purpose: CodePurpose, address: str, code: str) -> str:
    """Return the keyed hash of a code, which is good for one purpose and one address."""
    digits = "".join(each for each in code if each.isdigit())
    said = f"{purpose.value}:{address.strip().lower()}:{digits}"
    return salted_hmac(SALT, said, algorithm="sha256").hexdigest()


@transaction.atomic
def issue_code(*, purpose: CodePurpose, address: str, user: User | None, at: datetime) -> str:
    """Make a code for an address and return it; earlier ones stay good. `user` None: nobody will be sent it.

    What is counted does not depend on whether there is an account, and what another account asks for keeps nobody's
    code by mail back for the hour. Raises `TooManyCodes`; `SmsUnavailable`.
    """
    rule, address_hash = RULES[purpose], hash_contact(address)
    # Who asks at the same moment for the same address queues here, so that none is counted too few; by SMS everybody
    # does, since all messages together have a limit.
    take_turns(SMS_LOCK if rule.by_sms else address_hash)
    if rule.by_sms:
        refuse_too_many_messages(address_hash=address_hash, at=at)
    else:
        refuse_too_many_mails(purpose=purpose, address_hash=address_hash, user=user, at=at)
    code = f"{secrets.randbelow(10**rule.digits):0{rule.digits}}"
    OneTimeCode.objects.create(
        purpose=purpose,
        address_hash=address_hash,
        code_hash=hash_code(purpose=purpose, address=address, code=code),
        user=user,
        created_at=at,
        expires_at=at + timedelta(minutes=rule.minutes),
    )
    return code


def refuse_too_many_mails(*, purpose: CodePurpose, address_hash: str, user: User | None, at: datetime) -> None:
    """Raise `TooManyCodes` when an address, or an account, has had its codes of a purpose by mail."""
    made = OneTimeCode.objects.filter(purpose=purpose, created_at__gt=at - DAY)
    there = made.filter(address_hash=address_hash)
    of_account = (made if user else there).filter(user=user).count()
    this_hour = there.filter(user=user, created_at__gt=at - HOUR).count()
    if this_hour >= MOST_AN_HOUR or max(there.count(), of_account) >= MOST_A_DAY:
        raise too_many_codes()


def refuse_too_many_messages(*, address_hash: str, at: datetime) -> None:
    """Raise `TooManyCodes` when a phone has had its codes, whatever they were for.

    Raises `SmsUnavailable` when the shop has sent as many as it will in a day.
    """
    made = OneTimeCode.objects.filter(purpose__in=BY_SMS)
    for span, most in ((HOUR, MOST_AN_HOUR), (DAY, live.SMS_PHONE_DAILY)):
        if made.filter(address_hash=address_hash, created_at__gt=at - span).count() >= most:
            raise too_many_codes()
    if made.filter(created_at__gt=at - DAY).count() >= live.SMS_DAILY:
        log.warning("codes.sms_daily_reached", most=live.SMS_DAILY)
        raise SmsUnavailable("SMS_DAILY is reached")


def too_many_codes() -> TooManyCodes:
    """Return the refusal of one code more."""
    return TooManyCodes("We have sent many codes already. Use the newest one, or try again later.")


def withdraw_code(*, purpose: CodePurpose, address: str, code: str) -> None:
    """Forget a code that has certainly not been sent, so that no limit counts it."""
    code_hash = hash_code(purpose=purpose, address=address, code=code)
    OneTimeCode.objects.filter(purpose=purpose, address_hash=hash_contact(address), code_hash=code_hash).delete()


def guess_code(*, purpose: CodePurpose, address: str, code: str, at: datetime, user: User | None = None) -> OneTimeCode:
    """Return the open code that this is, having counted the guess for good; `user` narrows it to their codes.

    Raises `WrongCode`. The caller uses it up by `use_code` in the transaction of what it is good for.
    """
    with transaction.atomic():
        rows = OneTimeCode.objects.open(at).filter(purpose=purpose, address_hash=hash_contact(address))
        counted = list((rows.filter(user=user) if user else rows).select_for_update().order_by("pk"))
        OneTimeCode.objects.filter(pk__in=[each.pk for each in counted]).update(guesses=F("guesses") + 1)
    guessed = hash_code(purpose=purpose, address=address, code=code)
    for each in counted:
        if secrets.compare_digest(each.code_hash, guessed):
            return each
    raise wrong_code()


def use_code(found: OneTimeCode, *, at: datetime) -> None:
    """Use a code up, and with it the others that its address has for the purpose. Raises `WrongCode`: it was used."""
    rows = OneTimeCode.objects.filter(purpose=found.purpose, address_hash=found.address_hash, used_at=None)
    # Locked in one order: two people who use two codes of an address at once would else wait for one another.
    keys = list(rows.select_for_update().order_by("pk").values_list("pk", flat=True))
    if found.pk not in keys:
        raise wrong_code()
    OneTimeCode.objects.filter(pk__in=keys).update(used_at=at)


def wrong_code() -> WrongCode:
    """Return the one refusal of every code that is not good."""
    return WrongCode("This code is not right, or it is too old. Look again, or ask for a new one.", field="code")


def forget_codes(*, at: datetime) -> int:
    """Delete codes that no limit counts any more; return how many."""
    return OneTimeCode.objects.filter(created_at__lt=at - DAY).delete()[0]
