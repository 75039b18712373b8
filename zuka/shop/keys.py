"""The key with which pages send what visitors do."""

from __future__ import annotations

from django.db.models import Q
from django.db.models.functions import Now

from zuka.platform.models import ApiKey


def storefront_key() -> str | None:
    """Return the oldest active publishable key that may track; None when there is none, then nothing is tracked."""
    alive = Q(expires_at=None) | Q(expires_at__gt=Now())
    keys = ApiKey.objects.filter(
        alive, kind=ApiKey.Kind.PUBLISHABLE, status=ApiKey.Status.ACTIVE, scopes__contains=["track"]
    )
    token: str | None = keys.order_by("issued_at", "id").values_list("token", flat=True).first()
    return token
