"""Pictures that staff upload, from the form to the shop's answers, and until nothing names them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from commerce.catalog.models import Brand, Category, Product, ProductVariant
from commerce.orders.services import OrderItem
from commerce.tasks import delete_unnamed_pictures
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory, make_order
from tests.commerce.pages import page_data
from tests.platform.pictures.drawing import draw
from zuka.platform.http import MOST_UPLOADED
from zuka.platform.pictures.sizes import find_picture

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = str(tmp_path)
    return tmp_path


@pytest.fixture
def page(staff_client: Client) -> str:
    """The page of a gown with one variant and no picture."""
    product = ProductFactory.create(name="Gown")
    VariantFactory.create(product=product)
    return reverse("admin:commerce_product_change", args=[product.pk])


def upload(name: str = "gown.jpg", content: bytes | None = None, **options: Any) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, draw(**options) if content is None else content)


def names_in(media: Path) -> set[str]:
    return {str(path.relative_to(media)) for path in media.rglob("*.webp")}


def kept(url: str | None) -> tuple[int, int] | None:
    found = find_picture(url)
    return (found.width, found.height) if found else None


def test_staff_give_a_product_its_pictures_and_the_shop_shows_them(staff_client: Client, page: str) -> None:
    data = page_data(staff_client, page)
    files = {
        "image_url_file": upload(width=1000, height=1250),
        "variants-0-image_url_file": upload(width=500, height=625),
        "new_pictures_file": [upload(width=600, height=750), upload(width=700, height=875)],
    }
    assert staff_client.post(page, {**data, **files}).status_code == 302
    product = Product.objects.get()
    assert (kept(product.image_url), kept(product.variants.get().image_url)) == ((1000, 1250), (500, 625))
    assert [(kept(each.url), each.position) for each in product.images.all()] == [((600, 750), 0), ((700, 875), 1)]

    shown = staff_client.get(f"/api/v1/products/{product.slug}/").json()
    assert [(each["width"], each["height"]) for each in shown["image"]["sizes"]] == [(400, 500), (1000, 1250)]
    assert [each["sizes"][-1]["width"] for each in shown["images"]] == [600, 700]
    assert shown["variants"][0]["image"]["url"] == product.variants.get().image_url
    assert staff_client.get(shown["image"]["sizes"][0]["url"]).status_code == 200
    assert b"<img" in staff_client.get(page).content


def test_the_first_of_a_gallery_is_the_main_picture_of_a_product_without_one(staff_client: Client, page: str) -> None:
    files = {"new_pictures_file": [upload(width=600, height=750), upload(width=700, height=875)]}
    assert staff_client.post(page, {**page_data(staff_client, page), **files}).status_code == 302
    product = Product.objects.get()
    assert (kept(product.image_url), [kept(each.url) for each in product.images.all()]) == ((600, 750), [(700, 875)])


def test_a_form_that_is_refused_keeps_its_pictures(staff_client: Client, page: str) -> None:
    data = page_data(staff_client, page)
    files = {"image_url_file": upload(width=500, height=600), "new_pictures_file": [upload(width=600, height=750)]}
    answer = staff_client.post(page, {**data, **files, "name": ""})
    form = answer.context["adminform"].form
    assert list(form.errors) == ["name"]
    shown = {name: form[name].value() for name in files and ("image_url", "new_pictures")}
    assert {name: kept(value) for name, value in shown.items()} == {"image_url": (500, 600), "new_pictures": (600, 750)}
    assert staff_client.post(page, {**data, **shown}).status_code == 302
    product = Product.objects.get()
    assert (kept(product.image_url), [kept(each.url) for each in product.images.all()]) == ((500, 600), [(600, 750)])


@pytest.mark.parametrize(
    ("sent", "field", "words"),
    [
        ({"image_url_file": "gown.heic"}, "image_url", "gown.heic: This is no JPEG, PNG, WebP or GIF picture."),
        ({"new_pictures_file": "a.txt"}, "new_pictures", "a.txt: This is no JPEG, PNG, WebP or GIF picture."),
        ({"new_pictures_file": 13}, "new_pictures", "13 files are too many at once; choose 12 at most."),
        (
            {"image_url": "/media/pictures/ab/" + "ab" * 16 + "-9x9.webp"},
            "image_url",
            "This picture is not kept any more.",
        ),
    ],
)
def test_what_is_no_picture_is_said_at_its_field(
    staff_client: Client, page: str, sent: dict[str, Any], field: str, words: str
) -> None:
    made = {
        name: upload(each, b"no picture") if isinstance(each, str) and name.endswith("_file") else each
        for name, each in sent.items()
    }
    made = {name: [upload() for _ in range(each)] if isinstance(each, int) else each for name, each in made.items()}
    answer = staff_client.post(page, {**page_data(staff_client, page), **made})
    errors = answer.context["adminform"].form.errors
    assert (list(errors), errors[field][0].startswith(words)) == ([field], True)
    assert Product.objects.get().image_url is None


@pytest.mark.parametrize(
    ("factory", "model", "column"), [(CategoryFactory, Category, "image_url"), (BrandFactory, Brand, "logo_url")]
)
def test_categories_and_brands_have_pictures_too(staff_client: Client, factory: Any, model: Any, column: str) -> None:
    row = factory.create()
    url = reverse(f"admin:commerce_{model._meta.model_name}_change", args=[row.pk])
    data = {**page_data(staff_client, url), f"{column}_file": upload(width=500, height=500)}
    assert staff_client.post(url, data).status_code == 302
    row.refresh_from_db()
    assert kept(getattr(row, column)) == (500, 500)


def test_more_files_than_a_form_may_bring_are_refused_before_they_are_read(staff_client: Client, page: str) -> None:
    answer = staff_client.post(page, {"image_url_file": upload(content=b"x")}, CONTENT_LENGTH=str(MOST_UPLOADED + 1))
    assert answer.status_code == 400


def test_pictures_go_when_neither_a_row_nor_an_order_names_them(staff_client: Client, page: str, media: Path) -> None:
    sizes = {"image_url_file": 500, "variants-0-image_url_file": 510}
    for picture in (520, 500):
        sizes["image_url_file"] = picture
        files = {name: upload(width=width, height=600) for name, width in sizes.items()}
        assert staff_client.post(page, {**page_data(staff_client, page), **files}).status_code == 302
    variant = ProductVariant.objects.select_related("product").get()
    ordered, main = find_picture(variant.image_url), find_picture(variant.product.image_url)
    assert ordered is not None
    assert main is not None
    make_order(lines=[OrderItem(variant.sku, 1)])
    ProductVariant.objects.update(image_url=None)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=2)):
        delete_unnamed_pictures()
    assert names_in(media) == {*main.names, *ordered.names}
