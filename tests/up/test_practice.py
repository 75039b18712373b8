from __future__ import annotations

import http.client
import re
import stat

import pytest

from zuka.platform.config import read_settings
from zuka.up.environment import for_shop
from zuka.up.homes import practice_file, read_json, write_private
from zuka.up.ports import Address, bind_error, listen
from zuka.up.practice import is_wanted, near_ports, public_url, reserve_practice
from zuka.up.serving import announce, start_processes
from zuka.up.stopping import Stop
from zuka.up.supervision import Supervisor

URLS = {"DATABASE_URL": "postgresql://zuka@/zuka?host=/tmp/x", "REDIS_URL": "unix:///tmp/x/valkey.sock"}
SHOP = Address("127.0.0.1", 8000)
SHAPES = {
    "PAYSTACK_SECRET_KEY": r"sk_test_[0-9a-f]{40}",
    "FLUTTERWAVE_SECRET_KEY": r"FLWSECK_TEST-[0-9a-f]{32}-X",
    "FLUTTERWAVE_SECRET_HASH": r"[\w-]{43}",
}
TERMII_KEY = r"TL[0-9a-f]{56}"
pytestmark = pytest.mark.usefixtures("plain_environment")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, True),
        ({"PAYSTACK_SECRET_KEY": ""}, True),
        ({"PAYMENTS_TEST_MODE": "true"}, True),
        ({"PAYSTACK_SECRET_KEY": "sk_live_x"}, False),
        ({"PAYSTACK_SECRET_KEY_FILE": "/run/secrets/paystack"}, False),
        ({"FLUTTERWAVE_SECRET_KEY": "FLWSECK-x"}, False),
        ({"FLUTTERWAVE_SECRET_KEY_FILE": "/run/secrets/flutterwave"}, False),
        ({"STOREFRONT": "false"}, False),
        ({"PAYMENTS_TEST_MODE": "false"}, False),
    ],
)
def test_a_shop_practises_unless_it_has_keys_no_storefront_or_takes_no_test_payments(home, monkeypatch, given, wanted):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert is_wanted(for_shop(home, URLS, address=SHOP)) is wanted


def test_the_shop_is_told_where_and_with_which_secrets_it_is_paid(home, monkeypatch):
    monkeypatch.setenv("PAYSTACK_SECRET_KEY", "")
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    environment = for_shop(home, URLS, address=SHOP)
    with reserve_practice(home, SHOP) as practice:
        told = practice.settings(environment)
    values, problems = read_settings(environment | told)
    assert problems == []
    assert [name for name, shape in SHAPES.items() if not re.fullmatch(shape, values[name])] == []
    url = practice.address.url
    assert values["PAYSTACK_URL"] == f"{url}/paystack"
    assert values["FLUTTERWAVE_URL"] == f"{url}/flutterwave/v3"
    assert values["PAYMENTS_TEST_MODE"] is True
    place = url.removeprefix("http://")
    assert re.fullmatch(rf"termii\+http://{TERMII_KEY}@{place}/termii\?from=Practice", values["SMS_URL"])
    assert values["GOOGLE_CLIENT_IDS"] == values["APPLE_CLIENT_IDS"] == ["practice-shop"]
    assert (values["GOOGLE_KEYS_URL"], values["APPLE_PAGE_URL"]) == (f"{url}/google/keys", f"{url}/apple/authorize")
    assert told["NO_PROXY"] == told["no_proxy"] == "intranet.example,127.0.0.1"


def test_on_all_addresses_browsers_find_google_where_they_found_the_shop(home):
    everywhere = Address("0.0.0.0", 8000)
    with reserve_practice(home, everywhere) as practice:
        told, port = practice.settings({}), practice.address.port
    assert told["GOOGLE_PAGE_URL"] == f"http://{{host}}:{port}/google/authorize"
    assert told["GOOGLE_KEYS_URL"] == f"http://127.0.0.1:{port}/google/keys"


@pytest.mark.parametrize(
    ("given", "is_told"),
    [({}, True), ({"GOOGLE_CLIENT_IDS": "x"}, False), ({"APPLE_CLIENT_IDS_FILE": "/f"}, False)],
)
def test_a_shop_with_client_ids_of_its_own_plays_neither_provider(home, monkeypatch, given, is_told):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with reserve_practice(home, SHOP) as practice:
        told = practice.settings(for_shop(home, URLS, address=SHOP))
    assert [name for name in told if "_CLIENT_IDS" in name] == ["GOOGLE_CLIENT_IDS", "APPLE_CLIENT_IDS"] * is_told


@pytest.mark.parametrize(
    ("given", "is_told"), [({}, True), ({"SMS_URL": "termii://k@h?from=Shop"}, False), ({"SMS_URL_FILE": "/f"}, False)]
)
def test_a_shop_with_an_account_for_text_messages_keeps_it(home, monkeypatch, given, is_told):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with reserve_practice(home, SHOP) as practice:
        assert ("SMS_URL" in practice.settings(for_shop(home, URLS, address=SHOP))) is is_told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({}, ["EMAIL_URL", "MAIL_FROM"]),
        ({"MAIL_FROM": "ada@shop.example"}, ["EMAIL_URL"]),
        ({"EMAIL_URL": "smtp://h:25", "MAIL_FROM": "ada@shop.example"}, []),
        ({"EMAIL_URL_FILE": "/f"}, []),
    ],
)
def test_a_shop_with_a_mail_server_keeps_it(home, monkeypatch, given, told):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with reserve_practice(home, SHOP) as practice:
        settings = practice.settings(for_shop(home, URLS, address=SHOP))
        port = practice.mail_listener.getsockname()[1]
    assert [name for name in settings if "MAIL" in name] == told
    assert settings.get("EMAIL_URL") in {None, f"smtp://127.0.0.1:{port}"}


def test_secrets_of_before_text_messages_are_kept(home):
    write_private(practice_file(home), '{"port": 1, "web_port": 8000, "secrets": {"FLUTTERWAVE_SECRET_HASH": "kept"}}')
    with reserve_practice(home, SHOP) as practice:
        assert practice.secrets["FLUTTERWAVE_SECRET_HASH"] == "kept"
        assert re.fullmatch(TERMII_KEY, practice.secrets["TERMII_API_KEY"])


def test_port_and_secrets_stay_from_one_start_to_the_next(home):
    with reserve_practice(home, SHOP) as first:
        assert first.address.port != SHOP.port
    with reserve_practice(home, SHOP) as again:
        assert (again.address, again.secrets) == (first.address, first.secrets)
    assert stat.S_IMODE(practice_file(home).stat().st_mode) == 0o600
    assert read_json(practice_file(home)) == {"port": first.address.port, "web_port": 8000, "secrets": first.secrets}


def test_two_shops_that_start_at_once_have_ports_and_secrets_of_their_own(home):
    other = home.inside("other")
    with reserve_practice(home, SHOP) as one, reserve_practice(other, SHOP) as two:
        assert one.address.port != two.address.port
        assert set(one.secrets.values()) & set(two.secrets.values()) == set()


def test_a_port_that_somebody_else_has_by_now_is_replaced(home):
    with listen(Address("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        write_private(practice_file(home), f'{{"port": {port}, "web_port": 8000}}')
        with reserve_practice(home, SHOP) as practice:
            assert practice.address.port != port
            assert read_json(practice_file(home))["port"] == practice.address.port


def test_any_port_will_do_where_none_near_is_free(home, monkeypatch):
    monkeypatch.setattr("zuka.up.practice.near_ports", lambda *_: [])
    with reserve_practice(home, SHOP) as practice:
        assert practice.address.port == practice.listener.getsockname()[1] > 0


@pytest.mark.parametrize(
    ("web_port", "kept", "first"),
    [
        (8000, {}, [8090, 8091]),
        (8000, {"port": 8095, "web_port": 8000}, [8095, 8090]),
        (8390, {"port": 8390, "web_port": 8000}, [8480, 8481]),
        (80, {}, [8090, 8091]),
        (65535, {}, [65345, 65346]),
    ],
)
def test_ports_are_near_the_shops_and_none_is_the_shops(web_port, kept, first):
    ports = near_ports(web_port, kept)
    assert ports[:2] == first
    assert web_port not in ports
    assert max(ports) < 65536


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", "http://127.0.0.1:8090"),
        ("::1", "http://[::1]:8090"),
        ("192.0.2.1", "http://192.0.2.1:8090"),
        ("0.0.0.0", "http://{host}:8090"),
        ("::", "http://{host}:8090"),
    ],
)
def test_pages_are_found_where_the_shop_is_found(host, expected):
    assert public_url(Address(host, 8090)) == expected


def test_the_process_is_told_its_socket_and_the_shop(home):
    environment = for_shop(home, URLS) | {"SHOP_NAME": "Ọjà"}
    with reserve_practice(home, Address("0.0.0.0", 8000)) as practice:
        command = practice.command(Address("0.0.0.0", 8000), environment)
        where = [
            "--socket",
            str(practice.listener.fileno()),
            "--public-url",
            f"http://{{host}}:{practice.address.port}",
            "--mail-socket",
            str(practice.mail_listener.fileno()),
        ]
    more = ["--charges", str(home.path / "practice_charges.json"), "--merchant=Ọjà"]
    assert command == ["-m", "zuka.demo.providers", *where, "--shop-url", "http://127.0.0.1:8000", *more]


def get(url: str) -> int:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.fixture
def sleeping(monkeypatch):
    """Have the shop's own processes do nothing: what is started beside them is real."""
    idle = ["-c", "import time; time.sleep(60)"]
    monkeypatch.setattr("zuka.up.serving.process_table", lambda *_: {"web": idle, "worker": idle, "beat": idle})


@pytest.mark.usefixtures("sleeping")
def test_the_providers_run_beside_the_others_answer_at_once_and_end_with_them(home):
    supervisor = Supervisor(home.logs, Stop())
    try:
        url = start_processes(supervisor, home, SHOP, for_shop(home, URLS))
        assert [child.name for child in supervisor.children] == ["web", "worker", "beat", "payments"]
        assert get(url) == 200
        supervisor.look()
    finally:
        supervisor.end_all()
    assert (home.logs / "payments.log").read_text() == ""
    assert bind_error(Address("127.0.0.1", int(url.rpartition(":")[2]))) is None


@pytest.mark.usefixtures("sleeping")
def test_nothing_runs_beside_the_others_where_keys_are_real(home, monkeypatch):
    monkeypatch.setenv("FLUTTERWAVE_SECRET_KEY", "FLWSECK-x")
    supervisor = Supervisor(home.logs, Stop())
    try:
        assert start_processes(supervisor, home, SHOP, for_shop(home, URLS)) == ""
        assert [child.name for child in supervisor.children] == ["web", "worker", "beat"]
        assert not practice_file(home).exists()
    finally:
        supervisor.end_all()


@pytest.mark.parametrize(
    ("url", "given", "names"),
    [
        ("http://127.0.0.1:8090", {}, ["payments", "sign-in", "mail", "SMS"]),
        ("http://127.0.0.1:8090", {"SMS_URL": "termii://k@h?from=Shop"}, ["payments", "sign-in", "mail"]),
        ("http://127.0.0.1:8090", {"EMAIL_URL": "smtp://h:25"}, ["payments", "sign-in", "SMS"]),
        ("", {}, []),
    ],
)
def test_practice_is_announced_a_line_each(home, capsys, monkeypatch, *, url, given, names):
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    staff, keys = {"email": "staff@zuka.example", "password": "p"}, {"publishable": "zpk", "secret": "zsk"}
    facts = {"url": SHOP.url, "staff": staff, "keys": keys}
    announce(home, facts, for_shop(home, URLS), practice_url=url, seconds=1)
    lines = [line for line in capsys.readouterr().out.splitlines() if "ractice" in line]
    expected = {
        "payments": f"  Practice payments {url}  (no money moves; set PAYSTACK_SECRET_KEY for real ones)",
        "sign-in": "  Practice sign-in  Google and Apple are played; set GOOGLE_CLIENT_IDS for real ones",
        "mail": f"  Practice mail     {url}/mails/  (codes are shown here; set EMAIL_URL for real ones)",
        "SMS": f"  Practice SMS      {url}/messages/  (codes are shown here; set SMS_URL for real ones)",
    }
    assert lines == [expected[name] for name in names]
