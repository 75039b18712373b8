"""The daily comparison of what providers list with the ledger.

Listed first, to the last page, so that a provider that goes away leaves nothing half done; then compared; the result
is written in one transaction. Money that the ledger lacks is taken as if its webhook came now.
"""

from commerce.orders.services.comparing.findings import resolve_difference, resolve_differences_of
from commerce.orders.services.comparing.running import (
    ComparisonUnderWay,
    NothingToCompare,
    ask_for_comparison,
    compare_day,
    compare_due_days,
    due_days,
)

__all__ = [
    "ComparisonUnderWay",
    "NothingToCompare",
    "ask_for_comparison",
    "compare_day",
    "compare_due_days",
    "due_days",
    "resolve_difference",
    "resolve_differences_of",
]
