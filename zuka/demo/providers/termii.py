"""Termii's API as far as shops use it: a text message is taken, kept for whoever looks, and sent to nobody."""

from __future__ import annotations

import re
import secrets
from datetime import UTC, datetime
from typing import Any

from zuka.demo.providers.state import Message, Office
from zuka.demo.providers.wire import Answer, Call, answer_by, json_answer, route, same, words

CHANNELS = {"dnd", "generic", "whatsapp"}
LONGEST = 918  # characters: six parts


def answer_termii(office: Office, call: Call) -> Answer:
    """Answer one call."""
    return answer_by(ROUTES, refuse, office, call)


def refuse(status: int, message: str) -> Answer:
    """Return a refusal as Termii words it."""
    return json_answer(status, {"code": status, "message": message, "status": "error"})


def send_message(office: Office, call: Call, _named: str) -> Answer:
    """Take a message."""
    body = call.read()
    if not same(words(body.get("api_key")), office.keys.termii):
        return refuse(401, "Invalid api key")
    if flaw := find_flaw(body):
        return refuse(400, flaw)
    message = Message(str(secrets.randbits(60)), body["to"], body["from"], body["sms"], datetime.now(UTC))
    office.messages.append(message)
    return json_answer(
        200,
        {"code": "ok", "message_id": message.id, "message": "Successfully Sent", "balance": 1000, "user": "Practice"},
    )


def find_flaw(body: dict[str, Any]) -> str | None:
    """Return what is wrong with a message; None when it can be sent."""
    if not re.fullmatch(r"[1-9][0-9]{6,14}", words(body.get("to"))):
        return f"Invalid phone number {words(body.get('to'))}"
    if not re.fullmatch(r"[A-Za-z0-9 ]{3,11}", words(body.get("from"))):
        return "Invalid sender id: 3 to 11 characters"
    if not 0 < len(words(body.get("sms"))) <= LONGEST:
        return "Invalid sms"
    if body.get("type") != "plain" or body.get("channel") not in CHANNELS:
        return "Invalid type or channel"
    return None


ROUTES = (route("POST", "/api/sms/send", send_message),)
