"""From a file to the rows of a sheet of products."""

from __future__ import annotations

from commerce.catalog.services.sheets.columns import BY_NAME
from zuka.platform.sheets import Row, read_sheet


def read_rows(content: bytes) -> list[Row]:
    """Return the rows of a file that are not empty. Raises `BadSheet`, which says what to mend."""
    return read_sheet(content, known=BY_NAME, needed=("product_sku",))
