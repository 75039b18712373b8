"""Pictures for tests, as bytes."""

from __future__ import annotations

import io
from typing import Any

from PIL import Image, TiffImagePlugin


def draw(width: int = 300, height: int = 400, *, kind: str = "JPEG", colour: Any = "teal", **options: Any) -> bytes:
    """Return a picture of one colour, with a red corner at the upper left."""
    mode = options.pop("mode", "RGB")
    image = Image.new(mode, (width, height), colour)
    if mode == "RGB":
        image.paste("red", (0, 0, width // 4, height // 4))
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def exif(*, turned: int | None = None, place: bool = False) -> Image.Exif:
    """Return what a phone writes beside a picture: how it was held, and where."""
    data = Image.Exif()
    if turned:
        data[0x0112] = turned
    if place:
        gps = data.get_ifd(0x8825)
        gps[1], gps[2] = "N", tuple(TiffImagePlugin.IFDRational(each) for each in (6, 27, 14))
        data[0x010F] = "Secret phone"
    return data


def chunks(webp: bytes) -> list[str]:
    """Return the names of the parts that a WebP file has."""
    names, at = [], 12
    while at < len(webp):
        size = int.from_bytes(webp[at + 4 : at + 8], "little")
        names.append(webp[at : at + 4].decode().strip())
        at += 8 + size + size % 2
    return names
