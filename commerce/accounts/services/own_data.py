"""What is kept of a customer, asked for by themselves: a copy as a file, and being erased.

Closing empties an account and keeps what was done with it; erasing also takes the person out of orders, events, talks,
mails and the rest that `docs/personal-data.md` lists, and leaves a random id.
"""

from __future__ import annotations

from datetime import datetime
from typing import IO
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from commerce.accounts.models import User
from commerce.accounts.services.closing import guess_closing_code
from commerce.accounts.services.codes import use_code
from commerce.accounts.services.people import hold_account
from commerce.notifications.services import notify_of_account
from zuka.platform.audit.actions import acting_for
from zuka.platform.audit.context import Acting
from zuka.platform.audit.models import ActorKind
from zuka.platform.personal_data.erasing import ask_erasure, last_request
from zuka.platform.personal_data.exporting import ask_export, open_file
from zuka.platform.personal_data.models import AskedBy, DataExport, ErasureRequest
from zuka.platform.personal_data.people import Person


def as_customer(user: User) -> Acting:
    """Return a customer as the one that acts."""
    return acting_for(user, kind=ActorKind.CUSTOMER)


def as_person(user: User) -> Person:
    """Return the start of who an account's person is."""
    return Person(users=(str(user.pk),))


def own_copies(user: User) -> QuerySet[DataExport]:
    """Return the copies of their data that a customer has asked for."""
    return DataExport.objects.filter(owner=user)


def ask_for_copy(*, user: User, at: datetime) -> DataExport:
    """Ask for a copy of a customer's data, or return that of the last day. Raises `NoFolder`."""
    asked = AskedBy.OWNER
    return ask_export(person=as_person(user), asked_by=asked, owner_id=user.pk, by=as_customer(user), at=at)


def open_copy(*, user: User, copy_id: UUID, at: datetime) -> tuple[DataExport, IO[bytes]]:
    """Return the file of a customer's own copy. Raises `NoSuchExport`, `NotMade`, `FileGone`."""
    return open_file(export_id=copy_id, owner_id=user.pk, by=as_customer(user), at=at)


def ask_to_be_erased(*, user: User, at: datetime, code: str | None = None) -> ErasureRequest:
    """Ask for a customer to be erased, and tell them in a last mail. `code` proves who has no password.

    Raises `WrongCode`, `AccountClosed`, `ErasureUnderWay`, and what is open: an order, a plan, money on its way back.
    """
    found = guess_closing_code(user=user, code=code, at=at)
    with transaction.atomic():
        user = hold_account(user_id=user.pk)
        if found:
            use_code(found, at=at)
        request = ask_erasure(person=as_person(user), asked_by=AskedBy.OWNER, by=as_customer(user), at=at)
        if user.email:
            notify_of_account(kind="account.erasure_asked", email=user.email, name=user.name, at=at)
    return request


def own_erasure(user: User) -> ErasureRequest | None:
    """Return how far a customer's erasure is; None where they have not asked."""
    return last_request(user_id=user.pk)
