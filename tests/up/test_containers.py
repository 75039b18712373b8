"""No container engine is needed: the files are read, and compared with what `up` does."""

from __future__ import annotations

import re
import socket
from typing import Any

import pytest
import yaml

from zuka.platform.config import SETTINGS
from zuka.up.homes import CHECKOUT
from zuka.up.ports import Address
from zuka.up.serving import streams
from zuka.up.valkey import Valkey


@pytest.fixture
def services() -> dict[str, Any]:
    compose = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())
    return dict(compose["services"])


def test_compose_has_the_services_of_a_shop(services):
    assert sorted(services) == ["beat", "migrate", "pgbouncer", "postgres", "redis", "streams", "web", "worker"]
    assert services["postgres"]["shm_size"] == "256mb"


def test_every_variable_of_compose_is_a_setting(services):
    known = {setting.name for setting in SETTINGS}
    for name in ("web", "streams", "worker", "beat", "migrate"):
        assert set(services[name]["environment"]) - known == set()


def test_streams_run_where_they_are_asked_for_as_up_runs_them(services):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    up = streams(Address("127.0.0.1", 1), {"ZUKA_STREAM_PORT": port})["streams"]
    others = {"127.0.0.1": "0.0.0.0", port: "8000", "error": "warning"}
    assert services["streams"]["profiles"] == ["streams"]
    assert services["streams"]["command"] == ["python", *[others.get(each, each) for each in up]]


def test_what_depends_on_a_service_names_one_that_exists(services):
    for service in services.values():
        assert set(service.get("depends_on", {})) - set(services) == set()


def test_secrets_come_from_the_environment_alone():
    text = (CHECKOUT / "docker-compose.yml").read_text()
    assert re.findall(r"(?:SECRET_KEY|PASSWORD): (?!\$\{)(.+)", text) == []


def test_valkey_evicts_as_in_up(services, home):
    assert "volatile-lru" in services["redis"]["command"]
    assert "volatile-lru" in Valkey(home, disposable=False).command()


def test_the_image_holds_what_the_shop_imports():
    kept = {line[1:] for line in (CHECKOUT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert kept == {"manage.py", "requirements.lock", "zuka", "analytics", "commerce", "pets", "templates"}


def test_the_image_runs_as_a_user_and_installs_by_hash():
    text = (CHECKOUT / "Dockerfile").read_text()
    assert "\nUSER zuka\n" in text
    assert "--require-hashes --only-binary :all: -r requirements.lock" in text
