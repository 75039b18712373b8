"""Messages as Anthropic streams them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pets.brains.base import BrainFailed, Call, Face, Piece, Spent
from pets.brains.llm.prompts import Message
from pets.brains.llm.reading import joined, read_arguments
from pets.brains.llm.wire import Endpoint, Event, stream_events

VERSION = "2023-06-01"
MOST_TOKENS = 800  # of one answer


def ask_anthropic(
    endpoint: Endpoint, *, system: str, messages: Sequence[Message], tools: Sequence[Face], ends_at: float
) -> Iterator[Piece | Call | Spent]:
    """Yield a model's words, calls and cost, until `ends_at` of the monotonic clock. Raises `BrainFailed`."""
    body = {
        "model": endpoint.model,
        "system": system,
        "messages": [message_json(each) for each in messages],
        "tools": [{"name": each.name, "description": each.text, "input_schema": dict(each.schema)} for each in tools],
        "max_tokens": MOST_TOKENS,
        "stream": True,
    }
    headers = {"anthropic-version": VERSION, **({"x-api-key": endpoint.key} if endpoint.key else {})}
    url = f"{endpoint.url.removesuffix('/v1')}/v1/messages"
    yield from read_stream(stream_events(url=url, headers=headers, body=body, ends_at=ends_at))


def message_json(message: Message) -> dict[str, Any]:
    """Return a message in the protocol's form: results of tools are the person's side."""
    if message.role == "call":
        call = {"type": "tool_use", "id": message.id, "name": message.tool, "input": dict(message.arguments or {})}
        return {"role": "assistant", "content": [call]}
    if message.role == "result":
        result = {"type": "tool_result", "tool_use_id": message.id, "content": message.text}
        return {"role": "user", "content": [result]}
    return {"role": message.role, "content": message.text}


def read_stream(events: Iterator[Event]) -> Iterator[Piece | Call | Spent]:
    """Yield words as they come; calls once their block is whole. Raises `BrainFailed` for an error in the stream."""
    calls: dict[int, dict[str, str]] = {}
    for event in events:
        kind, place = event.get("type"), int(event.get("index", 0))
        if kind == "error":
            raise BrainFailed("the endpoint reported an error")
        if kind == "message_start":
            yield Spent(int(event.get("message", {}).get("usage", {}).get("input_tokens") or 0))
        elif kind == "content_block_start" and event.get("content_block", {}).get("type") == "tool_use":
            block = event["content_block"]
            calls[place] = {"id": str(block.get("id", "")), "name": str(block.get("name", "")), "arguments": ""}
        elif kind == "content_block_delta":
            delta = event.get("delta", {})
            if delta.get("type") == "text_delta":
                yield Piece(str(delta.get("text", "")))
            elif delta.get("type") == "input_json_delta" and place in calls:
                calls[place]["arguments"] = joined(calls[place]["arguments"], str(delta.get("partial_json", "")))
        elif kind == "content_block_stop" and place in calls:
            call = calls.pop(place)
            yield Call(call["name"], read_arguments(call["arguments"]), call["id"])
        elif kind == "message_delta":
            yield Spent(int((event.get("usage") or {}).get("output_tokens") or 0))
