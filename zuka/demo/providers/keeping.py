"""Charges in a file, for providers that end and start again: a payment of before can be paid, asked after, refunded."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from zuka.demo.providers.state import Charge, Customer, Refund

logger = logging.getLogger(__name__)


def read_charges(path: Path) -> list[Charge]:
    """Return the charges of a file; none where there is no file, or one that cannot be understood."""
    if not path.exists():
        return []
    try:
        return [read_charge(facts) for facts in json.loads(path.read_text(encoding="utf-8"))]
    except (OSError, ValueError, TypeError, LookupError) as error:
        logger.warning("%s cannot be read, so earlier payments are forgotten: %r", path, error)
        return []


def read_charge(facts: Mapping[str, Any]) -> Charge:
    """Return a charge from what was written of it."""
    settled_at = facts["settled_at"]
    more = {
        "customer": Customer(**facts["customer"]),
        "created_at": datetime.fromisoformat(facts["created_at"]),
        "settled_at": datetime.fromisoformat(settled_at) if settled_at else None,
        "refunds": tuple(
            Refund(**{**each, "created_at": datetime.fromisoformat(each["created_at"])}) for each in facts["refunds"]
        ),
    }
    return Charge(**{**facts, **more})


def write_charges(path: Path, charges: Iterable[Charge]) -> None:
    """Write all charges, for nobody else to read, whole or not at all."""
    fresh = path.with_name(f"{path.name}.fresh")
    text = json.dumps([asdict(charge) for charge in charges], default=write_value)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    fresh.replace(path)


def write_value(value: Any) -> str | float:
    """Return what JSON has no form for: moments, and the decimals of what shops say about a charge."""
    return value.isoformat() if isinstance(value, datetime) else float(value)
