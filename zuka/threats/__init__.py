"""What could go wrong on purpose, what stands against it, and the test that proves it: `docs/threats.md`.

Each row names the code that is the control and tests by their node ids; a test sees to it that both exist. What is not
there yet is said in the row.
"""

from __future__ import annotations

from collections.abc import Sequence

from zuka.platform.documents import add_document, markdown_table, page
from zuka.threats.plans import SUBSCRIPTIONS
from zuka.threats.risks import RISKS
from zuka.threats.rows import Threat
from zuka.threats.shop import SHOP

__all__ = ["RISKS", "SHOP", "SUBSCRIPTIONS"]


def rows_of(threats: Sequence[Threat]) -> str:
    """Return threats as a table."""
    titles = ("Threat", "How it comes", "What stands against it", "In the code", "Proved by", "Not yet")
    rows = (
        (
            each.name,
            each.path,
            each.control,
            "<br>".join(f"`{name}`" for name in each.code),
            "<br>".join(f"`{node}`" for node in each.tests),
            each.missing,
        )
        for each in threats
    )
    return markdown_table(titles, rows)


def threats_page() -> str:
    """Return the page of threats."""
    return page(
        "Threats",
        "What could go wrong on purpose, for the rooms that there are. Each row names its control in the code and the "
        "tests that prove it; the test of this page fails when one of them is gone.",
        "## OWASP API Security Top 10, 2023",
        rows_of(RISKS),
        "## The shop and its staff",
        rows_of(SHOP),
        "## Plans that renew",
        rows_of(SUBSCRIPTIONS),
    )


add_document("docs/threats.md", threats_page)
