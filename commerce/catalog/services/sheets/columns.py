"""The columns of a sheet of products, each once: its name, what it is of, and how its cells are read and shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from commerce.catalog.models import Brand, Category, Gender, Product, ProductStatus, ProductVariant
from zuka.platform.cells import BadCell, read_naira
from zuka.platform.spreadsheets import guard_text, plain_text, unguard_text

MOST_WHOLE = 2_147_483_647
MOST_DIGITS = 12
YES, NO = frozenset({"yes", "true", "1", "y"}), frozenset({"no", "false", "0", "n"})


class Of(StrEnum):
    """What a column is of."""

    PRODUCT = "product"
    VARIANT = "variant"
    STOCK = "stock"


@dataclass(slots=True)
class Shelves:
    """The categories and brands that cells may name, by slug."""

    categories: Mapping[str, Category] = field(default_factory=dict)
    brands: Mapping[str, Brand] = field(default_factory=dict)


Read = Callable[[str, Shelves], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, whose attribute it is, how a cell is read and shown, and what it means."""

    name: str
    of: Of
    attribute: str
    read: Read
    show: Callable[[Any], str]
    text: str
    is_text: bool = True
    needed: bool = False  # for a new product or variant

    def cell(self, thing: Product | ProductVariant) -> str:
        """Return what the column shows of a product or variant."""
        shown = plain_text(self.show(getattr(thing, self.attribute)))
        return guard_text(shown) if self.is_text else shown

    def clean(self, value: Any) -> str:
        """Return a cell as text that can be compared with another one, and read."""
        text = plain_text(value)
        return unguard_text(text) if self.is_text else text.removeprefix("'")


def text_or_none(text: str, _shelves: Shelves) -> str | None:
    """Text; empty: none."""
    return text or None


def text_or_empty(text: str, _shelves: Shelves) -> str:
    """Text, which may be empty."""
    return text


def words(text: str, _shelves: Shelves) -> list[str]:
    """Words with commas between them."""
    found = [" ".join(each.split()) for each in text.split(",")]
    return list(dict.fromkeys(each for each in found if each))


def naira(text: str, _shelves: Shelves) -> int | None:
    """An amount in naira; empty: none."""
    return read_naira(text) if text else None


def whole(text: str, _shelves: Shelves) -> int | None:
    """A whole number, zero or more; empty: none."""
    if not text:
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS or int(text) > MOST_WHOLE:
        raise BadCell("is no whole number; write one like 12")
    return int(text)


def flag(text: str, _shelves: Shelves) -> bool:
    """`yes` or `no`; empty: no."""
    if text.lower() in YES:
        return True
    if text and text.lower() not in NO:
        raise BadCell("is neither yes nor no; write one of them")
    return False


def one_of(choices: list[str]) -> Read:
    """Return a reader of one word among some."""

    def read(text: str, _shelves: Shelves) -> str:
        if text.lower() in choices:
            return text.lower()
        raise BadCell(f"is unknown; write {', '.join(choices[:-1])} or {choices[-1]}")

    return read


def category(text: str, shelves: Shelves) -> Category:
    """The slug of a category."""
    if found := shelves.categories.get(text):
        return found
    raise BadCell("is no slug of a category; make the category first, or write another one")


def brand(text: str, shelves: Shelves) -> Brand | None:
    """The slug of a brand; empty: none."""
    if not text:
        return None
    if found := shelves.brands.get(text):
        return found
    raise BadCell("is no slug of a brand; make the brand first, or leave the cell empty")


def show_text(value: Any) -> str:
    """Show text; nothing for none."""
    return "" if value is None else str(value)


def show_slug(value: Any) -> str:
    """Show a category or brand by its slug."""
    return value.slug if value else ""


def show_naira(value: int | None) -> str:
    """Show kobo in naira."""
    return "" if value is None else f"{Decimal(value) / 100:.2f}"


def show_words(value: list[Any]) -> str:
    """Show words with commas between them."""
    return ", ".join(str(each) for each in value)


def show_flag(value: bool) -> str:  # noqa: FBT001 - it is the cell's value
    """Show yes or no."""
    return "yes" if value else "no"


P, V = Of.PRODUCT, Of.VARIANT
COLUMNS = (
    Column("product_sku", P, "sku", text_or_empty, show_text, "Names the product; the same in each of its rows."),
    Column("name", P, "name", text_or_empty, show_text, "", needed=True),
    Column("slug", P, "slug", text_or_empty, show_text, "In the shop's address; made of the name when it is new."),
    Column("category", P, "category", category, show_slug, "A slug.", needed=True),
    Column("brand", P, "brand", brand, show_slug, "A slug, or nothing."),
    Column("gender", P, "gender", one_of(Gender.values), show_text, ", ".join(Gender.values)),
    Column("status", P, "status", one_of(ProductStatus.values), show_text, ", ".join(ProductStatus.values)),
    Column("price", P, "price_kobo", naira, show_naira, "In naira.", is_text=False, needed=True),
    Column("sale_price", P, "sale_price_kobo", naira, show_naira, "Lower than the price, or nothing.", is_text=False),
    Column("cost_price", P, "cost_price_kobo", naira, show_naira, "In naira, never shown.", is_text=False),
    Column("short_description", P, "short_description", text_or_empty, show_text, ""),
    Column("description", P, "description", text_or_empty, show_text, ""),
    Column("tags", P, "tags", words, show_words, "Words, with commas between."),
    Column("material", P, "material", text_or_none, show_text, ""),
    Column("care_instructions", P, "care_instructions", text_or_none, show_text, ""),
    Column("weight_grams", P, "weight_grams", whole, show_text, "", is_text=False),
    Column("low_stock_threshold", P, "low_stock_threshold", whole, show_text, "", is_text=False),
    Column("featured", P, "featured", flag, show_flag, "yes or no.", is_text=False),
    Column("new_arrival", P, "new_arrival", flag, show_flag, "yes or no.", is_text=False),
    Column("picture", P, "image_url", text_or_none, show_text, "An address, or a path of this site."),
    Column("sku", V, "sku", text_or_empty, show_text, "Names the variant; empty for a product without one."),
    Column("size", V, "size", text_or_none, show_text, ""),
    Column("colour", V, "colour", text_or_none, show_text, ""),
    Column("variant_price", V, "price_kobo", naira, show_naira, "In naira; replaces the product's.", is_text=False),
    Column("variant_picture", V, "image_url", text_or_none, show_text, "An address, or a path of this site."),
    Column("active", V, "active", flag, show_flag, "yes or no.", is_text=False),
    Column("stock", Of.STOCK, "stock_on_hand", whole, show_text, "Pieces on hand.", is_text=False),
)
BY_NAME = {each.name: each for each in COLUMNS}
