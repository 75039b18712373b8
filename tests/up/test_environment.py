from __future__ import annotations

import os

import pytest

from zuka.platform.config import read_settings
from zuka.up.browser import find_chromium
from zuka.up.checks import CHECKS, choose_checks
from zuka.up.commands import bench_names, count_processors, spread
from zuka.up.environment import for_deploy_check, for_shop, for_tests
from zuka.up.ports import Address
from zuka.up.refusals import Refusal

URLS = {"DATABASE_URL": "postgresql://zuka@/zuka?host=/tmp/x", "REDIS_URL": "unix:///tmp/x/valkey.sock"}
pytestmark = pytest.mark.usefixtures("plain_environment")


def test_every_setting_of_a_shop_can_be_read(home):
    values, problems = read_settings(for_shop(home, URLS))
    assert problems == []
    assert (values["DEBUG"], values["HTTPS_ONLY"], values["REDIS_URL"]) == (False, False, URLS["REDIS_URL"])
    assert values["SECRET_KEY"] == (home.path / "secret_key").read_text()


def test_the_users_shell_wins_in_a_shop_and_not_in_tests(home, monkeypatch):
    monkeypatch.setenv("SHOP_CURRENCY", "GHS")
    monkeypatch.setenv("SECRET_KEY", "k" * 50)
    assert for_shop(home, URLS)["SHOP_CURRENCY"] == "GHS"
    assert for_shop(home, URLS)["SECRET_KEY"] == "k" * 50
    assert "SHOP_CURRENCY" not in for_tests(home, URLS)
    assert for_tests(home, URLS)["SECRET_KEY"] != "k" * 50


def test_tests_keep_what_python_compiled(home, monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert for_shop(home, URLS)["PYTHONDONTWRITEBYTECODE"] == "1"
    assert "PYTHONDONTWRITEBYTECODE" not in for_tests(home, URLS)


def test_the_deployment_check_sees_a_server_on_the_internet(home):
    values, problems = read_settings(for_deploy_check(home, URLS))
    assert problems == []
    assert (values["DEBUG"], values["HTTPS_ONLY"], values["ALLOWED_HOSTS"]) == (False, True, ["shop.example"])


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", "localhost,127.0.0.1,[::1]"),
        ("192.0.2.1", "localhost,127.0.0.1,[::1],192.0.2.1"),
        ("0.0.0.0", "*"),
    ],
)
def test_the_shop_answers_to_where_it_listens(home, monkeypatch, host, allowed):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    assert for_shop(home, URLS, address=Address(host, 8000))["ALLOWED_HOSTS"] == allowed


def test_celery_may_run_as_root_only_where_we_are(home):
    assert ("C_FORCE_ROOT" in for_shop(home, URLS)) == (os.geteuid() == 0 or "C_FORCE_ROOT" in os.environ)


def test_a_chromium_is_found_on_the_path(folder):
    assert find_chromium({"PATH": str(folder)}) is None
    for name in ("google-chrome", "chromium-headless-shell"):
        (folder / name).write_text("#!/bin/sh\n")
        (folder / name).chmod(0o755)
    assert find_chromium({"PATH": str(folder)}) == str(folder / "chromium-headless-shell")
    chosen = str(folder / "google-chrome")
    assert find_chromium({"PATH": str(folder), "ZUKA_CHROMIUM": chosen}) == chosen


@pytest.mark.parametrize("arguments", [["-n", "1"], ["-n0"], ["-p", "no:xdist"], ["tests/up", "--pdb"], ["--co"]])
def test_tests_are_spread_as_the_arguments_say(arguments):
    assert spread(arguments) == []


@pytest.mark.parametrize("arguments", [[], ["tests/up"], ["-k", "ports", "-x"]])
def test_tests_are_spread_over_all_processors(arguments):
    workers = str(count_processors() + 1)
    assert spread(arguments) == ["-n", workers, "--dist", "loadfile", "--no-loadscope-reorder"]


def test_benches_are_modules_and_packages_that_can_be_run(folder):
    (folder / "ingest").mkdir()
    for name in ("ingest/__main__.py", "ingest/load.py", "reports.py", "__init__.py"):
        (folder / name).touch()
    assert bench_names(folder) == ["ingest", "reports"]


def test_checks_are_chosen_by_name():
    assert choose_checks([]) == list(CHECKS)
    assert [check.name for check in choose_checks(["types", "format"])] == ["types", "format"]
    with pytest.raises(Refusal, match=r"^there is no check taste\. Choose from format, lint,"):
        choose_checks(["taste"])
