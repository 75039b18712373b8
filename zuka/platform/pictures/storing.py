"""Keeping pictures in Django's storage, and deleting those that nothing names any more."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection, transaction

from zuka.platform.disk import write_whole
from zuka.platform.pictures.reading import MEGABYTE, MOST_BYTES, BadPicture, draw_again
from zuka.platform.pictures.sizes import ADDRESS, DIGEST_LETTERS, FOLDER, MEDIA_URL, Picture, find_picture

# A form that was refused for another field keeps its picture for so long.
KEPT_UNNAMED = timedelta(days=1)
READABLE = 0o644


class WholeFileStorage(FileSystemStorage):
    """A folder of files that are there whole or not at all. A name that is taken is replaced."""

    def get_available_name(self, name: str, max_length: int | None = None) -> str:  # noqa: ARG002 - Django's signature
        """Return the name itself."""
        return name

    def _save(self, name: str, content: Any) -> str:
        write_whole(Path(self.path(name)), content.chunks(), mode=READABLE)
        return name


def store_picture(file: IO[bytes], *, size: int) -> Picture:
    """Keep an upload of so many bytes in all its sizes; return it. The same picture again is kept once.

    Until the caller's transaction ends nothing is deleted, so that a picture is either gone or named by a row.
    Raises `BadPicture`.
    """
    if not settings.MEDIA_ROOT:
        raise BadPicture("The shop has no folder for pictures yet. Set MEDIA_ROOT, or give the picture's address.")
    if size > MOST_BYTES:
        raise BadPicture(f"It has {size / MEGABYTE:.0f} MB, more than {MOST_BYTES // MEGABYTE}. Make it smaller first.")
    (width, height), files = draw_again(file)
    picture = Picture(hashlib.sha256(files[-1]).hexdigest()[:DIGEST_LETTERS], width, height)
    keep_pictures()
    try:
        for name, content in zip(picture.names, files, strict=True):
            default_storage.save(name, ContentFile(content))
    except OSError as error:
        raise BadPicture(f"It could not be kept: {error.strerror}. Tell who runs the server.") from error
    return picture


def keep_pictures() -> None:
    """Let nothing be deleted until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(hashtext('zuka:pictures'))")


def is_kept(url: str) -> bool:
    """Say whether a picture of ours can be named: its file is there, and stays until the transaction ends."""
    picture = find_picture(url)
    if picture is None or not settings.MEDIA_ROOT:
        return False
    keep_pictures()
    return all(default_storage.exists(name) for name in picture.names)


def digests_in(texts: Iterable[str | None]) -> set[str]:
    """Return which pictures of ours some texts name, also as part of a longer address."""
    return {found["digest"] for text in texts for found in ADDRESS.finditer(text or "")}


@transaction.atomic
def delete_unnamed(*, at: datetime, named: Iterable[Callable[[], set[str]]]) -> int:
    """Delete the pictures that nothing names and nobody touched for a day; return how many files went.

    Each of `named` returns the digests that some tables name. They are asked while no picture can be added.
    """
    if not settings.MEDIA_ROOT or not default_storage.exists(FOLDER):
        return 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('zuka:pictures'))")
    files = old_files(before=at - KEPT_UNNAMED)
    for find_named in named:
        if files:
            kept = find_named()
            files = {name: digest for name, digest in files.items() if digest not in kept}
    for name in files:
        default_storage.delete(name)
    return len(files)


def old_files(*, before: datetime) -> dict[str, str]:
    """Return our files that were written before a moment, with their digests; '' for what was left half written."""
    found = {}
    for folder in default_storage.listdir(FOLDER)[0]:
        for file in default_storage.listdir(f"{FOLDER}/{folder}")[1]:
            name = f"{FOLDER}/{folder}/{file}"
            match = ADDRESS.fullmatch(MEDIA_URL + name)
            is_ours = match is not None or file.startswith(".")
            if is_ours and default_storage.get_modified_time(name) < before:
                found[name] = match["digest"] if match else ""
    return found
