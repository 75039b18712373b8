from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from zuka.up import __main__ as command_line
from zuka.up.refusals import Refusal, explain_os_error
from zuka.up.server_logs import explain, log_size, read_tail

HOME = Path("/srv/zuka")


def test_a_refusal_is_one_line():
    assert str(Refusal("it is\n   so", "Do\tthis.")) == "it is so. Do this."


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOSPC, "the disk that holds /srv/zuka/file is full. Free some space there"),
        (errno.EROFS, "/srv/zuka/file is on a read-only disk. Set ZUKA_HOME"),
        (errno.EACCES, "/srv/zuka/file may not be written by this user. Set ZUKA_HOME"),
    ],
)
def test_errors_that_users_can_mend_are_explained(number, said):
    refusal = explain_os_error(OSError(number, os.strerror(number), "/srv/zuka/file"), home=HOME)
    assert refusal is not None
    assert str(refusal).startswith(said)


def test_other_errors_are_bugs():
    assert explain_os_error(OSError(errno.EBADF, "bad file"), home=HOME) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("FATAL:  could not write to file: No space left on device", "the disk that holds /srv/zuka is full"),
        ("FATAL:  could not map anonymous shared memory: x", "PostgreSQL got too little memory"),
        ("FATAL:  database files are incompatible with server", "PostgreSQL's data in /srv/zuka were made by another"),
        ("PANIC:  could not locate a valid checkpoint record", "PostgreSQL's data in /srv/zuka are damaged"),
        (
            "LOG:  a\nFATAL:  something new.\nLOG:  b",
            "PostgreSQL did not start: something new. Its log is /srv/zuka/log.",
        ),
        ("", "PostgreSQL did not start: it said nothing. Its log is /srv/zuka/log."),
    ],
)
def test_a_servers_log_becomes_one_line(text, said):
    refusal = explain("PostgreSQL", text, data=HOME, log=HOME / "log")
    assert str(refusal).startswith(said)
    assert "\n" not in str(refusal)


def test_only_what_a_start_wrote_is_read(tmp_path):
    log = tmp_path / "log"
    assert (log_size(log), read_tail(log)) == (0, "")
    log.write_text("before\n")
    start = log_size(log)
    log.write_text("before\nafter\n")
    assert read_tail(log, start=start) == "after\n"


def test_an_unknown_command_ends_with_2(capsys):
    assert command_line.main(["dance"]) == 2
    assert (
        capsys.readouterr().err
        == f"Zuka: there is no command 'dance'. Choose from {', '.join(command_line.COMMANDS)}.\n"
    )


def test_a_refusal_ends_with_1_and_one_line(capsys, monkeypatch):
    monkeypatch.setenv("ZUKA_PORT", "many")
    assert command_line.main(["up"]) == 1
    assert capsys.readouterr().err.count("\n") == 1
