from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from commerce.orders.models import PaymentMethod
from commerce.payments.models import Difference, Payment, PaymentComparison
from tests.commerce.factories import UserFactory
from tests.commerce.payments.comparing.conftest import DAY, NEXT_DAY, compare, open_ones, paid
from zuka.demo.providers.desk import Providers
from zuka.platform.admin.roles import Role
from zuka.platform.models import OutgoingMail
from zuka.roles import FINANCE, SUPPORT

pytestmark = pytest.mark.django_db
SUBMITTED = {"_form_submitted": "True"}
LIST = "admin:commerce_paymentcomparison_changelist"
DIFFERENCES = "admin:commerce_difference_changelist"


def staff_of(role: Role, email: str) -> Any:
    person = UserFactory.create(is_staff=True, email=email)
    person.groups.add(Group.objects.get(name=role.name))
    return person


def said(answer: Any) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


def mails() -> list[tuple[str, str]]:
    """The mails to staff, oldest first."""
    found = OutgoingMail.objects.filter(template__startswith="payments.").order_by("pk")
    return list(found.values_list("template", "recipient"))


def differing(shop: Providers, method: PaymentMethod = PaymentMethod.PAYSTACK) -> Difference:
    """A day on which the provider says of one payment that it failed."""
    shop.settle(paid(shop, method).reference, "failed")
    return open_ones(compare(method))[-1]


def test_an_empty_list_says_what_it_is(staff_client: Client, shop: Providers) -> None:
    page = staff_client.get(reverse(LIST)).content.decode()
    assert "Each night Zuka asks every provider" in page
    assert "Nothing was compared yet" in page
    assert "An empty list is good news" in staff_client.get(reverse(DIFFERENCES)).content.decode()


def test_staff_have_a_day_compared(staff_client: Client, shop: Providers) -> None:
    form = staff_client.get(reverse("admin:commerce_paymentcomparison_compare")).content.decode()
    body = {**SUBMITTED, "provider": "paystack", "money_date": DAY.isoformat()}

    answer = staff_client.post(reverse("admin:commerce_paymentcomparison_compare"), body)

    row = PaymentComparison.objects.get()
    page = reverse("admin:commerce_paymentcomparison_change", args=[row.pk])
    assert ("Flutterwave" in form, "Cash" in form) == (True, False)
    assert (answer["HX-Redirect"], row.status, str(row.asked_by_id)) == (
        page,
        "waiting",
        staff_client.session[SESSION_KEY],
    )
    assert said(answer) == ["Paystack, 10 March 2026 is compared soon. Its page shows the result by itself."]
    assert staff_client.get(page)["Refresh"] == "5"


@pytest.mark.parametrize("day", ["2999-01-01", "soon"])
def test_a_day_that_cannot_be_compared(staff_client: Client, shop: Providers, day: str) -> None:
    body = {**SUBMITTED, "provider": "paystack", "money_date": day}

    answer = staff_client.post(reverse("admin:commerce_paymentcomparison_compare"), body)

    assert PaymentComparison.objects.count() == 0
    assert said(answer) == (["This day has not begun yet."] if day == "2999-01-01" else [])


def test_the_page_of_a_day_shows_sums_and_differences(staff_client: Client, shop: Providers) -> None:
    paid(shop)
    row = differing(shop)
    page = reverse("admin:commerce_paymentcomparison_change", args=[row.comparison_id])

    content = staff_client.get(page).content.decode()

    assert "Refresh" not in staff_client.get(page).headers
    for text in (
        "₦2,000.00\u00a0(1)",
        "₦4,000.00\u00a0(2)",
        "-₦2,000.00",
        row.reference,
        "The provider says of it: Declined",
    ):
        assert text in content
    again = staff_client.post(
        reverse("admin:commerce_paymentcomparison_compare_again", args=[row.comparison_id]), SUBMITTED
    )
    assert (again["HX-Redirect"], PaymentComparison.objects.get().status) == (page, "waiting")


def test_staff_say_how_a_difference_was_dealt_with(staff_client: Client, shop: Providers) -> None:
    row = differing(shop)
    page = reverse("admin:commerce_difference_change", args=[row.pk])
    button = reverse("admin:commerce_difference_deal_with", args=[row.pk])
    assert button in staff_client.get(page).content.decode()
    assert row.reference in staff_client.get(reverse(DIFFERENCES)).content.decode()

    answers = [staff_client.post(button, {**SUBMITTED, "note": "Asked the bank"}) for _ in range(2)]

    assert (said(answers[0]), said(answers[1])[-1]) == (
        ["The difference is dealt with."],
        "This difference is resolved already.",
    )
    row.refresh_from_db()
    assert (row.resolution, row.note, Payment.objects.get().attention) == ("staff", "Asked the bank", "")
    listed = {state: staff_client.get(f"{reverse(DIFFERENCES)}?state={state}") for state in ("", "resolved", "all")}
    assert {state: answer.context["cl"].result_list.count() for state, answer in listed.items()} == {
        "": 0,
        "resolved": 1,
        "all": 1,
    }
    assert button not in staff_client.get(page).content.decode()


def test_dealt_with_on_the_payment_s_page(staff_client: Client, shop: Providers) -> None:
    row = differing(shop)
    queue = reverse("admin:commerce_payment_changelist") + "?attention__exact=differs"
    assert row.reference in staff_client.get(queue).content.decode()

    staff_client.post(reverse("admin:commerce_payment_deal_with", args=[row.payment_id]), SUBMITTED)

    row.refresh_from_db()
    assert (row.resolution, str(row.resolved_by_id)) == ("staff", staff_client.session[SESSION_KEY])
    assert Payment.objects.get().attention == ""


@pytest.mark.parametrize("name", [LIST, DIFFERENCES])
def test_lists_take_as_many_queries_for_three_rows_as_for_one(staff_client: Client, shop: Providers, name: str) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert staff_client.get(reverse(name)).status_code == 200
        return len(captured)

    differing(shop)
    queries()
    with_one = queries()
    differing(shop, PaymentMethod.FLUTTERWAVE)
    paid(shop)
    differing(shop)
    PaymentComparison.objects.create(provider="paystack", money_date=NEXT_DAY.date())

    assert queries() == with_one


def test_who_gives_no_money_back_compares_nothing(client: Client, shop: Providers) -> None:
    row = differing(shop)
    client.force_login(staff_of(SUPPORT, "support@example.com"))
    addresses = [
        reverse(LIST),
        reverse(DIFFERENCES),
        reverse("admin:commerce_paymentcomparison_compare"),
        reverse("admin:commerce_difference_deal_with", args=[row.pk]),
    ]
    assert [client.get(each).status_code for each in addresses] == [403] * 4


def test_finance_is_written_to_once(shop: Providers, settings: Any) -> None:
    settings.ZUKA_URL = "https://office.example"
    staff_of(FINANCE, "finance@example.com")
    staff_of(SUPPORT, "support@example.com")
    UserFactory.create(is_staff=True, is_superuser=True, email="root@example.com")
    paid(shop, PaymentMethod.FLUTTERWAVE)
    compare(PaymentMethod.FLUTTERWAVE)
    assert mails() == []

    row = differing(shop)
    for _ in range(2):
        compare()

    assert mails() == [("payments.differences", "finance@example.com")]
    mail = OutgoingMail.objects.get(template="payments.differences")
    assert mail.subject == "Paystack, 10 March 2026: the ledger differs"
    assert f"- Paid here, unknown to the provider: {row.reference}. The provider says of it: Declined" in mail.text
    assert f"https://office.example/admin/commerce/paymentcomparison/{row.comparison_id}/change/" in mail.text
    assert "Paid: ₦0.00 there, ₦2,000.00 here." in mail.text


def test_without_finance_superusers_are_written_to(shop: Providers) -> None:
    UserFactory.create(is_staff=True, is_superuser=True, email="root@example.com")
    differing(shop)
    assert mails() == [("payments.differences", "root@example.com")]
