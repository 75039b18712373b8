"""Puts the published SDKs, pinned, into a folder outside the checkout's own files, once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).parent
PINS = HERE / "pins"
DRIVERS = HERE / "drivers"
INSTALL_SECONDS = 300.0
DRIVER_SECONDS = 90.0


# What pip and npm say where there is no network.
NO_NETWORK = re.compile(
    r"NewConnectionError|name resolution|unreachable|ConnectTimeout|ProxyError"
    r"|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
)


class CannotInstallError(Exception):
    """This machine has no network, node or npm; the text says which. Pins that do not fit are another error."""


def install(language: str, root: Path) -> Path:
    """Return the folder with a language's SDKs, installing them when the pins changed. Raises CannotInstallError."""
    folder = root / language
    folder.mkdir(parents=True, exist_ok=True)
    names = ("package.json", "package-lock.json") if language == "node" else ("requirements.txt",)
    with (root / f"{language}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        put(folder / "installed", [PINS / name for name in names], by=INSTALLERS[language])
        put(folder / "copied", sorted(each for each in DRIVERS.iterdir() if each.is_file()), by=copy_drivers)
    return folder


def put(mark: Path, sources: Sequence[Path], *, by: Callable[[Path], None]) -> None:
    """Put something into a mark's folder, unless the mark says that it was made of the same files.

    Never once more: somebody else may be running what is there, and a file that is being written is an empty one.
    """
    stamp = hashlib.sha256(b"".join(each.name.encode() + each.read_bytes() for each in sources)).hexdigest()
    if mark.exists() and mark.read_text() == stamp:
        return
    mark.unlink(missing_ok=True)
    by(mark.parent)
    mark.write_text(stamp)


def copy_drivers(folder: Path) -> None:
    """Copy the drivers to where they find their packages."""
    shutil.copytree(DRIVERS, folder / "drivers", dirs_exist_ok=True)


def install_python(folder: Path) -> None:
    """Make a virtual environment with the pinned packages, checked against their hashes."""
    run([sys.executable, "-m", "venv", "--clear", str(folder / "venv")], folder)
    options = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
    command = [str(folder / "venv/bin/python"), "-m", "pip", "install", *options]
    run([*command, "-r", str(PINS / "requirements.txt")], folder)


def install_node(folder: Path) -> None:
    """Install the pinned packages without running their scripts."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise CannotInstallError("node or npm is missing")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PINS / name, folder / name)
    # Not `npm ci`: it refuses a lock without the optional packages of every other system.
    run(["npm", "install", "--no-save", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund"], folder)


INSTALLERS = {"node": install_node, "python": install_python}


def run(command: list[str], folder: Path) -> None:
    """Run an installer to its end. Raises CannotInstallError without a network, RuntimeError for pins that fail."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False)
    if not done.returncode:
        return
    said = done.stdout + done.stderr
    if found := NO_NETWORK.search(said):
        raise CannotInstallError(f"{command[0]} says {found[0]}")
    raise RuntimeError(f"{' '.join(command[:4])} failed: {said[-1000:]}")


def tell(name: str, root: Path, *, host: str, key: str) -> subprocess.CompletedProcess[str]:
    """Run an SDK's driver in a process of its own, with nothing of ours but host and key, to its end."""
    _brand, _, language = name.rpartition("_")
    folder = install(language, root)
    interpreter = ["node"] if language == "node" else [str(folder / "venv/bin/python")]
    script = f"drivers/{name}.{'mjs' if language == 'node' else 'py'}"
    kept = {each: os.environ[each] for each in ("PATH", "HOME", "LANG") if each in os.environ}
    return subprocess.run(
        [*interpreter, script],
        cwd=folder,
        env=kept | {"SDK_HOST": host, "SDK_KEY": key},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DRIVER_SECONDS,
        check=False,
    )
