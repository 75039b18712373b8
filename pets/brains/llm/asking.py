"""A language model as a brain: it is told of a turn, and what it says and calls are thoughts like any brain's."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from threading import BoundedSemaphore

from pets.brains.base import BrainFailed, Call, Piece, Say, Spent, Thought, Turn, Understood
from pets.brains.llm.anthropic import ask_anthropic
from pets.brains.llm.openai import ask_openai
from pets.brains.llm.prompts import messages_of, system_of
from pets.brains.llm.reading import Words
from pets.brains.llm.wire import Endpoint

LONGEST_ANSWER = 1_500
LONGEST_SECONDS = 20.0  # of one request, however slowly it streams
MOST_AT_ONCE = 16  # of a process: half of the web server's threads are left to everybody else
LETTERS_OF_A_TOKEN = 4  # for endpoints that do not say what they spent
PROTOCOLS: Mapping[str, Callable[..., Iterator[Piece | Call | Spent]]] = {
    "openai": ask_openai,
    "anthropic": ask_anthropic,
}
_free = BoundedSemaphore(MOST_AT_ONCE)


class LanguageModel:
    """Asks a model once for each time it is asked to think."""

    name = "llm"

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def think(self, turn: Turn) -> Iterator[Thought]:
        """Yield the model's words as pieces and whole, and the tools it calls. Raises `BrainFailed`.

        A process asks so many at once and no more; who comes then is answered by rules, and nobody waits in line.
        """
        system, messages = system_of(turn), messages_of(turn)
        words, spent, calls = Words(LONGEST_ANSWER), 0, []
        sent = len(system) + sum(len(each.text) for each in messages)
        ends_at = min(turn.ends_at, time.monotonic() + LONGEST_SECONDS)
        ask = PROTOCOLS[self.endpoint.protocol]
        if not _free.acquire(blocking=False):
            raise BrainFailed("this process asks as many at once as it may")
        try:
            for part in ask(self.endpoint, system=system, messages=messages, tools=turn.tools, ends_at=ends_at):
                if isinstance(part, Piece):
                    yield from map(Piece, words.take(part.text))
                elif isinstance(part, Spent):
                    spent += part.tokens
                else:
                    calls.append(part)
                if words.is_full:
                    break
        except BrainFailed as error:
            raise BrainFailed(str(error), tokens=spent or guess(sent, words.text)) from error
        finally:
            _free.release()
        yield from map(Piece, words.end())
        yield Spent(spent or guess(sent, words.text))
        if not turn.steps:
            yield Understood(calls[0].tool if calls else "talk", is_understood=None)
        yield from calls
        if not calls and words.text.strip():
            yield Say(words.text.strip())
        elif not calls:
            raise BrainFailed("the model said nothing")


def guess(sent: int, answered: str) -> int:
    """Return about how many tokens a request was, where the endpoint does not say."""
    return (sent + len(answered)) // LETTERS_OF_A_TOKEN + 1
