from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.platform.mail.post_office import PostOffice, open_post_office
from zuka.platform.mail.templates import MailTemplate, add_mail_templates

GREETING = MailTemplate("test.greeting", "For {name}", "For tests.", {"name": "Ada", "link": "https://shop.example/"})


@pytest.fixture(autouse=True)
def _templates(tmp_path: Any, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kind of mail that only tests have, with its files."""
    folder = tmp_path / "emails"
    folder.mkdir()
    for kind, words in (("txt", "How are you?"), ("html", "<p>How are you?</p>")):
        content = f'{{% extends "emails/base.{kind}" %}}{{% block main %}}{words}{{% endblock %}}'
        (folder / f"test_greeting.{kind}").write_text(content)
    [engine] = settings.TEMPLATES
    settings.TEMPLATES = [{**engine, "DIRS": [*engine["DIRS"], tmp_path]}]
    monkeypatch.setattr("zuka.platform.mail.templates._templates", {})
    add_mail_templates([GREETING])


@pytest.fixture
def office(settings: Any) -> Iterator[PostOffice]:
    """A mail server, by which the shop sends."""
    with open_post_office(settings) as office:
        yield office
