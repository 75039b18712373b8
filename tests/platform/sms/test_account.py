from __future__ import annotations

import pytest

from zuka.platform.config import read_settings
from zuka.platform.sms.account import EXPECTED, SmsAccount, read_sms_url

BASE = {"SECRET_KEY": "x" * 50}


@pytest.mark.parametrize(
    ("url", "account"),
    [
        ("", None),
        (
            "termii://TLkey@v3.api.termii.com?from=Zuka",
            SmsAccount("termii", "https://v3.api.termii.com", "TLkey", "Zuka"),
        ),
        (
            "termii+http://a%40b@127.0.0.1:8090/termii/?from=Ada+Shop&channel=generic",
            SmsAccount("termii", "http://127.0.0.1:8090/termii", "a@b", "Ada Shop", "generic"),
        ),
    ],
)
def test_an_account_is_read_from_its_url(url: str, account: SmsAccount | None) -> None:
    assert read_sms_url(url) == account


@pytest.mark.parametrize(
    "url",
    [
        "https://secret@h?from=Shop",
        "termii://secret@h",
        "termii://h?from=Shop",
        "termii://secret@?from=Shop",
        "termii://secret@h?from=Ab",
        "termii://secret@h?from=AdasLongShop",
        "termii://secret@h?from=Shop&channel=whatsapp",
        "termii://secret@h?from=Shop&to=you",
    ],
)
def test_a_wrong_url_is_a_problem_that_does_not_show_the_key(url: str) -> None:
    values, [problem] = read_settings({**BASE, "SMS_URL": url})

    assert (values["SMS_URL"], problem.name, problem.message) == ("", "SMS_URL", f"SMS_URL: {EXPECTED}.")


@pytest.mark.parametrize(("raw", "codes"), [("", []), ("+234", ["+234"]), ("+234, +233", ["+234", "+233"])])
def test_calling_codes_are_a_list(raw: str, codes: list[str]) -> None:
    assert read_settings({**BASE, "SMS_CALLING_CODES": raw})[0]["SMS_CALLING_CODES"] == codes


@pytest.mark.parametrize("raw", ["234", "+0", "+12345678", "Nigeria"])
def test_what_is_no_calling_code_is_a_problem(raw: str) -> None:
    [problem] = read_settings({**BASE, "SMS_CALLING_CODES": raw})[1]

    assert problem.message == "SMS_CALLING_CODES: expected calling codes, comma-separated, for example +234,+233."
