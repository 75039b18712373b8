"""An import from the file to the shop: checked, looked at, done all at once, by whichever worker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from commerce.catalog.models import ImportStatus, Product, ProductImport, ProductVariant, StockMovement
from commerce.catalog.services import ImportRefused, bring_import, cancel_import, confirm_import, handle_imports
from commerce.catalog.services.importing import LEASE, take_up
from commerce.tasks import handle_product_imports
from tests.commerce.catalog.sheets import bring, bring_and_confirm, exported, sheet
from tests.commerce.factories import NOON, CategoryFactory, ProductFactory, UserFactory, VariantFactory, in_threads
from zuka.platform.audit.models import AuditEntry, AuditOrigin

GOWN = {"product_sku": "G", "name": "Gown", "category": "gowns", "price": "5500", "sku": "G-S", "stock": "4"}
BAD = {**GOWN, "product_sku": "H", "sku": "H-S", "price": "cheap"}
GOWNS = sheet(GOWN)


@pytest.fixture(autouse=True)
def shelf(db: None) -> None:
    CategoryFactory.create(slug="gowns")


def skus() -> list[str]:
    return list(Product.objects.order_by("sku").values_list("sku", flat=True))


def test_nothing_is_written_before_staff_say_so_and_then_all_of_it() -> None:
    staff = UserFactory.create()
    row = bring(GOWNS, user_id=staff.pk)
    assert (row.status, row.counts["New products"], skus()) == (ImportStatus.READY, 1, [])
    confirm_import(row=row)
    assert handle_imports(at=NOON) == 1
    row.refresh_from_db()
    assert (row.status, row.content, row.ended_at, skus()) == (ImportStatus.DONE, None, NOON, ["G"])
    moved = StockMovement.objects.get()
    assert (moved.sku, moved.change, moved.reason, moved.note, moved.actor) == (
        "G-S",
        4,
        "imported",
        "products.csv",
        staff,
    )
    assert ProductVariant.objects.get().stock_on_hand == 4


def test_the_audit_log_says_what_an_import_wrote_and_for_whom() -> None:
    VariantFactory.create(product=ProductFactory.create(sku="G", name="Old"), sku="G-S", stock_on_hand=10)
    staff = UserFactory.create(is_staff=True)
    confirm_import(row=bring(sheet({"product_sku": "G", "name": "New", "sku": "G-S"}), user_id=staff.pk))
    assert handle_imports(at=NOON) == 1
    entry = AuditEntry.objects.get(model="commerce.product")
    assert (entry.actor_kind, entry.actor_id) == ("job", "commerce.tasks.handle_product_imports")
    assert (entry.before["name"], entry.after["name"]) == ("Old", "New")
    assert list(AuditOrigin.objects.values_list("pk", "person_id")) == [(entry.origin_id, staff.pk)]


def test_an_import_updates_by_sku_and_leaves_the_rest() -> None:
    product = ProductFactory.create(sku="G", name="Old", rating_count=7)
    VariantFactory.create(product=product, sku="G-S", stock_on_hand=10, size="M")
    row = bring_and_confirm(sheet({"product_sku": "G", "name": "New", "sku": "G-S", "size": "S", "stock": "12"}))
    product.refresh_from_db()
    variant = product.variants.get()
    assert (row.status, product.name, product.rating_count) == (ImportStatus.DONE, "New", 7)
    assert (variant.size, variant.stock_on_hand, product.updated_at) == ("S", 12, NOON)
    assert row.counts == {
        "Rows": 1,
        "Rows with a mistake": 0,
        "Rows that change nothing": 0,
        "New products": 0,
        "Changed products": 1,
        "New variants": 0,
        "Changed variants": 1,
        "Stock set": 1,
        "Stock that differs and is left alone": 0,
    }


def test_stock_is_left_alone_unless_it_is_asked_for() -> None:
    VariantFactory.create(product=ProductFactory.create(sku="G", name="Gown"), sku="G-S", stock_on_hand=10)
    row = bring_and_confirm(sheet({"product_sku": "G", "sku": "G-S", "stock": "12"}), sets_stock=False)
    assert (row.counts["Stock that differs and is left alone"], StockMovement.objects.count()) == (1, 0)
    assert ProductVariant.objects.get().stock_on_hand == 10


def test_a_file_with_a_mistake_is_not_imported_unless_bad_rows_are_left_out() -> None:
    row = bring(sheet(GOWN, BAD))
    assert row.problems == [[3, "price", "'cheap' is no amount; write naira like 5500 or 5500.50"]]
    with pytest.raises(ImportRefused, match="Some rows have mistakes"):
        confirm_import(row=row)
    assert skus() == []
    done = bring_and_confirm(sheet(GOWN, BAD), skips_bad_rows=True)
    assert (done.status, done.counts["Rows with a mistake"], skus()) == (ImportStatus.DONE, 1, ["G"])


def test_an_export_that_is_imported_changes_nothing() -> None:
    VariantFactory.create_batch(3)
    before = list(Product.objects.order_by("id").values()), list(ProductVariant.objects.order_by("id").values())
    row = bring_and_confirm(exported())
    assert (row.status, row.changes, row.counts["Rows that change nothing"]) == (ImportStatus.DONE, [], 3)
    assert before == (
        list(Product.objects.order_by("id").values()),
        list(ProductVariant.objects.order_by("id").values()),
    )
    assert StockMovement.objects.count() == 0


def test_what_has_changed_since_the_check_is_seen() -> None:
    row = bring(GOWNS)
    VariantFactory.create(product=ProductFactory.create(sku="X"), sku="G-S")
    confirm_import(row=row)
    handle_imports(at=NOON)
    row.refresh_from_db()
    assert (row.status, row.failure) == (
        ImportStatus.FAILED,
        "The catalogue has changed since the check, and some rows have mistakes now.",
    )
    assert skus() == ["X"]


def test_what_the_database_refuses_is_not_half_written() -> None:
    """Two variants change places: each would be where the other still is."""
    product = ProductFactory.create(sku="G", name="Gown")
    for sku, size in (("G-1", "S"), ("G-2", "M")):
        VariantFactory.create(product=product, sku=sku, size=size)
    rows = [("G-1", "L"), ("G-2", "S")]
    content = sheet(*({"product_sku": "G", "name": "Robe", "sku": sku, "size": size} for sku, size in rows))
    row = bring(content)
    confirm_import(row=row)
    VariantFactory.create(product=product, sku="G-3", size="L")
    VariantFactory.create(product=ProductFactory.create(), sku="other")
    handle_imports(at=NOON)
    row.refresh_from_db()
    assert (row.status, Product.objects.get(sku="G").name) == (ImportStatus.FAILED, "Gown")


def test_a_worker_that_died_leaves_nothing_behind() -> None:
    row = bring_import(name="a.csv", content=GOWNS, at=NOON, user_id=None, skips_bad_rows=False, sets_stock=False)
    assert take_up(at=NOON) == row
    assert take_up(at=NOON + LEASE) is None
    assert handle_imports(at=NOON + LEASE + timedelta(seconds=1)) == 1
    row.refresh_from_db()
    assert (row.status, row.failure) == (ImportStatus.FAILED, "The worker stopped over it. Bring the file again.")


@pytest.mark.parametrize("status", [each for each in ImportStatus if each is not ImportStatus.READY])
def test_only_what_was_checked_can_be_imported(status: ImportStatus) -> None:
    row = ProductImport.objects.create(name="a.csv", status=status)
    with pytest.raises(ImportRefused, match="not ready"):
        confirm_import(row=row)
    if status not in {ImportStatus.WAITING, ImportStatus.CONFIRMED}:
        with pytest.raises(ImportRefused, match="Too late"):
            cancel_import(row=row, at=NOON)


def test_a_cancelled_import_does_nothing() -> None:
    row = bring(GOWNS)
    cancel_import(row=row, at=NOON)
    handle_product_imports()
    row.refresh_from_db()
    assert (row.status, row.content, skus()) == (ImportStatus.CANCELLED, None, [])


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_an_import_once() -> None:
    row = bring(GOWNS)
    confirm_import(row=row)
    assert sum(in_threads(4, lambda: handle_imports(at=NOON))) == 1
    assert (skus(), StockMovement.objects.count()) == (["G"], 1)


def test_staff_bring_a_file_look_and_import(staff_client: Client) -> None:
    sent = {"file": SimpleUploadedFile("gowns.csv", sheet(GOWN)), "sets_stock": "on"}
    answer = staff_client.post(reverse("admin:commerce_productimport_add"), sent)
    row = ProductImport.objects.get()
    page = reverse("admin:commerce_productimport_change", args=[row.pk])
    assert (answer.status_code, answer["Location"], row.name, row.sets_stock) == (302, page, "gowns.csv", True)
    waiting = staff_client.get(page)
    assert (waiting["Refresh"], b"The worker looks at it soon" in waiting.content) == ("3", True)
    handle_imports(at=NOON)
    checked = staff_client.get(page)
    assert ("Refresh" in checked, b"New variants" in checked.content, b"Gown" in checked.content) == (False, True, True)
    button = reverse("admin:commerce_productimport_do_import", args=[row.pk])
    assert staff_client.post(button, {"_form_submitted": "True"})["HX-Redirect"] == page
    handle_imports(at=NOON)
    assert (skus(), button in staff_client.get(page).content.decode()) == (["G"], False)
    again = staff_client.post(button, {"_form_submitted": "True"})
    assert [str(each) for each in get_messages(again.wsgi_request)][-1:] == ["This import is not ready: imported."]


def test_staff_cancel_and_see_mistakes(staff_client: Client) -> None:
    row = bring(sheet(GOWN, BAD))
    page = reverse("admin:commerce_productimport_change", args=[row.pk])
    content = staff_client.get(page).content.decode()
    shown = ["cheap" in content, reverse("admin:commerce_productimport_do_import", args=[row.pk]) in content]
    assert shown == [True, False]
    staff_client.post(reverse("admin:commerce_productimport_cancel", args=[row.pk]), {"_form_submitted": "True"})
    row.refresh_from_db()
    assert row.status == ImportStatus.CANCELLED


def test_a_file_that_is_no_sheet_is_said_at_its_field(staff_client: Client) -> None:
    sent = {"file": SimpleUploadedFile("gowns.csv", b"name\nGown\n")}
    answer = staff_client.post(reverse("admin:commerce_productimport_add"), sent)
    (words,) = answer.context["adminform"].form.errors["file"]
    assert words.startswith("gowns.csv: The first row must name the columns, product_sku among them.")
    assert ProductImport.objects.count() == 0


@pytest.mark.parametrize(("kind", "start"), [("0", "\ufeffproduct_sku,name,".encode()), ("1", b"PK\x03\x04")])
def test_staff_export_what_is_filtered(staff_client: Client, kind: str, start: bytes) -> None:
    ProductFactory.create(sku="DRAFT", name="Draft", status="draft")
    VariantFactory.create(product=ProductFactory.create(sku="=1+1", name="Shown"))
    url = f"{reverse('admin:commerce_product_export')}?status__exact=published"
    assert staff_client.get(url).status_code == 200
    answer = staff_client.post(url, {"format": kind, "resource": ""})
    assert answer.content.startswith(start)
    assert "attachment" in answer["Content-Disposition"]
    row = bring(answer.content)
    assert (row.status, row.counts["Rows"], row.changes) == (ImportStatus.READY, 1, [])
    assert kind == "1" or (b"'=1+1" in answer.content and b"DRAFT" not in answer.content)


@pytest.mark.parametrize(("may", "status"), [("view_product", 200), ("view_category", 403)])
def test_who_may_not_see_products_exports_none(client: Client, may: str, status: int) -> None:
    user = UserFactory.create(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename=may))
    client.force_login(user)
    assert client.get(reverse("admin:commerce_product_export")).status_code == status


def test_who_may_only_look_at_imports_imports_nothing(client: Client) -> None:
    row = bring(GOWNS)
    user = UserFactory.create(is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_productimport"))
    client.force_login(user)
    page = reverse("admin:commerce_productimport_change", args=[row.pk])
    button = reverse("admin:commerce_productimport_do_import", args=[row.pk])
    assert (client.get(page).status_code, button in client.get(page).content.decode()) == (200, False)
    client.post(button, {"_form_submitted": "True"})
    row.refresh_from_db()
    assert row.status == ImportStatus.READY


def test_the_list_of_imports_costs_the_same_for_any_number(
    staff_client: Client, django_assert_num_queries: Any
) -> None:
    url = reverse("admin:commerce_productimport_changelist")
    ProductImport.objects.create(name="a.csv", brought_by=UserFactory.create())
    staff_client.get(url)
    for _ in range(2):
        with django_assert_num_queries(3):
            assert staff_client.get(url).status_code == 200
        ProductImport.objects.create(name="b.csv", brought_by=UserFactory.create())
        ProductImport.objects.create(name="c.csv", brought_by=UserFactory.create())
