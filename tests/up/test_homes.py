from __future__ import annotations

import os
import pwd
import stat
from pathlib import Path

import pytest

from zuka.up.accounts import choose_account
from zuka.up.homes import (
    CHECKOUT,
    choose_data,
    claim_slot,
    make_sockets_folder,
    open_home,
    read_path,
    secret_key_file,
    tag_of,
    write_private,
)
from zuka.up.refusals import Refusal

NOBODY = pwd.getpwnam("nobody")


@pytest.fixture
def account() -> pwd.struct_passwd:
    """Somebody who is not us, where we may ask on their behalf; else only what we may do ourselves is known."""
    return NOBODY if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_home_is_in_the_checkout_unless_told_otherwise(folder):
    assert read_path({}) == CHECKOUT / ".zuka"
    assert read_path({"ZUKA_HOME": "elsewhere"}) == CHECKOUT / "elsewhere"
    assert read_path({"ZUKA_HOME": str(folder)}) == folder.resolve()


def test_two_homes_have_sockets_of_their_own(home):
    other = home.inside("test")
    assert home.sockets != other.sockets
    assert len(str(home.sockets / ".s.PGSQL.5432")) < 100
    assert mode_of(home.sockets) == 0o700


def test_a_users_data_are_in_the_home(folder):
    assert choose_data(folder, None, outside_root=folder / "outside") == folder


def test_data_are_in_the_home_where_the_account_of_postgresql_gets_there(folder, account):
    assert choose_data(folder, account, outside_root=folder / "outside") == folder


def test_data_go_outside_where_the_account_of_postgresql_cannot_enter(folder, account):
    closed = folder / "missing" / "home"
    assert choose_data(closed, account, outside_root=folder) == folder / f"zuka-{tag_of(closed)}"


def test_data_that_went_outside_stay_there(folder, account):
    outside = folder / f"zuka-{tag_of(folder)}"
    outside.mkdir()
    assert choose_data(folder, account, outside_root=folder) == outside


def test_data_that_can_no_longer_be_reached_are_refused_not_replaced(folder):
    path = folder / "home"
    (path / "pg18").mkdir(parents=True)
    path.chmod(0o000)
    stranger = pwd.struct_passwd(("stranger", "x", *NOBODY[2:]))
    with pytest.raises(Refusal, match=r"^user stranger, which PostgreSQL runs as, can no longer reach its data"):
        choose_data(path, stranger, outside_root=folder / "outside")
    path.chmod(0o755)


def test_a_file_where_the_home_should_be_is_refused(folder):
    (folder / "file").write_text("")
    with pytest.raises(Refusal, match="file is a file where a folder is needed"):
        open_home({"ZUKA_HOME": str(folder / "file" / "home")})


def test_a_sockets_folder_of_somebody_else_is_refused(home):
    home.sockets.rmdir()
    home.sockets.symlink_to(home.path)
    with pytest.raises(Refusal, match="belongs to another user"):
        make_sockets_folder(home)
    home.sockets.unlink()


def test_the_secret_key_is_made_once_and_private(home):
    first = secret_key_file(home)
    key = first.read_text()
    assert mode_of(first) == 0o600
    assert len(key) >= 50
    assert secret_key_file(home).read_text() == key


def test_private_files_are_whole_and_private(folder):
    path = folder / "run.json"
    path.write_text("before")
    path.chmod(0o644)
    write_private(path, "after")
    assert path.read_text() == "after"
    assert mode_of(path) == 0o600
    assert [entry.name for entry in folder.iterdir()] == ["run.json"]


def test_two_runs_of_tests_have_homes_of_their_own(home):
    with claim_slot(home, "test") as first, claim_slot(home, "test") as second:
        assert [slot.path.name for slot in (first, second)] == ["test", "test-2"]
    with claim_slot(home, "test") as again:
        assert again.path.name == "test"


def test_postgresql_runs_as_somebody_else_only_for_root():
    account = choose_account()
    assert (account is not None) == (os.geteuid() == 0)
