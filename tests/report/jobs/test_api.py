"""Exports over HTTP and in the back office."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analytics.report.jobs import write_exports
from analytics.report.scope import NOBODY
from analytics.store.models import ExportJob
from tests.commerce.factories import UserFactory
from tests.report.files import file_of
from tests.report.jobs.asking import NOW, start
from zuka.platform.keys.finding import forget_keys
from zuka.platform.keys.issuing import issue_key, revoke_key

DOOR = "/api/v1/reports/recent_events/exports/"
LIST = "admin:analytics_exportjob_changelist"


@pytest.fixture
def key(views: None) -> Any:
    return issue_key(name="BI", kind="secret", scopes=["reports"])


@pytest.fixture
def robot(key: Any) -> Client:
    return Client(headers={"Authorization": f"Bearer {key[1]}"})


@pytest.fixture
def staff(boss: Any) -> Client:
    client = Client(headers={"accept": "text/html"})
    client.force_login(boss)
    return client


def ask(client: Client, **body: Any) -> Any:
    return client.post(DOOR, {"format": "csv", **body}, content_type="application/json")


def test_a_program_starts_looks_and_downloads(robot: Client, folder: Path) -> None:
    answer = ask(robot, parameters={"limit": "3"})
    started = answer.json()
    assert (answer.status_code, started["status"], started["rows"], started["url"]) == (202, "waiting", 0, None)
    write_exports(at=NOW)
    done = robot.get(f"{DOOR}{started['id']}/").json()
    assert {name: done[name] for name in ("report", "format", "status", "rows", "failure", "expires_at")} == {
        "report": "recent_events",
        "format": "csv",
        "status": "done",
        "rows": 3,
        "failure": "",
        "expires_at": "2026-11-28T20:00:00+01:00",
    }
    download = robot.get(done["url"])
    assert download["Content-Disposition"] == 'attachment; filename="recent_events-2026-11-21.csv"'
    assert download.getvalue() == file_of("csv", "recent_events", NOBODY, limit="3")


def test_a_link_is_good_for_an_hour_and_for_who_asked_while_they_may(robot: Client, key: Any, folder: Path) -> None:
    made = ask(robot).json()
    write_exports(at=NOW)
    page = f"{DOOR}{made['id']}/"
    url = robot.get(page).json()["url"]
    assert robot.get(f"{page}file").json()["code"] == "link_expired"
    with time_machine.travel(NOW + timedelta(hours=1, seconds=2), tick=False):
        assert robot.get(url).status_code == 403
        assert robot.get(robot.get(page).json()["url"]).getvalue() == file_of("csv", "recent_events", NOBODY)
    other = Client(headers={"Authorization": f"Bearer {issue_key(name='B', kind='secret', scopes=['reports'])[1]}"})
    assert (other.get(url).status_code, other.get(page).status_code, Client().get(url).status_code) == (404, 404, 401)
    revoke_key(key=key[0], at=NOW)
    with time_machine.travel(NOW + timedelta(seconds=2), tick=False):
        forget_keys()
        assert robot.get(url).status_code == 401


def test_an_export_is_cancelled_over_the_api(robot: Client, folder: Path) -> None:
    page = f"{DOOR}{ask(robot).json()['id']}/"
    assert [robot.delete(page).json()["status"], robot.delete(page).json()["code"]] == ["cancelled", "export_refused"]


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"format": "doc"}, 400, "format"),
        ({"parameters": {"period": "soon"}}, 400, "period"),
        ({"parameters": {"colour": "red"}}, 400, "colour"),
    ],
)
def test_what_is_wrong_is_named(robot: Client, folder: Path, body: Any, status: int, field: str) -> None:
    answer = ask(robot, **body)
    assert (answer.status_code, answer.json()["field"]) == (status, field)


def test_staff_start_an_export_on_the_page_and_find_it_in_a_list(staff: Client, boss: Any, folder: Path) -> None:
    page = staff.get(reverse("admin:report", args=["recent_events"]), {"period": "today"}).content.decode()
    assert 'form="report-export"' in page
    params = {"period": "today", "export_format": "csv"}
    answer = staff.post(reverse("admin:report-export", args=["recent_events"]), params)
    job = ExportJob.objects.get()
    assert answer.headers["Location"] == reverse("admin:analytics_exportjob_change", args=[job.pk])
    waiting = staff.get(answer.headers["Location"])
    assert (waiting["Refresh"], "Cancel" in waiting.content.decode(), job.params) == ("3", True, {"period": "today"})
    write_exports(at=NOW)
    link = reverse("admin:report-export-file", args=[job.pk])
    assert link in staff.get(reverse(LIST)).content.decode()
    done = staff.get(answer.headers["Location"])
    assert ("Refresh" in done, link in done.content.decode()) == (False, True)
    assert staff.get(link).getvalue() == file_of("csv", "recent_events", period="today")


def test_staff_cancel_an_export(staff: Client, boss: Any, folder: Path) -> None:
    job = start(boss)
    address = reverse("admin:analytics_exportjob_cancel", args=[job.pk])
    staff.post(address, {"_form_submitted": "True"})
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_the_file_needs_the_right_when_it_is_downloaded(views: None, folder: Path) -> None:
    person = UserFactory.create(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_report"))
    job = start(person)
    write_exports(at=NOW)
    client = Client(headers={"accept": "text/html"})
    client.force_login(person)
    link = reverse("admin:report-export-file", args=[job.pk])
    assert client.get(link).getvalue() == file_of("csv", "recent_events", NOBODY)
    person.user_permissions.clear()
    assert client.get(link).status_code == 403


def test_another_ones_file_is_not_found(staff: Client, folder: Path) -> None:
    job = start(UserFactory.create(is_staff=True, is_superuser=True))
    write_exports(at=NOW)
    answer = staff.get(reverse("admin:report-export-file", args=[job.pk]), follow=True)
    assert "You have no such export." in answer.content.decode()


def test_the_list_takes_as_many_queries_for_three_as_for_one(staff: Client, boss: Any, folder: Path) -> None:
    staff.get(reverse(LIST))
    found = []
    for count in (1, 2):
        for _ in range(count):
            start(boss)
        with CaptureQueriesContext(connection) as captured:
            assert staff.get(reverse(LIST)).status_code == 200
        found.append(len(captured))
    assert found[0] == found[1]
