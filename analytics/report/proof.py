"""Who is there, before people's names leave through the API: asked of staff in a browser, never of keys."""

from __future__ import annotations

from typing import ClassVar

from django.urls import reverse
from rest_framework.request import Request

from analytics.registry.reports.forms import Report
from analytics.report.scope import Scope
from zuka.platform.errors import Refused
from zuka.platform.keys.finding import Grant
from zuka.platform.staff.proving import is_proved


class ProofNeeded(Refused):
    """Staff who signed in long ago ask for what names people."""

    status: ClassVar[int] = 403
    code: ClassVar[str] = "proof_needed"


def require_proof(request: Request, report: Report, scope: Scope) -> None:
    """Raise ProofNeeded for a session of staff that is no proof any more, where what comes of a report names people."""
    if isinstance(request.auth, Grant) or not scope.names_people(report):
        return
    if not is_proved(request._request):  # noqa: SLF001 - DRF's name for Django's request, which has the session
        where = request.build_absolute_uri(reverse("admin:prove"))
        raise ProofNeeded(f"{report.title} names people, and you signed in a while ago: say that it is you at {where}.")
