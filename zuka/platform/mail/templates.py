"""The kinds of mail that packages declare. Each has its two files `templates/emails/<name>.txt` and `.html`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """A kind of mail: its subject with `{names}` of the context, what it is for, and a context to look at it with.

    A mail that `is_secret` holds a code: the back office does not show what was sent. One that `is_last` tells somebody
    that they will be erased, so their erasure waits a little until it has left.
    """

    name: str
    subject: str
    purpose: str
    example: Mapping[str, Any]
    is_secret: bool = False
    is_last: bool = False

    @property
    def files(self) -> tuple[str, str]:
        """Return where its text and its HTML are: `order.placed` is `emails/order_placed.txt` and `.html`."""
        stem = self.name.replace(".", "_")
        return f"emails/{stem}.txt", f"emails/{stem}.html"


_templates: dict[str, MailTemplate] = {}


def add_mail_templates(templates: Iterable[MailTemplate]) -> None:
    """Add kinds of mail. Called when a package starts; a second call with a name replaces it."""
    _templates.update((template.name, template) for template in templates)


def mail_templates() -> list[MailTemplate]:
    """Return every kind of mail, in the order they were added."""
    return list(_templates.values())


def is_secret(name: str) -> bool:
    """Say whether mails of a kind hold a code that only their recipient may read; no for a kind of the past."""
    return name in _templates and _templates[name].is_secret


def find_mail_template(name: str) -> MailTemplate:
    """Return a kind of mail. Raises LookupError for one that nobody declared."""
    return _templates[name]
