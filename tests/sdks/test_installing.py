"""What is installed is left alone while somebody may be running it."""

from __future__ import annotations

from pathlib import Path

from tests.sdks.installing import put


def test_files_are_put_once_and_again_when_they_change(tmp_path: Path) -> None:
    source, mark = tmp_path / "driver.py", tmp_path / "place" / "copied"
    mark.parent.mkdir()
    made: list[str] = []

    def make(folder: Path) -> None:
        assert not mark.exists(), "one that is ended half way would count as whole"
        made.append(f"{folder.name}: {source.read_text()}")

    for text in ("first", "first", "second", "second"):
        source.write_text(text)
        put(mark, [source], by=make)

    assert made == ["place: first", "place: second"]
