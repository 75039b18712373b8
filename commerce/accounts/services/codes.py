"""One-time codes: who may have one, what a guess costs, and using one up."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.crypto import salted_hmac

from commerce.accounts.models import CodePurpose, OneTimeCode, User
from zuka.platform.db.turns import take_turns
from zuka.platform.errors import Refused

SALT = "commerce.accounts.code"
MOST_AN_HOUR, MOST_A_DAY = 5, 20
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
    """How long a code is, and for how many minutes it may be used."""

    digits: int
    minutes: int


# A code may be guessed at 5 times and 20 are made a day: 100 guesses a day at a hundred million.
RULES: Mapping[CodePurpose, CodeRule] = {
    CodePurpose.EMAIL: CodeRule(digits=8, minutes=30),
    CodePurpose.PASSWORD: CodeRule(digits=8, minutes=15),
    CodePurpose.CLOSE: CodeRule(digits=8, minutes=15),
}


def hash_contact(address: str) -> str:
    """Return what an e-mail is found by among codes: a keyed hash, without regard to case."""
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
    code back for the hour. Raises `TooManyCodes`.
    """
    address_hash = hash_contact(address)
    # Who asks at the same moment for the same address queues here, so that none is counted too few.
    take_turns(address_hash)
    made = OneTimeCode.objects.filter(purpose=purpose, created_at__gt=at - DAY)
    there = made.filter(address_hash=address_hash)
    of_account = (made if user else there).filter(user=user).count()
    this_hour = there.filter(user=user, created_at__gt=at - HOUR).count()
    if this_hour >= MOST_AN_HOUR or max(there.count(), of_account) >= MOST_A_DAY:
        raise TooManyCodes("We have sent many codes already. Use the newest one, or try again later.")
    rule = RULES[purpose]
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
    if not OneTimeCode.objects.filter(pk=found.pk, used_at=None).update(used_at=at):
        raise wrong_code()
    others = OneTimeCode.objects.filter(purpose=found.purpose, address_hash=found.address_hash, used_at=None)
    others.update(used_at=at)


def wrong_code() -> WrongCode:
    """Return the one refusal of every code that is not good."""
    return WrongCode("This code is not right, or it is too old. Look again, or ask for a new one.", field="code")


def forget_codes(*, at: datetime) -> int:
    """Delete codes that no limit counts any more; return how many."""
    return OneTimeCode.objects.filter(created_at__lt=at - DAY).delete()[0]
