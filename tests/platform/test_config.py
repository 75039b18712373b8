import pytest

from zuka.platform.checks import check_sign_in_keys
from zuka.platform.config import SETTINGS, read_settings, render_env_example

BASE = {"SECRET_KEY": "x" * 50}


def test_defaults_are_read_without_a_problem():
    values, problems = read_settings(BASE)
    assert problems == []
    assert list(values) == [each.name for each in SETTINGS]
    assert (values["SHOP_TIME_ZONE"], values["SHOP_CURRENCY"], values["DEBUG"]) == ("Africa/Lagos", "NGN", False)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("DEBUG", "yes", "DEBUG: expected true or false."),
        ("INGEST_MAX_EVENTS", "-1", "INGEST_MAX_EVENTS: expected a whole number, zero or more."),
        ("SHOP_TIME_ZONE", "Lagos", "SHOP_TIME_ZONE: expected an IANA time zone, for example Africa/Lagos."),
        ("SHOP_CURRENCY", "naira", "SHOP_CURRENCY: expected a three-letter ISO 4217 code, for example NGN."),
        ("DATABASE_URL", "mysql://x", "DATABASE_URL: expected postgresql://user:password@host:port/name."),
        ("REDIS_URL", "localhost", "REDIS_URL: expected redis://host:port/0, rediss://… or unix:///path."),
        ("ROLLUP_DAY_MONTHS", "24", "ROLLUP_DAY_MONTHS: expected a whole number from 25 to 600, or 0 for never."),
        ("ADMIN_PATH", "/admin", "ADMIN_PATH: expected a path like admin/ (no leading slash, a trailing one)."),
    ],
)
def test_a_wrong_value_is_a_problem_that_says_what_is_expected(name, value, message):
    values, problems = read_settings({**BASE, name: value})
    assert [(problem.name, problem.message) for problem in problems] == [(name, message)]
    assert values == read_settings(BASE)[0]


def test_a_secret_may_be_given_as_a_file(tmp_path):
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    assert read_settings({"SECRET_KEY_FILE": str(file)})[0]["SECRET_KEY"] == "from a file"
    missing = read_settings({**BASE, "REDIS_URL_FILE": str(tmp_path / "none")})[1]
    assert [problem.name for problem in missing] == ["REDIS_URL"]


def test_without_a_secret_key_there_is_a_problem_unless_debugging():
    assert [problem.name for problem in read_settings({})[1]] == ["SECRET_KEY"]
    assert read_settings({"DEBUG": "true"})[1] == []


@pytest.mark.parametrize(
    ("url", "ids"),
    [
        ("https://appleid.apple.com/auth/keys", []),
        ("http://127.0.0.1:8090/apple/keys", []),
        ("http://keys.example/apple", ["zuka.APPLE_KEYS_URL"]),
    ],
)
def test_keys_of_a_sign_in_provider_come_encrypted(settings, url, ids):
    settings.APPLE_KEYS_URL = url
    assert [problem.id for problem in check_sign_in_keys(None)] == ids


def test_the_example_file_has_every_setting():
    text = render_env_example()
    assert [each.name for each in SETTINGS if f"\n#{each.name}={each.default}\n" not in text] == []
