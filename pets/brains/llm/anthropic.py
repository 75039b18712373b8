"""Messages as Anthropic streams them, by Anthropic's own library."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from pets.brains.base import Call, Face, Piece, Spent
from pets.brains.llm.prompts import Message
from pets.brains.llm.reading import joined, read_arguments
from pets.brains.llm.wire import RETRIES, Endpoint, bounded_client, failures

if TYPE_CHECKING:
    from anthropic.types import RawMessageStreamEvent

MOST_TOKENS = 800  # of one answer


def ask_anthropic(
    endpoint: Endpoint, *, system: str, messages: Sequence[Message], tools: Sequence[Face], ends_at: float
) -> Iterator[Piece | Call | Spent]:
    """Yield a model's words, calls and cost, until `ends_at` of the monotonic clock. Raises `BrainFailed`."""
    # Loaded with the first question: half a second and 40 MB, which shops whose pets think by rules do not pay.
    from anthropic import Anthropic, AnthropicError, APIStatusError

    def status_of(error: Exception) -> int | None:
        return error.status_code if isinstance(error, APIStatusError) else None

    said: list[Any] = [message_json(each) for each in messages]
    offered: list[Any] = [
        {"name": each.name, "description": each.text, "input_schema": dict(each.schema)} for each in tools
    ]
    with failures(AnthropicError, status_of=status_of), bounded_client(ends_at) as http:
        key, url = endpoint.key or "none", endpoint.url.removesuffix("/v1")
        # Else it would send the ids of our traces, and what people say to whom the environment names.
        client = Anthropic(api_key=key, base_url=url, http_client=http, max_retries=RETRIES, open_telemetry=False)
        with client.messages.create(
            model=endpoint.model, system=system, messages=said, tools=offered, max_tokens=MOST_TOKENS, stream=True
        ) as stream:
            yield from read_stream(stream)


def message_json(message: Message) -> dict[str, Any]:
    """Return a message in the protocol's form: results of tools are the person's side."""
    if message.role == "call":
        call = {"type": "tool_use", "id": message.id, "name": message.tool, "input": dict(message.arguments or {})}
        return {"role": "assistant", "content": [call]}
    if message.role == "result":
        result = {"type": "tool_result", "tool_use_id": message.id, "content": message.text}
        return {"role": "user", "content": [result]}
    return {"role": message.role, "content": message.text}


def read_stream(events: Iterable[RawMessageStreamEvent]) -> Iterator[Piece | Call | Spent]:
    """Yield words as they come; calls once their block is whole."""
    calls: dict[int, dict[str, str]] = {}
    for event in events:
        if event.type == "message_start":
            yield Spent(event.message.usage.input_tokens or 0)
        elif event.type == "content_block_start" and event.content_block.type == "tool_use":
            calls[event.index] = {"id": event.content_block.id, "name": event.content_block.name, "arguments": ""}
        elif event.type == "content_block_delta" and event.delta.type == "text_delta":
            yield Piece(event.delta.text)
        elif event.type == "content_block_delta" and event.delta.type == "input_json_delta" and event.index in calls:
            call = calls[event.index]
            call["arguments"] = joined(call["arguments"], event.delta.partial_json)
        elif event.type == "content_block_stop" and event.index in calls:
            call = calls.pop(event.index)
            yield Call(call["name"], read_arguments(call["arguments"]), call["id"])
        elif event.type == "message_delta":
            yield Spent(event.usage.output_tokens or 0)
