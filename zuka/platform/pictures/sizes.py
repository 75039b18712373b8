"""The sizes a picture is kept in, and the names of its files: a name says everything, so nobody looks it up.

A picture is named by its content and by the width and height of its largest file: `pictures/3f/3f…-1800x2250.webp`.
The smaller ones follow from these two numbers. Columns and the snapshots of orders keep the largest one's address.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

FOLDER = "pictures"
MEDIA_URL = "/media/"
ENDING = "webp"
DIGEST_LETTERS = 32
FILE_NAME = rf"{FOLDER}/[0-9a-f]{{2}}/[0-9a-f]{{{DIGEST_LETTERS}}}-[0-9]{{1,5}}x[0-9]{{1,5}}\.{ENDING}"
ADDRESS = re.compile(
    rf"{MEDIA_URL}{FOLDER}/[0-9a-f]{{2}}/(?P<digest>[0-9a-f]{{{DIGEST_LETTERS}}})-"
    rf"(?P<width>[0-9]{{1,5}})x(?P<height>[0-9]{{1,5}})\.{ENDING}"
)
# Two sizes as near as this are as good as one.
NEAR = 0.8


@dataclass(frozen=True, slots=True)
class Size:
    """A width in pixels that pictures are kept in, and what it is for."""

    name: str
    width: int
    text: str


SIZES = (
    Size("list", 400, "cards in lists, lines of carts, small ones in galleries"),
    Size("page", 900, "a product's page, cards on screens of high density"),
    Size("zoom", 1800, "looking closely"),
)
LARGEST = SIZES[-1].width


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of ours: the digest of its content, width and height of its largest file."""

    digest: str
    width: int
    height: int

    @property
    def names(self) -> list[str]:
        """The names of its files in the storage, the smallest first."""
        return [file_name(self.digest, *each) for each in sizes_of(self.width, self.height)]

    @property
    def url(self) -> str:
        """The address of its largest file."""
        return MEDIA_URL + self.names[-1]


def file_name(digest: str, width: int, height: int) -> str:
    """Return the name of a file in the storage."""
    return f"{FOLDER}/{digest[:2]}/{digest}-{width}x{height}.{ENDING}"


def sizes_of(width: int, height: int) -> list[tuple[int, int]]:
    """Return the sizes a picture of this size is kept in, the smallest first. Nothing is made larger than it came."""
    largest = min(width, LARGEST)
    widths = [each.width for each in SIZES if each.width < largest * NEAR] + [largest]
    return [(each, max(1, round(height * each / width))) for each in widths]


def find_picture(url: str | None) -> Picture | None:
    """Return the picture of ours that an address is of; None for an address elsewhere."""
    found = ADDRESS.fullmatch(url or "")
    return Picture(found["digest"], int(found["width"]), int(found["height"])) if found else None


def smallest_url(url: str) -> str:
    """Return the address of a picture's smallest file; an address elsewhere stays as it is."""
    picture = find_picture(url)
    return MEDIA_URL + picture.names[0] if picture else url


def picture_json(url: str | None) -> dict[str, Any] | None:
    """Return a picture as the API shows it; None where there is none. What lies elsewhere has no sizes."""
    if not url:
        return None
    picture = find_picture(url)
    if picture is None:
        return {"url": url, "width": None, "height": None, "sizes": []}
    pairs = zip(picture.names, sizes_of(picture.width, picture.height), strict=True)
    sizes = [{"url": MEDIA_URL + name, "width": width, "height": height} for name, (width, height) in pairs]
    return {"url": url, "width": picture.width, "height": picture.height, "sizes": sizes}
