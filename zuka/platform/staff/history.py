"""The history of staff's sign-ins: each attempt, from where, and a mail when the device is a new one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from zuka.platform import clock
from zuka.platform.actor import current_actor
from zuka.platform.audit.actions import acting_for, record_action
from zuka.platform.mail.queueing import queue_mail
from zuka.platform.mail.templates import MailTemplate, add_mail_templates
from zuka.platform.staff.locking import forget_old_locks
from zuka.platform.staff.models import StaffSession, StaffSignIn
from zuka.platform.staff.sessions import NOTED, Ending, device_words, note_session, place_words

Outcome = StaffSignIn.Outcome
MOST_LOOKED_AT = 200
_FACTS = {"shop_name": "Adire & Co", "name": "Ada Obi", "device": "Chrome on Windows", "place": "Lagos, NG"}
MAILS = (
    MailTemplate(
        "staff.new_device",
        "New sign-in to the back office",
        "To a member of staff who has signed in to the back office with a browser that they had not used there.",
        {**_FACTS, "moment": "10 March 2026, 12:00"},
    ),
    MailTemplate(
        "staff.second_step_on",
        "Your second step is on",
        "To a member of staff who has set up a second step; their other browsers are signed out.",
        {**_FACTS, "moment": "10 March 2026, 12:00"},
    ),
    MailTemplate(
        "staff.second_step_reset",
        "Your second step was taken away",
        "To a member of staff whose second step an owner has taken away, since they have lost it.",
        _FACTS,
    ),
)


def record_attempt(*, user: Any, outcome: StaffSignIn.Outcome, at: datetime, is_new: bool = False) -> StaffSignIn:
    """Write what came of an attempt to sign in, from where this request comes."""
    actor = current_actor()
    agent = (actor.user_agent or "")[:300].replace("\x00", "")
    facts = {"ip": (actor.ip or "")[:45], "user_agent": agent, "is_new_device": is_new}
    return StaffSignIn.objects.create(user=user, outcome=outcome, at=at, **facts)


def is_new_device(*, user: Any, user_agent: str) -> bool:
    """Say whether somebody has not used such a browser before; nobody is warned of their first one."""
    rows = StaffSignIn.objects.filter(user=user, outcome=Outcome.SIGNED_IN)[:MOST_LOOKED_AT]
    known = {device_words(each.user_agent) for each in rows}
    return bool(known) and device_words(user_agent) not in known


@transaction.atomic
def note_office_sign_in(*, request: HttpRequest, user: Any, **_signal: Any) -> None:
    """Note a sign-in to the back office: its browser, its entry in the history, a mail if the browser is a new one."""
    if not user.is_staff or not request.path.startswith(f"/{settings.ADMIN_PATH}"):
        return
    at, actor = clock.now(), current_actor()
    agent = actor.user_agent or ""
    is_new = is_new_device(user=user, user_agent=agent)
    row = record_attempt(user=user, outcome=Outcome.SIGNED_IN, at=at, is_new=is_new)
    note_session(request=request, user=user, ip=actor.ip or "", user_agent=agent, at=at)
    if user.is_superuser:
        record_action("staff.signed_in", by=acting_for(user), subject=user, person_id=user.pk)
    if is_new and user.email:
        mail_to(user, template="staff.new_device", key=f"staff.new_device:{row.pk}", at=at, **from_where(at=at))


def note_office_sign_out(*, request: HttpRequest, user: Any, **_signal: Any) -> None:
    """Note that a browser was signed out."""
    if user is not None and NOTED in request.session:
        rows = StaffSession.objects.filter(session_key=request.session.session_key, ended_at=None)
        rows.update(ended_at=clock.now(), ended_because=Ending.SIGNED_OUT)


def from_where(*, at: datetime) -> dict[str, str]:
    """Return what mails say of this request: the browser, the place, and when."""
    actor, moment = current_actor(), timezone.localtime(at).strftime("%-d %B %Y, %H:%M")
    return {"device": device_words(actor.user_agent or ""), "place": place_words(actor.ip or ""), "moment": moment}


def tell_of_set_up(user: Any, *, at: datetime) -> None:
    """Mail somebody that a second step was set up for them, from where: who did not do that can tell an owner."""
    if user.email:
        key = f"staff.second_step_on:{user.pk}:{at.timestamp()}"
        mail_to(user, template="staff.second_step_on", key=key, at=at, **from_where(at=at))


def mail_to(user: Any, *, template: str, key: str, at: datetime, **facts: str) -> None:
    """Queue a mail to a member of staff."""
    context = {"shop_name": settings.SHOP_NAME, "name": user.name, **facts}
    queue_mail(key=key, template=template, recipient=user.email, context=context, at=at)


def forget_old_sign_ins(*, at: datetime) -> int:
    """Delete the history and the ended sessions of before STAFF_SIGN_IN_DAYS, and counts that are over."""
    oldest = at - timedelta(days=settings.STAFF_SIGN_IN_DAYS)
    forget_old_locks(at=at)
    count = StaffSignIn.objects.filter(at__lt=oldest).delete()[0]
    return count + StaffSession.objects.filter(last_seen_at__lt=oldest).delete()[0]


def forget_person(user_id: object) -> None:
    """Take from where somebody has signed in: part of an erasure."""
    person = get_user_model()._default_manager.filter(pk=user_id).first()  # noqa: SLF001 - Django's name for it
    if person is not None:
        StaffSignIn.objects.filter(user=person).update(ip="", user_agent="")
        StaffSession.objects.filter(user=person).update(ip="", user_agent="")


add_mail_templates(MAILS)
