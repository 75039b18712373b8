"""What is kept of an upload: pixels, the right way up, and nothing else."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from PIL import Image, ImageCms

from tests.platform.pictures.drawing import chunks, draw, exif
from zuka.platform.pictures.reading import BadPicture, draw_again
from zuka.platform.pictures.sizes import SIZES, sizes_of


def opened(webp: bytes) -> Image.Image:
    return Image.open(io.BytesIO(webp), formats=["WEBP"])


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_each_kind_becomes_webp(kind: str) -> None:
    size, files = draw_again(io.BytesIO(draw(kind=kind)))
    assert (size, [opened(each).size for each in files]) == ((300, 400), [(300, 400)])


@pytest.mark.parametrize(
    ("width", "height", "kept"),
    [
        (3600, 4800, [(400, 533), (900, 1200), (1800, 2400)]),
        (1000, 500, [(400, 200), (1000, 500)]),
        (450, 450, [(450, 450)]),
        (40, 200, [(40, 200)]),
    ],
)
def test_sizes_follow_from_the_largest_and_none_is_larger_than_the_upload(
    width: int, height: int, kept: list[tuple[int, int]]
) -> None:
    assert sizes_of(width, height) == kept
    assert sizes_of(*kept[-1]) == kept
    assert [opened(each).size for each in draw_again(io.BytesIO(draw(width, height)))[1]] == kept


def test_a_picture_stands_upright_and_says_nothing_of_where_it_was_taken() -> None:
    sent = draw(exif=exif(turned=6, place=True), comment=b"Home")
    assert b"Secret phone" in sent
    size, files = draw_again(io.BytesIO(sent))
    assert (size, [chunks(each) for each in files]) == ((400, 300), [["VP8"]])
    red, green, _ = opened(files[0]).convert("RGB").getpixel((390, 10))  # type: ignore[misc]  # of RGB it is a triple
    assert (red > 150, green < 90) == (True, True)


def test_transparency_is_kept() -> None:
    _, files = draw_again(io.BytesIO(draw(kind="PNG", mode="RGBA", colour=(0, 0, 0, 0))))
    assert opened(files[0]).convert("RGBA").getpixel((5, 5))[3] == 0  # type: ignore[index]  # as above


@pytest.mark.parametrize(
    ("mode", "kind", "colour", "shown"),
    [("L", "PNG", 200, 200), ("I;16", "PNG", 51_200, 199), ("CMYK", "JPEG", (0, 0, 0, 55), 200), ("1", "PNG", 1, 255)],
)
def test_other_kinds_of_colours_look_as_they_did(mode: str, kind: str, colour: object, shown: int) -> None:
    _, files = draw_again(io.BytesIO(draw(kind=kind, mode=mode, colour=colour)))
    assert opened(files[0]).convert("L").getpixel((200, 200)) == pytest.approx(shown, abs=3)


@pytest.mark.parametrize("profile", [ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), b"no profile"])
def test_a_colour_profile_is_applied_and_dropped(profile: bytes) -> None:
    _, files = draw_again(io.BytesIO(draw(icc_profile=profile)))
    assert chunks(files[0]) == ["VP8"]


def png_of(width: int, height: int) -> bytes:
    """A PNG that says it is so large, in a hundred bytes."""

    def part(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"")) + part(b"IEND", b"")


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (b"", "no JPEG, PNG, WebP or GIF"),
        (b"<svg onload='alert(1)'/>", "no JPEG, PNG, WebP or GIF"),
        (draw(kind="TIFF"), "no JPEG, PNG, WebP or GIF"),
        (draw()[:2000], "damaged"),
        (png_of(300, 300), "damaged"),
        (png_of(9000, 9000), "more than 64 megapixels"),
        (png_of(12_000, 12_000), "more than 64 megapixels"),
        (png_of(40_000, 40_000), "more than 64 megapixels"),
        (draw(39, 60), "39 × 60 pixels; each side must have 40"),
        (draw(100, 501), "100 × 501 pixels, too narrow"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_the_fix(sent: bytes, words: str) -> None:
    with pytest.raises(BadPicture, match=words):
        draw_again(io.BytesIO(sent))


@given(st.data())
@effort(max_examples=150, deadline=None)
def test_damaged_bytes_are_refused_or_drawn_and_never_break_anything(data: st.DataObject) -> None:
    sent = bytearray(draw(60, 60, kind=data.draw(st.sampled_from(["JPEG", "PNG", "WEBP", "GIF"]))))
    for place in data.draw(st.lists(st.integers(0, len(sent) - 1), max_size=8)):
        sent[place] = data.draw(st.integers(0, 255))
    try:
        _, files = draw_again(io.BytesIO(bytes(sent[: data.draw(st.integers(1, len(sent)))])))
    except BadPicture:
        return  # refused, which is right too
    assert opened(files[-1]).size[0] <= SIZES[-1].width
