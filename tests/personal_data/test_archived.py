"""Archived months are written anew without the person; what is not theirs stays as it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from analytics.personal_data.archived import count_archived, erase_archived, read_archived
from tests.lifecycle.test_rewriting import NOW, archived, read_users
from tests.personal_data.searching import find_in_files
from zuka.platform.personal_data.people import Person

__all__ = ["archived"]
pytestmark = pytest.mark.django_db


def test_their_rows_are_changed_and_no_others(archived: Any, tmp_path: Path) -> None:
    person = Person(users=("ada",), salt="secret")
    assert (count_archived(person), [row["user_id"] for row in read_archived(person)]) == (1, ["ada"])

    assert erase_archived(person, NOW) == 1
    assert erase_archived(person, NOW) == 0

    assert read_users() == [person.pseudonym("ada"), "Bọ́lá\n\t'\"\\", None]
    archived.refresh_from_db()
    assert (archived.edition, archived.rows, archived.month) == (2, 3, date(2025, 3, 1))
    assert find_in_files([tmp_path], {"ada": '"ada"'}) == set()
