"""What may stand in the storefront's templates and static files: nothing inline, no other host, not much weight."""

import gzip
import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.shop.pages import ADDRESSES, FIELDS, read

STATIC = ROOT / "zuka/shop/static/shop"
TEMPLATES = sorted((ROOT / "templates/shop").glob("*.html"))
SCRIPTS = sorted(STATIC.rglob("*.js"))
STYLES = sorted(STATIC.glob("*.css"))
PAGE_BYTES = 35 * 1024  # scripts and styles of one page, each file compressed by itself; the checkout has most
SCRIPT_LINES = 400
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
IMPORTS = re.compile(r'from "(\.[^"]+)"')
LATER = re.compile(r'\bimport\("(\.[^"]+)"\)')  # what is loaded once the page stands, or when it is needed
LATER_BYTES = 4 * 1024
INJECTIONS = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|\.style\b")


@pytest.fixture(params=ADDRESSES.values())
def outline(client, db, settings, request):
    settings.STOREFRONT = True
    return read(client.get(request.param).content.decode())


def test_nothing_is_inline(outline):
    handlers = [name for each in outline.elements for name in each.attributes if name.startswith("on")]
    styled = [each for each in outline.elements if "style" in each.attributes]
    addresses = [each.attributes.get("href", "") for each in outline.elements]
    assert (outline.inline, outline.all("style"), handlers, styled) == ([], [], [], [])
    assert [each for each in addresses if each.startswith("javascript:")] == []
    assert [each for each in outline.all("script") if "src" not in each.attributes] == []


def test_ids_are_unique_and_what_is_referred_to_exists(outline):
    ids = [each.attributes["id"] for each in outline.elements if "id" in each.attributes]
    referring = ("for", "form", "aria-labelledby", "aria-describedby", "aria-controls")
    referred = {
        part for each in outline.elements for name in referring for part in each.attributes.get(name, "").split()
    }
    assert len(ids) == len(set(ids))
    assert referred - set(ids) == set()


def test_every_field_has_a_label_and_every_button_a_type(outline):
    labelled = {each.attributes.get("for") for each in outline.all("label")}
    silent = [
        each
        for each in outline.all(*FIELDS)
        if not (each.in_label or each.attributes.get("id") in labelled or "aria-label" in each.attributes)
    ]
    assert silent == []
    assert [each for each in outline.all("button") if "type" not in each.attributes] == []


def test_landmarks_are_there_once_and_named(outline):
    assert [len(outline.all(tag)) for tag in ("header", "main", "footer")] == [1, 1, 1]
    assert [each for each in outline.all("nav") if "aria-label" not in each.attributes] == []
    assert next(each.attributes for each in outline.all("html"))["lang"] == "en-NG"


@pytest.mark.parametrize("path", [*TEMPLATES, *sorted(each for each in STATIC.rglob("*") if each.is_file())], ids=str)
def test_no_file_names_another_host(path):
    text = path.read_text(encoding="utf-8").replace(SVG_NAMESPACE, "")
    assert re.findall(r"(?:https?:)?//[a-z0-9-]+\.[a-z]{2,}", text) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.stem)
def test_scripts_are_small_make_no_html_and_call_the_api_in_one_place(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= SCRIPT_LINES
    assert max(len(line) for line in text.splitlines()) <= 120
    assert INJECTIONS.findall(text) == []
    assert ("fetch(" in text, "window.zuka" in text) == (path.name == "api.js", path.name == "tracking.js")


def imported(path: Path, pattern: re.Pattern[str]) -> list[Path]:
    """Return the modules that a module names."""
    return [(path.parent / each).resolve() for each in pattern.findall(path.read_text(encoding="utf-8"))]


def modules(entry: Path) -> set[Path]:
    """Return a module and everything that it imports, directly or not."""
    found: set[Path] = set()
    waiting = [entry.resolve()]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += imported(path, IMPORTS)
    return found


def styles_of(client, address: str) -> set[Path]:
    """Return the shop's style sheets that a page links."""
    links = [each.attributes["href"] for each in read(client.get(address).content.decode()).all("link")]
    return {STATIC / Path(link).name for link in links if "/shop/" in link and link.endswith(".css")}


def weight(paths: set[Path]) -> int:
    """Return what files weigh, each compressed by itself."""
    return sum(len(gzip.compress(path.read_bytes(), mtime=0)) for path in paths)


def test_every_script_and_style_belongs_to_a_page_and_every_page_is_light(client, db, settings):
    settings.STOREFRONT = True
    frame = modules(STATIC / "frame.js")
    styles = {page: styles_of(client, address) for page, address in ADDRESSES.items()}
    pages = {path.stem: frame | modules(path) for path in sorted((STATIC / "pages").glob("*.js"))}
    loaded: set[Path] = set().union(*pages.values())
    later = {path for each in loaded for path in imported(each, LATER)}
    late = {entry: modules(entry) - loaded for entry in later}
    sheets = {sheet for path in later if (sheet := path.with_suffix(".css")).exists()}
    weights = {page: weight(scripts | styles[page]) for page, scripts in pages.items()}
    assert set(pages) == set(ADDRESSES)
    assert loaded.union(*late.values()) == set(SCRIPTS)
    assert set().union(*styles.values()) | sheets == set(STYLES)
    assert {page: bytes_ for page, bytes_ in weights.items() if bytes_ > PAGE_BYTES} == {}
    assert {path.name: weight(each) for path, each in late.items() if weight(each) > LATER_BYTES} == {}
