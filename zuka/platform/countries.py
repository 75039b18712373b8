"""Countries as forms take them: the two letters of ISO 3166-1."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError

CODE = re.compile(r"[A-Z]{2}")


def read_country(text: str) -> str:
    """Return a country's code, however it was written. Raises ValidationError for what has not two letters."""
    code = text.strip().upper()
    if not CODE.fullmatch(code):
        raise ValidationError(f"“{code}” is no country; write its two letters, like NG.")
    return code
