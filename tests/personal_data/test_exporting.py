"""The file with what is kept of a person."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from tests.personal_data.living import EMAIL, NAME, live_as_customer
from tests.rollup.story import SATURDAY, at
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
    call_command("person", "export", email=EMAIL, to=tmp_path / "ada.zip")
    call_command("person", "erase", "--email", EMAIL, "--dry-run")
    said = capsys.readouterr().out

    assert f"written to {tmp_path / 'ada.zip'}" in said
    assert "anonymised  Orders" in said
    with pytest.raises(CommandError, match="Nothing is kept under this"):
        call_command("person", "erase", "--email", "nobody@example.com")
