"""The tracker as it is sent."""

import gzip
import subprocess
from shutil import which

import pytest
from django.test import Client

from analytics.ingest.tracker import SCRIPT

LIMIT = 4096


def test_the_tracker_is_small():
    assert len(gzip.compress(SCRIPT.read_bytes(), 9)) < LIMIT


def test_pages_of_any_origin_may_load_it():
    answer = Client().get("/t.js")
    headers = ("Content-Type", "Cache-Control", "Access-Control-Allow-Origin", "Cross-Origin-Resource-Policy")
    assert [answer[name] for name in headers] == [
        "text/javascript; charset=utf-8",
        "public, max-age=3600",
        "*",
        "cross-origin",
    ]
    assert (answer.content, answer.cookies, answer["X-Content-Type-Options"]) == (SCRIPT.read_bytes(), {}, "nosniff")


def test_it_is_compressed_for_who_asks_and_not_sent_twice():
    answer = Client().get("/t.js", headers={"Accept-Encoding": "br, gzip"})
    assert (answer["Content-Encoding"], gzip.decompress(answer.content)) == ("gzip", SCRIPT.read_bytes())
    known = Client().get("/t.js", headers={"If-None-Match": answer["ETag"]})
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", answer["ETag"])
    assert Client().head("/t.js").content == b""
    assert Client().post("/t.js").status_code == 405


@pytest.mark.skipif(which("node") is None, reason="node reads the script's grammar; it is not on this machine")
def test_it_is_valid_javascript():
    subprocess.run(["node", "--check", str(SCRIPT)], check=True)
