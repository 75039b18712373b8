"""Countries by name: what some products write where others have ISO 3166's code. Names are the tz database's."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

# Google's names that the tz database writes otherwise.
OTHERS: dict[str, str] = {
    "antigua and barbuda": "AG",
    "bosnia and herzegovina": "BA",
    "cabo verde": "CV",
    "central african republic": "CF",
    "congo - brazzaville": "CG",
    "congo - kinshasa": "CD",
    "czechia": "CZ",
    "eswatini": "SZ",
    "macao": "MO",
    "north korea": "KP",
    "south korea": "KR",
    "são tomé & príncipe": "ST",
    "the bahamas": "BS",
    "the gambia": "GM",
    "timor-leste": "TL",
    "trinidad and tobago": "TT",
    "türkiye": "TR",
    "united kingdom": "GB",
}


@cache
def codes() -> dict[str, str]:
    """Return the code of each name in small letters."""
    table = files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {name.lower(): code for code, name in rows} | OTHERS


def country_code(name: str) -> str:
    """Return the code of a country by its name, or a code as it is; empty for what is neither."""
    told = name.strip()
    if len(told) == 2:
        return told.upper()
    return codes().get(told.lower(), "")
