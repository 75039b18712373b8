"""Zuka's addresses, and `/bare/`."""

from __future__ import annotations

from django.urls import path
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from zuka.urls import urlpatterns as zuka_urls


class Bare(APIView):
    """A DRF view that neither asks a database nor renders more than two words."""

    permission_classes = [AllowAny]

    def get(self, _request: Request) -> Response:
        """Answer."""
        return Response({"still": "here"})


urlpatterns = [path("bare/", Bare.as_view()), *zuka_urls]
