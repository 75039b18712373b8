"""The pages of Google and Apple: who are you, and back to the shop. No script, nothing from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from zuka.demo.providers.pages import frame

NAMES = {"google": "Google", "apple": "Apple"}
OPTIONS = {
    "google": ("unproved", "{name} has not confirmed the e-mail"),
    "apple": ("hide", "Hide my e-mail: the shop gets one that forwards"),
}


def note(provider: str) -> str:
    """Return the line above each page."""
    name = NAMES[provider]
    return f'<p class="note" role="note"><strong>Practice {name}</strong>No account is needed: be whom you like.</p>'


def person_page(provider: str, flaw: str = "") -> str:
    """Return the page that asks who somebody is."""
    name, (option, words) = NAMES[provider], OPTIONS[provider]
    said = f'<p class="fail" role="alert">{escape(flaw)}</p>' if flaw else ""
    fields = (
        '<label>Name <input name="name" value="Ngozi Okafor" autocomplete="off"></label>'
        '<label>E-mail <input name="email" type="email" value="ngozi@example.com" autocomplete="off" required></label>'
        f'<label class="tick"><input type="checkbox" name="{option}"> {words.format(name=name)}</label>'
    )
    buttons = (
        '<button class="pay" name="choice" value="go">Continue</button>'
        '<button class="cancel" name="choice" value="cancel" formnovalidate>Cancel</button>'
    )
    inside = f'<p class="to">Sign in with {name}</p>{said}<form method="post">{fields}{buttons}</form>'
    return frame(f"{name}: practice", inside, note(provider))


def back_page(provider: str, url: str, fields: Mapping[str, str]) -> str:
    """Return the page whose button posts an answer to the shop; the real one presses it by a script."""
    inputs = "".join(
        f'<input type="hidden" name="{escape(key)}" value="{escape(value)}">' for key, value in fields.items()
    )
    words = "Nothing is told to the shop." if "error" in fields else "The shop is told your name and e-mail."
    button = '<button class="pay">Back to the shop</button>'
    inside = f'<p>{words}</p><form method="post" action="{escape(url)}">{inputs}{button}</form>'
    return frame(f"{NAMES[provider]}: practice", inside, note(provider))


def flaw_page(provider: str, flaw: str) -> str:
    """Return the page for a shop that asks wrongly."""
    return frame(f"{NAMES[provider]}: practice", f"<p>The shop asks wrongly: {escape(flaw)}.</p>", note(provider))
