"""Practice payments: a demo shop without keys of real providers is paid at two of its own, where no money moves.

Its mails and text messages go there too, unless it has an EMAIL_URL or SMS_URL: pages show them. So does who signs in
by Google or Apple, unless it has client ids there.
"""

from __future__ import annotations

import contextlib
import json
import secrets
import socket
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from zuka.demo.providers.desk import FLUTTERWAVE, PAYSTACK, sign_in_settings, sms_url
from zuka.up.homes import Home, practice_file, read_json, write_private
from zuka.up.ports import Address, listen

REAL_KEYS = ("PAYSTACK_SECRET_KEY", "FLUTTERWAVE_SECRET_KEY")
MAIL_FROM = "shop@practice.example"
MAIL, SMS, SIGN_IN = ("EMAIL_URL",), ("SMS_URL",), ("GOOGLE_CLIENT_IDS", "APPLE_CLIENT_IDS")
# So that shops on neighbouring ports do not want one another's.
DISTANCE, TRIES = 90, 100
UNPRIVILEGED = 8000


@dataclass(frozen=True, slots=True)
class Practice:
    """The providers before they are started: the socket they get, so that nobody else has its port, and the secrets."""

    listener: socket.socket
    mail_listener: socket.socket
    address: Address
    secrets: Mapping[str, str]
    charges_file: Path

    def settings(self, environment: Mapping[str, str]) -> dict[str, str]:
        """Return what the shop's processes must know to be paid here, on their environment."""
        # A proxy does not reach this machine's own addresses.
        around = environment.get("no_proxy") or environment.get("NO_PROXY")
        direct = f"{around},{self.address.local_host}" if around else self.address.local_host
        sms = {"SMS_URL": sms_url(self.address.url, self.secrets["TERMII_API_KEY"])}
        mail = {"EMAIL_URL": f"smtp://127.0.0.1:{self.mail_listener.getsockname()[1]}"}
        mail |= {} if has_any(environment, ("MAIL_FROM",)) else {"MAIL_FROM": MAIL_FROM}
        sign_in = sign_in_settings(self.address.url, public_url(self.address))
        return {
            **self.secrets,
            **({} if has_any(environment, MAIL) else mail),
            **({} if has_any(environment, SMS) else sms),
            **({} if has_any(environment, SIGN_IN) else sign_in),
            "PAYSTACK_URL": self.address.url + PAYSTACK,
            "FLUTTERWAVE_URL": self.address.url + FLUTTERWAVE,
            "PAYMENTS_TEST_MODE": "true",
            "no_proxy": direct,
            "NO_PROXY": direct,
        }

    @property
    def files(self) -> list[int]:
        """The sockets that the process is given."""
        return [self.listener.fileno(), self.mail_listener.fileno()]

    def command(self, shop: Address, environment: Mapping[str, str]) -> list[str]:
        """Return what Python is called with."""
        merchant = environment.get("SHOP_NAME") or "Zuka"
        where = ["--socket", str(self.listener.fileno()), "--public-url", public_url(self.address)]
        where += ["--mail-socket", str(self.mail_listener.fileno())]
        more = ["--charges", str(self.charges_file), f"--merchant={merchant}"]
        return ["-m", "zuka.demo.providers", *where, "--shop-url", shop.url, *more]


def public_url(address: Address) -> str:
    """Return where browsers find the pages: on all addresses, where they found the shop."""
    everywhere = address.host != address.local_host
    return f"http://{{host}}:{address.port}" if everywhere else address.url


def has_any(environment: Mapping[str, str], names: Iterable[str]) -> bool:
    """Say whether one of these settings is given, by itself or as a file."""
    return any(environment.get(name) or environment.get(f"{name}_FILE") for name in names)


def is_wanted(environment: Mapping[str, str]) -> bool:
    """Say whether a shop practises: it has a storefront, no key of a real provider, and may take test payments."""
    return (
        environment.get("STOREFRONT", "").lower() == "true"
        and environment.get("PAYMENTS_TEST_MODE", "").lower() != "false"
        and not has_any(environment, REAL_KEYS)
    )


@contextlib.contextmanager
def reserve_practice(home: Home, shop: Address) -> Iterator[Practice]:
    """Yield the practice providers of a shop; the process that is started meanwhile keeps the port."""
    kept = read_json(practice_file(home))
    with find_listener(shop, kept) as listener, listen(Address("127.0.0.1", 0)) as mail_listener:
        port = int(listener.getsockname()[1])
        known = {**make_secrets(), **kept.get("secrets", {})}
        fresh = {"port": port, "web_port": shop.port, "secrets": known}
        if fresh != kept:
            write_private(practice_file(home), json.dumps(fresh, indent=2) + "\n")
        yield Practice(listener, mail_listener, Address(shop.host, port), known, home.path / "practice_charges.json")


def find_listener(shop: Address, kept: Mapping[str, object]) -> socket.socket:
    """Listen on the port of the last time, else on a free one near the shop's, else on any."""
    for port in near_ports(shop.port, kept):
        with contextlib.suppress(OSError):  # somebody else has it: try the next
            return listen(Address(shop.host, port))
    return listen(Address(shop.host, 0))


def near_ports(web_port: int, kept: Mapping[str, object]) -> list[int]:
    """Return the ports to try in turn; the one of the last time belongs to the port that web had then."""
    last = kept.get("port")
    again = [last] if isinstance(last, int) and kept.get("web_port") == web_port else []
    first = (web_port if web_port >= 1024 else UNPRIVILEGED) + DISTANCE
    if first + TRIES > 65536:
        first = web_port - DISTANCE - TRIES
    return [*again, *range(first, first + TRIES)]


def make_secrets() -> dict[str, str]:
    """Make secrets that look like those of the providers' test modes."""
    return {
        "PAYSTACK_SECRET_KEY": f"sk_test_{secrets.token_hex(20)}",
        "FLUTTERWAVE_SECRET_KEY": f"FLWSECK_TEST-{secrets.token_hex(16)}-X",
        "FLUTTERWAVE_SECRET_HASH": secrets.token_urlsafe(32),
        "TERMII_API_KEY": f"TL{secrets.token_hex(28)}",
    }
