"""Whose data it is: of the one who asked, and of nobody who shares a browser, an address or an e-mail with them."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.rollup.fill import fill_dirty
from analytics.store.models import IdentityLink
from commerce.accounts.models import User
from commerce.notifications.models import AddressOptOut
from commerce.orders.models import Order
from commerce.orders.services import Contact
from commerce.personal_data.changing import opt_out
from commerce.rewards.models import PointsEntry, Referral
from tests.commerce.factories import ADDRESS, UserFactory, make_order
from tests.personal_data.living import browse
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at
from zuka.platform.actor import Actor
from zuka.platform.mail.models import OutgoingMail
from zuka.platform.mail.queueing import queue_mail
from zuka.platform.personal_data.declaring import exported_rows, held_data
from zuka.platform.personal_data.exporting import OfStaff, ask_export
from zuka.platform.personal_data.models import AskedBy
from zuka.platform.personal_data.people import NobodyFound, Person, SeveralPeople, find_person, start_person

pytestmark = pytest.mark.django_db
BOLAS = "+2348030000002"


def order(name: str, *, visitor: str, phone: str = "", sent_to: str = BOLAS, **more: Any) -> Order:
    """A guest's order; the parcel goes to somebody's phone."""
    contact = Contact(name=f"{name} Guestsdottir", email=f"{name}@example.com", phone=phone)
    address = {**ADDRESS, "recipient_name": "Bola Recipient", "phone": sent_to}
    return make_order(contact=contact, shipping_address=address, actor=Actor(visitor_id=visitor), **more)


def exported(name: str, person: Person) -> list[dict[str, Any]]:
    """What the file for a person has of a place."""
    held = next(each for each in held_data() if each.name == name)
    return [dict(row) for row in exported_rows(held, person)]


def mail(template: str, to: str, **context: Any) -> OutgoingMail:
    """A mail that waits to be sent."""
    facts = {"name": "Mallory", "number": "Z-1", **context}
    links = {"code": "123456"}
    return queue_mail(
        key=f"{template}:{to}", template=template, recipient=to, context=facts, links=links, at=at(FRIDAY, 9)
    )


def test_a_gift_and_a_browser_lead_to_nobody_else() -> None:
    ann, bola, cleo = (
        order("ann", visitor="ann-browser", phone="+2348030000001"),
        order("bola", visitor="home-browser", phone=BOLAS),
        order("cleo", visitor="home-browser", phone="+2348030000003", sent_to="+2348030000003"),
    )
    found = {each: find_person(start_person(guest=f"{each}@example.com")) for each in ("ann", "bola", "cleo")}

    assert [found[each].orders for each in found] == [(ann.pk,), (bola.pk,), (cleo.pk,)]
    assert [found[each].own_visitors for each in found] == [["ann-browser"], [], []]
    assert (found["ann"].phones, found["ann"].emails) == ((), ("ann@example.com",))
    assert found["bola"].shared == found["cleo"].shared == ("home-browser",)
    assert BOLAS in found["ann"].words
    assert BOLAS not in found["ann"].marks
    again = find_person(Person.from_json(found["ann"].as_json()))
    assert again == found["ann"], "as a worker looks again"


def test_a_browser_asked_for_has_its_orders_unless_many_share_its_id() -> None:
    orders = [order(f"guest{number}", visitor="kiosk") for number in range(4)]
    assert find_person(start_person(visitor="kiosk")).orders == tuple(each.pk for each in orders)

    order("guest5", visitor="kiosk")
    order("dayo", visitor="undefined")
    for visitor in ("kiosk", "undefined"):
        with pytest.raises(SeveralPeople, match=f"Many share the visitor id {visitor}"):
            find_person(start_person(visitor=visitor))
    assert find_person(start_person(email="dayo@example.com")).visitors == ()


def test_only_what_is_confirmed_is_an_accounts_own() -> None:
    user = UserFactory.create(email="victim@example.com", phone=BOLAS, name="Mallory Markersdottir")
    guest = order("victim", visitor="victims-browser")
    mail("account.closed", "victim@example.com")
    person = find_person(Person(users=(str(user.pk),)))

    opt_out(person, at(FRIDAY, 9))
    assert (person.emails, person.phones, person.orders) == ((), (), ())
    assert (exported("platform.outgoingmail", person), AddressOptOut.objects.count()) == ([], 0)
    with pytest.raises(SeveralPeople, match=f"--email say which is meant: --user {user.pk}, or --guest Victim@"):
        start_person(email="Victim@example.com")
    assert find_person(start_person(guest="victim@example.com")).orders == (guest.pk,)

    User.objects.update(email_verified_at=at(FRIDAY, 9), phone_verified_at=at(FRIDAY, 9))
    owner = find_person(start_person(email="victim@example.com"))
    assert (owner.emails, owner.phones, owner.orders) == (("victim@example.com",), (BOLAS,), (guest.pk,))


def test_an_unconfirmed_e_mail_that_no_guest_has_is_the_accounts() -> None:
    user = UserFactory.create(email="alone@example.com")
    assert start_person(email="alone@example.com") == Person(users=(str(user.pk),))
    with pytest.raises(NobodyFound):
        find_person(start_person(guest="alone@example.com"))


def test_codes_of_sign_ins_are_not_exported() -> None:
    user = UserFactory.create(email="ada@example.com", email_verified_at=at(FRIDAY, 9))
    for template in ("account.email_code", "account.closed"):
        mail(template, "ada@example.com")
    person = find_person(Person(users=(str(user.pk),)))

    assert [each["template"] for each in exported("platform.outgoingmail", person)] == ["account.closed"]


def test_visits_of_others_in_the_same_browser_are_not_exported() -> None:
    ada, bola = (str(UserFactory.create().pk) for _ in range(2))
    browse("home", user=ada)
    browse("home", day=FRIDAY, user=bola)
    browse("home", day=SATURDAY)
    fill_dirty()
    for user in (ada, bola):
        person = find_person(Person(users=(user,)))
        assert {row["user_id"] for row in exported("analytics.visitorsession", person)} == {user}
        assert {row["user_id"] for row in exported("analytics.event", person)} == {user}
        assert {row["user_id"] for row in exported("analytics.identitylink", person)} <= {user}
    assert IdentityLink.objects.count() == 1


def test_ids_of_staff_and_friends_are_not_exported() -> None:
    ada, friend, staff = UserFactory.create(), UserFactory.create(), UserFactory.create(is_staff=True)
    Referral.objects.create(referrer=ada, referred=friend, decided_by=staff, joined_at=at(THURSDAY, 9))
    PointsEntry.objects.create(
        user=ada, source_type="staff", source_id="1", points=5, balance_after=5, occurred_at=at(FRIDAY, 8), actor=staff
    )
    person = find_person(Person(users=(str(ada.pk),)))
    (referral,), (entry,) = exported("commerce.referral", person), exported("commerce.pointsentry", person)

    names = ("referrer_id", "referred_id", "decided_by_id")
    assert [referral[each] for each in names] == [ada.pk, None, None]
    assert (entry["user_id"], entry["actor_id"]) == (ada.pk, None)


def test_every_link_to_another_account_is_unsaid() -> None:
    account = User._meta.get_field("id")
    said = [
        f"{held.name}.{field.name}"
        for held in held_data()
        if held.found_by and held.export is None
        for field in held.model._meta.concrete_fields
        if (field.is_relation and field.related_model is User) or field.name.endswith(("actor_id", "staff_id"))
        if field is not account and field.name not in {*held.unsaid, "user", "owner"}
    ]
    assert said == []


def test_data_of_staff_is_for_superusers_and_themselves(settings: Any, tmp_path: Any) -> None:
    settings.EXPORTS_ROOT = str(tmp_path)
    clerk, other = UserFactory.create(is_staff=True), UserFactory.create(is_staff=True)
    owner = User.objects.create_superuser(email="owner@shop.example", password="x")

    def ask(staff: User) -> str:
        person = Person(users=(str(clerk.pk),))
        export = ask_export(person=person, asked_by=AskedBy.STAFF, at=at(FRIDAY, 9), staff_id=staff.pk)
        return export.status

    with pytest.raises(OfStaff, match="Let a superuser ask"):
        ask(other)
    assert (ask(owner), ask(clerk)) == ("waiting", "waiting")
