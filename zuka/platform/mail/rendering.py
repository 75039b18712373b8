"""Making a mail of its template: subject, text and HTML. What people typed stays on its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template import Context
from django.template.loader import get_template

from zuka.platform.mail.templates import MailTemplate

SUBJECT_LENGTH = 200
# Line ends of every script, and the marks that turn the direction of what follows.
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class RenderedMail:
    """A mail as it is read."""

    subject: str
    text: str
    html: str


def on_one_line(value: Any) -> Any:
    """Return a value of a context with every text in it on one line: a name must not write a header or a paragraph."""
    if isinstance(value, str):
        return " ".join(UNSEEN.sub(" ", value).split())
    if isinstance(value, Mapping):
        return {name: on_one_line(each) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [on_one_line(each) for each in value]
    return value


def render_line(text: str, context: Mapping[str, Any]) -> str:
    """Return a text with the `{names}` of a context in their places, on one line, as a subject holds it."""
    return text.format_map(on_one_line({**context, **shop_facts()}))[:SUBJECT_LENGTH]


def shop_facts() -> dict[str, str]:
    """Return what every template knows."""
    return {"shop_name": settings.SHOP_NAME, "shop_url": settings.SHOP_URL}


def render_mail(template: MailTemplate, context: Mapping[str, Any]) -> RenderedMail:
    """Return the mail that a template makes of a context; `shop_name` and `shop_url` are always known to it."""
    known = on_one_line({**context, **shop_facts()})
    subject = render_line(template.subject, context)
    text_file, html_file = template.files
    text = render_file(text_file, known, is_html=False)
    html = render_file(html_file, {**known, "subject": subject}, is_html=True)
    return RenderedMail(subject=subject, text=re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html=html)


def render_file(name: str, context: Mapping[str, Any], *, is_html: bool) -> str:
    """Return a template file with its context, as text that nobody takes for safe HTML; only HTML is escaped."""
    template: Any = get_template(name)
    return "" + str(template.template.render(Context(dict(context), autoescape=is_html)))
