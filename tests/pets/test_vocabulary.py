"""The words of the live catalogue."""

from datetime import UTC, datetime, timedelta

import pytest

from commerce.catalog.models import Brand
from commerce.catalog.services import refresh_search_words
from pets.catalogue import forget_vocabulary, read_vocabulary
from pets.understanding import Intent, Named, Seen, Slots, understand, vocabulary_now
from tests.commerce.factories import BrandFactory, CategoryFactory, ProductFactory, VariantFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def shelf():
    forget_vocabulary()
    shoes = CategoryFactory.create(slug="shoes", name="Shoes")
    sneakers = CategoryFactory.create(slug="sneakers", name="Sneakers", parent=shoes)
    CategoryFactory.create(slug="old", name="Old things", active=False)
    brand = BrandFactory.create(slug="eko-sole", name="Eko Sole")
    BrandFactory.create(slug="gone", name="Gone Brand", active=False)
    product = ProductFactory.create(name="Danfo runner", category=sneakers, brand=brand)
    VariantFactory.create(product=product, size="42", colour="Danfo Yellow")
    VariantFactory.create(product=product, size="43", colour="Black")
    refresh_search_words()
    yield shoes, sneakers, brand
    forget_vocabulary()


def test_the_vocabulary_is_what_the_shop_shows(shelf, django_assert_num_queries):
    shoes, sneakers, brand = shelf
    with django_assert_num_queries(5):
        found = read_vocabulary()
    assert found.categories == (
        Named(shoes.pk, "shoes", "Shoes", None),
        Named(sneakers.pk, "sneakers", "Sneakers", shoes.pk),
    )
    assert found.brands == (Named(brand.pk, "eko-sole", "Eko Sole"),)
    assert (found.colours, found.sizes) == (("Black", "Danfo Yellow"), ("42", "43"))
    assert {"danfo", "runner", "eko", "sneakers"} <= found.words


def test_it_is_kept_for_a_while_and_then_read_anew(shelf, django_assert_num_queries):
    first = vocabulary_now(now=NOW)
    Brand.objects.create(slug="kano", name="Kano Drape")
    with django_assert_num_queries(0):
        assert vocabulary_now(now=NOW + timedelta(minutes=4)) is first
    assert [each.name for each in vocabulary_now(now=NOW + timedelta(minutes=5)).brands] == ["Eko Sole", "Kano Drape"]


def test_what_is_said_meets_the_catalogue(shelf):
    _, sneakers, brand = shelf
    words = vocabulary_now(now=NOW)
    found = understand(text="abeg yellow eko sole snekers, 42, no pass 30k", vocabulary=words, seen=Seen())
    assert (found.intent, found.slots) == (
        Intent.SEARCH,
        Slots(
            category_id=sneakers.pk,
            brand_id=brand.pk,
            colours=("Danfo Yellow",),
            sizes=("42",),
            price_max_kobo=3_000_000,
        ),
    )


def test_names_without_latin_letters_are_left_out_and_the_others_heard():
    forget_vocabulary()
    odd = ("楽天", "Ø", "سارة", "👗")
    for place, name in enumerate(odd):
        CategoryFactory.create(slug=f"category-{place}", name=name)
        brand = BrandFactory.create(slug=f"brand-{place}", name=name)
        VariantFactory.create(product=ProductFactory.create(name=name, brand=brand), size=name, colour=name)
    eko = BrandFactory.create(slug="eko-sole", name="Eko Sole")
    words = read_vocabulary()
    assert {each.name for each in words.brands} >= {*odd, "Eko Sole"}
    maps = (words.brand_phrases, words.category_phrases, words.colour_phrases, words.size_phrases)
    assert [() in each for each in maps] == [False] * 4
    assert understand(text="something by eko sole", vocabulary=words, seen=Seen()).slots.brand_id == eko.pk
    assert understand(text="楽天", vocabulary=words, seen=Seen()).intent == Intent.UNKNOWN
    forget_vocabulary()
