"""The second step of staff: whose role needs one, and how one is set up. allauth keeps its secrets."""

from __future__ import annotations

from typing import Any

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret, validate_totp_code
from django.contrib.auth.models import Group
from django.db import transaction
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from zuka.platform.keeping import Kept
from zuka.platform.staff.models import RoleRule

SECRET = "office_second_step_secret"  # noqa: S105 - a key of the session


def load_rules() -> frozenset[int]:
    """Return the roles that need a second step."""
    return frozenset(RoleRule.objects.filter(needs_second_step=True).values_list("group_id", flat=True))


RULES = Kept(load_rules, models=(RoleRule, Group))


def has_factor(user: Any) -> bool:
    """Say whether somebody signs in with the code of an app."""
    return bool(get_adapter().is_mfa_enabled(user, [Authenticator.Type.TOTP]))


def needs_factor(user: Any) -> bool:
    """Say whether one of somebody's roles needs a second step; a superuser has every role."""
    needing = RULES.get()
    return bool(needing) and (user.is_superuser or user.groups.filter(pk__in=needing).exists())


def secret_of(request: HttpRequest) -> str:
    """Return the secret that is being set up in this session."""
    if SECRET not in request.session:
        request.session[SECRET] = generate_totp_secret()
    return str(request.session[SECRET])


def picture_of(user: Any, secret: str) -> SafeString:
    """Return what the app scans, as a picture in the page."""
    address = get_adapter().build_totp_url(user, secret)
    drawn = segno.make(address, error="m").svg_inline(scale=4, omitsize=True, border=2)
    return mark_safe(drawn)  # noqa: S308 - squares alone: what they say is not in it as text


@transaction.atomic
def set_up(request: HttpRequest, code: str) -> list[str] | None:
    """Link the app whose code this is and return recovery codes; None for a wrong code."""
    secret = secret_of(request)
    if not validate_totp_code(secret, code.replace(" ", "")):
        return None
    Authenticator.objects.filter(user=request.user).delete()
    TOTP.activate(request.user, secret)
    del request.session[SECRET]
    return new_recovery_codes(request.user)


@transaction.atomic
def new_recovery_codes(user: Any) -> list[str]:
    """Make new recovery codes, shown this once; the earlier ones work no more."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).delete()
    codes: list[str] = RecoveryCodes.activate(user).get_unused_codes()
    return codes


def recovery_codes_left(user: Any) -> int:
    """Return how many recovery codes somebody has."""
    row = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return len(RecoveryCodes(row).get_unused_codes()) if row else 0


def take_away(user: Any) -> bool:
    """Take somebody's second step away; return whether they had one."""
    return bool(Authenticator.objects.filter(user=user).delete()[0])
