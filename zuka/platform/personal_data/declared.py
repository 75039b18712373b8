"""Where the platform keeps data of people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.db.models import Q, QuerySet

from zuka.platform.audit.scrubbing import scrub_person
from zuka.platform.mail.forgetting import EMPTIED
from zuka.platform.mail.models import WAITING, MailFile, MailStatus, OutgoingMail, Suppression
from zuka.platform.mail.suppressing import hash_address, suppress_address
from zuka.platform.mail.templates import mail_templates
from zuka.platform.personal_data.declaring import Erasure, Held, add_impersonal, add_personal_data
from zuka.platform.personal_data.erasing import Postponed
from zuka.platform.personal_data.files import drop_files
from zuka.platform.personal_data.people import Person, whole
from zuka.platform.usage.models import ApiUsage

IDS_STAY = (
    "The log cannot be changed, so it still says which account it was, by an id that leads to nobody: it stands "
    "nowhere else. What it said of the person, and from where they acted, is emptied."
)

LAST_MAIL = timedelta(minutes=30)  # a mail that has not left by then does not: nobody waits for a mail server


def named_mails(person: Person) -> QuerySet[OutgoingMail]:
    """Return mails to a person, on their orders, or with their address in them. A phone may be of who got a gift.

    Of those to an e-mail that they never proved to be theirs, the ones that greet them by name.
    """
    said = [Q(recipient__iexact=email) for email in person.emails]
    said += [Q(key__iregex=rf"(?<!\w){re.escape(number)}(?!\w)") for number in person.numbers]
    said += [Q(recipient__iexact=claimed, context__name__in=person.names) for claimed in person.claimed]
    if person.keys:
        said += [Q(**{f"{name}__iregex": whole(person.keys)}) for name in ("text", "context", "headers", "key")]
    return OutgoingMail.objects.filter(reduce(or_, said)) if said else OutgoingMail.objects.none()


def wait_for_last_mail(mails: QuerySet[OutgoingMail], at: datetime) -> None:
    """Raise `Postponed` while the mail that tells a person of their erasure is about to leave."""
    kinds = [each.name for each in mail_templates() if each.is_last]
    if mails.filter(template__in=kinds, status__in=WAITING, queued_at__gt=at - LAST_MAIL).exists():
        raise Postponed("The mail that tells them of it has not left yet.")


def erase_mails(person: Person, at: datetime) -> int:
    """Forget what mails said and whom they went to; those that wait never leave. That they were sent stays."""
    mails = named_mails(person).exclude(recipient="", context={})
    wait_for_last_mail(mails, at)
    digests = [each["digest"] for files in mails.values_list("attachments", flat=True) for each in files]
    mails.filter(status__in=WAITING).update(status=MailStatus.SUPPRESSED)
    count = 0
    for mail in mails:
        key = f"erased:{mail.pk}" if person.is_named(mail.key) else mail.key
        count += OutgoingMail.objects.filter(pk=mail.pk).update(key=key, **EMPTIED, updated_at=at)
    left = [
        each["digest"]
        for files in OutgoingMail.objects.exclude(attachments=[]).values_list("attachments", flat=True)
        for each in files
    ]
    MailFile.objects.filter(digest__in=set(digests) - set(left)).delete()
    return count


def read_mails(person: Person) -> Iterator[dict[str, Any]]:
    """Yield mails to a person as they were sent, but for those that open something: codes and links of sign-ins."""
    said = [Q(recipient__iexact=email) for email in person.emails]
    mails = OutgoingMail.objects.filter(reduce(or_, said)) if said else OutgoingMail.objects.none()
    secret = [template.name for template in mail_templates() if template.is_secret]
    rows = mails.exclude(template__in=secret).order_by("pk")
    yield from map(dict, rows.values("queued_at", "sent_at", "template", "recipient", "subject", "text"))


def erase_suppression(person: Person, at: datetime) -> int:
    """Keep of addresses that get no mail the hash alone."""
    hashes = {hash_address(email): email for email in person.emails}
    found = list(Suppression.objects.filter(address_hash__in=hashes))
    for row in found:
        suppress_address(address=hashes[row.address_hash], reason=Suppression.Reason.ERASED, at=at)
    return len(found)


def replace_usage(person: Person, _at: datetime) -> int:
    """Put the random id in the place of the account's in requests to the API."""
    return sum(
        ApiUsage.objects.filter(user_id=each).update(user_id=UUID(person.pseudonym(each))) for each in person.users
    )


def scrub_log(person: Person, at: datetime) -> int:
    """Empty what the audit log says of a person; of a guest it is found by their words."""
    user_id = person.users[0] if person.users else person.pseudonym("nobody")
    claimed = [] if person.users else [each for each in person.claimed if "@" in each]
    return scrub_person(user_id=user_id, at=at, words=[*person.marks, *claimed])


def scrub_pages(person: Person, _at: datetime) -> int:
    """Empty Django's own log of changes, where it is about them."""
    said = Q(object_id__in=person.users)
    if person.marks:
        words = whole(person.marks)
        said |= Q(object_repr__iregex=words) | Q(change_message__iregex=words)
    return LogEntry.objects.filter(said).update(object_repr="", change_message="", object_id="")


HELD = (
    Held(
        name="platform.outgoingmail",
        title="Mails",
        columns=("key", "context", "recipient", "subject", "text", "html", "headers", "attachments", "last_error"),
        erasure=Erasure.CHANGE,
        why="That a mail was sent stays, so that none is sent twice.",
        export=read_mails,
        erase=erase_mails,
        count=lambda person: named_mails(person).count(),
    ),
    Held(
        name="platform.suppression",
        title="Addresses without mail",
        columns=("address",),
        secrets=("address_hash",),
        found_by={"address__iexact": "emails"},
        erasure=Erasure.CHANGE,
        why="A hash stays, so that nobody writes to them again.",
        erase=erase_suppression,
    ),
    Held(
        name="platform.apikey",
        title="API keys",
        columns=("owner", "name", "device_name", "device_os", "device_app_version"),
        secrets=("token", "token_hash", "prefix", "device_hash"),
        found_by={"owner": "users"},
        erasure=Erasure.CHANGE,
        changes={"name": "erased"},
        why="Revoked; that it was there stays, for the counts of what it called.",
    ),
    Held(
        name="platform.apiusage",
        title="Requests to the API",
        columns=("user_id",),
        found_by={"user_id": "users"},
        erasure=Erasure.CHANGE,
        erase=replace_usage,
    ),
    Held(
        name="platform.staffsession",
        title="Browsers in the back office",
        columns=("user", "ip", "user_agent"),
        secrets=("session_key",),
        found_by={"user": "users"},
    ),
    Held(
        name="platform.staffsignin",
        title="Sign-ins to the back office",
        columns=("user", "ip", "user_agent"),
        found_by={"user": "users"},
    ),
    Held(
        name="platform.signinlock",
        title="Locked sign-ins",
        columns=("user", "ip"),
        secrets=("who_hash",),
        found_by={"user": "users"},
    ),
    Held(
        name="platform.auditpersonal",
        title="Audit log: what names people",
        columns=("person_id", "words", "before", "after", "reason"),
        found_by={"person_id": "users"},
        erasure=Erasure.CHANGE,
        why=IDS_STAY,
        turn=95,
        erase=scrub_log,
    ),
    Held(
        name="platform.auditentry",
        title="Audit log: that something was done",
        columns=("actor_id", "subject_id", "words", "parent_id", "person_id", "before", "after", "reason", "path"),
        unsaid=("actor_id",),
        found_by={"person_id": "users"},
        erasure=Erasure.KEEP,
        why=IDS_STAY,
    ),
    Held(
        name="platform.auditorigin",
        title="Audit log: from where",
        columns=("person_id", "ip", "user_agent"),
        found_by={"person_id": "users"},
        erasure=Erasure.KEEP,
        why=IDS_STAY,
    ),
    Held(
        name="admin.logentry",
        title="Django's log of pages",
        columns=("user", "object_id", "object_repr", "change_message"),
        erasure=Erasure.CHANGE,
        erase=scrub_pages,
    ),
    Held(
        name="platform.dataexport",
        title="Files of their data",
        columns=("owner", "person", "reason", "failure", "file_name", "staff", "progress"),
        unsaid=("staff",),
        found_by={"owner": "users"},
        turn=85,
        erase=drop_files,
    ),
    Held(
        name="platform.erasurerequest",
        title="Requests to erase",
        columns=("person", "reason", "failure", "staff", "progress"),
        erasure=Erasure.KEEP,
        why="Who is meant stands in it until it is done, then a hash that only the shop's secret key leads to.",
    ),
)
RULES = "Rules and settings."
IMPERSONAL: Mapping[str, Mapping[str, str] | str] = {
    "platform.featureflag": RULES,
    "platform.jobrun": "Kinds of errors, without what they said.",
    "platform.jobstate": "Kinds of errors, without what they said.",
    "platform.retiredtoken": "Hashes of tokens that go within days.",
    "platform.validationday": "Counts.",
    "platform.backuprun": "What a backup holds, as counts; its place is the shop's own.",
    "platform.tablesize": "Names and sizes of tables.",
    "platform.waitingvalidation": {"key_id": "Which key was asked for."},
    "platform.settingchange": {"*": RULES, "changed_by": "A member of staff."},
    "platform.mailfile": "Deleted with the last mail that has it; deleted when its mails are forgotten.",
    "platform.rolerule": RULES,
    "platform.ratelimitrule": RULES,
    "platform.ratebucket": "Hashes that lapse within two days.",
    "platform.sourcealias": RULES,
    "platform.auditentry": dict.fromkeys(
        ("action", "model", "parent_model", "request_id"), "Says what kind of thing was done."
    ),
    "platform.outgoingmail": {"template": "A kind of mail."},
    "platform.apiusage": dict.fromkeys(("endpoint", "method", "country", "key_id"), "What was called."),
    "platform.apikey": dict.fromkeys(("scopes", "allowed_origins", "allowed_events", "event_aliases"), RULES),
    "platform.erasurerequest": {"subject_hash": "A keyed hash."},
    "platform.dataexport": {"subject_hash": "A keyed hash."},
}


def declare() -> None:
    """Add the platform's part of the table."""
    add_personal_data(*HELD)
    add_impersonal(IMPERSONAL)
