"""The practice post office: what it takes, the page that shows it, and what it throws away."""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from email.message import EmailMessage

import pytest

from tests.demo.providers_client import open_ours, send
from zuka.demo.providers.desk import Providers
from zuka.demo.providers.post import MOST_BYTES, MOST_LETTERS


@pytest.fixture
def providers() -> Iterator[Providers]:
    with open_ours() as opened:
        yield opened


def letter(subject: str, text: str = "Your code is 48213907.") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "shop@practice.example", "ada@example.com", subject
    made.set_content(text)
    return made


def page(providers: Providers) -> str:
    return str(send(f"{providers.url}/mails/")[2].decode())


def test_mails_are_shown_the_newest_first_and_as_text(providers: Providers) -> None:
    assert "Sign in by e-mail" in page(providers)

    with smtplib.SMTP("127.0.0.1", providers.post.port) as line:
        line.send_message(letter("One"))
        line.send_message(letter("Two", "<b>Hello</b>\n.\nYour code is 48213907."))

    shown = page(providers)
    assert shown.index("<h2>Two</h2>") < shown.index("<h2>One</h2>")
    assert "To ada@example.com" in shown
    assert "&lt;b&gt;Hello&lt;/b&gt;\n.\nYour code is 48213907." in shown
    assert 'href="/mails/"' in send(f"{providers.url}/")[2].decode()


def test_letters_of_long_ago_are_thrown_away(providers: Providers) -> None:
    for number in range(MOST_LETTERS + 2):
        providers.post.keep("ada@example.com", letter(f"Letter {number}."))
    assert [subject for _, subject, _, _ in providers.post.read()] == [
        f"Letter {number}." for number in range(2, MOST_LETTERS + 2)
    ]


def test_a_letter_that_is_too_large_is_refused_and_the_next_one_taken(providers: Providers) -> None:
    with smtplib.SMTP("127.0.0.1", providers.post.port) as line:
        with pytest.raises(smtplib.SMTPDataError, match="too large"):
            line.send_message(letter("Large", "x" * 900 * (MOST_BYTES // 890)))
        line.send_message(letter("Small"))
    assert [subject for _, subject, _, _ in providers.post.read()] == ["Small"]
