"""Chat completions as OpenAI streams them, and everybody who is compatible with that."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from pets.brains.base import Call, Face, Piece, Spent
from pets.brains.llm.prompts import Message
from pets.brains.llm.reading import joined, read_arguments
from pets.brains.llm.wire import Endpoint, Event, stream_events


def ask_openai(
    endpoint: Endpoint, *, system: str, messages: Sequence[Message], tools: Sequence[Face], ends_at: float
) -> Iterator[Piece | Call | Spent]:
    """Yield a model's words, calls and cost, until `ends_at` of the monotonic clock. Raises `BrainFailed`."""
    # No limit of tokens is sent: its name differs between models. Who reads stops when it is enough.
    body = {
        "model": endpoint.model,
        "messages": [{"role": "system", "content": system}, *map(message_json, messages)],
        "tools": [tool_json(each) for each in tools],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    yield from read_stream(
        stream_events(url=f"{endpoint.url}/chat/completions", headers=headers, body=body, ends_at=ends_at)
    )


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


def read_stream(events: Iterator[Event]) -> Iterator[Piece | Call | Spent]:
    """Yield words as they come; calls once their arguments are whole. Calls come in parts, told apart by `index`."""
    calls: dict[int, dict[str, str]] = {}
    for event in events:
        for choice in event.get("choices") or ():
            delta = choice.get("delta") or {}
            if delta.get("content"):
                yield Piece(str(delta["content"]))
            for part in delta.get("tool_calls") or ():
                call = calls.setdefault(int(part.get("index", 0)), {"id": "", "name": "", "arguments": ""})
                function = part.get("function") or {}
                call["id"] += part.get("id") or ""
                call["name"] += function.get("name") or ""
                call["arguments"] = joined(call["arguments"], function.get("arguments") or "")
        if usage := event.get("usage"):
            yield Spent(int(usage.get("total_tokens") or 0))
    for _, call in sorted(calls.items()):
        yield Call(call["name"], read_arguments(call["arguments"]), call["id"])
