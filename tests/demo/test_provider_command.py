"""The practice providers as a process of their own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.demo.providers_client import (
    REQUEST,
    read,
)


def start(*arguments, pass_fds=(), **environment):
    command = [sys.executable, "-m", "zuka.demo.providers", *arguments]
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PAYSTACK_", "FLUTTERWAVE_"))}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, env=clean | environment, stdout=pipe, stderr=pipe, text=True, pass_fds=pass_fds)


SECRETS = {
    "PAYSTACK_SECRET_KEY": "sk_live_x",
    "FLUTTERWAVE_SECRET_KEY": "f",
    "FLUTTERWAVE_SECRET_HASH": "h",
    "TERMII_API_KEY": "t",
}
OPTIONS = ("--port", "0", "--shop-url", "http://127.0.0.1:9")


def test_the_command_serves_until_it_is_asked_to_end():
    process = start(*OPTIONS, "--public-url", "https://pay.example/", **SECRETS)
    url = process.stdout.readline().split()[1]
    assert read(f"{url}/transaction", secret="sk_live_x")[0] == 200
    _, answer = read(f"{url}/transaction/initialize", REQUEST, secret="sk_live_x")
    assert answer["data"]["authorization_url"].startswith("https://pay.example/pay/")
    assert read(f"{url}/transaction/verify/ORDER-1", secret="sk_live_x")[1]["data"]["domain"] == "live"
    process.send_signal(signal.SIGTERM)
    assert (process.communicate(timeout=20), process.returncode) == (("", ""), 0)


def test_an_open_socket_is_served_without_a_word():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/paystack"
        number = listener.fileno()
        process = start("--socket", str(number), *OPTIONS[2:], pass_fds=[number], **SECRETS)
    assert read(f"{url}/transaction", secret="sk_live_x")[0] == 200
    _, answer = read(f"{url}/transaction/initialize", REQUEST, secret="sk_live_x")
    assert answer["data"]["authorization_url"].startswith(url.replace("/paystack", "/pay/"))
    process.send_signal(signal.SIGTERM)
    assert (process.communicate(timeout=20), process.returncode) == (("", ""), 0)


@pytest.mark.parametrize(
    ("options", "secrets", "named"),
    [
        (OPTIONS[:2], SECRETS, "--shop-url"),
        (OPTIONS[2:], SECRETS, "--port"),
        (("--port", "0", "--shop-url", "shop.example"), SECRETS, "--shop-url"),
        (("--port", "70000", *OPTIONS[2:]), SECRETS, "--port 70000"),
        (("--socket", "70000", *OPTIONS[2:]), SECRETS, "--socket 70000"),
        (OPTIONS, SECRETS | {"FLUTTERWAVE_SECRET_HASH": ""}, "FLUTTERWAVE_SECRET_HASH"),
    ],
)
def test_the_command_names_what_is_missing_in_one_line(options, secrets, named):
    process = start(*options, **secrets)
    _, said = process.communicate(timeout=20)
    assert (process.returncode, said.count("\n"), named in said) == (2, 1, True)
