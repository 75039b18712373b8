"""What a key or a person must hold to use an endpoint."""

from __future__ import annotations

from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from zuka.platform.keys.finding import Grant


class HasScope(BasePermission):
    """Allow a key with the scope that the view names in `scope`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Say whether the request's key carries the view's scope."""
        return isinstance(request.auth, Grant) and getattr(view, "scope", None) in request.auth.scopes
