"""Where a run keeps its things: logs, secrets, server data, and the short folder for sockets."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import pwd
import secrets
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zuka.up.accounts import can_enter, choose_account, give
from zuka.up.locks import Taken, hold
from zuka.up.refusals import Refusal, explain_os_error

CHECKOUT = Path(__file__).resolve().parent.parent.parent
SOCKETS_ROOT = Path("/tmp")  # noqa: S108 - a socket's path may have 107 bytes; the folder is 0700 and its owner is checked
OUTSIDE_ROOT = Path("/var/lib")


@dataclass(frozen=True, slots=True)
class Home:
    """One place with its own servers: of `up`, of a test run, of a bench."""

    path: Path
    data: Path
    programs: Path
    account: pwd.struct_passwd | None

    @property
    def sockets(self) -> Path:
        """The folder of the servers' sockets."""
        return SOCKETS_ROOT / f".zuka-{tag_of(self.path)}-{os.geteuid()}"

    @property
    def logs(self) -> Path:
        """The folder of the logs."""
        return self.path / "logs"

    @property
    def run_file(self) -> Path:
        """What scripts read: URL, staff login, keys, and where the servers are."""
        return self.path / "run.json"

    @property
    def run_lock(self) -> Path:
        """Held by `up` while it runs; holds its pid and those of its processes."""
        return self.path / "up.lock"

    @property
    def users_lock(self) -> Path:
        """Held, shared, by every command that uses the servers."""
        return self.path / "users.lock"

    @property
    def gate_lock(self) -> Path:
        """Held while servers are being started or stopped."""
        return self.path / "gate.lock"

    def inside(self, name: str) -> Home:
        """Return a home of its own within this one, prepared."""
        return prepare(Home(self.path / name, self.data / name, self.programs, self.account))


def tag_of(path: Path) -> str:
    """Return a short name for a path."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


def read_path(environ: Mapping[str, str]) -> Path:
    """Return the folder that ZUKA_HOME names, from the checkout where it is relative."""
    return (CHECKOUT / Path(environ.get("ZUKA_HOME") or ".zuka").expanduser()).resolve()


def open_home(environ: Mapping[str, str]) -> Home:
    """Return the home of `up`, with its folders made; raises Refusal when PostgreSQL cannot use it."""
    path = read_path(environ)
    account = choose_account()
    try:
        make_folder(path)
    except OSError as error:
        said = Refusal(f"{path} cannot be made ({error.strerror})", "Set ZUKA_HOME to a folder that can.")
        raise explain_os_error(error, home=path) or said from error
    data = choose_data(path, account, outside_root=OUTSIDE_ROOT)
    return prepare(Home(path, data, data, account))


def choose_data(path: Path, account: pwd.struct_passwd | None, *, outside_root: Path) -> Path:
    """Return where the servers' data go: in the home, or outside when PostgreSQL's account cannot get there.

    Raises Refusal when data are in the home already and cannot be reached any more: a second, empty
    database elsewhere would look like a loss.
    """
    outside = outside_root / f"zuka-{tag_of(path)}"
    if account is None:
        return path
    if outside.exists():
        return outside
    if can_enter(path, account):
        return path
    if (path / "pg18").exists():
        raise Refusal(
            f"user {account.pw_name}, which PostgreSQL runs as, can no longer reach its data in {path}",
            f"Allow it to enter that folder and those above it (chmod o+x), or move pg18 and valkey to {outside}.",
        )
    return outside


def prepare(home: Home) -> Home:
    """Make the folders of a home."""
    for folder in (home.path, home.data):
        make_folder(folder)
    home.logs.mkdir(exist_ok=True)
    (home.path / "media").mkdir(exist_ok=True)  # a backup refuses a folder that is not there
    home.logs.chmod(0o700)
    return home


def make_folder(folder: Path) -> None:
    """Make a folder that others may walk through but not list; one that exists stays as it is."""
    if folder.is_dir():
        return
    if folder.exists():
        raise Refusal(f"{folder} is a file where a folder is needed", "Remove it, or set ZUKA_HOME to another place.")
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)


def make_sockets_folder(home: Home) -> None:
    """Make the folder of the sockets, for PostgreSQL's account alone.

    Raises Refusal when somebody else made it first: whoever owns it could replace the sockets.
    """
    owner = home.account.pw_uid if home.account else os.geteuid()
    try:
        home.sockets.mkdir(mode=0o700)
    except FileExistsError:
        found = home.sockets.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()}:
            raise Refusal(
                f"{home.sockets} belongs to another user", "Remove it, or set ZUKA_HOME to another place."
            ) from None
    home.sockets.chmod(0o700)
    give(home.sockets, home.account)


@contextlib.contextmanager
def claim_slot(home: Home, name: str) -> Iterator[Home]:
    """Yield the first home of that name that no other command uses: test, test-2, test-3; ours while the block runs."""
    with contextlib.ExitStack() as held:
        for number in range(1, 100):
            slot = home.inside(name if number == 1 else f"{name}-{number}")
            with contextlib.suppress(Taken):  # the next number may be free
                held.enter_context(hold(slot.path / "slot.lock"))
                break
        else:
            raise Refusal(f"a hundred runs of {name} are under way", "Wait until some of them have ended.")
        yield slot


def secret_key_file(home: Home) -> Path:
    """Return the file with the key that signs sessions, made the first time."""
    path = home.path / "secret_key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(60))
    return path


def practice_file(home: Home) -> Path:
    """Return the file with the secrets and the port of the practice payments."""
    return home.path / "practice_payments.json"


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o600)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)


def read_json(path: Path) -> dict[str, Any]:
    """Return the object in a JSON file, empty when there is none that can be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # as if it were not there
        return {}
    return value if isinstance(value, dict) else {}
