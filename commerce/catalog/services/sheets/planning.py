"""What a sheet would change: every row is compared with what is there, and nothing is written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain, count
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.text import slugify

from commerce.catalog.models import Brand, Category, Product, ProductVariant
from commerce.catalog.services.sheets.columns import BY_NAME, COLUMNS, Of, Shelves
from commerce.catalog.services.stock import StockRefused, check_on_hand
from zuka.platform.cells import BadCell, check_cell
from zuka.platform.sheets import Row
from zuka.platform.spreadsheets import plain_text

Place = tuple[str, str | None, str | None]
# Looked up among the shelves already; to clean them would ask the database once a cell.
SHELVED = frozenset({"category", "brand"})
LONG = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row cannot be taken: its number, the column, and what to write instead."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Change:
    """One cell that changes something: the sku of what it changes, the column, before and after."""

    row: int
    sku: str
    column: str
    before: str
    after: str


@dataclass(slots=True)
class Plan:
    """What a sheet would do."""

    rows: int = 0
    new_products: list[Product] = field(default_factory=list)
    new_variants: list[ProductVariant] = field(default_factory=list)
    changed: dict[Product | ProductVariant, set[str]] = field(default_factory=dict)
    stock: list[tuple[ProductVariant, int]] = field(default_factory=list)
    stock_left_alone: int = 0
    unchanged_rows: int = 0
    bad_rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        """Return how many of each, for people."""
        return {
            "Rows": self.rows,
            "Rows with a mistake": self.bad_rows,
            "Rows that change nothing": self.unchanged_rows,
            "New products": len(self.new_products),
            "Changed products": sum(isinstance(each, Product) for each in self.changed),
            "New variants": len(self.new_variants),
            "Changed variants": sum(isinstance(each, ProductVariant) for each in self.changed),
            "Stock set": len(self.stock),
            "Stock that differs and is left alone": self.stock_left_alone,
        }


class RowProblems(Exception):  # noqa: N818 - it carries what is wrong with a row
    """What is wrong with a row: columns with their messages."""

    def __init__(self, *problems: tuple[str, str]) -> None:
        super().__init__(*problems)
        self.problems = problems


@dataclass(slots=True)
class Cells:
    """What a row says of a product or a variant: the values to set, and how they are told."""

    values: dict[str, Any] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def text_of(row: Row, name: str) -> str:
    """Return a cell as text; empty where the sheet has no such column."""
    return BY_NAME[name].clean(row.cells.get(name))


class Planner:
    """Compares rows with the catalogue, as it is after those before them. Reads the database once, at its start."""

    def __init__(self, rows: list[Row], *, sets_stock: bool) -> None:
        self.rows = rows
        self.sets_stock = sets_stock
        self.plan = Plan(rows=len(rows))
        self.shelves = Shelves(slugs(Category.objects.all()), slugs(Brand.objects.all()))
        skus = {text_of(row, "product_sku") for row in rows}
        products = Product.objects.select_related("category", "brand").filter(sku__in=skus)
        self.products = {each.sku: each for each in products}
        self.slugs = dict(Product.objects.values_list("slug", "sku"))
        wanted = ProductVariant.objects.select_related("product")
        own = wanted.filter(sku__in={text_of(row, "sku") for row in rows} - {""})
        self.variants = {each.sku: each for each in [*wanted.filter(product__sku__in=skus), *own]}
        self.places = {place_of(each): each.sku for each in self.variants.values()}
        self.first_rows: dict[str, Row] = {}
        self.seen: dict[str, int] = {}

    def run(self) -> Plan:
        """Return what all rows would do; a row with a problem does nothing."""
        for row in self.rows:
            try:
                self.take_row(row)
            except RowProblems as bad:
                self.plan.bad_rows += 1
                self.plan.problems += [Problem(row.number, *each) for each in bad.problems]
        return self.plan

    def take_row(self, row: Row) -> None:
        """Compare a row, and take it when all of it is right. Raises `RowProblems`."""
        refuse_lost_cells(row)
        product_sku, sku = text_of(row, "product_sku"), text_of(row, "sku")
        if not product_sku:
            raise RowProblems(("product_sku", "is empty; write the SKU of the product"))
        product = self.products.get(product_sku) or Product()
        variant = (self.variants.get(sku) or ProductVariant(product=product)) if sku else None
        self.refuse_misplaced(product_sku, sku, variant)
        of_product = self.read_product(row, product, product_sku)
        of_variant = self.read_variant(row, variant, product_sku) if variant else Cells()
        stock = self.read_stock(row, variant, of_variant) if variant else None
        if problems := of_product.problems + of_variant.problems:
            raise RowProblems(*problems)
        self.first_rows.setdefault(product_sku, row)
        self.keep_product(product, of_product)
        if variant:
            self.keep_variant(row, variant, of_variant, stock)
        self.plan.unchanged_rows += not (of_product.changes or of_variant.changes)

    def refuse_misplaced(self, product_sku: str, sku: str, variant: ProductVariant | None) -> None:
        """Refuse a variant that is in two rows, or another product's. Raises `RowProblems`."""
        if sku in self.seen:
            raise RowProblems(("sku", f"{sku!r} is in row {self.seen[sku]} already; give each variant one row"))
        if variant and variant.sku and variant.product.sku != product_sku:
            owner = variant.product.sku
            raise RowProblems(("sku", f"{sku!r} is a variant of product {owner!r}, where it stays; write another SKU"))

    def read_product(self, row: Row, product: Product, sku: str) -> Cells:
        """Return what a row says of its product: nothing new where a row before has said it."""
        if first := self.first_rows.get(sku):
            return Cells(problems=contradictions(row, first))
        cells = self.read_cells(row, product, Of.PRODUCT, sku)
        values = cells.values
        if not product.sku and "name" in values:
            values.setdefault("slug", self.free_slug(values["name"], sku))
        slug = values.get("slug", product.slug)
        if self.slugs.get(slug, sku) != sku:
            cells.problems.append(("slug", f"{slug!r} is that of product {self.slugs[slug]!r}; write another one"))
        price, sale = (values.get(each, getattr(product, each)) for each in ("price_kobo", "sale_price_kobo"))
        if price == 0:
            cells.problems.append(("price", "is zero; write what it costs"))
        if sale is not None and not 0 < sale < (price or 0):
            cells.problems.append(("sale_price", "is not lower than the price; write a lower one, or nothing"))
        return cells

    def read_variant(self, row: Row, variant: ProductVariant, product_sku: str) -> Cells:
        """Return what a row says of its variant."""
        cells = self.read_cells(row, variant, Of.VARIANT, text_of(row, "sku"))
        if cells.values.get("price_kobo") == 0:
            cells.problems.append(("variant_price", "is zero; write what it costs, or nothing"))
        size, colour = (cells.values.get(each, getattr(variant, each)) for each in ("size", "colour"))
        owner = self.places.get((product_sku, size, colour))
        if owner not in {None, text_of(row, "sku")}:
            cells.problems.append(("size", f"and colour are those of variant {owner!r}; write others"))
        return cells

    def read_cells(self, row: Row, thing: Product | ProductVariant, of: Of, sku: str) -> Cells:
        """Return what the cells of a kind say of a thing: what differs from what it is, all that is there if new."""
        cells, is_new = Cells(), not thing.sku
        for column in COLUMNS:
            if column.of is not of:
                continue
            text = text_of(row, column.name)
            if is_new and column.needed and not text:
                cells.problems.append((column.name, f"is empty; a new {of} needs it"))
            before = "" if is_new else column.clean(column.cell(thing))
            if column.name not in row.cells or text == before:
                continue
            try:
                value = column.read(text, self.shelves)
                if column.attribute not in SHELVED:
                    value = thing._meta.get_field(column.attribute).clean(value, thing)  # type: ignore[union-attr]  # noqa: SLF001 - public by Django's documentation; no relation is asked for
            except BadCell as bad:
                cells.problems.append((column.name, f"{shorten(text)!r} {bad}"))
            except ValidationError as bad:
                cells.problems.append((column.name, f"{shorten(text)!r} cannot be: {' '.join(bad.messages)}"))
            else:
                if not is_new and value == getattr(thing, column.attribute):
                    continue  # 5500 is what was exported as 5500.00
                cells.values[column.attribute] = value
                cells.changes.append(Change(row.number, sku, column.name, shorten(before), shorten(text)))
        return cells

    def read_stock(self, row: Row, variant: ProductVariant, cells: Cells) -> int | None:
        """Return the pieces that a row sets on hand; None where it sets none."""
        column, text = BY_NAME["stock"], text_of(row, "stock")
        try:
            total = column.read(text, self.shelves)
            if total is None or total == variant.stock_on_hand:
                return None
            if variant.sku and not self.sets_stock:
                self.plan.stock_left_alone += 1
                return None
            check_on_hand(variant, total)
        except BadCell as bad:
            cells.problems.append(("stock", f"{shorten(text)!r} {bad}"))
            return None  # the row is refused by its problem
        except StockRefused as refusal:
            cells.problems.append(("stock", f"{text} cannot be: {refusal.message}"))
            return None  # as above
        cells.changes.append(Change(row.number, text_of(row, "sku"), "stock", str(variant.stock_on_hand), text))
        return int(total)

    def keep_product(self, product: Product, cells: Cells) -> None:
        """Take what a row says of a product."""
        if not product.sku:
            self.plan.new_products.append(product)
        elif cells.values and product.pk:
            self.plan.changed.setdefault(product, set()).update(cells.values)
        set_values(product, cells)
        self.slugs[product.slug] = product.sku
        self.products[product.sku] = product
        self.plan.changes += cells.changes

    def keep_variant(self, row: Row, variant: ProductVariant, cells: Cells, stock: int | None) -> None:
        """Take what a row says of a variant."""
        if not variant.sku:
            self.plan.new_variants.append(variant)
        elif cells.values:
            self.plan.changed.setdefault(variant, set()).update(cells.values)
            self.places.pop(place_of(variant), None)
        set_values(variant, cells)
        self.places[place_of(variant)] = variant.sku
        self.variants[variant.sku] = variant
        self.seen[variant.sku] = row.number
        self.plan.changes += cells.changes
        if stock is not None:
            self.plan.stock.append((variant, stock))

    def free_slug(self, name: str, sku: str) -> str:
        """Return a slug that no product has: of the name, with the sku or a number behind it where it is taken."""
        plain = slugify(name)[:150] or slugify(sku) or "product"
        behind = slugify(sku)
        tries = chain([plain, *([f"{plain}-{behind}"] if behind else [])], (f"{plain}-{each}" for each in count(2)))
        return next(each for each in tries if each not in self.slugs)


def refuse_lost_cells(row: Row) -> None:
    """Refuse a row with cells from which nobody can tell what was written. Raises `RowProblems`."""
    problems = []
    for name, value in row.cells.items():
        try:
            check_cell(value)
        except BadCell as bad:
            problems.append((name, f"{shorten(plain_text(value))!r} {bad}"))
    if problems:
        raise RowProblems(*problems)


def slugs(rows: Iterable[Any]) -> dict[str, Any]:
    """Return rows by their slugs."""
    return {each.slug: each for each in rows}


def place_of(variant: ProductVariant) -> Place:
    """Return what only one variant of the shop may have: product, size and colour."""
    return variant.product.sku, variant.size, variant.colour


def set_values(thing: Product | ProductVariant, cells: Cells) -> None:
    """Set what a row says."""
    for attribute, value in cells.values.items():
        setattr(thing, attribute, value)


def contradictions(row: Row, first: Row) -> list[tuple[str, str]]:
    """Return where a row says something else of its product than the first row of it; empty cells say the same."""
    found = []
    for column in COLUMNS:
        text, said = text_of(row, column.name), text_of(first, column.name)
        if column.of is Of.PRODUCT and text and text != said:
            words = f"{shorten(text)!r} is not what row {first.number} says of the same product: {shorten(said)!r}"
            found.append((column.name, f"{words}; write the same, or nothing"))
    return found


def shorten(text: str) -> str:
    """Return a text short enough to be shown."""
    return text if len(text) <= LONG else f"{text[:LONG]}…"
