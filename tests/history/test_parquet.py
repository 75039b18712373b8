"""Parquet: nested rows as they are, and none that takes more memory than its file can honestly hold."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.history import importing, parquet
from analytics.history.importing import in_chunks
from analytics.history.opening import BadFile
from analytics.history.records import HistoryFile

LONG = "x" * 1_000_000


def write(folder: Path, table: Any, **how: Any) -> Path:
    path = folder / "file"
    pq.write_table(table, path, compression="zstd", **how)
    return path


def read(path: Path) -> list[Any]:
    with HistoryFile(path, patterns=()) as file:
        return [each.value or (each.number, each.problem) for each in file.records()]


def test_rows_are_what_was_written_however_they_are_taken_apart(tmp_path: Path) -> None:
    rows = [
        {"name": "a", "all": [{"key": "k", "n": 1}, {"key": None, "n": None}], "raw": b"1", "map": [("a", "b")]},
        {"name": None, "all": [], "raw": None, "map": None},
        {"name": "b", "all": None, "raw": b"1", "map": []},
        {"name": "a", "all": [{"key": "k", "n": 2}], "raw": b"2", "map": [("a", "c"), ("d", None)]},
    ]
    item = pa.struct([("key", pa.string()), ("n", pa.int64())])
    columns = [("name", pa.string()), ("all", pa.list_(item)), ("raw", pa.binary())]
    schema = pa.schema([*columns, ("map", pa.map_(pa.string(), pa.string()))])
    path = write(tmp_path, pa.Table.from_pylist(rows, schema=schema), row_group_size=3)
    assert read(path) == rows
    told = {"use_dictionary": False, "column_encoding": {"name": "DELTA_BYTE_ARRAY"}}
    assert read(write(tmp_path, pa.Table.from_pylist(rows, schema=schema), **told)) == rows


def test_texts_that_are_too_many_to_be_kept_apart_are_read_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "LARGEST_ROW", 50_000)
    rows = [{"all": [{"key": f"{number % 700:0>100}"}, {"key": "a"}], "who": str(number)} for number in range(3_000)]
    path = write(tmp_path, pa.Table.from_pylist(rows), dictionary_pagesize_limit=10_000, data_page_size=5_000)
    assert "PLAIN" in {*pq.ParquetFile(path).metadata.row_group(0).column(0).encodings}
    assert read(path) == rows


def test_a_text_that_is_meant_many_times_is_in_memory_once(tmp_path: Path) -> None:
    meant = pa.DictionaryArray.from_arrays(pa.array([0] * 200, pa.int32()), [LONG])
    listed = pa.ListArray.from_arrays(pa.array([*range(201)], pa.int32()), meant)
    path = write(tmp_path, pa.table({"who": meant, "all": listed}))
    assert path.stat().st_size < 2_000
    del meant, listed
    pool = pa.system_memory_pool()
    before, default = pool.max_memory(), pa.default_memory_pool()
    pa.set_memory_pool(pool)
    try:
        with HistoryFile(path, patterns=()) as file:
            sizes = [len(chunk) for chunk in in_chunks(file, after=0)]
        assert (sum(sizes), max(sizes) < 20) == (200, True)
        assert pool.max_memory() - before < 32 << 20
    finally:
        pa.set_memory_pool(default)


@pytest.mark.parametrize(
    ("column", "how", "said"),
    [
        (lambda: pa.array(["x" * (20 << 20)]), {}, "c unpacks to 20 MB in one group of rows, from [0-9,]+ bytes"),
        (lambda: pa.array([[None] * 14_000_000], pa.list_(pa.int8())), {}, "unpacks to more than 200 times its size"),
        (lambda: pa.array([b"x" * 300], pa.binary(300)), {}, "c has 300 bytes in each row: write it as text"),
        (
            lambda: pa.array([["a", "b"]]),
            {"use_dictionary": False, "column_encoding": "DELTA_BYTE_ARRAY"},
            "c.list.element is a list written as DELTA_BYTE_ARRAY",
        ),
    ],
    ids=["a page", "a list", "a width", "differences"],
)
def test_what_no_honest_file_says_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: Any, how: dict[str, Any], said: str
) -> None:
    path = write(tmp_path, pa.table({"c": column()}), **how)
    monkeypatch.setattr(pq.ParquetFile, "iter_batches", None)
    with pytest.raises(BadFile, match=said):
        read(path)


def test_a_row_that_is_too_large_is_told_and_the_next_follows(tmp_path: Path) -> None:
    meant = pa.DictionaryArray.from_arrays(pa.array([0] * 9 + [1], pa.int32()), [LONG, "y"])
    path = write(tmp_path, pa.table({"all": pa.ListArray.from_arrays(pa.array([0, 9, 10], pa.int32()), meant)}))
    assert [each if isinstance(each, tuple) else each["all"] for each in read(path)] == [
        (1, "The row is larger than 8 MB."),
        ["y"],
    ]


def test_large_rows_come_fewer_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "CHUNK_BYTES", 1 << 20)
    path = tmp_path / "file"
    path.write_bytes(gzip.compress(b"".join(json.dumps({"a": "x" * (300 << 10)}).encode() + b"\n" for _ in range(8))))
    with HistoryFile(path, patterns=()) as file:
        assert [len(chunk) for chunk in in_chunks(file, after=0)] == [4, 4]
