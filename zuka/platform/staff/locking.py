"""Guesses at the back office's sign-in: counted exactly, by account and by network address, in the database.

An attempt is counted before the password is looked at, and given back when it was right: of a hundred guesses that come
at once no more are looked at than STAFF_LOCK_ATTEMPTS. E-mails that no account has are counted alike, so that a lock
tells nobody which accounts there are.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.crypto import salted_hmac

from zuka.platform.db.files import load_sql
from zuka.platform.limits import network_of
from zuka.platform.staff.models import SignInLock

TAKE = Path(__file__).with_name("sql") / "take_attempt.sql"
ADDRESS_SHARE = 4  # of an address, as many times those of an account: several people may sit behind one
SALT = "zuka.platform.staff.locking"
ACCOUNT, ADDRESS = SignInLock.Kind.ACCOUNT, SignInLock.Kind.ADDRESS
LOCKED = "Too many failed login attempts. Try again in {minutes} minutes, or ask an owner of the shop to unlock you."


def hash_of(who: str) -> str:
    """Return what the table knows somebody by."""
    return salted_hmac(SALT, who, algorithm="sha256").hexdigest()


def find_account(email: str) -> Any:
    """Return the account that an e-mail means; None where there is none."""
    users = get_user_model()
    try:
        return users._default_manager.get_by_natural_key(email)  # noqa: SLF001 - Django's name for it
    except users.DoesNotExist:  # attempts on no account are counted all the same
        return None  # nobody's


def most_of(kind: SignInLock.Kind) -> int:
    """Return how many wrong attempts lock one of a kind."""
    most: int = settings.STAFF_LOCK_ATTEMPTS
    return most if kind == ACCOUNT else most * ADDRESS_SHARE


def take_attempt(*, email: str, ip: str, at: datetime) -> bool:
    """Count an attempt to sign in; return whether it may be looked at. Commits at once outside a transaction."""
    user = find_account(email)
    # The address first: one that is locked locks no more accounts.
    return take(ADDRESS, who=network_of(ip), ip=network_of(ip), at=at) and take(
        ACCOUNT, who=name_of(email), user_id=user.pk if user else None, at=at
    )


def name_of(email: str) -> str:
    """Return an e-mail as attempts on it are counted."""
    return email.strip().lower()


def take(kind: SignInLock.Kind, *, who: str, at: datetime, user_id: Any = None, ip: str = "") -> bool:
    """Count one attempt of an account or an address; return whether it may be looked at."""
    span = timedelta(minutes=settings.STAFF_LOCK_MINUTES)
    facts = {
        "kind": kind.value,
        "who_hash": hash_of(who),
        "user_id": user_id,
        "ip": ip[:64],
        "at": at,
        "span_start": at - span,
        "locked_until": at + span,
        "most": most_of(kind),
    }
    with connection.cursor() as cursor:
        cursor.execute(load_sql(TAKE), facts)
        counted = cursor.fetchone()
    return counted is not None and counted[0] <= most_of(kind)


def give_back(*, email: str, ip: str) -> None:
    """Take back that an attempt was counted, since it was right: the account begins anew, the address has one less."""
    SignInLock.objects.filter(kind=ACCOUNT, who_hash=hash_of(name_of(email))).delete()
    SignInLock.objects.filter(kind=ADDRESS, who_hash=hash_of(network_of(ip))).update(
        failures=Greatest(F("failures") - 1, 0), locked_until=None
    )


def locks_of(user: Any, *, at: datetime) -> int:
    """Return how many locks an account has now."""
    return SignInLock.objects.filter(user=user, locked_until__gt=at).count()


def unlock(user: Any) -> int:
    """Let an account try again at once; return how many locks it had."""
    return SignInLock.objects.filter(user=user, kind=ACCOUNT).delete()[0]


def forget_old_locks(*, at: datetime) -> int:
    """Delete counts whose span is over."""
    span = at - timedelta(minutes=settings.STAFF_LOCK_MINUTES)
    old = SignInLock.objects.filter(began_at__lt=span).exclude(locked_until__gt=at)
    return old.delete()[0]
