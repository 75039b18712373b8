"""Pictures over HTTP. Few and small, and each is asked for once a browser: no web server in front is needed."""

from __future__ import annotations

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zuka.platform.pictures.sizes import ENDING

YEAR_SECONDS = 31_536_000


@require_safe
def send_picture(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - the form of a view
    """Answer with a picture's file, for ever the same; 404 where there is none. Reads no database and no session.

    The address allows names of ours only, and whatever lies there is said to be a picture and nothing else.
    """
    if not settings.MEDIA_ROOT:
        raise Http404
    try:
        with default_storage.open(name) as file:
            content = file.read()
    except OSError as error:
        raise Http404 from error
    response = HttpResponse(content, content_type=f"image/{ENDING}")
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
