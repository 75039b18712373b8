"""What a tool is: a name, typed arguments, what it does, and what it asks before it changes something."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

import msgspec

from commerce.accounts.models import User
from pets.models import MessageKind, UserPet
from zuka.platform.actor import Actor
from zuka.platform.errors import Refused

Data = dict[str, Any]


class Arguments(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What a tool is called with; unknown fields are refused, so that a model cannot slip in a price."""


class Nothing(Arguments):
    """No arguments."""


@dataclass(frozen=True, slots=True)
class Context:
    """Whose hands these are, and when. `shown` are the public ids of the products the person has just been shown.

    `told` is what the person has just written, where a brain calls that may have been talked into it by what it read;
    None where rules read the call from those very words.
    """

    user: User
    pet: UserPet
    actor: Actor
    at: datetime
    tastes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    shown: Sequence[str] = ()
    action_id: UUID | None = None
    told: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a call: how it is shown, and its facts as JSON. `products` are those shown, by public id."""

    kind: MessageKind
    data: Data
    products: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What is asked before something is done: the question, and the arguments that a yes is for, to the piece."""

    question: str
    arguments: Data
    data: Data


@dataclass(frozen=True, slots=True)
class Tool:
    """One ability. With `propose` it needs consent: that looks whether it can be done and says exactly what.

    It returns None where there is nothing to ask, as the person has just said it themselves.
    """

    name: str
    text: str
    arguments: type[Arguments]
    run: Callable[[Context, Any], Outcome]
    propose: Callable[[Context, Any], Proposal | None] | None = None
    is_for_models: bool = True

    def schema(self) -> Data:
        """Return the JSON schema of the arguments, without references, as language models take it."""
        _, kinds = msgspec.json.schema_components([self.arguments], ref_template="#/$defs/{name}")
        found: Data = kinds[self.arguments.__name__]
        return found

    def read(self, arguments: Mapping[str, Any]) -> Arguments:
        """Return typed arguments. Raises `BadArguments`, which names the field."""
        try:
            return msgspec.convert(dict(arguments), self.arguments, strict=False)
        except msgspec.ValidationError as error:
            raise BadArguments(str(error)) from error


class BadArguments(Refused):
    """A tool was called with arguments that it does not take."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_arguments"


class NotFound(Refused):
    """There is no such product, order or line: or it is somebody else's, which is the same to the pet."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


class ChoiceNeeded(Refused):
    """Something must be chosen first. `data` has the `choices`, each with a label and what to say."""

    code: ClassVar[str] = "choice_needed"

    def __init__(self, message: str, *, data: Data) -> None:
        super().__init__(message)
        self.data = data
