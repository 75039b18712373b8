"""What campaigns cost, from a sheet: looked at first, mistakes by row and column, twice the same."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from analytics.registry.reports import REPORTS
from analytics.report.query import parse_query
from analytics.report.run import run_query
from analytics.report.scope import ALL
from analytics.spend.importing import SpendRefused, bring_spend, cancel_spend, import_spend
from analytics.store.models import CampaignSpend, SpendImport
from commerce.accounts.models import User
from tests.rollup.story import FRIDAY, SATURDAY, THURSDAY, at
from zuka.platform.sheets import BadSheet

pytestmark = pytest.mark.django_db
NOW = at(SATURDAY, 12)
SHEET = "day;campaign;source;medium;spend\n2026-11-19;detty;instagram;paid_social;₦5,500.50\n20/11/2026;detty;;;700\n"
STORED = [(THURSDAY, "instagram", "paid_social", "detty", "NGN", 550_050), (FRIDAY, "", "", "detty", "NGN", 70_000)]


def bring(content: str | bytes, **said: Any) -> SpendImport:
    raw = content.encode() if isinstance(content, str) else content
    return bring_spend(**{"name": "spend.csv", "content": raw, "user_id": None, "at": NOW, **said})


def stored() -> list[tuple[Any, ...]]:
    return list(
        CampaignSpend.objects.order_by("day").values_list(
            "day", "source", "medium", "campaign", "currency", "spend_kobo"
        )
    )


def test_a_sheet_is_looked_at_and_then_imported() -> None:
    row = bring(SHEET)
    assert (stored(), row.problems) == ([], [])
    assert row.counts == {"Rows": 2, "Rows with a mistake": 0, "New": 2, "Changed": 0, "As they are already": 0}
    assert row.changes == [
        [2, "2026-11-19", "instagram / paid_social / detty", "", "₦5,500.50"],
        [3, "2026-11-20", "detty", "", "₦700.00"],
    ]
    import_spend(pk=row.pk, at=NOW)
    row.refresh_from_db()
    assert (row.status, row.ended_at, row.content) == ("done", NOW, None)
    assert stored() == STORED
    assert set(CampaignSpend.objects.values_list("spend_import", flat=True)) == {row.pk}


def test_the_same_sheet_again_changes_nothing_and_another_amount_replaces() -> None:
    import_spend(pk=bring(SHEET).pk, at=NOW)
    again = bring(SHEET)
    assert (again.changes, again.counts["As they are already"]) == ([], 2)
    import_spend(pk=again.pk, at=NOW)
    assert stored() == STORED
    other = bring("day,campaign,spend\n2026-11-20,detty,800\n")
    assert other.changes == [[2, "2026-11-20", "detty", "₦700.00", "₦800.00"]]
    import_spend(pk=other.pk, at=NOW)
    assert stored() == [STORED[0], (FRIDAY, "", "", "detty", "NGN", 80_000)]


def test_a_spreadsheet_says_the_same() -> None:
    book, buffer = Workbook(), io.BytesIO()
    for line in (
        ["Day", "Campaign", "Spend", "Currency"],
        [datetime(2026, 11, 19), "=detty", 5500.5, "usd"],  # noqa: DTZ001 - as spreadsheets keep days
        [date(2026, 11, 20), "'-x", 700, None],
    ):
        book.active.append(line)
    book.active["B2"].data_type = "s"
    book.save(buffer)
    import_spend(pk=bring(buffer.getvalue()).pk, at=NOW)
    assert stored() == [(THURSDAY, "", "", "=detty", "USD", 550_050), (FRIDAY, "", "", "-x", "NGN", 70_000)]


@pytest.mark.parametrize(
    ("line", "column", "message"),
    [
        ("19 Nov,detty,,5,", "day", "'19 Nov' is no day; write it like 2026-11-21 or 21/11/2026."),
        (",detty,,5,", "day", "'' is no day; write it like 2026-11-21 or 21/11/2026."),
        ("2026-11-22,detty,,5,", "day", "2026-11-22 is still to come. Write the day on which the money was spent."),
        ("1999-11-22,detty,,5,", "day", "1999-11-22 is too long ago. Write a day like 2026-11-21."),
        ("2026-11-20,,,5,", "campaign", "Nobody can tell what this was spent on. Write a campaign, or a source."),
        ("2026-11-20,#N/A,,5,", "campaign", "'#N/A' is a formula that failed; write its value."),
        (
            f"2026-11-20,detty,{'s' * 101},5,",
            "source",
            f"'{'s' * 60}' has more than 100 letters; write it as it stands in the link.",
        ),
        ("2026-11-20,detty,,a lot,", "spend", "'a lot' is no amount; write naira like 5500 or 5500.50."),
        ("2026-11-20,detty,,,", "spend", "'' is no amount; write naira like 5500 or 5500.50."),
        (
            "2026-11-20,detty,,-5,",
            "spend",
            "'-5' is no amount; write naira like 5500 or 5500.50, not less than zero.",
        ),
        (
            "2026-11-20,detty,,5,naira",
            "currency",
            "'naira' is no currency; write a code of three letters like NGN, or nothing.",
        ),
        (
            "2026-11-19,wear,,6,ngn",
            "campaign",
            "This campaign's day is in row 2 already. Add the two up in one row.",
        ),
    ],
)
def test_a_mistake_is_told_by_row_and_column_and_nothing_is_imported(line: str, column: str, message: str) -> None:
    row = bring(f"day,campaign,source,spend,currency\n2026-11-19,wear,,5,\n{line}\n")
    assert row.problems == [[3, column, message]]
    with pytest.raises(SpendRefused, match="Mend them in the sheet"):
        import_spend(pk=row.pk, at=NOW)
    assert stored() == []


def test_what_is_no_sheet_of_spend_is_refused() -> None:
    wrong = {"day,spend\n": "campaign among them", "day,campaign,spend,cost\n": "'cost' is unknown"}
    for content, message in wrong.items():
        with pytest.raises(BadSheet, match=message):
            bring(content)
    assert not SpendImport.objects.exists()


def test_an_import_that_has_ended_is_refused() -> None:
    row = bring(SHEET)
    cancel_spend(pk=row.pk, at=NOW)
    for act in (import_spend, cancel_spend):
        with pytest.raises(SpendRefused, match="ended already"):
            act(pk=row.pk, at=NOW)
    assert stored() == []


@pytest.fixture
def staff(client: Client) -> Client:
    client.force_login(User.objects.create_superuser(email="owner@example.com", password="x", name="Owner"))
    return client


def test_staff_import_a_sheet_in_the_back_office(staff: Client) -> None:
    add = reverse("admin:analytics_spendimport_add")
    bad = staff.post(add, {"file": SimpleUploadedFile("spend.csv", b"day,spend\n")})
    assert "campaign among them" in bad.content.decode()
    answer = staff.post(add, {"file": SimpleUploadedFile("spend.csv", SHEET.encode())})
    row = SpendImport.objects.get()
    assert "instagram / paid_social / detty" in staff.get(answer["Location"]).content.decode()
    assert (row.brought_by.name if row.brought_by else "", stored()) == ("Owner", [])
    button = reverse("admin:analytics_spendimport_do_import", args=[row.pk])
    assert staff.post(button, {"_form_submitted": "True"})["HX-Redirect"] == reverse(
        "admin:analytics_spendimport_change", args=[row.pk]
    )
    assert stored() == STORED
    listed = staff.get(reverse("admin:analytics_campaignspend_changelist")).content.decode()
    assert "₦5,500.50" in listed
    assert "Owner" in listed


def test_a_sheet_with_mistakes_has_no_button_to_import(staff: Client) -> None:
    row = bring("day,campaign,spend\nnever,detty,5\n")
    page = staff.get(reverse("admin:analytics_spendimport_change", args=[row.pk])).content.decode()
    assert "is no day" in page
    assert reverse("admin:analytics_spendimport_do_import", args=[row.pk]) not in page
    staff.post(reverse("admin:analytics_spendimport_cancel", args=[row.pk]), {"_form_submitted": "True"})
    assert SpendImport.objects.get().status == "cancelled"


def test_the_total_is_of_all_rows_however_few_are_shown() -> None:
    import_spend(pk=bring(SHEET).pk, at=NOW)
    params = {"from": "2026-11-19", "to": "2026-11-20", "limit": "1"}
    query = parse_query(report=REPORTS["spend_list"], params=params, today=SATURDAY, scope=ALL)
    table = run_query(query, now=NOW)

    assert (len(table.rows), table.totals) == (1, {"spend_kobo": 620_050})
