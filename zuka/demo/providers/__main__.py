"""`python -m zuka.demo.providers`: the practice providers as a process of their own, until it is asked to end."""

from __future__ import annotations

import argparse
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from zuka.demo.providers.server import open_providers
from zuka.demo.providers.wire import is_web_address

SECRETS = {
    "paystack_secret": "PAYSTACK_SECRET_KEY",
    "flutterwave_secret": "FLUTTERWAVE_SECRET_KEY",
    "flutterwave_hash": "FLUTTERWAVE_SECRET_HASH",
    "termii_key": "TERMII_API_KEY",
}


class Reader(argparse.ArgumentParser):
    """Reads the command line; what is wrong with it is one line."""

    def error(self, message: str) -> NoReturn:
        """End with the line and code 2."""
        self.exit(2, f"providers: {message}\n")


def make_reader() -> Reader:
    """Return the reader of our options."""
    reader = Reader(prog="python -m zuka.demo.providers", description=__doc__)
    reader.add_argument("--host", default="127.0.0.1", help="where to listen")
    place = reader.add_mutually_exclusive_group(required=True)
    place.add_argument("--port", type=int, help="the port; 0 for any that is free")
    place.add_argument("--socket", type=int, help="an open socket's number, instead of host and port; tells nothing")
    reader.add_argument("--mail-socket", type=int, help="an open socket's number, to take the shop's mails on")
    reader.add_argument("--shop-url", required=True, help="the shop that webhooks go to")
    elsewhere = "where browsers find the pages, when that is elsewhere; {host} is the host that they come back to"
    reader.add_argument("--public-url", default="", help=elsewhere)
    reader.add_argument("--charges", type=Path, help="a file to keep them in, to go on with at the next start")
    reader.add_argument("--merchant", default="Zuka", help="the shop's name on the pages")
    return reader


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Serve until SIGTERM or SIGINT, and return the exit code."""
    reader = make_reader()
    options = reader.parse_args(arguments)
    for name, address in (("--shop-url", options.shop_url), ("--public-url", options.public_url)):
        if address and not is_web_address(address):
            reader.error(f"{name} {address!r} is no address that begins with http:// or https://")
    missing = [name for name in SECRETS.values() if not environ.get(name)]
    if missing:
        reader.error(f"{' and '.join(missing)} must be set in the environment")
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    try:
        serve(options, {argument: environ[name] for argument, name in SECRETS.items()}, ended)
    except (OSError, OverflowError) as error:
        given = options.socket is not None
        place = f"--socket {options.socket}" if given else f"--host {options.host} --port {options.port}"
        reader.error(f"{place} cannot be used: {error}")
    return 0


def open_socket(number: int | None) -> socket.socket | None:
    """Return the socket of a number that we were given, None for none."""
    return None if number is None else socket.socket(fileno=number)


def serve(options: argparse.Namespace, secrets: Mapping[str, str], ended: threading.Event) -> None:
    """Serve until the event is set."""
    with open_providers(
        options.shop_url,
        **secrets,
        merchant=options.merchant,
        host=options.host,
        port=options.port or 0,
        listener=open_socket(options.socket),
        mail_listener=open_socket(options.mail_socket),
        page_url=options.public_url.rstrip("/"),
        charges_file=options.charges,
    ) as providers:
        if options.socket is None:
            sys.stdout.write(f"providers: {providers.paystack_url} and {providers.flutterwave_url}\n")
            sys.stdout.flush()
        ended.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
