"""The archive's command, job and page."""

from datetime import date
from io import StringIO

import pytest
import time_machine
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from analytics.lifecycle.archive.rewriting import forget_unfinished
from analytics.store.models import ArchivedMonth, DirtyDay
from analytics.tasks import archive_events, restore_month
from tests.commerce.factories import UserFactory
from tests.lifecycle.months import MARCH, NOW, events, tell
from zuka.platform.audit.models import AuditEntry

pytestmark = pytest.mark.django_db
FEBRUARY, APRIL = date(2025, 2, 1), date(2025, 4, 1)


@pytest.fixture
def told(settings, tmp_path):
    settings.ARCHIVE_URL = str(tmp_path)
    with time_machine.travel(NOW, tick=False):
        yield tell()


def run(*args):
    out = StringIO()
    call_command("archive", *args, stdout=out)
    return out.getvalue()


def states():
    return dict(ArchivedMonth.objects.filter(month__in=[FEBRUARY, MARCH, APRIL]).values_list("month", "state"))


def test_a_month_by_command_and_back(told, tmp_path):
    assert "2025-03 would leave PostgreSQL.\n" in run("--dry-run")
    assert run("--list") == "No month has left PostgreSQL yet.\n"
    assert "2025-03  In the archive, 29 events" in run("--month", "2025-03")
    assert run("--verify") == "1 archived months hold what was written.\n"
    with pytest.raises(CommandError, match="no newer edition of 2025-03"):
        run("--adopt", "2025-03")
    (tmp_path / "events/2025-03/1/2025-03-14.parquet").write_bytes(b"")
    with pytest.raises(CommandError, match=r"2025-03: .*2025-03-14\.parquet .* sha256 differs"):
        run("--verify")
    with pytest.raises(CommandError, match="sha256 differs"):
        run("--restore", "2025-03")
    with pytest.raises(CommandError, match="2024-01 is not in the archive"):
        run("--restore", "2024-01")


def test_the_job_counts_what_waits_archives_what_is_due_and_ends_what_was_begun(told, tmp_path):
    before = events()
    DirtyDay.objects.create(day=MARCH, cause="orders")
    archive_events()
    assert states() == {FEBRUARY: "archived", MARCH: "archived", APRIL: "archived"}
    assert (events(), run()) == ([], "Nothing is due.\n")
    restore_month(month="2025-03-01")
    (tmp_path / "events/2025-03/1").mkdir(parents=True)
    archive_events()
    assert states() == {FEBRUARY: "archived", MARCH: "restored", APRIL: "archived"}
    restore_month(month="2025-02-01")
    restore_month(month="2025-04-01")
    assert (events(), forget_unfinished()) == (before, [APRIL, MARCH, FEBRUARY])


def test_switched_off_nothing_leaves(told, settings):
    settings.ARCHIVE_EVENTS = False
    archive_events()
    assert states() == {}
    with pytest.raises(CommandError, match="Archiving is off"):
        run()
    assert "Archiving is off" in run("--dry-run")


def test_staff_see_the_months_and_bring_one_back_with_a_reason(told, django_capture_on_commit_callbacks, monkeypatch):
    run("--month", "2025-03")
    person = UserFactory.create(is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename="view_archivedmonth"))
    client = Client(headers={"accept": "text/html"})
    client.force_login(person)
    page = client.get(reverse("admin:analytics_archivedmonth_changelist"))
    assert "In the archive" in page.text
    stored = ArchivedMonth.objects.get()
    address = reverse("admin:analytics_archivedmonth_change", args=[stored.pk])
    assert "/restore" not in client.get(address).text
    person.user_permissions.add(Permission.objects.get(codename="change_archivedmonth"))
    for state in ("restoring", "detached", "archived"):
        ArchivedMonth.objects.update(state=state)
        assert "/restore" in client.get(address).text, state
    sent = []
    monkeypatch.setattr("celery.current_app.send_task", lambda name, **options: sent.append((name, options)))
    with django_capture_on_commit_callbacks(execute=True):
        button = reverse("admin:analytics_archivedmonth_restore", args=[stored.pk])
        answer = client.post(button, {"_form_submitted": "True", "reason": "Auditors ask"})
    assert sent == [("analytics.tasks.restore_month", {"kwargs": {"month": "2025-03-01"}})], answer.content
    assert AuditEntry.objects.filter(action="archive.restored", subject_id=str(stored.pk)).count() == 1
