"""The log itself: what it refuses, whose transactions it notes, how long it is kept, and what an erasure takes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from commerce.accounts.models import User
from commerce.accounts.services import change_password, change_profile, close_account
from commerce.catalog.models import Brand, Category, Product
from commerce.orders.models import OrderEvent, Return, ReturnLine
from commerce.payments.models import Payment, Refund
from pets.models import PetPreference, UserPet
from tests.commerce.factories import NOON, BrandFactory, CategoryFactory, ProductFactory, UserFactory, make_order
from tests.platform.audit.building import make_row
from zuka.platform.audit.actions import acting_for, record_action
from zuka.platform.audit.context import Acting, acting_as, job_for
from zuka.platform.audit.models import AuditEntry, AuditOrigin, AuditPersonal
from zuka.platform.audit.scrubbing import scrub_person
from zuka.platform.audit.syncing import TABLES, drop_old_months, ensure_audit_months, keep_months, write_triggers
from zuka.platform.db.partitions import list_partitions
from zuka.platform.models import StaffSignIn

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(db: None) -> User:
    """A customer."""
    person: User = UserFactory.create(email="alice@example.com", name="Alice")
    return person


LIST_QUERIES = 4
KEPT = [
    "UPDATE platform_audit_entry SET action = 'created'",
    "UPDATE {entry_month} SET reason = 'x'",
    "DELETE FROM platform_audit_entry",
    "DELETE FROM {entry_month}",
    "TRUNCATE platform_audit_entry",
    "TRUNCATE {entry_month}",
    "DELETE FROM platform_audit_personal",
    "DELETE FROM {personal_month}",
    "TRUNCATE {personal_month}",
    "TRUNCATE platform_audit_origin",
    "DELETE FROM platform_audit_origin",
    "UPDATE platform_audit_origin SET ip = '192.0.2.1'",
    "UPDATE platform_audit_origin SET scrubbed_at = now(), ip = ''",
    "UPDATE platform_audit_personal SET scrubbed_at = now(), before = '{{}}', after = '{{\"a\": 1}}', words = ''",
    "UPDATE platform_audit_personal SET person_id = NULL",
]


def staff(**facts: Any) -> User:
    person: User = UserFactory.create(is_staff=True, **facts)
    return person


def from_office(person: User) -> Acting:
    known = acting_for(person)
    return Acting(known.actor_kind, known.actor_id, known.person_id, ip="203.0.113.7", user_agent="Firefox")


def entries(**which: Any) -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    found = AuditEntry.objects.filter(**which).order_by("id")
    return [(each.action, each.actor_id, each.before, each.after) for each in found]


@pytest.mark.parametrize("statement", KEPT)
def test_the_database_refuses_to_change_delete_or_empty_the_log(statement: str) -> None:
    with acting_as(from_office(staff())):
        UserFactory.create(name="Ada")
    months = {"entry_month": current("platform_audit_entry"), "personal_month": current("platform_audit_personal")}
    with pytest.raises(IntegrityError, match="audit log"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(**months))


def current(table: str) -> str:
    """Return the month that a table's rows are in."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT tableoid::regclass::text FROM {table} LIMIT 1")
        return str(cursor.fetchone()[0])


def test_rows_that_go_with_others_leave_entries_too() -> None:
    parent = CategoryFactory.create()
    group = Group.objects.create(name="Shop floor")
    person = UserFactory.create()
    person.groups.add(group)
    with acting_as(acting_for(boss := staff())):
        group.delete()
        Category.objects.filter(pk=parent.pk).delete()
    assert {(each.action, each.model) for each in AuditEntry.objects.filter(actor_id=str(boss.pk))} == {
        ("deleted", "commerce.user_groups"),
        ("deleted", "auth.group"),
        ("deleted", "commerce.category"),
    }
    link = AuditEntry.objects.get(model="commerce.user_groups")
    assert (link.parent_model, link.parent_id, link.person_id) == ("commerce.user", str(person.pk), person.pk)


def test_nothing_is_noted_of_customers_and_of_what_changes_nothing() -> None:
    brand = BrandFactory.create()
    make_order()
    with acting_as(acting_for(staff())):
        Brand.objects.filter(pk=brand.pk).update(name=brand.name)
        list(Product.objects.all())
    brand.name = "After"
    brand.save()
    assert entries() == []


def test_an_undone_savepoint_undoes_its_entries_and_what_follows_is_noted() -> None:
    brand = BrandFactory.create()
    with acting_as(from_office(staff())):
        with transaction.atomic():
            Brand.objects.filter(pk=brand.pk).update(name="Undone")
            transaction.set_rollback(True)
        Brand.objects.filter(pk=brand.pk).update(name="Kept")
        Brand.objects.filter(pk=brand.pk).update(name="Kept too")
    found = list(AuditEntry.objects.order_by("id"))
    assert [each.after for each in found] == [{"name": "Kept"}, {"name": "Kept too"}]
    assert {each.origin_id for each in found} == set(AuditOrigin.objects.values_list("pk", flat=True))
    assert AuditOrigin.objects.count() == 1


def test_a_job_says_who_started_it() -> None:
    boss = staff()
    brand = BrandFactory.create()
    with acting_as(acting_for(staff())), acting_as(job_for(task="analytics.tasks.write_exports", user_id=boss.pk)):
        Brand.objects.filter(pk=brand.pk).update(name="By a job")
    entry = AuditEntry.objects.get()
    assert (entry.actor_kind, entry.actor_id) == ("job", "analytics.tasks.write_exports")


@pytest.mark.django_db(transaction=True)
def test_who_writes_is_known_in_each_thread_alone_and_ends_with_the_request() -> None:
    people = [staff(email=f"s{number}@example.com", is_superuser=True) for number in range(4)]
    brands = [BrandFactory.create() for _ in range(4)]
    barrier = Barrier(5)

    def save(number: int) -> None:
        client = Client()
        client.force_login(people[number])
        barrier.wait()
        for turn in range(5):
            url = reverse("admin:commerce_brand_change", args=[brands[number].pk])
            body = {"name": f"N{number}-{turn}", "slug": brands[number].slug, "description": "", "logo_url": ""}
            assert client.post(url, body).status_code == 302
            Brand.objects.filter(pk=brands[number].pk).update(description=f"customer {turn}")
        connection.close()

    def shop() -> None:
        barrier.wait()
        for turn in range(20):
            ProductFactory.create(name=f"Shop {turn}")
        connection.close()

    with ThreadPoolExecutor(5) as pool:
        done = [pool.submit(save, number) for number in range(4)] + [pool.submit(shop)]
        for each in done:
            each.result()

    found = AuditEntry.objects.filter(model="commerce.brand")
    assert {(each.actor_id, each.subject_id) for each in found} == {
        (str(person.pk), str(brand.pk)) for person, brand in zip(people, brands, strict=True)
    }
    assert found.count() == 20
    assert all("customer" not in str(each.after) for each in found)
    assert not AuditEntry.objects.filter(model="commerce.product").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(current_setting('zuka.audit', true), '')")
        assert cursor.fetchone() == ("",)


@pytest.mark.django_db(transaction=True)
def test_a_write_outside_a_transaction_gets_one_for_itself() -> None:
    brand = BrandFactory.create()
    boss = staff()
    with acting_as(acting_for(boss)):
        assert not connection.in_atomic_block
        Brand.objects.filter(pk=brand.pk).update(name="Alone")
        with connection.cursor() as cursor:
            cursor.execute("SELECT coalesce(current_setting('zuka.audit', true), '')")
            assert cursor.fetchone() == ("",)
        with pytest.raises(DatabaseError):
            Brand.objects.filter(pk=brand.pk).update(slug=None)
    assert entries(model="commerce.brand") == [("changed", str(boss.pk), {"name": brand.name}, {"name": "Alone"})]


def test_an_erasure_takes_the_names_and_leaves_the_entries() -> None:
    boss = staff(name="Ola Owner", email="ola@example.com")
    with acting_as(from_office(boss)):
        alice = UserFactory.create(name="Alice Ade", email="alice@example.com")
        User.objects.filter(pk=alice.pk).update(name="Alice Bello", language="yo")
        order = make_order()
    record_action("account.email_changed", person_id=alice.pk, personal_after={"email": "alice2@example.com"})
    before = entries(model="commerce.user")
    assert "Alice" not in str(before)
    assert AuditPersonal.objects.filter(person_id=alice.pk, words="Alice Bello").count() == 1
    guest = AuditEntry.objects.get(model="commerce.order", subject_id=str(order.pk), action="created")
    assert AuditPersonal.objects.get(entry_id=guest.pk).after["guest_email"] == "ada@example.com"

    assert scrub_person(user_id=alice.pk, at=NOON, words=["alice@example.com"]) == 3
    assert scrub_person(user_id="00000000-0000-4000-8000-000000000000", at=NOON, words=["ADA@example.com"]) > 0
    assert scrub_person(user_id=boss.pk, at=NOON) == 1

    assert entries(model="commerce.user") == before
    said = [
        *AuditPersonal.objects.values_list("words", "reason", "before", "after"),
        *AuditOrigin.objects.values_list(),
    ]
    assert not any(name in str(said) for name in ("Alice", "alice", "ada@", "203.0.113.7", "Firefox"))
    assert scrub_person(user_id=alice.pk, at=NOON, words=["alice@example.com"]) == 0
    assert AuditEntry.objects.filter(action="person.erased", person_id=alice.pk).count() == 2


def test_months_that_are_over_go_and_those_to_come_are_kept_whole(settings: Any) -> None:
    settings.AUDIT_RETENTION_YEARS = 7
    ensure_audit_months(today=date(2018, 3, 15))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO platform_audit_entry (at, actor_kind, action, before, after) "
            "VALUES ('2018-04-02', 'job', 'created', '{}', '{}')"
        )
    assert drop_old_months(today=date(2025, 4, 30)) == [f"{table}_2018_03" for table in TABLES]
    keep_months(today=date(2026, 11, 30))
    assert not AuditEntry.objects.filter(at__year=2018).exists()
    assert min(each.start for each in list_partitions(table=TABLES[0])).year == 2026
    keep_months(today=date(2029, 1, 1))
    with pytest.raises(IntegrityError, match="audit log"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE platform_audit_entry_2029_07")


def test_triggers_that_are_right_are_left_alone() -> None:
    there = set(connection.introspection.table_names())
    assert write_triggers(there=there, using="default") == []
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER zuka_audit ON commerce_brand")
    assert write_triggers(there=there, using="default") == ["commerce_brand"]


def test_an_action_that_nobody_declared_is_refused() -> None:
    with pytest.raises(KeyError):
        record_action("account.praised")


def test_what_customers_do_to_their_accounts_is_noted_as_theirs(alice: User) -> None:
    change_password(user=alice, password="nine blue lemons", at=NOON, keep=None)
    change_profile(user=alice, changes={"accepts_marketing": True, "phone": "0803 123 4567"})
    found = AuditEntry.objects.filter(person_id=alice.pk).order_by("id")
    assert [(each.action, each.actor_kind, each.before, each.after) for each in found] == [
        ("account.password_changed", "customer", {}, {}),
        ("account.consent", "customer", {"accepts_marketing": False}, {"accepts_marketing": True}),
        ("account.phone_changed", "customer", {"phone": "[personal]"}, {"phone": "[personal]"}),
    ]
    close_account(user=alice, at=NOON)
    assert AuditEntry.objects.filter(action="account.closed", person_id=alice.pk).count() == 1


def test_closing_an_account_takes_its_person_out_of_the_log_and_of_the_sign_ins(alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(phone="+2348031234567")
    alice.refresh_from_db()
    StaffSignIn.objects.create(user=alice, outcome="signed_in", at=NOON, ip="203.0.113.7", user_agent="Firefox")
    with acting_as(from_office(alice)):
        BrandFactory.create()
    with acting_as(from_office(boss := staff())):
        User.objects.filter(pk=alice.pk).update(name="Alice Ade")
        order = make_order()
        type(order).objects.filter(pk=order.pk).update(guest_phone="+2348031234567")
        close_account(user=alice, at=NOON)

    said = list(AuditPersonal.objects.values_list("words", "reason", "before", "after"))
    assert said
    assert not any(name in str(said) for name in ("Alice", "alice@", "+2348031234567"))
    origins = AuditOrigin.objects.values_list("person_id", "ip", "user_agent").distinct()
    assert set(origins) == {(alice.pk, "", ""), (boss.pk, "203.0.113.7", "Firefox")}
    assert list(StaffSignIn.objects.values_list("ip", "user_agent")) == [("", "")]
    assert AuditEntry.objects.get(action="person.erased").person_id == alice.pk


def test_notes_on_somebody_s_orders_returns_and_pets_go_with_them(alice: User) -> None:
    order = make_order(user=alice)
    with acting_as(from_office(staff())):
        goods_return = make_row(Return, order=order, note="said Alice")
        make_row(ReturnLine, goods_return=goods_return)
        make_row(Refund, payment=make_row(Payment, order=order), reason="Alice was sad")
        make_row(OrderEvent, order=order, note="Alice rang")
        PetPreference.objects.all().delete()
        make_row(PetPreference, pet=make_row(UserPet, user=alice), value="Alice likes blue").delete()
        make_row(OrderEvent, order=make_order(), note="Bola rang")
    scrub_person(user_id=alice.pk, at=NOON)
    said = str(list(AuditPersonal.objects.values_list("words", "reason", "before", "after")))
    assert ("Alice" in said, "Bola rang" in said) == (False, True)
    line = AuditEntry.objects.get(model="commerce.returnline")
    assert AuditPersonal.objects.get(entry_id=line.pk).scrubbed_at == NOON


def test_a_reason_is_kept_where_it_can_be_scrubbed_and_holds_no_nul() -> None:
    brand = BrandFactory.create()
    with acting_as(Acting("staff", "1", reason="as Alice\x00 of C:\\u0000 asked")):
        Brand.objects.filter(pk=brand.pk).update(name="After")
        record_action("export.downloaded")
    assert set(AuditEntry.objects.values_list("reason", flat=True)) == {""}
    assert set(AuditPersonal.objects.values_list("reason", flat=True)) == {"as Alice of C:\\u0000 asked"}
    scrub_person(user_id=UserFactory.create().pk, at=NOON, words=["as Alice"])
    assert set(AuditPersonal.objects.values_list("reason", flat=True)) == {""}
