"""The table of threats names controls and tests that exist."""

from __future__ import annotations

import ast
from pkgutil import resolve_name

import pytest

from tests.architecture.sources import ROOT, tree
from zuka.threats import RISKS, SHOP, SUBSCRIPTIONS

THREATS = [*RISKS, *SHOP, *SUBSCRIPTIONS]


def exists(node: str) -> bool:
    """Say whether a file has a test of this name at its top."""
    path, _, name = node.partition("::")
    file = ROOT / path
    found = tree(file).body if file.exists() else []
    return any(isinstance(each, ast.FunctionDef) and each.name == name for each in found)


@pytest.mark.parametrize("threat", THREATS, ids=lambda threat: threat.name)
def test_a_threat_has_a_control_and_tests_that_exist(threat):
    assert [name for name in threat.code if resolve_name(name) is None] == []
    assert [node for node in threat.tests if not exists(node)] == []
    assert (len(threat.code) > 0, len(threat.tests) > 0) == (True, True)


def test_no_threat_is_told_twice():
    names = [each.name for each in THREATS]
    assert len(names) == len(set(names))
