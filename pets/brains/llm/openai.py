"""Chat completions as OpenAI streams them, and everybody who is compatible with that, by OpenAI's own library."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pets.brains.base import BrainFailed, Call, Face, Piece, Spent
from pets.brains.llm.prompts import Message
from pets.brains.llm.reading import joined, read_arguments
from pets.brains.llm.wire import RETRIES, Endpoint, bounded_client, failures

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import ChoiceDelta


def ask_openai(
    endpoint: Endpoint, *, system: str, messages: Sequence[Message], tools: Sequence[Face], ends_at: float
) -> Iterator[Piece | Call | Spent]:
    """Yield a model's words, calls and cost, until `ends_at` of the monotonic clock. Raises `BrainFailed`."""
    # Loaded with the first question: half a second and 40 MB, which shops whose pets think by rules do not pay.
    from openai import APIStatusError, OpenAI, OpenAIError
    from openai.types.chat import ChatCompletionChunk

    def status_of(error: Exception) -> int | None:
        return error.status_code if isinstance(error, APIStatusError) else None

    said: list[Any] = [{"role": "system", "content": system}, *map(message_json, messages)]
    offered: list[Any] = [tool_json(each) for each in tools]
    with failures(OpenAIError, status_of=status_of), bounded_client(ends_at) as http:
        key = endpoint.key or "none"  # what needs no key takes any
        client = OpenAI(api_key=key, base_url=endpoint.url, http_client=http, max_retries=RETRIES)
        # No limit of tokens is sent: its name differs between models. Who reads stops when it is enough.
        with client.chat.completions.create(
            model=endpoint.model,
            messages=said,
            tools=offered,
            stream=True,
            stream_options={"include_usage": True},
        ) as stream:
            yield from read_stream(stream, ChatCompletionChunk)


def message_json(message: Message) -> dict[str, Any]:
    """Return a message in the protocol's form."""
    if message.role == "call":
        arguments = json.dumps(dict(message.arguments or {}), ensure_ascii=False)
        function = {"name": message.tool, "arguments": arguments}
        call = {"id": message.id, "type": "function", "function": function}
        return {"role": "assistant", "content": None, "tool_calls": [call]}
    if message.role == "result":
        return {"role": "tool", "tool_call_id": message.id, "content": message.text}
    return {"role": message.role, "content": message.text}


def tool_json(face: Face) -> dict[str, Any]:
    """Return a tool in the protocol's form."""
    function = {"name": face.name, "description": face.text, "parameters": dict(face.schema)}
    return {"type": "function", "function": function}


def read_stream(
    chunks: Iterable[ChatCompletionChunk], kind: type[ChatCompletionChunk]
) -> Iterator[Piece | Call | Spent]:
    """Yield words as they come; calls once their arguments are whole. Raises `BrainFailed`."""
    calls: dict[int, dict[str, str]] = {}
    for chunk in chunks:
        if not isinstance(chunk, kind):  # the library hands on whatever JSON came
            raise BrainFailed("an event is no object")
        for choice in chunk.choices or ():
            if choice.delta and choice.delta.content:
                yield Piece(choice.delta.content)
            if choice.delta:
                take_calls(calls, choice.delta)
        if chunk.usage:
            yield Spent(chunk.usage.total_tokens or 0)
    for _, call in sorted(calls.items()):
        yield Call(call["name"], read_arguments(call["arguments"]), call["id"])


def take_calls(calls: dict[int, dict[str, str]], delta: ChoiceDelta) -> None:
    """Add parts of calls to those that came so far, told apart by `index`. Raises `BrainFailed` where too long."""
    for part in delta.tool_calls or ():
        call = calls.setdefault(part.index or 0, {"id": "", "name": "", "arguments": ""})
        call["id"] += part.id or ""
        if part.function:
            call["name"] += part.function.name or ""
            call["arguments"] = joined(call["arguments"], part.function.arguments or "")
