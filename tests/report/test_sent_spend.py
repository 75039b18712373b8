"""Campaign spend from a program: by the rules of sheets, all or nothing, once however often it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse

from analytics.spend.importing import bring_spend
from analytics.store.models import CampaignSpend, RollupSource, SpendImport
from tests.commerce.factories import UserFactory
from tests.report.test_campaign_spend import NOW, stored
from tests.rollup.story import FRIDAY, THURSDAY
from zuka.platform.keys.issuing import issue_key

pytestmark = pytest.mark.django_db
URL = "/api/v1/reports/campaign-spend/"
ROW = {"day": "2026-11-19", "campaign": "detty", "source": "instagram", "medium": "paid_social", "spend_kobo": 550_050}
STORED = (THURSDAY, "instagram", "paid_social", "detty", "NGN", 550_050)


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def client_of(*scopes: str) -> Client:
    token = issue_key(name="Ads", kind="secret", scopes=list(scopes))[1]
    return Client(headers={"Authorization": f"Bearer {token}"})


def send(client: Client, *rows: dict[str, Any], **said: Any) -> Any:
    return client.post(URL, {"rows": list(rows), **said}, content_type="application/json")


def came(campaign: str, source: str = "instagram") -> None:
    words = {"utm_source": source, "utm_medium": "paid_social", "utm_campaign": campaign, "referrer_host": ""}
    figures = dict.fromkeys(("bounces", "carted", "converted", "orders", "value_kobo"), 0)
    RollupSource.objects.create(day=THURSDAY, currency="NGN", sessions=3, **words, **figures)


def test_what_is_sent_is_written_once_and_replaced_by_key() -> None:
    came("detty")
    client, other = client_of("spend:write"), {"day": "20/11/2026", "campaign": "", "source": "tiktok", "spend_kobo": 5}
    told = {"dry_run": False, "without_visits": [{"campaign": "tiktok", "nearest": ""}]}

    assert send(client, ROW, other).json() == {**told, "new": 2, "changed": 0, "unchanged": 0}
    assert stored() == [STORED, (FRIDAY, "tiktok", "", "", "NGN", 5)]
    assert send(client, ROW, other).json() == {**told, "new": 0, "changed": 0, "unchanged": 2}
    assert SpendImport.objects.count() == 1, "what changes nothing is no import"
    assert send(client, {**ROW, "spend_kobo": 7}).json()["changed"] == 1
    assert stored()[0] == (*STORED[:5], 7)
    first = SpendImport.objects.earliest("id")
    assert (first.status, first.name.startswith("Sent with the key "), first.counts["New"]) == ("done", True, 2)


def test_a_dry_run_writes_nothing() -> None:
    assert send(client_of("spend:write"), ROW, dry_run=True).json() == {
        "dry_run": True,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "without_visits": [{"campaign": "instagram / paid_social / detty", "nearest": ""}],
    }
    assert (CampaignSpend.objects.exists(), SpendImport.objects.exists()) == (False, False)


def test_a_misspelt_campaign_is_named_with_the_nearest() -> None:
    came("detty-december")
    sent = send(client_of("spend:write"), {**ROW, "campaign": "dety-december"}).json()
    nearest = {
        "campaign": "instagram / paid_social / dety-december",
        "nearest": "instagram / paid_social / detty-december",
    }
    assert sent["without_visits"] == [nearest]
    sheet = bring_spend(
        name="s.csv",
        content=b"day;campaign;source;spend\n2026-11-19;dety-december;instagram;5\n2026-11-19;detty-december;;5\n",
        user_id=None,
        at=NOW,
    )
    assert sheet.unseen == [["instagram / dety-december", "instagram / paid_social / detty-december"]]
    owner = UserFactory.create(is_staff=True, is_superuser=True)
    client = Client()
    client.force_login(owner)
    page = client.get(reverse("admin:analytics_spendimport_change", args=[sheet.pk])).content.decode()
    assert "Campaigns that nobody came by in these days" in page


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"day": "soon"}, "rows.1.day", "'soon' is no day; write it like 2026-11-21 or 21/11/2026."),
        ({"day": "2026-11-25"}, "rows.1.day", "is still to come"),
        ({"day": "1999-12-31"}, "rows.1.day", "is too long ago"),
        ({"campaign": "", "source": ""}, "rows.1.campaign", "Nobody can tell what this was spent on"),
        ({"currency": "N1"}, "rows.1.currency", "is no currency"),
        ({"day": "2026-11-19"}, "rows.1.campaign", "This campaign's day is in row 0 already"),
    ],
)
def test_a_row_that_a_sheet_could_not_have_is_refused(change: dict[str, Any], field: str, message: str) -> None:
    answer = send(client_of("spend:write"), ROW, {**ROW, "day": "2026-11-20", **change})
    said = answer.json()
    assert (answer.status_code, said["code"], said["field"]) == (400, "invalid_spend", field)
    assert message in said["message"]
    assert stored() == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"rows": []}, "rows"),
        ({}, "rows"),
        ({"rows": [{**ROW, "spend_kobo": -1}]}, "rows.0.spend_kobo"),
        ({"rows": [{**ROW, "spend_kobo": "much"}]}, "rows.0.spend_kobo"),
        ({"rows": [{**ROW, "campaign": "x" * 101}]}, "rows.0.campaign"),
        ({"rows": [{key: ROW[key] for key in ("day", "campaign")}]}, "rows.0.spend_kobo"),
        ({"rows": [ROW], "dry_run": "perhaps"}, "dry_run"),
    ],
)
def test_what_is_no_spend_is_refused(body: dict[str, Any], field: str) -> None:
    answer = client_of("spend:write").post(URL, body, content_type="application/json")
    assert (answer.status_code, answer.json()["field"]) == (400, field)


def test_several_mistakes_are_counted() -> None:
    rows = [{**ROW, "day": "soon"}, {**ROW, "day": "later"}, {**ROW, "currency": "?"}]
    assert send(client_of("spend:write"), *rows).json()["message"].endswith("2 more rows have mistakes.")
    assert send(client_of("spend:write"), *rows[:2]).json()["message"].endswith("1 more row has a mistake.")


def test_it_is_for_keys_with_the_scope_and_staff_who_may_import() -> None:
    assert send(client_of("reports:read"), ROW).status_code == 403
    assert send(Client(), ROW).status_code == 401
    for role, status in (("Marketing", 200), ("Analyst", 403)):
        person, client = UserFactory.create(is_staff=True), Client()
        person.groups.add(Group.objects.get(name=role))
        client.force_login(person)
        assert send(client, ROW).status_code == status
    assert SpendImport.objects.get().brought_by is not None
