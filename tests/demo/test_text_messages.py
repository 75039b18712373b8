"""The practice provider of text messages: what it takes, what it refuses, and the page that shows them."""

from __future__ import annotations

import pytest

from tests.demo.providers_client import open_ours, send
from zuka.demo.providers.state import PRACTICE_KEYS

MESSAGE = {
    "api_key": PRACTICE_KEYS.termii,
    "to": "2348031234567",
    "from": "Zuka",
    "sms": "<b>48213907</b> is your code.",
    "type": "plain",
    "channel": "dnd",
}


@pytest.fixture
def providers():
    with open_ours() as opened:
        yield opened


def test_messages_are_shown_the_newest_first_and_as_text(providers):
    url = f"{providers.url}/termii/api/sms/send"
    assert "Sign in by phone" in send(f"{providers.url}/messages/")[2].decode()

    assert [send(url, MESSAGE | {"sms": text})[0] for text in ("one", MESSAGE["sms"])] == [200, 200]

    page = send(f"{providers.url}/messages/")[2].decode()
    assert page.index("&lt;b&gt;48213907&lt;/b&gt;") < page.index("one</dd>")
    assert "+2348031234567" in page
    assert 'href="/messages/"' in send(f"{providers.url}/")[2].decode()


@pytest.mark.parametrize(
    ("changes", "status", "message"),
    [
        ({"api_key": "x"}, 401, "Invalid api key"),
        ({"to": "+2348031234567"}, 400, "Invalid phone number"),
        ({"from": "Zu"}, 400, "Invalid sender id: 3 to 11 characters"),
        ({"sms": ""}, 400, "Invalid sms"),
        ({"channel": "post"}, 400, "Invalid type or channel"),
        ({"type": "unicode"}, 400, "Invalid type or channel"),
    ],
)
def test_what_cannot_be_sent_is_refused(providers, changes, status, message):
    answered, _, body = send(f"{providers.url}/termii/api/sms/send", MESSAGE | changes)
    assert (answered, message in body.decode(), providers.messages) == (status, True, [])


def test_another_path_and_no_json_are_refused(providers):
    assert send(f"{providers.url}/termii/api/sms", MESSAGE)[0] == 404
    assert send(f"{providers.url}/termii/api/sms/send", b"{")[0] == 400
