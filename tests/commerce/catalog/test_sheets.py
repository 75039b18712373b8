"""What a sheet of products says: read within limits, compared with what is there, each mistake by row and column."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from openpyxl import Workbook

from commerce.catalog.models import Product, ProductVariant
from commerce.catalog.services.sheets.columns import COLUMNS, Of
from commerce.catalog.services.sheets.reading import read_rows
from tests.commerce.catalog.sheets import exported, plan, sheet, told
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory
from zuka.platform.sheets import MOST_BYTES, MOST_ROWS, BadSheet
from zuka.platform.spreadsheets import FORMULA_STARTS, guard_text, plain_text, unguard_text

GOWN = {"product_sku": "G", "name": "Gown", "category": "gowns", "price": "5500"}


def as_xlsx(rows: list[list[Any]]) -> bytes:
    book, buffer = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(buffer)
    return buffer.getvalue()


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        packed.writestr("xl/workbook.xml", b"\0" * (301 * 1024 * 1024))
    return buffer.getvalue()


def far_row() -> bytes:
    """A small file whose second row says that it is the two thousand millionth."""
    packed, far = zipfile.ZipFile(io.BytesIO(as_xlsx([["product_sku"], ["G"]]))), io.BytesIO()
    with zipfile.ZipFile(far, "w") as copy:
        for name in packed.namelist():
            copy.writestr(name, packed.read(name).replace(b'<row r="2"', b'<row r="2000000000"'))
    return far.getvalue()


@given(st.text())
@effort(max_examples=300)
def test_text_starts_no_formula_and_comes_back_as_it_was(text: str) -> None:
    guarded = guard_text(text)
    assert unguard_text(guarded) == text
    assert not guarded.startswith(FORMULA_STARTS)


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), (True, "yes"), (12.0, "12"), (5500.5, "5500.5"), (" a\r\nb\x07 ", "a\nb"), (7, "7")]
)
def test_what_spreadsheets_make_of_cells_is_undone(value: Any, text: str) -> None:
    assert plain_text(value) == text


def test_the_columns_of_a_product_come_first() -> None:
    kinds = [each.of for each in COLUMNS]
    assert kinds == sorted(kinds, key=list(Of).index)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "must name the columns, product_sku among them"),
        (b"name,price\nA,1\n", "must name the columns, product_sku among them"),
        (b"product_sku,prise\nA,1\n", "The column 'prise' is unknown. There are: product_sku, name, "),
        (b"product_sku,name,name\nA,1,1\n", "The column 'name' is there twice."),
        (b"product_sku,name\n,\n", "no rows below its heading"),
        (b"product_sku,\x00\n", "neither a CSV nor an XLSX file"),
        (b'product_sku\n"' + b"x" * 100_001 + b'"\n', "cannot be read: field larger than field limit"),
        (b"x" * (MOST_BYTES + 1), "more than 20 MB"),
        (b"product_sku\n" + b"A\n" * (MOST_ROWS + 1), "more than 50,000 rows"),
        (b"PK\x03\x04nothing", "damaged, or no XLSX file"),
        (bomb, "far larger than it looks"),
        (far_row, "more than 50,000 rows"),
    ],
    ids=["empty", "no-sku", "unknown", "twice", "no-rows", "binary", "long", "large", "many", "damaged", "bomb", "far"],
)
def test_what_is_no_sheet_is_refused_with_the_fix(content: bytes | Callable[[], bytes], words: str) -> None:
    with pytest.raises(BadSheet, match=words):
        read_rows(content if isinstance(content, bytes) else content())


@pytest.mark.parametrize(
    "content",
    [
        "product_sku;name\nG;Bòbó\n".encode(),
        "\ufeffproduct_sku,name\r\nG,Bòbó\r\n\r\n".encode(),
        "product_sku\tName\nG\tBòbó\n".encode("cp1252", errors="replace").replace(b"\xf2", b"\xf2"),
        as_xlsx([["product_sku", "name"], [None, None], ["G", "Bòbó"]]),
    ],
    ids=["semicolons", "excel", "windows", "xlsx"],
)
def test_files_are_read_however_they_were_saved(content: bytes) -> None:
    assert [row.cells for row in read_rows(content)] == [{"product_sku": "G", "name": "Bòbó"}]


@pytest.fixture
def shelf(db: None) -> None:
    CategoryFactory.create(slug="gowns")
    BrandFactory.create(slug="ada")


@pytest.mark.usefixtures("shelf")
def test_a_sheet_makes_products_with_their_variants() -> None:
    rows: list[dict[str, Any]] = [
        {**GOWN, "brand": "ada", "tags": "red, long", "sku": "G-S", "size": "S", "stock": 4, "status": "Published"},
        {"product_sku": "G", "sku": "G-M", "size": "M", "variant_price": "6,000.50", "active": "no"},
        {**GOWN, "product_sku": "H"},
    ]
    found = plan(sheet(*rows))
    assert told(found) == []
    gown, other = found.new_products
    assert (gown.name, gown.slug, gown.price_kobo, gown.tags, gown.status) == (
        "Gown",
        "gown",
        550_000,
        ["red", "long"],
        "published",
    )
    assert (other.sku, other.slug, other.status, other.gender) == ("H", "gown-h", "draft", "unisex")
    assert [(each.sku, each.size, each.price_kobo, each.active) for each in found.new_variants] == [
        ("G-S", "S", None, True),
        ("G-M", "M", 600_050, False),
    ]
    assert [(variant.sku, total) for variant, total in found.stock] == [("G-S", 4)]
    assert (Product.objects.count(), ProductVariant.objects.count()) == (0, 0)


@pytest.mark.usefixtures("shelf")
@pytest.mark.parametrize(
    ("cells", "column", "message"),
    [
        ({"product_sku": ""}, "product_sku", "is empty; write the SKU of the product"),
        ({"name": ""}, "name", "is empty; a new product needs it"),
        (
            {"category": "bags"},
            "category",
            "'bags' is no slug of a category; make the category first, or write another one",
        ),
        ({"brand": "x"}, "brand", "'x' is no slug of a brand; make the brand first, or leave the cell empty"),
        ({"price": "cheap"}, "price", "'cheap' is no amount; write naira like 5500 or 5500.50"),
        ({"price": "1e999"}, "price", "'1e999' is no amount; write naira like 5500 or 5500.50"),
        ({"price": "5500,50"}, "price", "'5500,50' is no amount; write naira like 5500 or 5500.50"),
        ({"price": "5.500,50"}, "price", "'5.500,50' is no amount; write naira like 5500 or 5500.50"),
        (
            {"price": "5.505"},
            "price",
            "'5.505' is no amount; write naira like 5500 or 5500.50, not less than zero",
        ),
        ({"name": "#N/A"}, "name", "'#N/A' is a formula that failed; write its value"),
        ({"price": "-5"}, "price", "'-5' is no amount; write naira like 5500 or 5500.50, not less than zero"),
        ({"price": "0"}, "price", "is zero; write what it costs"),
        ({"sale_price": "5500"}, "sale_price", "is not lower than the price; write a lower one, or nothing"),
        ({"gender": "cats"}, "gender", "'cats' is unknown; write men, women, kids or unisex"),
        ({"featured": "maybe"}, "featured", "'maybe' is neither yes nor no; write one of them"),
        ({"weight_grams": "2.5"}, "weight_grams", "'2.5' is no whole number; write one like 12"),
        (
            {"slug": "a b"},
            "slug",
            "'a b' cannot be: Enter a valid “slug” consisting of letters, numbers, underscores or hyphens.",
        ),
        ({"slug": "taken"}, "slug", "'taken' is that of product 'OLD'; write another one"),
        (
            {"picture": "gown.jpg"},
            "picture",
            "'gown.jpg' cannot be: Write an address like https://… or a path of this site like /media/gown.jpg.",
        ),
        ({"sku": "OLD-1"}, "sku", "'OLD-1' is a variant of product 'OLD', where it stays; write another SKU"),
        ({"sku": "G-1", "variant_price": "0"}, "variant_price", "is zero; write what it costs, or nothing"),
        ({"sku": "G-1", "stock": "many"}, "stock", "'many' is no whole number; write one like 12"),
        (
            {"sku": "G-1", "stock": "0" * 5000},
            "stock",
            f"'{'0' * 60}…' is no whole number; write one like 12",
        ),
        ({"sku": "G-1", "stock": "1000001"}, "stock", "1000001 cannot be: More than 1,000,000 pieces are a mistake."),
    ],
)
def test_each_mistake_names_its_row_its_column_and_the_fix(cells: dict[str, str], column: str, message: str) -> None:
    VariantFactory.create(sku="OLD-1", product=ProductFactory.create(sku="OLD", slug="taken"))
    found = plan(sheet({**GOWN, "product_sku": "F"}, {**GOWN, **cells}))
    assert (told(found), found.bad_rows, len(found.new_products)) == ([(3, column, message)], 1, 1)


@pytest.mark.usefixtures("shelf")
def test_what_a_spreadsheet_made_a_date_is_refused_not_guessed() -> None:
    found = plan(as_xlsx([["product_sku", "sku", "size"], ["G", "G-1", datetime(2026, 4, 3)]]))  # noqa: DTZ001 - as cells have it

    words = "was made a date by the spreadsheet; format the column as text, and write it again"
    assert told(found) == [(2, "size", f"'2026-04-03 00:00:00' {words}")]


@pytest.mark.usefixtures("shelf")
def test_every_new_product_has_an_address() -> None:
    ProductFactory.create(sku="OLD", slug="gown-g")
    ProductFactory.create(sku="OLDER", slug="gown")
    names = [{**GOWN, "product_sku": sku, "name": name} for sku, name in (("G", "Gown"), ("-", "帽子"), ("_", "帽"))]

    found = plan(sheet(*names))

    assert (told(found), [each.slug for each in found.new_products]) == ([], ["gown-2", "product", "product-2"])


@pytest.mark.usefixtures("shelf")
def test_rows_that_contradict_each_other_are_mistakes() -> None:
    small = {**GOWN, "sku": "G-S", "size": "S"}
    found = plan(
        sheet(
            small,
            {**GOWN, "sku": "G-M", "size": "M", "price": "6000"},
            {**GOWN, "sku": "G-L", "size": "S"},
            {**GOWN, "sku": "G-S", "size": "XL"},
        )
    )
    assert told(found) == [
        (3, "price", "'6000' is not what row 2 says of the same product: '5500'; write the same, or nothing"),
        (4, "size", "and colour are those of variant 'G-S'; write others"),
        (5, "sku", "'G-S' is in row 2 already; give each variant one row"),
    ]
    assert [each.sku for each in found.new_variants] == ["G-S"]


@pytest.mark.django_db
def test_only_what_differs_is_changed_and_stock_only_when_asked() -> None:
    product = ProductFactory.create(sku="G", name="Gown", material="Silk", price_kobo=550_000)
    VariantFactory.create(product=product, sku="G-S", size="S", stock_on_hand=10, stock_reserved=2)
    row = {"product_sku": "G", "name": "Long gown", "material": "", "price": "5500", "sku": "G-S", "stock": "12"}
    found = plan(sheet(row))
    assert [(each.sku, each.column, each.before, each.after) for each in found.changes] == [
        ("G", "name", "Gown", "Long gown"),
        ("G", "material", "Silk", ""),
        ("G-S", "stock", "10", "12"),
    ]
    assert list(found.changed.values()) == [{"name", "material"}]
    left = plan(sheet(row), sets_stock=False)
    assert (left.stock, left.stock_left_alone) == ([], 1)
    assert told(plan(sheet({**row, "stock": "1"}))) == [
        (2, "stock", "1 cannot be: Orders have reserved 2 pieces; ship or cancel some of them first.")
    ]


def rich_products() -> None:
    """Products with all that a cell can hold."""
    odd = '=HYPERLINK("x")\r\nline two, with ; and "quotes" '
    product = ProductFactory.create(
        sku="00123",
        name="'+Gown",
        description=odd,
        tags=["a, b", "-c"],
        sale_price_kobo=150_005,
        brand=None,
        material="\x07Silk",
        weight_grams=0,
        featured=True,
    )
    VariantFactory.create(product=product, sku="-V1", size="=S", price_kobo=100, active=False)
    VariantFactory.create(product=product, sku="V2", size=" M ", stock_on_hand=0)
    ProductFactory.create(sku="@plain", name="No variant")
    VariantFactory.create()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_what_was_exported_changes_nothing_when_it_is_imported(kind: str) -> None:
    rich_products()
    content = exported()
    rows = [list(row.cells.values()) for row in read_rows(content)]
    assert all(not str(cell).startswith(FORMULA_STARTS) for row in rows for cell in row)
    if kind == "xlsx":
        content = as_xlsx([[each.name for each in COLUMNS], *rows])
    found = plan(content)
    assert (told(found), found.changes, found.unchanged_rows, found.rows) == ([], [], 4, 4)


@pytest.mark.django_db
def test_reading_the_catalogue_costs_the_same_for_any_number_of_rows(django_assert_num_queries: Any) -> None:
    for rows in (1, 3):
        VariantFactory.create_batch(rows)
        content = exported()
        with django_assert_num_queries(6):
            plan(content)


@pytest.mark.django_db
def test_writing_costs_the_same_for_any_number_of_products(django_assert_num_queries: Any) -> None:
    for rows in (1, 3):
        VariantFactory.create_batch(rows)
        with django_assert_num_queries(2):
            exported()


@pytest.mark.django_db
@effort(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_bytes_of_any_kind_are_rows_or_refused(content: bytes) -> None:
    for start in (b"", b"product_sku,name\n", b"PK\x03\x04"):
        try:
            rows = read_rows(start + content)
        except BadSheet:  # refused as a whole, which is right too
            continue
        assert all("product_sku" in row.cells for row in rows)
