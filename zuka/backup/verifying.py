"""Reading a backup back: every file there, as long as it was written, and the same."""

from __future__ import annotations

import hashlib

from zuka.backup.manifest import Manifest, Part
from zuka.backup.places import Place
from zuka.backup.refusals import BackupDamaged


def verify_backup(*, place: Place, name: str) -> Manifest:
    """Read all of a backup and return what it says of itself. Raises BackupDamaged with every file that differs."""
    manifest = place.manifest(name)
    if manifest.name != name:
        raise BackupDamaged(f"{place.path(name)} is damaged: it has the manifest of {manifest.name}. Take another one.")
    refuse_damage(place, manifest)
    return manifest


def refuse_damage(place: Place, manifest: Manifest) -> None:
    """Read all files of a backup. Raises BackupDamaged with every one that differs."""
    wrong = [text for part in manifest.parts if (text := find_damage(place, manifest.name, part))]
    if wrong:
        raise BackupDamaged(f"{place.path(manifest.name)} is damaged: {'; '.join(wrong)}. Take another one.")


def find_damage(place: Place, name: str, part: Part) -> str:
    """Return what is wrong with a file; nothing where it is as it was written."""
    digest, size = hashlib.sha256(), 0
    try:
        for data in place.read(name, part.name):
            digest.update(data)
            size += len(data)
    except FileNotFoundError:
        return f"{part.name} is missing"
    if size != part.bytes:
        return f"{part.name} has {size} bytes instead of {part.bytes}"
    return "" if digest.hexdigest() == part.sha256 else f"{part.name} is not what was written"
