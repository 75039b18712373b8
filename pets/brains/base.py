"""What a brain is: it is told of a turn and yields thoughts. It has no hands: tools are called for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from pets.models import ActionStatus, MessageKind
from pets.personas import Voice


@dataclass(frozen=True, slots=True)
class Say:
    """A message of the pet. Without a kind it is shown with what the last call of a tool brought."""

    text: str
    kind: MessageKind | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Piece:
    """The next words of a message that is still being written, for who follows the stream; `Say` repeats the whole."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool to call, with its arguments as JSON. `id` is the brain's own name for the call."""

    tool: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    id: str = ""


@dataclass(frozen=True, slots=True)
class Understood:
    """What the person's message was taken for; None where the brain cannot say whether it understood.

    `slots` are kept for what comes next ("cheaper"), as JSON.
    """

    intent: str
    is_understood: bool | None
    slots: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What thinking has cost, in tokens of a language model."""

    tokens: int


Thought = Say | Piece | Call | Understood | Spent


@dataclass(frozen=True, slots=True)
class Line:
    """An earlier message: who spoke (`user`, `pet`, `system`), and what."""

    role: str
    text: str


@dataclass(frozen=True, slots=True)
class Face:
    """A tool as brains see it: its name, what it does, and the JSON schema of its arguments."""

    name: str
    text: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """A call of this turn and what came of it. `waiting`: the person is asked, and the loop ends."""

    call: Call
    status: ActionStatus
    kind: MessageKind
    data: Mapping[str, Any]
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One message of the person and all that may be thought about it.

    `seen` are the public ids of the products listed last, `focus` the one spoken of since, `cart` the skus of the cart
    shown last; `slots` are what the last search was for, `is_pending` says whether a question for consent waits.
    `steps` grows while the turn lasts; `notes` are the brain's own. `voice` is the persona as it speaks in this turn.
    Thinking is over at `ends_at`, of the monotonic clock.
    """

    pet_name: str
    text: str
    history: Sequence[Line]
    remembered: Mapping[str, tuple[str, ...]]
    tools: Sequence[Face]
    seen: Sequence[str]
    focus: str | None
    cart: Sequence[str]
    slots: Mapping[str, Any] | None
    is_pending: bool
    at: datetime
    voice: Voice
    ends_at: float = math.inf
    steps: list[Step] = field(default_factory=list)
    notes: dict[str, Any] = field(default_factory=dict)


class BrainFailed(Exception):  # noqa: N818 - it is an answer: another one thinks
    """A brain cannot think now: its endpoint is away, refuses, or answers what cannot be read. Another one takes over.

    `tokens` were spent for nothing.
    """

    def __init__(self, message: str, *, tokens: int = 0) -> None:
        super().__init__(message)
        self.tokens = tokens


class Brain(Protocol):
    """Thinks about a turn until it calls a tool or has said what it wants; with the outcomes it is asked again."""

    name: str

    def think(self, turn: Turn) -> Iterator[Thought]:
        """Yield thoughts. Raises `BrainFailed`."""
