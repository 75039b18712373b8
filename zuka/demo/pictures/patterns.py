"""Cloth: the patterns of West African textiles, each a tile that repeats. Colours are main, second and light."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import cos, pi, sin

from zuka.demo.pictures.colours import INK, mix

Colours = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Tile:
    """One repeat of a pattern: width, height, drawing; `turns` where it may be laid at any angle."""

    width: int
    height: int
    drawing: str
    turns: bool = False


def disc(x: float, y: float, radius: float, fill: str) -> str:
    """Return a filled circle."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="{fill}"/>'


def ring(x: float, y: float, radius: float, stroke: str, width: float = 3) -> str:
    """Return a circle that is a line."""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="none" stroke="{stroke}" stroke-width="{width:g}"/>'


def bar(x: float, y: float, width: float, height: float, fill: str) -> str:
    """Return a filled rectangle."""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" fill="{fill}"/>'


def line(path: str, stroke: str, width: float = 3, fill: str = "none") -> str:
    """Return a path drawn as a line with round ends."""
    return (
        f'<path d="{path}" fill="{fill}" stroke="{stroke}" stroke-width="{width:g}" '
        'stroke-linecap="round" stroke-linejoin="round"/>'
    )


def shape(path: str, fill: str, opacity: float = 1) -> str:
    """Return a filled path."""
    faint = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
    return f'<path d="{path}" fill="{fill}"{faint}/>'


def around(count: int, x: float, y: float, radius: float) -> list[tuple[float, float]]:
    """Return points on a circle."""
    turns = (2 * pi * each / count for each in range(count))
    return [(round(x + radius * cos(turn), 1), round(y + radius * sin(turn), 1)) for turn in turns]


def circles(a: str, b: str, c: str) -> Tile:
    """Ankara: great wheels with dots, small ones between."""
    corners = [(0, 0), (100, 0), (0, 100), (100, 100)]
    drawing = bar(0, 0, 100, 100, a) + disc(50, 50, 38, b) + disc(50, 50, 31, c) + disc(50, 50, 25, a)
    drawing += "".join(disc(x, y, 3, b) for x, y in around(12, 50, 50, 19.5)) + disc(50, 50, 11, c) + disc(50, 50, 6, b)
    drawing += "".join(disc(x, y, 15, c) + disc(x, y, 10, b) + disc(x, y, 4, a) for x, y in corners)
    return Tile(100, 100, drawing)


def discs(a: str, b: str, c: str) -> Tile:
    """Ankara: records with many grooves."""
    one = "".join(ring(60, 60, radius, c if radius % 4 else b, 2.4) for radius in range(18, 54, 6))
    return Tile(120, 120, bar(0, 0, 120, 120, a) + disc(60, 60, 54, mix(a, INK, 0.25)) + one + disc(60, 60, 12, b))


def fans(a: str, b: str, c: str) -> Tile:
    """Ankara: rows of fans, like feathers of a peacock."""

    def one(x: int, y: int) -> str:
        return disc(x, y, 40, c) + disc(x, y, 35, a) + disc(x, y, 25, b) + disc(x, y, 17, c) + disc(x, y, 9, a)

    drawing = bar(0, 0, 80, 80, b) + "".join(one(x, y) for y in (0, 40, 80, 120) for x in stagger(y))
    return Tile(80, 80, drawing)


def stagger(y: int) -> tuple[int, ...]:
    """Return where the fans of a row are; every second row stands between those above."""
    return (0, 80) if y % 80 else (-40, 40, 120)


def zigzag(a: str, b: str, c: str) -> Tile:
    """Ankara: bands that go up and down."""
    bands = (line(f"M-10 {y + 30} L20 {y} L50 {y + 30}", colour, 9) for y, colour in ((-2, b), (18, c), (48, b)))
    return Tile(40, 60, bar(0, 0, 40, 60, a) + "".join(bands) + line("M-10 88 L20 58 L50 88", b, 9))


def birds(a: str, b: str, c: str) -> Tile:
    """Ankara: swallows in flight, the print called speed bird."""
    body = "M10 34 Q34 20 50 30 Q66 8 88 6 Q76 24 66 34 Q82 38 94 48 Q70 50 56 42 Q34 52 10 34 Z"
    one = shape(body, b) + line("M24 34 Q44 28 62 36", c, 2.5) + disc(40, 34, 2.4, c)
    dots = "".join(disc(x, y, 3.4, c) for x, y in ((12, 10), (104, 26), (30, 62), (92, 80), (14, 98), (60, 104)))
    again = f'<g transform="translate(112 62) scale(-.8 .8)">{one}</g>'
    return Tile(112, 120, bar(0, 0, 112, 120, a) + dots + one + again, turns=True)


def leaves(a: str, b: str, c: str) -> Tile:
    """Ankara: palm leaves."""
    blades = "".join(
        line(f"M60 {y} Q{60 + side * 22} {y - 22} {60 + side * 44} {y - 16}", colour, 6)
        for y in range(36, 116, 15)
        for side, colour in ((1, b), (-1, c))
    )
    one = line("M60 116 Q56 70 60 12", c, 3.5) + blades
    return Tile(120, 120, bar(0, 0, 120, 120, a) + one, turns=True)


def petals(a: str, b: str, c: str) -> Tile:
    """Ankara: big flowers, buds between."""

    def flower(x: int, y: int, size: float) -> str:
        near, far, wide = y - 18 * size, y - 38 * size, 16 * size
        leaf = f"M{x} {y} Q{x + wide:g} {near:g} {x} {far:g} Q{x - wide:g} {near:g} {x} {y} Z"
        turned = (f'<g transform="rotate({turn} {x} {y})">{shape(leaf, b)}</g>' for turn in range(0, 360, 60))
        return "".join(turned) + disc(x, y, 9 * size, c) + disc(x, y, 4 * size, a)

    buds = "".join(disc(x, y, 5, c) for x, y in ((12, 78), (108, 40), (60, 108), (92, 12)))
    return Tile(120, 120, bar(0, 0, 120, 120, a) + buds + flower(50, 48, 1) + flower(104, 98, 0.5))


def confetti(a: str, b: str, c: str) -> Tile:
    """Ankara: small shapes thrown about."""
    spots = ((12, 14, b), (44, 8, c), (74, 22, b), (26, 42, c), (58, 50, b), (84, 64, c), (10, 70, b), (42, 82, c))
    drawn = (f'<g transform="rotate({x * 7} {x} {y})">{bar(x - 8, y - 3.5, 16, 7, fill)}</g>' for x, y, fill in spots)
    rounds = "".join(disc(x, y, 4.5, mix(b, c, 0.5)) for x, y in ((58, 24), (30, 62), (72, 84), (12, 42), (76, 42)))
    return Tile(92, 92, bar(0, 0, 92, 92, a) + "".join(drawn) + rounds)


def swirls(a: str, b: str, c: str) -> Tile:
    """Adire: spirals drawn by hand in cassava paste, dots along them."""
    spiral = "M50 50 q6 -8 12 0 q4 14 -12 16 q-22 0 -22 -20 q2 -26 28 -26 q32 4 30 36 q-6 32 -40 30"
    dots = "".join(disc(x, y, 2.6, c) for x, y in around(16, 50, 50, 45))
    small = "M104 104 q4 -5 8 0 q2 9 -8 10 q-14 0 -14 -12 q2 -16 18 -16"
    drawing = bar(0, 0, 120, 120, a) + disc(96, 20, 16, b) + disc(20, 104, 12, b) + line(spiral, c, 4.2) + dots
    return Tile(120, 120, drawing + line(small, c, 3.4) + ring(98, 18, 10, c, 2.5) + ring(16, 106, 7, c, 2.5))


def rings(a: str, b: str, c: str) -> Tile:
    """Adire oniko: rings where the cloth was tied, soft as dye runs."""

    def tied(x: int, y: int, size: float) -> str:
        bands = ((46, c, 0.2), (40, c, 0.6), (33, a, 0.9), (27, b, 0.7), (20, c, 0.75), (12, a, 0.9), (5, c, 0.8))
        return "".join(
            f'<circle cx="{x}" cy="{y}" r="{radius * size:g}" fill="{fill}" fill-opacity="{faint}"/>'
            for radius, fill, faint in bands
        )

    return Tile(150, 150, bar(0, 0, 150, 150, a) + tied(52, 54, 1) + tied(120, 118, 0.6) + tied(24, 128, 0.36))


def grid(a: str, b: str, c: str) -> Tile:
    """Adire eleko: squares by stencil, each with its own sign."""
    lines = "".join(line(f"M{at} 0 V120 M0 {at} H120", c, 2.6) for at in (0, 60, 120))
    first = ring(30, 30, 18, c, 3) + disc(30, 30, 6, c)
    second = "".join(line(f"M{x} 12 V48", c, 3) for x in (74, 84, 95, 106))
    third = line("M12 72 L48 108 M48 72 L12 108", c, 3) + disc(30, 90, 5, b)
    fourth = "".join(disc(x, y, 3.2, c) for x in (76, 90, 104) for y in (76, 90, 104))
    return Tile(120, 120, bar(0, 0, 120, 120, a) + bar(60, 60, 60, 60, b) + lines + first + second + third + fourth)


def rain(a: str, b: str, c: str) -> Tile:
    """Adire: short strokes like rain on dust."""
    strokes = ((8, 6, c), (30, 22, b), (52, 4, c), (20, 48, c), (44, 40, b), (64, 34, c), (6, 68, b), (58, 66, c))
    drawn = "".join(line(f"M{x} {y} l-4 16", fill, 3.4) for x, y, fill in strokes)
    return Tile(72, 88, bar(0, 0, 72, 88, a) + drawn)


def stripes(a: str, b: str, c: str) -> Tile:
    """Aso-oke: narrow strips sewn side by side, fine lines in each."""
    bands = bar(0, 0, 84, 30, a) + bar(10, 0, 12, 30, b) + bar(15, 0, 2, 30, c) + bar(46, 0, 5, 30, c)
    bands += bar(55, 0, 3, 30, b) + bar(62, 0, 2, 30, c)
    weave = "".join(bar(0, y, 84, 1, INK) for y in (0, 6, 12, 18, 24))
    eyes = bar(34, 4, 5, 8, c) + bar(34, 20, 5, 5, b)
    seam = f'<g opacity=".3">{bar(82, 0, 2, 30, INK)}</g>'
    return Tile(84, 30, f'{bands}{eyes}<g opacity=".07">{weave}</g>{seam}')


def bands(a: str, b: str, c: str) -> Tile:
    """Kente: blocks of weft and warp, turned about."""
    warp = bar(0, 0, 60, 60, a) + "".join(bar(x, 0, 6, 60, fill) for x, fill in ((8, b), (20, c), (34, b), (48, c)))
    weft = bar(60, 0, 60, 60, b) + "".join(bar(60, y, 60, 7, fill) for y, fill in ((4, c), (18, a), (34, c), (48, a)))
    steps = bar(0, 60, 60, 60, b) + "".join(bar(22 - at, 68 + at, 16 + 2 * at, 6, c) for at in (0, 7, 14))
    steps += "".join(bar(22 - at, 112 - at, 16 + 2 * at, 6, a) for at in (0, 7, 14))
    last = bar(60, 60, 60, 60, a) + "".join(
        bar(x, 60, 6, 60, fill) for x, fill in ((68, c), (82, b), (96, c), (110, b))
    )
    return Tile(120, 120, warp + weft + steps + last)


def lace(a: str, b: str, c: str) -> Tile:
    """Lace: flowers and stones on a net."""
    net = "".join(disc(x, y, 1.7, c) for x in range(5, 70, 10) for y in range(5, 70, 10))
    flowers = "".join(
        "".join(disc(px, py, 4.6, c) for px, py in around(6, x, y, 8)) + disc(x, y, 3.8, b)
        for x, y in ((18, 18), (53, 53))
    )
    return Tile(70, 70, bar(0, 0, 70, 70, a) + f'<g opacity=".55">{net}</g>' + flowers)


def damask(a: str, b: str, c: str) -> Tile:
    """Guinea brocade: figures that shine in the cloth's own colour."""
    light, dark = mix(a, c, 0.28), mix(a, b, 0.35)
    figure = shape("M40 6 Q58 30 72 40 Q58 50 40 74 Q22 50 8 40 Q22 30 40 6 Z", light)
    inner = shape("M40 22 Q48 34 58 40 Q48 46 40 58 Q32 46 22 40 Q32 34 40 22 Z", dark)
    corners = "".join(disc(x, y, 6, light) for x, y in ((0, 0), (80, 0), (0, 80), (80, 80)))
    return Tile(80, 80, bar(0, 0, 80, 80, a) + figure + inner + disc(40, 40, 5, light) + corners)


def silk(a: str, b: str, c: str) -> Tile:
    """Silk: broad waves of colour that flow into one another."""
    low, high = mix(a, b, 0.55), mix(a, c, 0.4)
    waves = shape("M0 40 Q50 0 100 40 T200 40 V90 Q150 50 100 90 T0 90 Z", low)
    waves += shape("M0 150 Q50 118 100 150 T200 150 V176 Q150 146 100 176 T0 176 Z", high)
    waves += line("M0 120 Q50 84 100 120 T200 120", c, 2.5) + line("M0 20 Q50 -14 100 20 T200 20", high, 5)
    return Tile(200, 200, bar(0, 0, 200, 200, a) + waves)


def plain(a: str, b: str, c: str) -> Tile:  # noqa: ARG001 - every pattern takes three colours
    """One colour, a fine weave."""
    weave = f'<g opacity=".06">{bar(0, 0, 4, 2, INK)}{bar(4, 4, 4, 2, INK)}</g>'
    return Tile(8, 8, bar(0, 0, 8, 8, a) + weave)


def grain(a: str, b: str, c: str) -> Tile:  # noqa: ARG001 - every pattern takes three colours
    """Leather: one colour with pores."""
    pores = "".join(disc(x, y, 1.1, INK) for x, y in ((5, 6), (17, 3), (27, 11), (11, 18), (33, 24), (21, 30), (4, 32)))
    return Tile(38, 38, bar(0, 0, 38, 38, a) + f'<g opacity=".12">{pores}</g>')


def beads(a: str, b: str, c: str) -> Tile:
    """Glass beads sewn side by side."""

    def bead(x: float, y: float, fill: str) -> str:
        return disc(x, y, 8.4, mix(fill, INK, 0.25)) + disc(x, y, 7.2, fill) + disc(x - 2.4, y - 2.6, 2, "#ffffff")

    spots = ((9, 9, a), (27, 9, a), (45, 9, b), (18, 25, a), (36, 25, c), (54, 25, a), (0, 25, a))
    return Tile(54, 32, bar(0, 0, 54, 32, mix(a, INK, 0.5)) + "".join(bead(*spot) for spot in spots))


Pattern = Callable[[str, str, str], Tile]
ALL: tuple[Pattern, ...] = (
    *(circles, discs, fans, zigzag, birds, leaves, petals, confetti),
    *(swirls, rings, grid, rain),
    *(stripes, bands, lace, damask, silk, plain, grain, beads),
)
PATTERNS: dict[str, Pattern] = {each.__name__: each for each in ALL}
