"""Calling tools for a pet: each call is a `PetAction`, and what changes something waits for its person's yes."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID, uuid4

import structlog
from django.core import signing
from django.db import transaction

from analytics.track import track
from pets.brains.base import Call, Step
from pets.models import ActionStatus, Consent, MessageKind, PetAction, PetConversation
from pets.tools import ChoiceNeeded, Context, Outcome, Proposal, Tool, find_tool
from zuka.platform.errors import Refused

log = structlog.get_logger(__name__)
WAITS = timedelta(minutes=10)
SALT = "pets.consent"


class NoSuchAction(Refused):
    """There is no such action, it is another person's, or the token is not its own."""

    status: ClassVar[int] = 404
    code: ClassVar[str] = "not_found"


class ActionOver(Refused):
    """The action waits no more: it was declined, or waited for too long."""

    code: ClassVar[str] = "action_over"


@dataclass(frozen=True, slots=True)
class Deed:
    """A call of a tool that was recorded: its row, the step for the brain, and what was asked where it waits."""

    action: PetAction
    step: Step
    question: str = ""


def token_of(action_id: UUID) -> str:
    """Return the token that a yes carries: signed, so that nobody makes one up. It works while the action waits."""
    return signing.Signer(salt=SALT).signature(str(action_id))


@transaction.atomic
def do_call(*, context: Context, conversation: PetConversation, call: Call, brain: str) -> Deed:
    """Call a tool, or ask for consent where it needs that; record it either way."""
    action_id = uuid4()
    action = PetAction(
        id=action_id,
        conversation=conversation,
        tool=call.tool[:40],
        arguments=dict(call.arguments),
        brain=brain,
        created_at=context.at,
    )
    context = replace(context, action_id=action_id)
    try:
        tool = find_tool(call.tool)
        asked = tool.read(call.arguments)
        # Only what is read: a question or an answer that fails leaves nothing half done.
        with transaction.atomic():
            proposal = tool.propose(context, asked) if tool.propose else None
            if proposal:
                return wait(action, call, proposal, at=context.at)
            outcome = tool.run(context, asked)
    except Refused as refusal:
        return end(action, context, refused(call, refusal))
    except Exception:
        log.exception("pets.tool_failed", tool=call.tool, action=str(action_id))
        return end(action, context, failed(call))
    return end(action, context, done(call, outcome))


def wait(action: PetAction, call: Call, proposal: Proposal, *, at: datetime) -> Deed:
    """Record an action that waits for a yes, with the arguments that the yes is for."""
    action.status, action.consent = ActionStatus.WAITING, Consent.ASKED
    action.arguments, action.expires_at = proposal.arguments, at + WAITS
    action.save(force_insert=True)
    step = Step(call, ActionStatus.WAITING, MessageKind.CONFIRMATION, proposal.data, message=proposal.question)
    return Deed(action, step, proposal.question)


def end(action: PetAction, context: Context, step: Step) -> Deed:
    """Record how an action has ended."""
    action.status, action.code, action.ended_at = step.status, step.code, context.at
    action.outcome = outcome_of(step)
    action.save(force_insert=action._state.adding)  # noqa: SLF001 - public by Django's documentation
    note_action(action, context)
    return Deed(action, step)


def outcome_of(step: Step) -> dict[str, Any]:
    """Return what is kept of an outcome: what was shown or refused, not a copy of all of it."""
    kept: dict[str, Any] = {"message": step.message} if step.message else {}
    if products := step.data.get("products"):
        kept["products"] = [each["id"] for each in products]
    for name in ("number", "product", "total", "what"):
        if isinstance(step.data.get(name), str):
            kept[name] = step.data[name]
    return kept


def note_action(action: PetAction, context: Context) -> None:
    """Track what a pet did for its person."""
    track(
        "pet.action_taken",
        actor=context.actor,
        at=context.at,
        message_id=f"pet.action_taken:{action.pk}",
        persona=action.conversation.persona,
        action=action.tool,
        status=str(action.status),
        consent=str(action.consent),
    )


def done(call: Call, outcome: Outcome) -> Step:
    """Return a step that was done."""
    return Step(call, ActionStatus.DONE, outcome.kind, outcome.data)


def refused(call: Call, refusal: Refused) -> Step:
    """Return a step that the shop's rules refused, with what there is to choose where that is why."""
    data: Mapping[str, Any] = refusal.data if isinstance(refusal, ChoiceNeeded) else {}
    return Step(call, ActionStatus.REFUSED, MessageKind.REFUSAL, data, refusal.code, refusal.message)


def failed(call: Call) -> Step:
    """Return a step that failed by a mistake of ours."""
    return Step(call, ActionStatus.FAILED, MessageKind.REFUSAL, {}, "failed", "Something went wrong on our side.")


def find_action(*, action_id: UUID, user_id: UUID, token: str) -> PetAction:
    """Return a person's own action by its token. Raises `NoSuchAction`."""
    found = PetAction.objects.select_related("conversation__pet").filter(pk=action_id).first()
    known = hmac.compare_digest(token_of(action_id).encode(), token.encode())
    if found is None or not known or found.conversation.pet.user_id != user_id:
        raise NoSuchAction("There is no such question.")
    return found


def confirm_action(*, action: PetAction, context: Context, consent: Consent) -> Deed | None:
    """Do what a person has agreed to, once: of two who confirm at once one acts. None: it was done already.

    Claim, deed and record are one transaction: whoever comes second waits for it. Raises `ActionOver`.
    """
    with transaction.atomic():
        claimed = PetAction.objects.claim(pk=action.pk, status=ActionStatus.DONE, consent=consent, at=context.at)
        if claimed:
            action.refresh_from_db()
            return act(action, replace(context, action_id=action.pk))
    action.refresh_from_db(fields=["status"])
    if action.status in {ActionStatus.DONE, ActionStatus.REFUSED, ActionStatus.FAILED}:
        return None
    raise ActionOver("This question waits no more. Ask again.")


def act(action: PetAction, context: Context) -> Deed:
    """Run a claimed action's tool with the arguments that were agreed to."""
    call = Call(action.tool, action.arguments)
    try:
        tool: Tool = find_tool(action.tool)
        with transaction.atomic():
            step = done(call, tool.run(context, tool.read(action.arguments)))
    except Refused as refusal:
        step = refused(call, refusal)
    except Exception:
        log.exception("pets.tool_failed", tool=action.tool, action=str(action.pk))
        step = failed(call)
    return end(action, context, step)


def decline_action(*, action: PetAction, context: Context, consent: Consent) -> None:
    """Let a question go. Twice is the same; what was done already is done. Raises `ActionOver`."""
    declined = PetAction.objects.claim(pk=action.pk, status=ActionStatus.DECLINED, consent=consent, at=context.at)
    action.refresh_from_db()
    if declined:
        note_action(action, context)
    elif action.status != ActionStatus.DECLINED:
        raise ActionOver("This question waits no more.")
