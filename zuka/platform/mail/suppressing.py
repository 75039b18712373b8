"""Addresses that get no mail."""

from __future__ import annotations

import hashlib
from datetime import datetime

from zuka.platform.mail.models import MailStatus, OutgoingMail, Suppression


def hash_address(address: str) -> str:
    """Return what an address is found by: SHA-256 of it in lower case, the same for ever.

    Not keyed by SECRET_KEY: a new key would forget whom not to write to, and links of mails that end them.
    """
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()


def is_suppressed(address: str) -> bool:
    """Say whether nobody may be mailed at an address."""
    return Suppression.objects.filter(address_hash=hash_address(address)).exists()


def suppress_address(*, address: str, reason: Suppression.Reason, at: datetime) -> Suppression:
    """Let an address get no mail from here on, not even one that is queued. Of an erased person only the hash stays.

    The first reason stays, except that who is erased leaves no address.
    """
    is_erased = reason == Suppression.Reason.ERASED
    row, created = Suppression.objects.get_or_create(
        address_hash=hash_address(address),
        defaults={"address": "" if is_erased else address.strip(), "reason": reason, "suppressed_at": at},
    )
    if is_erased and not created:
        row.address, row.reason = "", reason
        row.save(update_fields=["address", "reason", "updated_at"])
    return row


def withdraw_mails(*, address: str, at: datetime) -> int:
    """Let mails that wait for an address not leave; return how many. Later ones do: somebody may have it anew."""
    waiting = OutgoingMail.objects.filter(status=MailStatus.QUEUED, recipient__iexact=address.strip())
    return waiting.update(status=MailStatus.SUPPRESSED, updated_at=at)
