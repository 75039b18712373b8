"""Names and words of the repository."""

import ast
import re

from tests.architecture.sources import EVERYWHERE, PACKAGES, ROOT, functions, place, python_files, tree

DRAWERS = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "misc"}
UNREASONED = re.compile(r"#\s*(noqa|type: ignore)(?!:\s*[A-Z]+\d|\[)")
LATER = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")


def test_no_module_is_a_drawer():
    found = {part for path in python_files(*PACKAGES) for part in path.relative_to(ROOT).with_suffix("").parts}
    assert found & DRAWERS == set()


def test_nothing_is_switched_off_without_saying_what():
    found = [
        f"{place(path)}:{number}"
        for path in python_files(*EVERYWHERE)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNREASONED.search(line) or LATER.search(line)
    ]
    assert found == []


def test_public_functions_and_classes_say_what_they_do():
    silent = [
        f"{place(path)}:{node.lineno} {node.name}"
        for path in python_files("zuka", "analytics", "commerce", "pets")
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and path.parent.name != "commands"
        and not node.name.startswith("_")
        and is_top_level(path, node)
        and not ast.get_docstring(node)
    ]
    assert silent == []


def is_top_level(path, node):
    return node in tree(path).body


def test_sql_is_never_made_from_strings():
    """What is executed comes from files or psycopg.sql; DDL of migrations is Django's, which quotes for itself."""
    bad = [
        f"{place(path)}:{call.lineno}"
        for path in python_files(*PACKAGES)
        for call in ast.walk(tree(path))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and getattr(call.func.value, "id", "") != "schema_editor"
        and call.func.attr in {"execute", "executemany", "copy", "raw", "extra"}
        and call.args
        and isinstance(call.args[0], (ast.JoinedStr, ast.BinOp))
    ]
    assert bad == []


def test_functions_take_no_more_than_they_can_name():
    """Beyond five positional arguments a call cannot be read: such functions are keyword-only."""
    long = [
        f"{place(path)}:{node.lineno} {node.name}"
        for path in python_files(*PACKAGES)
        for node in functions(path)
        if len(node.args.args) > 6
    ]
    assert long == []


def test_locks_of_node_name_no_registry_but_npm_s_own():
    """A lock that was made behind a mirror would send everybody else there."""
    locks = [path for path in (ROOT / "tests").rglob("package-lock.json") if "node_modules" not in path.parts]
    hosts = {url for path in locks for url in re.findall(r'"resolved": "(https?://[^/]+/)', path.read_text())}
    assert locks != []
    assert hosts <= {"https://registry.npmjs.org/"}


def test_no_text_holds_both_sides_of_a_merge():
    torn = re.compile(r"^(<{7}|>{7}) ", re.MULTILINE)
    folders = (*EVERYWHERE, "docs", "templates")
    texts = [*ROOT.glob("*.*"), *(path for folder in folders for path in (ROOT / folder).rglob("*.*"))]
    kinds = {".md", ".html", ".js", ".css", ".sql", ".sh", ".toml", ".yml", ".lock", ".txt", ".json"}
    found = [place(path) for path in texts if path.suffix in kinds and torn.search(path.read_text(encoding="utf-8"))]
    assert found == []
