"""The one device that a bound key is valid on: the first that asks, until it is released."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from zuka.platform.models import ApiKey

UNBOUND = {"device_hash": None, "device_name": "", "device_os": "", "device_app_version": "", "device_bound_at": None}


@dataclass(frozen=True, slots=True)
class Device:
    """What an app says of where it runs. The fingerprint is its own, and is kept as a hash."""

    fingerprint: str
    name: str = ""
    os: str = ""
    app_version: str = ""

    def hash_for(self, key_id: UUID) -> str:
        """Return what is kept of the fingerprint: other keys keep another hash of the same device."""
        return hashlib.sha256(f"{key_id}:{self.fingerprint}".encode("utf-8", "replace")).hexdigest()


def is_bound_to(known: str | None, device: Device, *, key_id: UUID) -> bool:
    """Say whether a kept hash is this device's, in the same time whatever the answer."""
    return known is not None and hmac.compare_digest(known, device.hash_for(key_id))


def bind_device(*, key_id: UUID, device: Device, at: datetime) -> bool:
    """Bind a key to a device unless it is bound; say whether it is bound to this one now. Of two at once one wins."""
    told = device.hash_for(key_id)
    facts = {"device_name": device.name, "device_os": device.os, "device_app_version": device.app_version}
    free = ApiKey.objects.filter(pk=key_id, device_hash=None)
    if free.update(device_hash=told, device_bound_at=at, **facts):
        return True
    return is_bound_to(ApiKey.objects.values_list("device_hash", flat=True).get(pk=key_id), device, key_id=key_id)


def release_device(*, key: ApiKey) -> bool:
    """Let another device bind the key; say whether there was one. Processes notice within a second."""
    is_released = ApiKey.objects.filter(pk=key.pk, device_hash__isnull=False).update(**UNBOUND) == 1
    key.refresh_from_db()
    return is_released
