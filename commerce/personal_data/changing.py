"""What the shop's rows become when their person is erased: money and numbers stay, who it was does not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import connection, models, transaction
from django.db.models import Q

from commerce.accounts.adapter.keys import revoke_on_closing
from commerce.accounts.models import User
from commerce.accounts.services import hold_account
from commerce.accounts.services.closing import SCRUBBED, forget_person
from commerce.notifications.kinds import GROUPS, Rule
from commerce.notifications.models import AddressOptOut, Channel
from commerce.payments.models import WebhookDelivery
from commerce.personal_data.finding import accounts, refuse_staff
from commerce.rewards.models import PointsEntry
from commerce.rewards.services import forget_player
from zuka.platform.mail.suppressing import hash_address
from zuka.platform.personal_data.declaring import Held, change_row
from zuka.platform.personal_data.erasing import Postponed
from zuka.platform.personal_data.people import Person, whole

PLACES_KEPT = ("state", "country")
ERASING = "SELECT set_config('zuka.erasing', 'on', true)"


def email_changed(person: Person, value: str | None) -> str | None:
    """Return an address at which nobody is, the same for the same one: who ordered twice stays one customer."""
    return f"{person.pseudonym(value.lower())}@erased.invalid" if value else value


def phone_changed(person: Person, value: str | None) -> str | None:
    """Return a number that no country has, the same for the same one."""
    return f"+999{UUID(person.pseudonym(value)).int % 10**11:011}" if value else value


def contact_changed(person: Person, value: str) -> str:
    """Return what stands for a guest's e-mail or phone."""
    changed = email_changed(person, value) if "@" in value else phone_changed(person, value)
    return changed or ""


def place_changed(_person: Person, value: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """Keep of an address the state and the country, by which reports count."""
    return {name: value[name] for name in PLACES_KEPT if name in value} if value else value


def close_for_good(person: Person, at: datetime) -> int:
    """Empty the account, sign it out everywhere and revoke its keys: from here on nobody comes back to it."""
    with transaction.atomic():
        users = User.objects.filter(pk__in=person.users).exclude(status=SCRUBBED["status"])
        for user_id in users.values_list("pk", flat=True):
            user = hold_account(user_id=user_id)
            refuse_staff(person)
            revoke_on_closing(user=user, at=at)
            forget_player(user_id=user.pk)
            forget_person(user)
        opt_out(person, at)
    count: int = User.objects.filter(pk__in=person.users).count()
    return count


def opt_out(person: Person, at: datetime) -> None:
    """Let nobody write to their addresses beside what they order themselves; of those only a hash is kept."""
    groups = [name for name, each in GROUPS.items() if each.channels.get(Channel.EMAIL) not in {None, Rule.ALWAYS}]
    rows = [
        AddressOptOut(address_hash=hash_address(email), group=group, opted_out_at=at)
        for email in person.emails
        for group in groups
    ]
    AddressOptOut.objects.bulk_create(rows, ignore_conflicts=True)


def erase_beside_browsers(own: Held, model: type[models.Model]) -> Callable[[Person, datetime], int]:
    """Return what anonymises a person's rows, and in all others puts their browsers' random ids in place."""

    def erase(person: Person, _at: datetime) -> int:
        with transaction.atomic():
            rows = list(own.rows(person).select_for_update(of=("self",)))
            count = sum(change_row(own, person, row) for row in rows)
            for visitor in person.visitors:
                others = model._base_manager.filter(visitor_id=visitor)  # noqa: SLF001 - Django's name for all rows
                others.update(visitor_id=person.pseudonym(visitor))
        return count

    return erase


def erase_webhooks(person: Person, _at: datetime) -> int:
    """Empty what providers sent of their payments: it has their e-mail and card in it. Raises `Postponed` while a
    message is not handled: it may say that they have paid.
    """
    named = WebhookDelivery.objects.filter(webhooks_naming(person))
    count = named.filter(handled_at__isnull=False).update(body="")
    if waiting := named.filter(handled_at=None).order_by("pk").first():
        raise Postponed(
            f"Message {waiting.pk} of {waiting.get_provider_display()} about a payment of theirs is not handled yet. "
            "This goes on once it is."
        )
    return count


def count_webhooks(person: Person) -> int:
    """Return how many messages of providers name them."""
    return WebhookDelivery.objects.filter(webhooks_naming(person)).count()


def webhooks_naming(person: Person) -> Q:
    """Return which messages of providers name them: by payments, and by e-mails that are not a part of another's."""
    said = Q(pk__in=[])
    for reference in person.payments:
        said |= Q(body__icontains=reference)
    return said | Q(body__iregex=whole(person.emails)) if person.emails else said


def erase_points(person: Person, _at: datetime) -> int:
    """Empty notes of the ledger of points and what names them; points stay, as the triggers see to."""
    count = 0
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ERASING)
        for entry in PointsEntry.objects.filter(user__in=accounts(person)):
            source = entry.source_id
            for user in person.users:
                source = source.replace(user, person.pseudonym(user))
            count += PointsEntry.objects.filter(pk=entry.pk).update(note="", source_id=source)
    return count


def account_links() -> list[tuple[type[models.Model], str]]:
    """Return every column that refers to an account: model and name."""
    return [
        (model, each.name)
        for model in apps.get_models(include_auto_created=True)
        for each in model._meta.concrete_fields  # noqa: SLF001 - public by Django's documentation
        if each.is_relation and each.related_model is User and model._meta.managed  # noqa: SLF001 - as above
    ]


def replace_account(person: Person, _at: datetime) -> int:
    """Put a new empty account in the place of the erased one: same country, same day, random id; all rows follow."""
    count = 0
    for old_id in person.users:
        new_id = UUID(person.pseudonym(old_id))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ERASING)
            old = User.objects.select_for_update().filter(pk=old_id).first()
            if old is None:
                continue
            values = {each.attname: getattr(old, each.attname) for each in User._meta.concrete_fields}  # noqa: SLF001 - as above
            User.objects.bulk_create([User(**{**values, **SCRUBBED, "id": new_id})])
            User.objects.filter(pk=new_id).update(created_at=old.created_at, updated_at=old.created_at)
            for model, name in account_links():
                count += model._base_manager.filter(**{name: old_id}).update(**{name: new_id})  # noqa: SLF001 - as above
            User.objects.filter(pk=old_id).delete()
    return count
