"""From an upload to files that are safe to serve: what is kept is drawn anew, so nothing of the upload's bytes is."""

from __future__ import annotations

import io
import struct
import threading
from typing import IO

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from zuka.platform.errors import Refused
from zuka.platform.pictures.sizes import LARGEST, sizes_of

MEGABYTE, MEGAPIXEL = 1024 * 1024, 1_000_000
MOST_BYTES = 15 * MEGABYTE
# Of a phone's largest camera; what is larger is a mistake or an attack.
MOST_PIXELS = 64 * MEGAPIXEL
LEAST_SIDE = 40
MOST_TIMES_AS_LONG = 5
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
ACCEPTED = "image/jpeg,image/png,image/webp,image/gif"
QUALITY, EFFORT = 82, 4
# What Pillow raises over bytes that are not what they say; each decoder has its own.
BROKEN = (OSError, ValueError, SyntaxError, struct.error, EOFError, IndexError, KeyError, TypeError, OverflowError)
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
# A large picture takes 250 MB while it is read. One at a time, however many staff upload.
_turn = threading.Lock()


class BadPicture(Refused):
    """An upload is no picture that can be kept."""

    status = 400
    code = "bad_picture"


def draw_again(file: IO[bytes]) -> tuple[tuple[int, int], list[bytes]]:
    """Return the largest size of an upload in pixels, and its files as WebP, the smallest first.

    The right way up by its EXIF data, in sRGB, without any data beside the pixels. Of what moves, the first picture.
    Raises `BadPicture`.
    """
    with _turn:
        image = read_image(file)
        sizes = sizes_of(*image.size)
        return sizes[-1], [encode(image, size) for size in sizes]


def read_image(file: IO[bytes]) -> Image.Image:
    """Return the pixels of an upload. Raises `BadPicture`."""
    try:
        image = Image.open(file, formats=FORMATS)
        check_size(*image.size)
        # A JPEG can be read at a half or a quarter of its size, with as much less memory.
        image.draft(image.mode, (LARGEST, LARGEST))
        image.load()
        return as_srgb(ImageOps.exif_transpose(image))
    except UnidentifiedImageError as error:
        raise BadPicture("This is no JPEG, PNG, WebP or GIF picture. Save it as one of these first.") from error
    except BOMBS as error:
        raise too_many_pixels() from error
    except BROKEN as error:
        raise BadPicture("The picture is damaged. Open it in a picture program and save it again.") from error


def check_size(width: int, height: int) -> None:
    """Refuse what is too large, too small or too narrow, before any pixel is read. Raises `BadPicture`."""
    if width * height > MOST_PIXELS:
        raise too_many_pixels()
    if min(width, height) < LEAST_SIDE:
        raise BadPicture(f"It is {width} × {height} pixels; each side must have {LEAST_SIDE} at least.")
    if max(width, height) > MOST_TIMES_AS_LONG * min(width, height):
        raise BadPicture(f"It is {width} × {height} pixels, too narrow to be shown. Cut it first.")


def too_many_pixels() -> BadPicture:
    """Return the refusal of a picture that would take too much memory."""
    most = MOST_PIXELS // MEGAPIXEL
    return BadPicture(f"It has more than {most} megapixels. Make it smaller; {LARGEST} pixels wide is enough.")


def as_srgb(image: Image.Image) -> Image.Image:
    """Return a picture in the colours that browsers take for granted, with its transparency where it has some."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    profile = image.info.get("icc_profile")
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda level: level / 256).convert("L")
    if image.mode not in {"RGB", "RGBA", "CMYK"}:
        image = image.convert(mode)
    if profile:
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(image, own, ImageCms.createProfile("sRGB"), outputMode=mode)
        except (ImageCms.PyCMSError, OSError):
            changed = None  # a profile of another kind of colours: the picture is shown as if it had none
        image = changed or image
    return image if image.mode == mode else image.convert(mode)


def encode(image: Image.Image, size: tuple[int, int]) -> bytes:
    """Return a picture of a size as WebP."""
    smaller = image if image.size == size else image.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    buffer = io.BytesIO()
    smaller.save(buffer, "WEBP", quality=QUALITY, method=EFFORT)
    return buffer.getvalue()
