"""What is taken of a model's answer: arguments that are an object, and words without links."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from pets.brains.base import BrainFailed

# A model that was talked into it could send people elsewhere; a pet has no link to give.
LINK = re.compile(r"(?i)(?:\b[a-z][a-z0-9+.-]*://|\bwww\.|\bmailto:)\S*")
LONGEST_ARGUMENTS = 8_000
LEFT_OUT = "(link left out)"


def storable(text: str) -> str:
    """Return a text without what the database takes no letters of: NUL, and halves of pairs."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()


def clean(value: Any) -> Any:
    """Return JSON in which all texts can be stored."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [clean(each) for each in value]
    if isinstance(value, dict):
        return {storable(name): clean(each) for name, each in value.items()}
    return value


def joined(text: str, more: str) -> str:
    """Return a call's arguments with their next part. Raises `BrainFailed` where they become too long."""
    if len(text) + len(more) > LONGEST_ARGUMENTS:
        raise BrainFailed("a call's arguments are too long")
    return text + more


def read_arguments(text: str) -> dict[str, Any]:
    """Return a call's arguments. Raises `BrainFailed` where they are no JSON object, or a deep one."""
    try:
        found = clean(json.loads(text or "{}"))
    except (ValueError, RecursionError) as error:
        raise BrainFailed("a call's arguments are no JSON") from error
    if not isinstance(found, dict):
        raise BrainFailed("a call's arguments are no object")
    return found


def without_links(text: str) -> str:
    """Return words without addresses."""
    return LINK.sub(LEFT_OUT, text)


class Words:
    """Pieces of a text, handed on word by word: what could still become a link is held back."""

    def __init__(self, most: int) -> None:
        self.text, self.held, self.most = "", "", most

    @property
    def is_full(self) -> bool:
        """Say whether it has as many letters as a message may."""
        return len(self.text) >= self.most

    def take(self, piece: str) -> Iterator[str]:
        """Take some letters and yield the words that are whole by now."""
        self.held += storable(piece)
        cut = max(self.held.rfind(" "), self.held.rfind("\n")) + 1
        ready, self.held = self.held[:cut], self.held[cut:]
        yield from self.hand_on(ready)

    def end(self) -> Iterator[str]:
        """Yield what was held back."""
        ready, self.held = self.held, ""
        yield from self.hand_on(ready)

    def hand_on(self, ready: str) -> Iterator[str]:
        """Yield words without links, up to the most."""
        clean = without_links(ready)[: self.most - len(self.text)]
        if clean:
            self.text += clean
            yield clean
