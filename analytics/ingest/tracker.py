"""`/t.js` and `/flags.js`: the browser tracker and its flags, for pages of any site."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

FOLDER = Path(__file__).parent.parent / "static" / "analytics"
SCRIPT, FLAGS_SCRIPT = FOLDER / "t.js", FOLDER / "flags.js"
KEPT_SECONDS = 3600  # long enough to be rarely asked for, short enough that a mended one is everywhere soon


@dataclass(frozen=True, slots=True)
class Script:
    """The script as it is sent: plain and compressed, with a name for its content."""

    plain: bytes
    compressed: bytes
    etag: str


@cache
def read_script(path: Path) -> Script:
    """Return a script. Read and compressed once a process."""
    plain = path.read_bytes()
    # Without a time inside, so that every process sends the same bytes.
    compressed = gzip.compress(plain, compresslevel=9, mtime=0)
    return Script(plain, compressed, f'"{hashlib.sha256(plain).hexdigest()[:20]}"')


@require_safe
def send_tracker(request: HttpRequest) -> HttpResponse:
    """Answer the tracker."""
    return send_script(request, read_script(SCRIPT))


@require_safe
def send_flags(request: HttpRequest) -> HttpResponse:
    """Answer what evaluates flags in the browser."""
    return send_script(request, read_script(FLAGS_SCRIPT))


def send_script(request: HttpRequest, script: Script) -> HttpResponse:
    """Answer a script to pages of any origin; 304 to who has it."""
    is_known = script.etag in request.headers.get("If-None-Match", "")
    is_compressed = "gzip" in request.headers.get("Accept-Encoding", "")
    response = (
        HttpResponse(status=304) if is_known else HttpResponse(script.compressed if is_compressed else script.plain)
    )
    response["Content-Type"] = "text/javascript; charset=utf-8"
    if is_compressed and not is_known:
        response["Content-Encoding"] = "gzip"
    response["ETag"] = script.etag
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}"
    response["Vary"] = "Accept-Encoding"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
