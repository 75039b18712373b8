from __future__ import annotations

import pytest

from zuka.platform.checks import check_sender
from zuka.platform.config import read_settings
from zuka.platform.mail.server import MailServer, read_mail_url

BASE = {"SECRET_KEY": "x" * 50}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("", MailServer()),
        ("smtp://localhost", MailServer("localhost", 25)),
        ("smtp://mail.example?tls=true", MailServer("mail.example", 587, starts_tls=True)),
        (
            "smtp://ada%40shop:p%2Fw@mail.example:2525?tls=true",
            MailServer("mail.example", 2525, "ada@shop", "p/w", starts_tls=True),
        ),
        ("smtps://u:p@mail.example", MailServer("mail.example", 465, "u", "p", is_tls=True)),
    ],
)
def test_a_server_is_read_from_its_url(url: str, server: MailServer) -> None:
    assert read_mail_url(url) == server


@pytest.mark.parametrize(
    "url",
    ["mail.example", "http://mail.example", "smtp://", "smtp://u:secret@h:x", "smtp://h?tls=yes", "smtp://h?ssl=1"],
)
def test_a_wrong_url_is_a_problem_that_does_not_show_the_password(url: str) -> None:
    _, [problem] = read_settings({**BASE, "EMAIL_URL": url})
    assert problem.message == (
        "EMAIL_URL: expected smtp://user:password@host:587?tls=true or smtps://user:password@host."
    )


@pytest.mark.parametrize(
    ("url", "sender", "ids"),
    [
        ("", "", []),
        ("smtp://h", "", ["zuka.MAIL_FROM"]),
        ("smtp://h", "Ada", ["zuka.MAIL_FROM"]),
        ("smtp://h", "Ada's Shop <shop@example.com>", []),
    ],
)
def test_who_mails_are_from_must_be_said(settings, url, sender, ids):
    settings.EMAIL_URL, settings.MAIL_FROM = url, sender
    assert [problem.id for problem in check_sender(None)] == ids


@pytest.mark.parametrize(
    ("url", "count"), [("", 0), ("https://shop.example", 0), ("shop.example", 1), ("https://s/", 1)]
)
def test_the_shops_address_has_no_slash_at_its_end(url: str, count: int) -> None:
    assert len(read_settings({**BASE, "SHOP_URL": url})[1]) == count
