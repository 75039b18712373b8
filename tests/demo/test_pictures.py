"""The drawn pictures: what names may say, what is drawn, how it is served."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from django.test import Client

from zuka.demo.pictures.colours import COLOURS, mix
from zuka.demo.pictures.drawing import KINDS, draw, draw_name
from zuka.demo.pictures.names import Look, read_look
from zuka.demo.pictures.patterns import PATTERNS
from zuka.demo.tables.assortment import CATEGORIES, FAMILIES
from zuka.demo.tables.looks import CATEGORY_LOOKS, LOOKS, detail_of, find_look

LOOK = Look("midi", "circles", ("saffron", "wine", "cream"), 7)
URL = "/shop/pictures/midi-circles-saffron_wine_cream-7.svg"
REFERENCES = ("href", "src", "http", "<script", "style=", "@import", "data:")


def all_looks():
    products = [find_look(family.name, family.styles, style) for family in FAMILIES for style in family.styles]
    details = [detail for look in products if (detail := detail_of(look))]
    return [*products, *details, *CATEGORY_LOOKS.values()]


def test_every_style_and_category_has_a_look_of_known_things():
    assert {family.name: len(family.styles) for family in FAMILIES} == {
        name: len(looks) for name, looks in LOOKS.items()
    }
    assert list(CATEGORY_LOOKS) == [slug for slug, _, _ in CATEGORIES]
    for look in all_looks():
        assert read_look(look.name) == look
        assert look.kind in KINDS
        assert look.pattern in PATTERNS


def test_every_picture_is_valid_small_and_refers_to_nothing_outside():
    for look in all_looks():
        drawn = draw(look)
        assert drawn is not None
        root = ET.fromstring(drawn)
        assert (root.tag, root.get("viewBox")) == ("{http://www.w3.org/2000/svg}svg", "0 0 600 750")
        inside = drawn.replace('xmlns="http://www.w3.org/2000/svg"', "")
        assert [word for word in REFERENCES if word in inside] == []
        ids = [each.get("id") for each in root.iter() if each.get("id")]
        assert len(ids) == len(set(ids))
        assert len(drawn) < 24_000


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_fills_every_kind(pattern):
    for kind in KINDS:
        assert draw(Look(kind, pattern, ("indigo", "gold", "cream"), 3))


def test_another_seed_or_colour_is_another_picture():
    others = [Look("midi", "circles", ("saffron", "wine", "cream"), 8), Look("midi", "fans", LOOK.colours, 7)]
    assert len({draw(look) for look in (LOOK, *others)}) == 3
    assert draw(LOOK) == draw(Look("midi", "circles", ("saffron", "wine", "cream"), 7))


@pytest.mark.parametrize(
    "name",
    [
        "",
        "midi",
        "spaceship-circles-saffron_wine_cream-7",
        "midi-tartan-saffron_wine_cream-7",
        "midi-circles-saffron_wine-7",
        "midi-circles-saffron_wine_cream_teal-7",
        "midi-circles-saffron_wine_beige-7",
        "midi-circles-saffron_wine_cream-100",
        "midi-circles-saffron_wine_cream-07",
        "midi-circles-saffron_wine_cream--7",
        "midi-circles-saffron_wine_cream-x",
        "midi-circles-saffron_wine_cream-²",
        "midi-circles-saffron_wine_cream-7-8",
        "Midi-circles-saffron_wine_cream-7",
    ],
)
def test_other_names_are_no_pictures(name):
    assert draw_name(name) is None


def test_a_picture_is_served_for_ever_without_a_database():
    response = Client().get(URL)
    assert response.status_code == 200
    assert response.content.decode() == draw(LOOK)
    assert {name: response[name] for name in ("Content-Type", "Cache-Control", "X-Content-Type-Options")} == {
        "Content-Type": "image/svg+xml",
        "Cache-Control": "public, max-age=31536000, immutable",
        "X-Content-Type-Options": "nosniff",
    }
    assert "Set-Cookie" not in response
    assert "Vary" not in response
    assert Client().head(URL).status_code == 200
    assert Client().post(URL).status_code == 405


@pytest.mark.parametrize(
    "name", ["midi-circles-saffron_wine_beige-7", "nothing", "midi-circles-saffron_wine_cream-7.png"]
)
def test_what_is_no_picture_is_not_found(name):
    assert Client().get(f"/shop/pictures/{name}.svg").status_code == 404


def test_colours_mix():
    assert mix("#000000", "#ffffff", 0.5) == "#808080"
    assert mix(COLOURS["white"], COLOURS["black"], 0) == "#ffffff"
