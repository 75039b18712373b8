"""Pictures on disk and over HTTP: named by their content, never half written, deleted when nothing names them."""

from __future__ import annotations

import io
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from tests.platform.pictures.drawing import draw
from zuka.platform.checks import check_media
from zuka.platform.pictures.reading import MOST_BYTES, BadPicture
from zuka.platform.pictures.sizes import Picture, find_picture, picture_json
from zuka.platform.pictures.storing import delete_unnamed, digests_in, is_kept, store_picture

LATER = datetime.now(UTC) + timedelta(days=2)


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


def keep(**options: Any) -> Picture:
    content = draw(**options)
    return store_picture(io.BytesIO(content), size=len(content))


def files_in(media: Path) -> list[str]:
    return sorted(str(path.relative_to(media)) for path in media.rglob("*") if path.is_file())


@pytest.mark.django_db
def test_a_picture_is_kept_once_however_often_it_comes(media: Path) -> None:
    picture = keep(width=1000, height=500)
    assert keep(width=1000, height=500) == picture == find_picture(picture.url)
    assert files_in(media) == sorted(picture.names)
    assert [stat.S_IMODE((media / name).stat().st_mode) for name in picture.names] == [0o644, 0o644]


@pytest.mark.django_db
def test_a_picture_is_served_as_a_picture_for_ever_without_a_query(
    client: Client, django_assert_num_queries: Any
) -> None:
    shown = picture_json(keep(width=1000, height=500).url)
    assert shown is not None
    assert [(each["width"], each["height"]) for each in shown["sizes"]] == [(400, 200), (1000, 500)]
    assert (shown["width"], shown["height"], shown["url"]) == (1000, 500, shown["sizes"][-1]["url"])
    for each in shown["sizes"]:
        with django_assert_num_queries(0):
            answer = client.get(each["url"])
        assert answer.status_code == 200
        assert answer.content[8:12] == b"WEBP"
        expected = {
            "Content-Type": "image/webp",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "public, max-age=31536000, immutable",
            "Content-Security-Policy": "default-src 'none'; sandbox",
        }
        assert {name: answer[name] for name in expected} == expected


@pytest.mark.parametrize(
    "path",
    [
        "pictures/ab/" + "ab" * 16 + "-10x10.webp",
        "pictures/ab/" + "ab" * 16 + "-10x10.html",
        "pictures/../secret.webp",
        "secret.txt",
    ],
)
def test_nothing_else_is_served(client: Client, media: Path, settings: Any, path: str) -> None:
    (media / "secret.txt").write_text("secret")
    assert client.get(f"/media/{path}").status_code == 404
    settings.MEDIA_ROOT = ""
    assert client.get(f"/media/{path}").status_code == 404


@pytest.mark.django_db
def test_what_cannot_be_kept_is_refused(settings: Any, media: Path) -> None:
    with pytest.raises(BadPicture, match="It has 16 MB, more than 15"):
        store_picture(io.BytesIO(b""), size=MOST_BYTES + 1024**2)
    (media / "pictures").write_text("a file where a folder is needed")
    with pytest.raises(BadPicture, match="It could not be kept: "):
        keep()
    settings.MEDIA_ROOT = ""
    with pytest.raises(BadPicture, match="Set MEDIA_ROOT"):
        keep()


@pytest.mark.django_db
def test_what_nothing_names_is_deleted_after_a_day(media: Path) -> None:
    named, dropped = keep(), keep(colour="navy", width=1000, height=1000)
    half = media / "pictures" / named.digest[:2] / ".half-written"
    half.touch()
    foreign = media / "pictures" / "ab" / "read-me.txt"
    foreign.parent.mkdir(exist_ok=True)
    foreign.touch()
    asked = [lambda: digests_in([f"https://shop.example{named.url}", None, "https://elsewhere.example/a.jpg"])]
    assert delete_unnamed(at=datetime.now(UTC), named=asked) == 0
    assert delete_unnamed(at=LATER, named=asked) == 3
    assert files_in(media) == sorted([*named.names, str(foreign.relative_to(media))])
    assert (is_kept(named.url), is_kept(dropped.url), is_kept("https://elsewhere.example/a.jpg")) == (
        True,
        False,
        False,
    )


@pytest.mark.django_db
def test_nothing_is_deleted_where_there_is_nothing(settings: Any) -> None:
    assert delete_unnamed(at=LATER, named=[]) == 0
    settings.MEDIA_ROOT = ""
    assert delete_unnamed(at=LATER, named=[]) == 0


@pytest.mark.django_db(transaction=True)
def test_a_picture_that_is_being_saved_is_not_deleted_meanwhile(media: Path) -> None:
    """A row names an old file again; the job waits for the row, and then finds it."""
    rows: set[str] = set()
    picture = keep()
    saving, done = Event(), []

    def delete() -> None:
        saving.wait()
        done.append(delete_unnamed(at=LATER, named=[lambda: set(rows)]))
        connection.close()

    job = Thread(target=delete)
    job.start()
    with transaction.atomic():
        assert is_kept(picture.url)
        saving.set()
        job.join(timeout=0.3)
        assert (done, job.is_alive()) == ([], True)
        rows.add(picture.digest)
    job.join()
    assert (done, files_in(media)) == ([0], picture.names)


def test_a_folder_that_cannot_be_written_is_said_at_start_up(settings: Any, media: Path) -> None:
    assert check_media(None) == []
    settings.MEDIA_ROOT = str(media / "made" / "later")
    assert check_media(None) == []
    (media / "file").touch()
    settings.MEDIA_ROOT = str(media / "file" / "folder")
    found = check_media(None)
    assert [(each.id, each.msg) for each in found] == [
        ("zuka.MEDIA_ROOT", f"MEDIA_ROOT: {media / 'file'} cannot be written.")
    ]
    settings.MEDIA_ROOT = ""
    assert check_media(None) == []
