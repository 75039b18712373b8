"""What a backup says of itself. It is written last: a folder without one is no backup."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from zuka.backup.refusals import BackupDamaged

FORMAT = 1
MANIFEST = "manifest.json"
DATABASE = "database.dump"
PATTERN = "zuka-%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup; `files` is how many are in it, of a folder."""

    name: str
    bytes: int
    sha256: str
    files: int | None = None


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What a table held: its rows, and a sum over the hashes of all of them."""

    rows: int
    hash: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """A backup's contents: which code made it, what the database held at its one moment, and its files."""

    name: str
    taken_at: datetime
    version: str  # Zuka's
    postgres: int  # server_version_num
    migrations: list[str]  # app.name, as applied
    tables: dict[str, TableFacts]
    parts: list[Part]
    left_out: list[str]
    database: str = ""  # which one it is of: its server's own number, and its name
    format: int = FORMAT

    @property
    def bytes(self) -> int:
        """The size of all files together."""
        return sum(part.bytes for part in self.parts)

    @property
    def rows(self) -> int:
        """The rows of all tables together."""
        return sum(table.rows for table in self.tables.values())

    def has_part(self, name: str) -> bool:
        """Say whether a file belongs to it."""
        return any(part.name == name for part in self.parts)


def name_of(moment: datetime) -> str:
    """Return the name of a backup that begins now."""
    return moment.astimezone(UTC).strftime(PATTERN)


def moment_of(name: str) -> datetime | None:
    """Return when a backup of this name began; None for what is no backup's name."""
    try:
        return datetime.strptime(name, PATTERN).replace(tzinfo=UTC)
    except ValueError:
        return None  # somebody else's folder, which stays as it is


def encode_manifest(manifest: Manifest) -> bytes:
    """Return a manifest as JSON that people can read."""
    return msgspec.json.format(msgspec.json.encode(asdict(manifest)), indent=2) + b"\n"


def decode_manifest(data: bytes) -> Manifest:
    """Return a manifest from its JSON. Raises BackupDamaged for what is none, or of a newer format."""
    try:
        facts: Any = msgspec.json.decode(data)
        if isinstance(facts, dict) and facts.get("format") != FORMAT:
            raise BackupDamaged(f"Its format is {facts.get('format')}, and this Zuka reads {FORMAT}. Take a newer one.")
        return msgspec.convert(facts, Manifest)
    except msgspec.MsgspecError as error:
        raise BackupDamaged(f"Its {MANIFEST} cannot be read: {error}.") from error
