"""PostgreSQL refuses to run as root: the account it runs as then, and what that account can reach."""

from __future__ import annotations

import contextlib
import os
import pwd
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypedDict

from zuka.up.refusals import Refusal


class Identity(TypedDict, total=False):
    """Arguments of subprocess that switch the user."""

    user: int
    group: int
    extra_groups: Sequence[int]


def choose_account() -> pwd.struct_passwd | None:
    """Return the account for PostgreSQL when we are root, else None: it then runs as ourselves.

    Raises Refusal when there is nobody to run it as.
    """
    if os.geteuid() != 0:
        refuse_nameless_user()
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):  # this machine has no such account
            return pwd.getpwnam(name)
    raise Refusal("PostgreSQL does not run as root, and there is no user postgres or nobody", "Run as a normal user.")


def refuse_nameless_user() -> None:
    """Raise Refusal for a user id without a name, which initdb cannot work with."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        raise Refusal(
            f"user id {os.geteuid()} has no entry in /etc/passwd, which PostgreSQL needs",
            "Run as a named user, or set DATABASE_URL to a server of your own.",
        ) from None


def identity(account: pwd.struct_passwd | None) -> Identity:
    """Return the arguments for subprocess to run as the account."""
    if account is None:
        return {}
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


def give(path: Path, account: pwd.struct_passwd | None) -> None:
    """Make the account the owner of a path."""
    if account:
        os.chown(path, account.pw_uid, account.pw_gid)


def succeeds_as(account: pwd.struct_passwd, command: list[str]) -> bool:
    """Return whether a command works for the account."""
    quiet: dict[str, Any] = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    try:
        return subprocess.run(command, cwd="/", check=False, **identity(account), **quiet).returncode == 0
    except OSError:  # it cannot even be started
        return False


def can_enter(folder: Path, account: pwd.struct_passwd) -> bool:
    """Return whether the account can walk into a folder."""
    return succeeds_as(account, ["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)])
