"""A server that speaks as OpenAI's and Anthropic's do, streamed, and answers what a test has written down for it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass
class Reply:
    """One answer: words, calls of tools as (name, arguments), or a status other than 200; raw lines instead of all.

    `pings` are comments before it, twenty a second.
    """

    text: str = ""
    calls: tuple[tuple[str, Any], ...] = ()
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] = ()
    tokens: int = 100
    pings: int = 0


@dataclass
class Model:
    """What the server will answer, in order; the last is repeated. `asked` are the requests with path and headers."""

    replies: list[Reply]
    url: str = ""
    asked: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)

    def next(self) -> Reply:
        """Return the next answer."""
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """Return what was asked."""
        return [body for _, _, body in self.asked]


def openai_events(reply: Reply) -> Iterator[dict[str, Any]]:
    """Yield the chunks of a chat completion: words in two, arguments in two."""
    half = len(reply.text) // 2
    for part in (reply.text[:half], reply.text[half:]):
        yield {"choices": [{"index": 0, "delta": {"content": part}}]}
    for place, (name, arguments) in enumerate(reply.calls):
        text = arguments if isinstance(arguments, str) else json.dumps(arguments)
        first = {"index": place, "id": f"call_{place}", "function": {"name": name, "arguments": text[:4]}}
        yield {"choices": [{"index": 0, "delta": {"tool_calls": [first]}}]}
        rest = {"index": place, "function": {"arguments": text[4:]}}
        yield {"choices": [{"index": 0, "delta": {"tool_calls": [rest]}}]}
    yield {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    if reply.tokens:
        yield {"choices": [], "usage": {"total_tokens": reply.tokens}}


def anthropic_events(reply: Reply) -> Iterator[dict[str, Any]]:
    """Yield the events of a message."""
    yield {"type": "message_start", "message": {"usage": {"input_tokens": reply.tokens - 10}}}
    if reply.text:
        yield {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}}
        yield {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": reply.text}}
        yield {"type": "content_block_stop", "index": 0}
    for place, (name, arguments) in enumerate(reply.calls, 1):
        block = {"type": "tool_use", "id": f"toolu_{place}", "name": name, "input": {}}
        yield {"type": "content_block_start", "index": place, "content_block": block}
        text = json.dumps(arguments)
        for part in (text[:5], text[5:]):
            delta = {"type": "input_json_delta", "partial_json": part}
            yield {"type": "content_block_delta", "index": place, "delta": delta}
        yield {"type": "content_block_stop", "index": place}
    yield {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 10}}
    yield {"type": "message_stop"}


def bare_event(event: dict[str, Any]) -> str:
    """Return an event as OpenAI's are sent: its data alone."""
    return f"data: {json.dumps(event)}"


def named_event(event: dict[str, Any]) -> str:
    """Return an event as Anthropic's are sent: by its name too."""
    return f"event: {event['type']}\ndata: {json.dumps(event)}"


def handler_of(model: Model) -> type[BaseHTTPRequestHandler]:
    """Return what answers for a model."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            reply = model.next()
            self.send_response(reply.status)
            for name, value in {"Content-Type": "text/event-stream", "Connection": "close", **reply.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            for _ in range(reply.pings):
                self.wfile.write(b": ping\n\n")
                time.sleep(0.05)
            is_anthropic = self.path == "/v1/messages"
            make, write = (anthropic_events, named_event) if is_anthropic else (openai_events, bare_event)
            lines = reply.lines or [*map(write, make(reply)), *([] if is_anthropic else ["data: [DONE]"])]
            for line in lines:
                self.wfile.write(f"{line}\n\n".encode())

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def open_model(*replies: Reply) -> Iterator[Model]:
    """Run a model's server while it lasts."""
    model = Model(list(replies))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler_of(model))
    model.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield model
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
