"""`./run.sh up` for real: a fresh home, then everything that can happen to it, in the order of a bad day."""

from __future__ import annotations

import http.client
import json
import os
import signal
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest

from bench.rig.site import reserved_port
from zuka.platform.config import SETTINGS
from zuka.up.homes import CHECKOUT, read_json, tag_of
from zuka.up.processes import all_pids, find_process

START_SECONDS = 240.0  # a bound, not a wish: 39 s on a quiet machine, more than 100 beside much else
COUNT_NOTES = """
from django.db import connection
print("notes:", connection.cursor().execute("select count(*) from notes").fetchone()[0])
"""


def ask(url: str, body: str | None = None, *, method: str = "", kind: str = "application/json") -> tuple[int, str]:
    """Send one request, follow no redirect; return status and text."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    try:
        path = parts._replace(scheme="", netloc="").geturl()
        connection.request(method or ("GET" if body is None else "POST"), path, body, {"Content-Type": kind})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


class Shop:
    """One home with its port, driven through run.sh as a user does."""

    def __init__(self, home: Path, port: int) -> None:
        self.home, self.port = home, port
        hidden = {each.name for each in SETTINGS} | {"ZUKA_HOME", "ZUKA_PORT", "ZUKA_HOST"}
        inherited = {name: value for name, value in os.environ.items() if name not in hidden}
        own = {"ZUKA_HOME": str(home), "ZUKA_PORT": str(self.port), "ZUKA_DEMO_STAGE": "empty"}
        self.environment = inherited | own
        self.output = home.with_name("output.txt")
        self.process: subprocess.Popen[bytes] | None = None

    def up(self) -> subprocess.Popen[bytes]:
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [str(CHECKOUT / "run.sh"), "up"],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        return self.process

    def call(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(CHECKOUT / "run.sh"), *arguments],
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=START_SECONDS,
        )

    def wait_until_up(self) -> None:
        end = time.monotonic() + START_SECONDS
        while "Zuka: up after" not in self.output.read_text():
            assert self.process is not None
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < end, self.output.read_text()
            time.sleep(0.1)

    def get(self, path: str) -> tuple[int, str]:
        return ask(f"http://127.0.0.1:{self.port}{path}")

    def read(self, path: str, body: dict[str, Any] | None = None, *, method: str = "") -> Any:
        """Call the shop's API and return what it answers."""
        text = json.dumps(body) if body is not None else None
        status, answer = ask(f"http://127.0.0.1:{self.port}/api/v1{path}", text, method=method)
        assert status in {200, 201}, answer
        return json.loads(answer)

    def processes(self) -> list[str]:
        """Return what still runs for this home: its command names the home, its sockets, its port or its nodes."""
        web = (f"--port {self.port} ", f"--shop-url http://127.0.0.1:{self.port} ")
        marks = (str(self.home), f".zuka-{tag_of(self.home)}-", *web, f"-{tag_of(self.home)}@")
        found = [process for pid in all_pids() if (process := find_process(pid))]
        return [process.command for process in found if any(mark in process.command for mark in marks)]


@pytest.fixture
def shop(folder: Path) -> Iterator[Shop]:
    with reserved_port() as port:
        made = Shop((folder / "home").resolve(), port)
        yield made
        if made.process and made.process.poll() is None:
            os.killpg(made.process.pid, signal.SIGTERM)
            made.process.wait(timeout=60)
        made.call("down")


def count_notes(facts: dict[str, Any]) -> int:
    with psycopg.connect(facts["database_url"]) as connection:
        connection.execute("create table if not exists notes (n int)")
        connection.execute("insert into notes values (1)")
        row = connection.execute("select count(*) from notes").fetchone()
        return int(row[0]) if row else 0


def check_first_start(shop: Shop) -> dict[str, Any]:
    run_file = shop.home / "run.json"
    facts = read_json(run_file)
    assert stat.S_IMODE(run_file.stat().st_mode) == 0o600
    assert sorted(facts) == ["database_url", "keys", "redis_url", "staff", "url"]
    assert (sorted(facts["staff"]), sorted(facts["keys"])) == (["email", "password"], ["publishable", "secret"])
    assert facts["url"] == f"http://127.0.0.1:{shop.port}"
    assert shop.get("/readyz")[0] == 200
    status, page = shop.get("/admin/login/")
    assert (status, 'name="password"' in page) == (200, True)
    printed = shop.output.read_text()
    for secret in (facts["staff"]["password"], *facts["keys"].values()):
        assert secret in printed
        assert all(secret not in log.read_text() for log in (shop.home / "logs").iterdir())
    return facts


def begin_to_pay(shop: Shop, provider: str) -> tuple[str, str]:
    """Place an order and begin to pay it; return the page to pay on, and where the order is read."""
    slug = shop.read("/products/")["results"][0]["slug"]
    variants = shop.read(f"/products/{slug}/")["variants"]
    order = shop.read(
        "/orders/",
        {
            "lines": [{"sku": variants[0]["sku"], "quantity": 1}],
            "contact": {"name": "Ada", "email": "ada@example.com"},
            "shipping_address": {
                "recipient_name": "Ada",
                "street_address": "1 Marina",
                "city": "Lagos",
                "state": "Lagos",
            },
            "payment_method": provider,
        },
    )
    path = f"/orders/{order['number']}"
    payment = shop.read(f"{path}/payments/?token={order['access_token']}", method="POST")
    return payment["checkout_url"], f"{path}/?token={order['access_token']}"


def check_it_is_paid(shop: Shop, checkout_url: str, order: str) -> None:
    """Nobody goes back to the shop after paying: that the order is paid is the webhook's doing."""
    status, page = ask(checkout_url)
    assert (status, "No money moves here" in page) == (200, True)
    assert ask(checkout_url, "choice=pay", kind="application/x-www-form-urlencoded")[0] == 303
    end = time.monotonic() + 15
    while shop.read(order)["payment_status"] != "paid":
        assert time.monotonic() < end, shop.output.read_text()
        time.sleep(0.1)


def check_practice_payments(shop: Shop) -> dict[str, Any]:
    """Return what is kept of them, after paying at both."""
    kept = read_json(shop.home / "practice_payments.json")
    printed = shop.output.read_text()
    assert f"Practice payments http://127.0.0.1:{kept['port']}  (no money moves; " in printed
    texts = [printed, *(log.read_text() for log in (shop.home / "logs").iterdir())]
    assert [name for name, secret in kept["secrets"].items() if any(secret in text for text in texts)] == []
    for provider in ("paystack", "flutterwave"):
        check_it_is_paid(shop, *begin_to_pay(shop, provider))
    return kept


def check_second_up_is_refused(shop: Shop, folder: Path) -> None:
    again = shop.call("up")
    assert again.returncode == 1
    assert again.stderr.startswith(f"Zuka: it already runs for {shop.home} at http://127.0.0.1:{shop.port} (process ")
    elsewhere = shop.call("up", ZUKA_HOME=str(folder / "other"))
    assert elsewhere.returncode == 1
    assert elsewhere.stderr.startswith(f"Zuka: port {shop.port} is in use by process ")
    assert elsewhere.stdout == ""
    assert not (folder / "other" / "pg18").exists()


@pytest.mark.journey
@pytest.mark.usefixtures("plain_environment")
def test_up_serves_refuses_a_second_survives_a_kill_stops_and_keeps_data(shop: Shop, folder: Path) -> None:
    first = shop.up()
    shop.wait_until_up()
    facts = check_first_start(shop)
    assert count_notes(facts) == 1
    assert shop.call("demo", "--stage", "shop").returncode == 0
    practice = check_practice_payments(shop)
    check_second_up_is_refused(shop, folder)
    begun = begin_to_pay(shop, "flutterwave")

    first.kill()
    first.wait()

    second = shop.up()
    shop.wait_until_up()
    assert f"Zuka: an earlier run (process {first.pid}) did not stop by itself" in shop.output.read_text()
    assert read_json(shop.home / "run.json") == facts
    assert count_notes(facts) == 2
    check_it_is_paid(shop, *begun)
    assert check_practice_payments(shop) == practice

    down = shop.call("down")
    assert (down.returncode, down.stdout.splitlines()[-1]) == (0, "Zuka: down")
    assert second.wait(timeout=10) == 0
    assert shop.processes() == []
    assert shop.call("down").stdout == "Zuka: nothing runs here\n"

    # The servers alone: started for this command, with the data of before, and stopped after it.
    counted = shop.call("manage", "shell", "--verbosity", "0", "--command", COUNT_NOTES)
    assert counted.stdout.splitlines()[-3] == "notes: 2"
    assert shop.processes() == []
