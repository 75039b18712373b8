"""The file with what is kept of a person."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.commerce.factories import UserFactory
from tests.personal_data.living import EMAIL, NAME, live_as_customer
from tests.rollup.story import SATURDAY, at
from zuka.platform.audit.models import AuditEntry, AuditPersonal
from zuka.platform.clock import now
from zuka.platform.personal_data import declaring
from zuka.platform.personal_data.declaring import Held
from zuka.platform.personal_data.exporting import (
    NoFolder,
    NoSuchExport,
    ask_export,
    csv_of,
    open_export,
    write_exports,
    write_zip,
)
from zuka.platform.personal_data.files import files_folder, forget_files
from zuka.platform.personal_data.models import AskedBy, DataExport
from zuka.platform.personal_data.people import Person, find_person

pytestmark = pytest.mark.django_db
EVENING = at(SATURDAY, 21)


def test_it_has_all_that_is_kept_and_nothing_that_opens_something() -> None:
    life = live_as_customer()
    assert life.user is not None
    file = io.BytesIO()
    counts = write_zip(find_person(Person(users=(str(life.user.pk),))), file, at=EVENING)
    packed = zipfile.ZipFile(file)
    said = {name: packed.read(name).decode() for name in packed.namelist()}
    account = json.loads(said["commerce-user.json"])[0]

    assert set(said) == {"README.txt"} | {
        f"{name.replace('.', '-')}.{kind}" for name in counts for kind in ("json", "csv")
    }
    assert (account["email"], account["name"], "password" in account) == (EMAIL, NAME, False)
    assert (counts["commerce.order"], counts["commerce.address"], counts["analytics.rejectedevent"]) == (1, 1, 1)
    assert "commerce-order: Orders, 1 row\r\n" in said["README.txt"]
    assert life.user.password not in "".join(said.values())


def test_no_cell_starts_a_formula() -> None:
    assert csv_of([{"note": "=1+1", "more": {"a": 1}}]) == 'note,more\r\n\'=1+1,"{""a"": 1}"\r\n'


def test_it_is_made_by_a_job_kept_some_days_and_for_its_owner_alone(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    life = live_as_customer()
    assert life.user is not None
    mine: dict[str, Any] = {
        "person": Person(users=(str(life.user.pk),)),
        "asked_by": AskedBy.OWNER,
        "owner_id": life.user.pk,
    }
    export = ask_export(**mine, at=EVENING)
    assert ask_export(**mine, at=EVENING) == export
    write_exports(at=EVENING)
    export.refresh_from_db()
    found, file = open_export(export=export, at=EVENING)
    file.close()

    assert (found, export.status) == (export, "done")
    with pytest.raises(NoSuchExport):
        open_export(export=None, at=EVENING)
    assert export.expires_at is not None
    assert forget_files(at=export.expires_at) == 1
    folder = files_folder()
    assert folder is not None
    assert (list(folder.iterdir()), DataExport.objects.get().person) == ([], {})


def test_a_shop_without_a_folder_says_so(settings: Any) -> None:
    settings.MEDIA_ROOT = settings.EXPORTS_ROOT = ""
    with pytest.raises(NoFolder, match="Set EXPORTS_ROOT or MEDIA_ROOT"):
        ask_export(person=Person(users=("x",)), asked_by=AskedBy.STAFF, at=EVENING)


def test_the_command_writes_it_plans_and_erases(tmp_path: Path, capsys: Any) -> None:
    live_as_customer()
    call_command("person", "export", email=EMAIL, to=tmp_path / "ada.zip", reason="She asked")
    call_command("person", "erase", "--email", EMAIL, "--dry-run")
    said = capsys.readouterr().out

    assert f"written to {tmp_path / 'ada.zip'}" in said
    assert stat.filemode((tmp_path / "ada.zip").stat().st_mode) == "-rw-------"
    assert AuditPersonal.objects.filter(entry_id__in=AuditEntry.objects.filter(action="person.exported")).exists()
    with pytest.raises(CommandError, match="cannot be made: File exists"):
        call_command("person", "export", email=EMAIL, to=tmp_path / "ada.zip")
    with pytest.raises(CommandError, match="Nothing is kept under this"):
        call_command("person", "export", email="nobody@example.com", to=tmp_path / "nobody.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["ada.zip"]
    assert "anonymised  Orders" in said
    with pytest.raises(CommandError, match="Nothing is kept under this"):
        call_command("person", "erase", "--email", "nobody@example.com")


def break_exports(monkeypatch: pytest.MonkeyPatch) -> None:
    """A place that cannot be read."""

    def read(_person: Person) -> Any:
        raise OSError("away")

    monkeypatch.setattr(declaring, "_held", {**declaring._held, "a": Held(name="a", title="A", turn=99, export=read)})


def test_of_a_file_that_failed_nothing_is_left(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    break_exports(monkeypatch)
    start = Person(users=(str(UserFactory.create().pk),))
    ask_export(person=start, asked_by=AskedBy.STAFF, at=now(), reason="Ada asked")
    for hours in range(3):
        write_exports(at=now() + timedelta(hours=hours))
    export, folder = DataExport.objects.get(), files_folder()
    assert folder is not None
    assert export.ended_at is not None
    assert (export.status, export.person != {}, list(folder.iterdir())) == ("failed", True, [])

    days = timedelta(days=settings.PERSONAL_DATA_DAYS)
    assert [
        forget_files(at=export.ended_at + days - timedelta(seconds=1)),
        forget_files(at=export.ended_at + days),
    ] == [0, 1]
    export.refresh_from_db()
    assert (export.status, export.person, export.reason) == ("expired", {}, "")


def test_what_nobody_writes_any_more_goes_and_what_is_just_written_stays(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = str(tmp_path)
    folder = files_folder()
    assert folder is not None
    folder.mkdir(parents=True)
    for name, minutes in (("old.part", 31), ("new.part", 29), ("old.zip", 31), ("new.zip", 29)):
        (folder / name).write_bytes(b"x")
        moment = (now() - timedelta(minutes=minutes)).timestamp()
        os.utime(folder / name, (moment, moment))

    forget_files(at=now())

    assert sorted(path.name for path in folder.iterdir()) == ["new.part", "new.zip"]
