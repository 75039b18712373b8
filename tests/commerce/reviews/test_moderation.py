from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.accounts.models import User
from commerce.reviews.models import ProductReview
from commerce.reviews.services import remove_review
from tests.commerce.factories import NOON, ProductFactory, UserFactory
from tests.commerce.reviews.stories import buy, rating_of, review

pytestmark = pytest.mark.django_db
LIST = "admin:commerce_productreview_changelist"


def page_of(written: ProductReview) -> str:
    return reverse("admin:commerce_productreview_change", args=[written.pk])


def press(client: Client, written: ProductReview, button: str, **fields: str) -> Any:
    data = {**fields, f"commerce_productreview_{button}_review": "1"}
    return client.post(page_of(written), data, follow=True)


def choose(client: Client, action: str, *chosen: ProductReview) -> Any:
    data = {"action": f"{action}_reviews", "_selected_action": [each.pk for each in chosen]}
    return client.post(reverse(LIST), data, follow=True)


def test_a_review_shows_as_text_with_its_purchase(staff_client: Client, alice: User) -> None:
    gown = ProductFactory.create(name="Ankara gown")
    order = buy(alice, gown)
    written = review(gown, 2, user=alice, title="<script>alert(1)</script>", body="Too small.")

    pages = [staff_client.get(url).content.decode() for url in (reverse(LIST), page_of(written))]

    assert ["&lt;script&gt;alert(1)&lt;/script&gt;" in page for page in pages] == [True, True]
    assert ["<script>alert(1)" in page for page in pages] == [False, False]
    assert ["Ankara gown" in page and "Too small." in page and "Alice" in page for page in pages] == [True, True]
    assert (order.number in pages[1], 'name="_save"' in pages[1]) == (True, False)


def test_buttons_decide_and_the_history_says_who(staff_client: Client) -> None:
    written = review(ProductFactory.create(), 2)
    seen = []
    for button in ("hide", "publish", "remove", "publish"):
        press(staff_client, written, button, body="Great!", rating="5", status="published")
        written.refresh_from_db()
        seen.append((written.status, rating_of(written.product)))

    assert seen == [
        ("hidden", (None, 0)),
        ("published", ("2.00", 1)),
        ("removed", (None, 0)),
        ("removed", (None, 0)),
    ]
    assert (written.rating, written.body) == (2, "")
    entries = LogEntry.objects.order_by("pk").values_list("user__email", "change_message")
    assert list(entries) == [("staff@example.com", word) for word in ("Hidden.", "Published.", "Removed.")]


@pytest.mark.parametrize(
    ("decided", "buttons"),
    [((), ["hide", "remove"]), (("hide",), ["publish", "remove"]), (("hide", "remove"), [])],
)
def test_only_buttons_that_change_something_are_there(
    staff_client: Client, decided: tuple[str, ...], buttons: list[str]
) -> None:
    written = review(ProductFactory.create())
    for button in decided:
        press(staff_client, written, button)

    page = staff_client.get(page_of(written)).content.decode()

    assert [
        name for name in ("publish", "hide", "remove") if f"commerce_productreview_{name}_review" in page
    ] == buttons


def test_list_actions_decide_and_say_refusals(staff_client: Client) -> None:
    gown = ProductFactory.create()
    first, second, gone = (review(gown, rating) for rating in (5, 1, 3))
    remove_review(review=gone, at=NOON)

    page = choose(staff_client, "hide", second, gone).content.decode()

    assert f"Review {second.pk} is hidden." in page
    assert f"Review {gone.pk}: A removed review stays removed." in page
    assert list(ProductReview.objects.order_by("pk").values_list("pk", "status")) == [
        (first.pk, "published"),
        (second.pk, "hidden"),
        (gone.pk, "removed"),
    ]
    assert rating_of(gown) == ("5.00", 1)


@pytest.mark.parametrize(("chosen", "shown"), [("2", [False, True]), ("9", [True, True]), ("x", [True, True])])
def test_the_list_is_filtered_by_stars(staff_client: Client, chosen: str, shown: list[bool]) -> None:
    for rating, title in ((5, "Lovely"), (2, "Too small")):
        review(ProductFactory.create(), rating, title=title)

    page = staff_client.get(reverse(LIST), {"rating": chosen}).content.decode()

    assert [title in page for title in ("Lovely", "Too small")] == shown


def test_who_may_only_look_decides_nothing(client: Client) -> None:
    written = review(ProductFactory.create())
    clerk = UserFactory.create(is_staff=True)
    clerk.user_permissions.set(Permission.objects.filter(codename="view_productreview"))
    client.force_login(clerk)

    statuses = [client.get(reverse(LIST)).status_code, press(client, written, "hide").status_code]
    choose(client, "hide", written)

    written.refresh_from_db()
    assert (statuses, written.status) == ([200, 403], "published")
    assert f'href="{reverse(LIST)}"' in client.get(reverse(LIST)).content.decode()


def test_reviews_are_not_made_or_deleted_by_hand(staff_client: Client) -> None:
    written = review(ProductFactory.create())

    added = staff_client.get(reverse("admin:commerce_productreview_add"))
    deleted = staff_client.post(reverse("admin:commerce_productreview_delete", args=[written.pk]), {"post": "yes"})

    assert (added.status_code, deleted.status_code, ProductReview.objects.count()) == (403, 403, 1)


def test_the_list_takes_as_many_queries_for_three_rows_as_for_one(staff_client: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(reverse(LIST)).status_code == 200
        return len(captured)

    review(ProductFactory.create())
    queries()  # the first page of a process also fills caches
    with_one = queries()
    for _ in range(2):
        customer, product = UserFactory.create(), ProductFactory.create()
        buy(customer, product)
        review(product, user=customer)

    assert queries() == with_one


def test_who_may_not_see_customers_and_orders_gets_neither_from_a_review(client: Client, alice: User) -> None:
    gown = ProductFactory.create()
    order = buy(alice, gown)
    written = review(gown, 2, user=alice, body="Too small.")
    alice.name, email = "Alice Okoro", str(alice.email)
    alice.save()
    staff = UserFactory.create(is_staff=True)
    staff.groups.set([Group.objects.get(name="Marketing")])
    client.force_login(staff)

    pages = [client.get(url).content.decode() for url in (reverse(LIST), page_of(written))]
    lists = [client.get(reverse(LIST), {"q": words}).context["cl"] for words in ("Okoro", email, "small")]

    assert ["Too small." in page and "Alice" in page for page in pages] == [True, True]
    assert [[word in page for page in pages] for word in ("Okoro", email, order.number)] == [[False] * 2] * 3
    assert [len(each.result_list) for each in lists] == [0, 0, 1]
