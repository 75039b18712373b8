"""Looking for words in every column of every table, every file and every key of Valkey."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import redis
from django.conf import settings
from django.db import connection
from psycopg import sql

COLUMNS = """
    SELECT class.relname, attribute.attname
    FROM pg_class AS class
    JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
    JOIN pg_attribute AS attribute ON attribute.attrelid = class.oid
    WHERE namespace.nspname = current_schema() AND class.relkind IN ('r', 'm') AND attribute.attnum > 0
        AND NOT attribute.attisdropped
    ORDER BY 1, 2
"""
TOLD = sql.SQL("SELECT {column} FROM {table} WHERE {column} IS NOT NULL")
TEXT = sql.SQL("SELECT lower({column}::text) FROM {table} WHERE {column} IS NOT NULL")
BYTES = sql.SQL("SELECT lower(convert_from({column}, 'LATIN1')) FROM {table} WHERE {column} IS NOT NULL")


def tables_and_columns() -> list[tuple[str, str, str]]:
    """Every column of every table and materialized view, with its type; partitions by their own names."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS.replace("attribute.attname", "attribute.attname, attribute.atttypid::regtype::text", 1))
        return [(table, column, kind) for table, column, kind in cursor.fetchall()]


def find_in_database(words: Mapping[str, str]) -> set[str]:
    """Return where words stand: `table.column: name of the word`."""
    found = set()
    with connection.cursor() as cursor:
        for table, column, kind in tables_and_columns():
            names = {"table": sql.Identifier(table), "column": sql.Identifier(column)}
            cursor.execute((BYTES if kind == "bytea" else TEXT).format(**names))
            said = "\n".join(row[0] for row in cursor.fetchall())
            found |= {f"{table}.{column}: {name}" for name, word in words.items() if word.lower() in said}
    return found


def contents(path: Path) -> Iterator[bytes]:
    """A file, and what is in it where it is packed."""
    data = path.read_bytes()
    yield data
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(path) as packed:
            yield from (packed.read(name) for name in packed.namelist())


def find_in_files(folders: Iterable[Path], words: Mapping[str, str]) -> set[str]:
    """Return files, by their last part, in which words stand."""
    found = set()
    for folder in folders:
        for path in (each for each in folder.rglob("*") if each.is_file()):
            said = [str(path).lower().encode(), *(each.lower() for each in contents(path))]
            found |= {
                f"{path.suffix}: {name}"
                for name, word in words.items()
                if any(word.lower().encode() in each for each in said)
            }
    return found


def find_in_valkey(words: Mapping[str, str]) -> set[str]:
    """Return keys of Valkey in whose name or value words stand."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    found = set()
    for key in client.scan_iter(count=1000):
        said = (key + (client.dump(key) or b"")).lower()
        found |= {
            f"{key.decode(errors='replace')}: {name}" for name, word in words.items() if word.lower().encode() in said
        }
    return found


def find_everywhere(words: Mapping[str, str], folders: Iterable[Path]) -> set[str]:
    """Return wherever words stand."""
    return find_in_database(words) | find_in_files(folders, words) | find_in_valkey(words)
