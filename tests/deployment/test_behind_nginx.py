"""Two webs behind the nginx of the deployment guide: addresses, HTTPS, what stays inside, and an upgrade meanwhile."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from bench.rig.site import Site, reserved_port, scratch_site
from zuka.deployment.processes import web_command
from zuka.deployment.servers import STREAM_PORT, WEB_PORTS, Plan, make_files
from zuka.up.ports import Address
from zuka.up.serving import ask_ready

NGINX = os.environ.get("ZUKA_NGINX") or shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
HOST = "shop.example"
pytestmark = pytest.mark.skipif(NGINX is None, reason="needs a real nginx: install it, or set ZUKA_NGINX to it")


def start_second(site: Site, port: int) -> None:
    """Start another web beside the first, and wait until it answers."""
    own = Address("127.0.0.1", port)
    site.start("second", web_command(host=own.host, port=str(port), workers="1", threads="8"))
    wait_ready(own)


def wait_ready(address: Address) -> None:
    end = time.monotonic() + 60
    while ask_ready(address)[0] != 200:
        assert time.monotonic() < end, "a web does not answer"
        time.sleep(0.05)


def certify(folder: Path) -> None:
    """Make a certificate that nobody vouches for."""
    names = ["-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST}"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    kind = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
    subprocess.run(["openssl", "req", *kind, *names, *files], check=True, capture_output=True)


def settings_of_nginx(folder: Path, *, plain: int, tls: int, webs: tuple[int, int]) -> Path:
    """Return the guide's site in a whole configuration, on ports and with a certificate of this test."""
    made = make_files(Plan(host=HOST))["zuka.nginx.conf"]
    swaps = {
        f"/etc/letsencrypt/live/{HOST}": str(folder),
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl http2;\n": "",
        "listen 80;": f"listen 127.0.0.1:{plain};",
        "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl",
        **{f"127.0.0.1:{port}": f"127.0.0.1:{own}" for port, own in zip(WEB_PORTS, webs, strict=True)},
        f"127.0.0.1:{STREAM_PORT}": "127.0.0.1:9",
    }
    for was, becomes in swaps.items():
        assert was in made
        made = made.replace(was, becomes)
    temporary = "\n".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off; pid {folder}/pid; error_log {folder}/errors;\nevents {{}}\n"
        f"http {{ access_log off;\n{temporary}\n{made}}}\n"
    )
    return path


@contextlib.contextmanager
def running_nginx(path: Path) -> Iterator[None]:
    assert NGINX is not None
    with subprocess.Popen([NGINX, "-c", str(path), "-e", str(path.parent / "errors")]) as process:
        try:
            time.sleep(0.5)
            assert process.poll() is None, (path.parent / "errors").read_text()
            yield
        finally:
            process.terminate()


class Caller:
    """Somebody on the internet."""

    def __init__(self, port: int) -> None:
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        self.line = http.client.HTTPSConnection("127.0.0.1", port, context=trusting, timeout=30)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        said = {"Host": HOST, "Content-Type": "application/json", **headers}
        self.line.request(method, path, json.dumps(body) if body is not None else None, said)
        answer = self.line.getresponse()
        return answer.status, answer.read()

    def close(self) -> None:
        self.line.close()


def call_until(over: Event, port: int, key: str, statuses: Counter[int]) -> None:
    number = 0
    with contextlib.closing(Caller(port)) as caller:
        while not over.is_set():
            number += 1
            statuses[caller.send("GET", "/api/v1/products/")[0]] += 1
            event = {"writeKey": key, "event": "Seen", "messageId": f"m-{number}", "anonymousId": "a"}
            statuses[caller.send("POST", "/v1/track", event)[0]] += 1


def test_two_webs_behind_nginx(tmp_path: Path) -> None:
    certify(tmp_path)
    with scratch_site() as site, reserved_port() as second, reserved_port() as plain, reserved_port() as tls:
        site.environment |= {"HTTPS_ONLY": "true", "TRUSTED_PROXY_COUNT": "1", "ALLOWED_HOSTS": f"127.0.0.1,{HOST}"}
        site.environment |= {"WEB_WORKERS": "1", "WEB_THREADS": "8", "ADDRESSES": "truncated"}
        site.start_web()
        start_second(site, second)
        path = settings_of_nginx(tmp_path, plain=plain, tls=tls, webs=(site.address.port, second))
        with running_nginx(path), contextlib.closing(Caller(tls)) as caller:
            assert caller.send("GET", "/metrics")[0] == 404
            assert caller.send("GET", "/readyz")[0] == 200
            assert caller.send("GET", "/api/v1/products/")[0] == 200
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", plain)) as unsafe:
                unsafe.request("GET", "/shop/?a=1", headers={"Host": HOST})
                sent_on = unsafe.getresponse()
                assert (sent_on.status, sent_on.headers["Location"]) == (301, f"https://{HOST}/shop/?a=1")

            event = {"writeKey": site.keys["publishable"], "event": "Seen", "messageId": "claimed", "anonymousId": "b"}
            claimed = {"X-Forwarded-For": "102.89.1.2", "X-Forwarded-Proto": "http"}
            assert caller.send("POST", "/v1/track", event, **claimed)[0] == 200
            seen = "SELECT host(ip) FROM analytics_events WHERE message_id = 'claimed'"
            assert site.sql(seen) == [("127.0.0.0",)]  # the network of who called nginx, not what they claim

            over, statuses = Event(), Counter[int]()
            thread = Thread(target=call_until, args=(over, tls, site.keys["publishable"], statuses))
            thread.start()
            for _ in range(2):
                site.stop("second")
                start_second(site, second)
                site.stop("web")
                site.start("web")
                wait_ready(site.address)
            over.set()
            thread.join()
        stored = site.sql("SELECT count(*) FROM analytics_events WHERE starts_with(message_id, 'm-')")[0][0]
    assert dict(statuses) == {200: statuses[200]}
    assert stored == statuses[200] // 2 > 20
