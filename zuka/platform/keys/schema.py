"""API keys in the OpenAPI schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Say how a secret key is sent."""

    target_class = "zuka.platform.keys.authentication.ApiKeyAuthentication"
    name = "apiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002 - its signature
        """Return the scheme: `Authorization: Bearer <secret key>`."""
        return {"type": "http", "scheme": "bearer", "description": "A secret key of the shop."}
