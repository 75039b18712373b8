from __future__ import annotations

from django.http import HttpResponse

from commerce.orders.services import Paper


def paper_response(paper: Paper) -> HttpResponse:
    """Return a paper that the browser shows, and keeps under its own name."""
    headers = {"Content-Disposition": f'inline; filename="{paper.filename}"', "Cache-Control": "private, no-store"}
    return HttpResponse(paper.content, content_type="application/pdf", headers=headers)
