"""Odd files: marks, encodings, cut rows, lists, bombs; what cannot be read is told and the next row follows."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import pytest

from analytics.history import opening, records
from analytics.history.opening import BadFile
from analytics.history.records import HistoryFile

TABLE = "when,who\n1,Adé\n"
READ = [{"when": "1", "who": "Adé"}]


def read(folder: Path, content: bytes, *patterns: str) -> list[Any]:
    path = folder / "file"
    path.write_bytes(content)
    with HistoryFile(path, patterns=patterns or ("*.csv",)) as file:
        return [each.value or (each.number, each.problem) for each in file.records()]


@pytest.mark.parametrize(
    "content",
    [
        TABLE.encode(),
        TABLE.encode("utf-8-sig"),
        TABLE.encode("utf-16"),
        TABLE.replace(",", "\t").replace("\n", "\r\n").encode("utf-16-le").join([b"\xff\xfe", b""]),
        TABLE.replace(",", ";").encode("cp1252"),
        gzip.compress(TABLE.encode(), mtime=0),  # the same name of the test in every process
        b"when,who\n\n1,Ad\xc3\xa9\n,\n",
    ],
)
def test_encodings_marks_and_delimiters(tmp_path: Path, content: bytes) -> None:
    assert read(tmp_path, content) == READ


def test_rows_of_mixed_encodings_and_cells(tmp_path: Path) -> None:
    rows = b'when,who\n1,Ad\xc3\xa9\n2,Ad\xe9\n3,"a\nb"\n4\n5,a,b\n6,x\x00y\n'
    assert read(tmp_path, rows) == [
        *READ,
        {"when": "2", "who": "Adé"},
        {"when": "3", "who": "a\nb"},
        {"when": "4"},
        (5, "The row has 3 cells, the first row 2."),
        {"when": "6", "who": "x\ufffdy"},
    ]


def test_a_quote_that_never_ends_is_one_bad_row(tmp_path: Path) -> None:
    assert read(tmp_path, b'when,who\n1,"' + b"a" * 140_000 + b"\n2,b\n") == [
        (1, "The row cannot be read: field larger than field limit (131072)."),
        {"when": "2", "who": "b"},
    ]


def test_lines_that_are_no_objects_and_too_long_ones(tmp_path: Path) -> None:
    rows = b'{"a": 1}\n\nnull\n{"a": \n{"a": "' + b"x" * (3 << 20) + b'"}\n{"a": NaN}\n'
    assert read(tmp_path, rows) == [
        {"a": 1},
        (2, "The line is no JSON object."),
        (3, "The line is no JSON."),
        (4, "It is longer than 1 MB."),
        {"a": None},
    ]


def test_lists_are_read_item_by_item(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "JSON_PIECE", 16)
    items = [{"a": "x" * 40}, {"b": [1, {"c": "]"}]}, {"d": "é\u0000"}]
    whole = json.dumps(items, indent=2).encode()
    assert read(tmp_path, whole) == [*items[:2], {"d": "é\ufffd"}]
    assert read(tmp_path, b"[]") == []
    assert read(tmp_path, b'\xef\xbb\xbf[{"a": 1}, 5 , {"a": 2}]') == [{"a": 1}, (2, "It is no JSON object."), {"a": 2}]
    with pytest.raises(BadFile, match="The list broke off"):
        read(tmp_path, whole[:-20])
    monkeypatch.setattr(records, "LARGEST_ITEM", 64)
    with pytest.raises(BadFile, match="larger than"):
        read(tmp_path, b'[{"a": "' + b"x" * 1000 + b'"}]')


def test_files_in_a_zip_are_read_in_their_order(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in (
            ("b.csv", "x,y\n3,4\n"),
            ("sub/a.CSV", "x,y\n1,2\n"),
            ("__MACOSX/a.csv", "!"),
            ("c.txt", "?"),
        ):
            packed.writestr(name, content)
    assert read(tmp_path, buffer.getvalue()) == [{"x": "3", "y": "4"}, {"x": "1", "y": "2"}]
    with pytest.raises(BadFile, match=r"holds no file like \*\.json"):
        read(tmp_path, buffer.getvalue(), "*.json")
    with pytest.raises(BadFile, match="The zip is damaged"):
        read(tmp_path, buffer.getvalue()[:-30])


@pytest.mark.parametrize("damage", ["cut", "bits", "bomb"])
def test_damaged_and_hostile_archives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    monkeypatch.setattr(opening, "ALWAYS_ALLOWED", 1 << 20)
    rows = b"when,who\n" + b"1,a\n" * 3_000_000
    packed = bytearray(gzip.compress(rows if damage == "bomb" else rows[:4_000]))
    if damage == "bits":
        packed[12] ^= 0xFF
    content = bytes(packed[: len(packed) // 2] if damage == "cut" else packed)
    with pytest.raises(BadFile, match="unpacks to more than 200 times" if damage == "bomb" else "damaged or broke off"):
        read(tmp_path, content)


def test_the_files_in_a_zip_unpack_to_no_more_than_one_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "ALWAYS_ALLOWED", 1 << 20)
    monkeypatch.setattr(opening, "MOST_TIMES", 1)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in ("a.csv", "b.csv"):
            packed.writestr(name, "x,y\n" + "3,4\n" * 200_000)
    with pytest.raises(BadFile, match="unpacks to more than"):
        read(tmp_path, buffer.getvalue())


def test_memory_is_that_of_a_row(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with gzip.open(path, "wb") as file:
        for _ in range(40):
            file.write(b'{"a": "' + b"0123456789" * 50_000 + b'"}\n')
    tracemalloc.start()
    try:
        with HistoryFile(path, patterns=()) as history:
            assert sum(1 for _ in history.records()) == 40
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_reading_goes_on_behind_a_row_and_tells_how_far_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"a,b\n" + b"1,2\n" * 40_000)
    with HistoryFile(path, patterns=()) as file:
        numbers = [each.number for each in file.records(after=39_998)]
        assert (numbers, file.position) == ([39_999, 40_000], path.stat().st_size)
