"""History in the back office: a file is brought, looked at, imported, taken back; by whom, and after who they are."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from analytics.ask import ask
from analytics.history.working import import_waiting
from analytics.store.models import HistoryImport, ImportedDay
from commerce.accounts.models import User
from tests.history.files import NOW, UMAMI, pages
from tests.ingest.factories import stored
from tests.report.test_who_sees_what import sign_in_at
from zuka.backup.folders import FOLDERS, list_files
from zuka.platform import clock

pytestmark = pytest.mark.django_db
ADD, LIST = "admin:analytics_historyimport_add", "admin:analytics_historyimport_changelist"


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.EXPORTS_ROOT = str(tmp_path)
    settings.STAFF_REAUTH_MINUTES = 0
    return tmp_path


@pytest.fixture
def owner(client: Client) -> Client:
    client.force_login(User.objects.create_superuser(email="owner@example.com", password="x", name="Owner"))
    return client


def bring(staff: Client, content: str, *, name: str = "website_event.csv", **said: str) -> Any:
    upload = SimpleUploadedFile(name, content.encode())
    return staff.post(reverse(ADD), {"file": upload, "source": "shop.example", "chosen": "", **said})


def press(staff: Client, button: str, job: HistoryImport) -> None:
    address = reverse(f"admin:analytics_historyimport_{button}", args=[job.pk])
    staff.post(address, {"_form_submitted": "True"})
    job.refresh_from_db()


def buttons(page: str) -> list[str]:
    return [name for name in ("start", "pause", "go_on", "cancel", "take_back") if f"/{name}/" in page]


def test_a_file_is_looked_at_imported_and_taken_back(owner: Client) -> None:
    answer = bring(owner, UMAMI)
    job = HistoryImport.objects.get()
    page = owner.get(answer["Location"]).content.decode()
    assert "Of the first 3 rows of Umami,\n        3 events would be stored" in page.replace("\r", "")
    assert ("custom.add_to_cart" in page, "Not kept:" in page, buttons(page)) == (True, True, ["start", "cancel"])
    assert (job.brought_by and job.brought_by.name, stored("id")) == ("Owner", [])
    press(owner, "start", job)
    waits = owner.get(answer["Location"])
    assert (waits["Refresh"], buttons(waits.content.decode())) == ("3", ["pause", "cancel"])
    import_waiting(at=clock.now())
    page = owner.get(answer["Location"]).content.decode()
    assert (len(stored("id")), buttons(page)) == (3, ["take_back"])
    assert "Events from 20 November 2025 to 2 December 2025." in page
    assert "2 days of history wait to be counted" in page
    press(owner, "take_back", job)
    import_waiting(at=clock.now())
    job.refresh_from_db()
    assert (job.status, stored("id")) == ("undone", [])


def test_what_cannot_be_imported_is_said_at_the_form(owner: Client, folder: Path) -> None:
    assert "no file of Umami" in bring(owner, "a,b\n1,2\n").content.decode()
    assert "The file is empty" in bring(owner, " ").content.decode()
    assert list((folder / "history").iterdir()) == []
    bring(owner, UMAMI)
    answer = bring(owner, UMAMI, name="again.csv")
    assert (answer["Location"], HistoryImport.objects.count()) == (reverse(LIST), 1)
    assert "imported already" in owner.get(reverse(LIST)).content.decode()
    assert len(list((folder / "history").iterdir())) == 1


def test_files_of_history_are_where_nobody_is_sent_them_and_no_backup_takes_them(
    owner: Client, folder: Path, settings: Any
) -> None:
    settings.EXPORTS_ROOT, settings.MEDIA_ROOT = "", str(folder)
    bring(owner, UMAMI)
    (path,) = [each for each in folder.rglob("*") if each.is_file()]
    assert path.parent == folder / "exports" / "history"
    assert Client().get(f"/media/{path.relative_to(folder)}").status_code == 404
    (media,) = [each for each in FOLDERS if each.name == "media"]
    assert list(list_files(media)) == []


def test_only_who_may_bring_files_may_and_says_who_they_are(owner: Client, settings: Any) -> None:
    bring(owner, UMAMI)
    job = HistoryImport.objects.get()
    settings.STAFF_REAUTH_MINUTES = 15
    sign_in_at(owner, time.time() - 16 * 60)
    assert owner.get(reverse(ADD))["Location"].startswith(reverse("admin:prove"))
    assert bring(owner, pages(1), name="b.ndjson")["Location"].startswith(reverse("admin:prove"))
    press(owner, "start", job)
    assert job.status == "ready"
    other = Client()
    other.force_login(User.objects.create_user(email="ana@example.com", password="x", name="Ana", is_staff=True))
    press(other, "start", job)
    assert (other.get(reverse(ADD)).status_code, job.status, HistoryImport.objects.count()) == (403, "ready", 1)


def test_the_list_asks_the_same_for_one_as_for_three(
    owner: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    bring(owner, UMAMI)
    owner.get(reverse(LIST))
    with django_assert_max_num_queries(20) as one:
        owner.get(reverse(LIST))
        asked = len(one)
    for number in range(2):
        bring(owner, pages(number + 1), name=f"{number}.ndjson")
    with django_assert_max_num_queries(asked):
        assert owner.get(reverse(LIST)).content.decode().count("Checked: look at it") >= 3


def test_days_that_came_as_totals_are_shown_apart() -> None:
    facts = {"sha256": "x", "size": 1, "format": "plausible", "name": "a.zip"}
    jobs = [
        HistoryImport.objects.create(source=name, source_key=key, received_at=NOW, **facts)
        for name, key in (("a", "00000000-0000-8000-8000-00000000000a"), ("b", "00000000-0000-8000-8000-00000000000b"))
    ]
    for job, day, visits in ((jobs[0], 19, 100), (jobs[1], 19, 50), (jobs[0], 20, 0)):
        counts = {"visitors": visits, "visits": visits, "pageviews": 2 * visits, "bounces": visits // 4}
        ImportedDay.objects.create(
            history_import=job,
            source_key=job.source_key,
            source=job.source,
            day=date(2026, 11, day),
            visit_seconds=visits * 60,
            **counts,
        )
    days = {"from": "2026-11-19", "to": "2026-11-20"}
    table = ask("before_zuka", **days)
    assert [list(row) for row in table.rows] == [
        [date(2026, 11, 19), None, 150, 300, 37 / 150, 60],
        [date(2026, 11, 20), 0, 0, 0, None, None],
    ]
    assert (table.totals["visits"], table.totals["duration"]) == (150, 60)
    assert list(ask("before_zuka", source="b", **days).rows[0])[:3] == [date(2026, 11, 19), 50, 50]
