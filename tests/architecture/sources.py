"""The project's own source files, read once."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("zuka", "analytics", "commerce", "pets")
EVERYWHERE = (*PACKAGES, "tests", "bench")


@cache
def python_files(*folders: str) -> list[Path]:
    """Return the Python files of folders; migrations are exempt from what is asked of code."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    """Return a file's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Return every function of a file, methods and inner ones too."""
    return [node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return a function's number of lines, decorators left out."""
    return (node.end_lineno or node.lineno) - node.lineno + 1


def place(path: Path) -> str:
    """Return a path from the top of the repository."""
    return str(path.relative_to(ROOT))
