"""From a name to a picture, and from a picture to its answer over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from zuka.demo.pictures.canvas import Canvas
from zuka.demo.pictures.garments import WOMEN
from zuka.demo.pictures.goods import GOODS
from zuka.demo.pictures.menswear import MEN
from zuka.demo.pictures.names import Look, read_look
from zuka.demo.pictures.patterns import PATTERNS

KINDS: dict[str, Callable[[Canvas], None]] = {each.__name__: each for each in (*WOMEN, *MEN, *GOODS)}
DRAWN = 512
YEAR_SECONDS = 31_536_000


def draw(look: Look) -> str | None:
    """Return a picture as SVG; None for a kind or pattern that is not known."""
    if look.kind not in KINDS or look.pattern not in PATTERNS:
        return None
    canvas = Canvas(look)
    KINDS[look.kind](canvas)
    return str(canvas)


@lru_cache(maxsize=DRAWN)
def draw_name(name: str) -> str | None:
    """Return the picture of a name, without `.svg`; None where it names none."""
    look = read_look(name)
    return draw(look) if look else None


@require_safe
def picture(request: HttpRequest, name: str) -> HttpResponse:  # noqa: ARG001 - the form of a view
    """Answer with a picture, for ever the same; 404 for a name that is none. Reads no database and no session."""
    drawn = draw_name(name)
    if drawn is None:
        raise Http404
    response = HttpResponse(drawn, content_type="image/svg+xml")
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    return response
