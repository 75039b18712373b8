"""Sizes are tests: when one fails, split by noun. There is no list of exceptions."""

from statistics import median

from tests.architecture.sources import EVERYWHERE, PACKAGES, ROOT, functions, length, place, python_files

FILE_LINES, FUNCTION_LINES, MEDIAN_LINES, SQL_LINES = 400, 60, 10, 80


def test_no_file_is_too_long():
    counts = {place(path): len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*EVERYWHERE)}
    assert {path: lines for path, lines in counts.items() if lines > FILE_LINES} == {}


def test_no_function_is_too_long():
    long = [
        f"{place(path)}:{node.lineno} {node.name} has {length(node)} lines"
        for path in python_files(*EVERYWHERE)
        for node in functions(path)
        if length(node) > FUNCTION_LINES
    ]
    assert long == []


def test_functions_are_short_as_a_rule():
    assert median(length(node) for path in python_files(*PACKAGES) for node in functions(path)) < MEDIAN_LINES


def test_no_query_is_too_long():
    files = sorted((ROOT / "analytics/store/sql").rglob("*.sql"))
    queries = [path for path in files if path.parent.name != "triggers"]
    assert len(queries) > 20
    assert [place(path) for path in queries if len(path.read_text().splitlines()) > SQL_LINES] == []
