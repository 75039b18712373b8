"""The pet's hands: every ability declared once, with typed arguments. The only part of pets that meets the shop.

A tool acts as the signed-in person and by the shop's own services: what those refuse, no pet can do. One that changes
something is asked first; the yes is for arguments that are fixed by then, not for what a brain says next.
"""

from __future__ import annotations

from collections.abc import Mapping

from pets.tools import basket, catalogue, orders, rewards, tastes
from pets.tools.forms import (
    BadArguments,
    ChoiceNeeded,
    Context,
    NotFound,
    Outcome,
    Proposal,
    Tool,
)
from pets.tools.tastes import learn_from_orders

MODULES = (catalogue, basket, orders, tastes, rewards)
TOOLS: Mapping[str, Tool] = {tool.name: tool for module in MODULES for tool in module.TOOLS}


def find_tool(name: str) -> Tool:
    """Return a tool. Raises `NotFound`."""
    found = TOOLS.get(name)
    if found is None:
        raise NotFound(f"There is no tool {name[:60]}.")
    return found


__all__ = [
    "TOOLS",
    "BadArguments",
    "ChoiceNeeded",
    "Context",
    "NotFound",
    "Outcome",
    "Proposal",
    "Tool",
    "find_tool",
    "learn_from_orders",
]
