"""The platform's API, below `/api/v1/`."""

from __future__ import annotations

from django.urls import path

from zuka.platform.keys.api import KeyValidation
from zuka.platform.keys.owner_api import OwnKey, OwnKeyDevice, OwnKeyRotation, OwnKeys, OwnKeyUsage

urlpatterns = [
    path("keys/validate", KeyValidation.as_view(), name="keys-validate"),
    path("keys/mine/", OwnKeys.as_view(), name="own-keys"),
    path("keys/mine/<uuid:key_id>/", OwnKey.as_view(), name="own-key"),
    path("keys/mine/<uuid:key_id>/rotate/", OwnKeyRotation.as_view(), name="own-key-rotate"),
    path("keys/mine/<uuid:key_id>/usage/", OwnKeyUsage.as_view(), name="own-key-usage"),
    path("keys/mine/<uuid:key_id>/device/", OwnKeyDevice.as_view(), name="own-key-device"),
]
