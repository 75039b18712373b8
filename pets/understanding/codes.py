"""Codes that people type: of coupons and of orders."""

from __future__ import annotations

import re

from pets.understanding.lexicon import FILLERS, SPELLINGS

ORDER = re.compile(r"\b(?:zuka[- ]?)?(20\d\d)[- ](\d{4,9})\b|\bzuka[- ]?(20\d\d)(\d{6})\b", re.IGNORECASE)
AFTER_CUE = re.compile(
    r"\b(?:coupon|promo|voucher|discount|(code|kode))s?(?:\s+(code))?(?:\s+(?:is|na|be|called|named))?[\s,:=\"']*(?:(?:is|na)\s+)?"
    r"(?P<code>[a-z0-9][a-z0-9_-]{2,39})\b",
    re.IGNORECASE,
)
BEFORE_CUE = re.compile(r"\b(?P<code>[A-Za-z0-9][A-Za-z0-9_-]{2,39})\s+(?:coupon|promo|voucher|discount|code)\b")
AFTER_VERB = re.compile(
    r"\b(?:apply|use|try|redeem|enter|put)\s+(?:this\s+|am\s+|my\s+)?[:\"']?(?P<code>[a-z0-9][a-z0-9_-]{2,39})\b",
    re.IGNORECASE,
)
MIXED = re.compile(r"(?=[a-z_-]*\d)(?=[\d_-]*[a-z])[a-z0-9_-]+", re.IGNORECASE)
# A size or an amount is letters and digits as well.
NO_CODE = re.compile(r"\d+(?:k|m|th|st|nd|rd|xl|gb|pcs)|[₦#n]?\d+k?|x\d+|size\d+", re.IGNORECASE)
PLAIN = frozenset(
    {"coupon", "coupons", "promo", "voucher", "vouchers", "discount", "discounts", "code", "codes", "points"}
)


def find_order_number(text: str) -> str | None:
    """Return the order's number as orders write it: ZUKA-2026-000123."""
    found = ORDER.search(text)
    if not found:
        return None
    year, number = (found[1], found[2]) if found[1] else (found[3], found[4])
    return f"ZUKA-{year}-{int(number):06d}"


def find_coupon_code(text: str) -> str | None:
    """Return the coupon's code as it was typed, where one is named beside a word for coupons or for using one.

    A word that is no code to look at (small letters alone) counts only right after the word `code`.
    """
    for pattern in (AFTER_CUE, BEFORE_CUE, AFTER_VERB):
        for found in pattern.finditer(text):
            is_told = pattern is AFTER_CUE and bool(found[1] or found[2])
            if is_code(found["code"], is_told=is_told):
                return found["code"]
    return None


def is_code(word: str, *, is_told: bool) -> bool:
    """Say whether a word looks like a code: letters and digits, or capitals; any odd word where one `is_told`."""
    small = word.lower()
    if small in FILLERS or small in PLAIN or small in SPELLINGS or NO_CODE.fullmatch(small):
        return False
    return is_told or bool(MIXED.fullmatch(word)) or (word.isupper() and not word.isdecimal())
