"""The storefront's pages as tests visit them, and what the parser finds in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

ADDRESSES = {
    "home": "/shop/",
    "category": "/shop/category/tops-and-skirts/",
    "search": "/shop/search/?q=ankara",
    "product": "/shop/product/sunburst-ankara-midi-dress/",
    "cart": "/shop/cart/",
    "wishlist": "/shop/wishlist/",
    "pet": "/shop/pet/",
    "rewards": "/shop/rewards/",
    "subscription": "/shop/subscription/",
    "games": "/shop/games/",
    "checkout": "/shop/checkout/",
    "thank_you": "/shop/thank-you/ZUKA-2026-000123/",
    "account": "/shop/account/",
    "keys": "/shop/account/keys/",
}
# Elements whose start tag has no end: they do not nest.
VOID = {"meta", "link", "input", "br", "img", "use"}
FIELDS = {"input", "select", "textarea"}


@dataclass(frozen=True, slots=True)
class Element:
    """A start tag: its name, its attributes, and whether a label is around it."""

    tag: str
    attributes: dict[str, str]
    in_label: bool


@dataclass
class Outline(HTMLParser):
    """Every element of a page in order, and the text directly inside scripts and styles."""

    elements: list[Element] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    title: str = ""
    stack: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        attributes = {name: value or "" for name, value in attrs}
        self.elements.append(Element(tag, attributes, in_label="label" in self.stack))
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element that ends at once."""
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}, in_label=False))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element; one that was never opened, or is closed out of order, is a mistake of the template."""
        assert self.stack.pop() == tag, (tag, self.stack)

    def handle_data(self, data: str) -> None:
        """Note what stands in scripts, styles and the title."""
        if self.stack and self.stack[-1] in {"script", "style"} and data.strip():
            self.inline.append(data)
        if self.stack and self.stack[-1] == "title":
            self.title += " ".join(data.split())

    def all(self, *tags: str) -> list[Element]:
        """Return the elements of these names."""
        return [each for each in self.elements if each.tag in tags]


def read(html: str) -> Outline:
    """Return a page's outline; every element must be closed."""
    outline = Outline()
    outline.feed(html)
    outline.close()
    assert outline.stack == []
    return outline
