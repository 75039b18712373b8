"""How staff look people up by what they were told on the phone."""

from __future__ import annotations

from django.db.models import Q

from commerce.accounts.models import User, UserQuerySet
from commerce.accounts.services.people import InvalidPhone, read_phone

SHORTEST_LOOKUP = 3  # letters: the index of names and e-mails holds them by threes


def phone_in(words: str) -> str | None:
    """Return the phone that was written, as E.164; None when it is none."""
    try:
        return read_phone(words)
    except InvalidPhone:
        return None  # staff may also have written a name


def find_people(words: str) -> UserQuerySet:
    """Return accounts, closed ones too, with this phone, or these letters in name or e-mail; the newest first."""
    here = Q(phone=phone) if (phone := phone_in(words)) else Q(pk=None)
    if len(words) >= SHORTEST_LOOKUP:
        here |= Q(name__icontains=words) | Q(email__icontains=words)
    found: UserQuerySet = User.objects.filter(here).order_by("-created_at")
    return found
