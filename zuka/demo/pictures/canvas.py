"""What a picture is drawn on: a softly tinted ground, cloth with shade and folds, and outlines that mirror."""

from __future__ import annotations

import re
from collections.abc import Sequence

from zuka.demo.pictures.colours import COLOURS, INK, PAPER, mix
from zuka.demo.pictures.names import Look
from zuka.demo.pictures.patterns import PATTERNS, line, shape

WIDTH, HEIGHT, MIDDLE = 600, 750, 300
CLOTH = "url(#cloth)"
# Points of a path command, x and y in turn.
Step = tuple[str, list[tuple[float, float]]]
TOKEN = re.compile(r"[MLQC]|-?\d+(?:\.\d+)?")


def read_path(path: str) -> list[Step]:
    """Return the commands M, L, Q, C of a path, each with its points."""
    steps: list[Step] = []
    numbers: list[float] = []
    for token in TOKEN.findall(path):
        if token.isalpha():
            steps.append((token, []))
            continue
        numbers.append(float(token))
        if len(numbers) == 2:
            steps[-1][1].append((numbers[0], numbers[1]))
            numbers = []
    return steps


def write_path(steps: Sequence[Step]) -> str:
    """Return a path from its commands."""
    return " ".join(command + " ".join(f"{x:g} {y:g}" for x, y in points) for command, points in steps)


def flip(path: str) -> str:
    """Return a path seen in a mirror that stands in the middle."""
    steps = [(command, [(WIDTH - x, y) for x, y in points]) for command, points in read_path(path)]
    return write_path(steps) + ("Z" if path.rstrip().endswith("Z") else "")


def whole(half: str) -> str:
    """Return a closed outline from its right half, which goes from a point in the middle down to another one."""
    steps = read_path(half)
    points = [point for _, each in steps for point in each]
    back = [(WIDTH - x, y) for x, y in reversed(points)][1:]
    for command, each in reversed(steps[1:]):
        steps.append((command, back[: len(each)]))
        back = back[len(each) :]
    return write_path(steps) + "Z"


class Canvas:
    """Collects a picture. `main`, `second` and `light` are the look's colours; `ink` is what outlines are drawn in."""

    def __init__(self, look: Look) -> None:
        self.look = look
        self.main, self.second, self.light = (COLOURS[name] for name in look.colours)
        self.ink = mix(self.main, INK, 0.72)
        self.parts: list[str] = []
        self.clips: list[str] = []

    def add(self, *drawn: str) -> None:
        """Put drawings on top."""
        self.parts.extend(drawn)

    def cloth(self, outline: str, *, fill: str = CLOTH, folds: Sequence[str] = (), line_width: float = 2.4) -> None:
        """Put a piece of cloth on top: its outline filled, folds and round shade inside, a thin line about it."""
        clip = f"c{len(self.clips)}"
        self.clips.append(f'<clipPath id="{clip}"><path d="{outline}"/></clipPath>')
        inside = "".join(shape(fold, INK, 0.13) for fold in folds)
        self.add(
            shape(outline, fill),
            f'<g clip-path="url(#{clip})">{inside}</g>' if inside else "",
            shape(outline, "url(#round)"),
            line(outline, self.ink, line_width),
        )

    def both(self, outline: str, *, fill: str = CLOTH, folds: Sequence[str] = ()) -> None:
        """Put a piece of cloth and its mirror on top: sleeves, legs, shoes."""
        self.cloth(outline, fill=fill, folds=folds)
        self.cloth(flip(outline), fill=fill, folds=[flip(fold) for fold in folds])

    def trim(self, path: str, *, colour: str | None = None, width: float = 3) -> None:
        """Draw embroidery or a seam as a line, in the light colour unless told."""
        self.add(line(path, colour or self.light, width))

    def stitches(self, path: str, *, colour: str | None = None) -> None:
        """Draw a row of stitches."""
        dashed = line(path, colour or self.light, 2).replace("<path ", '<path stroke-dasharray="6 5" ')
        self.add(dashed)

    def shadow(self, y: float, width: float, x: float = MIDDLE) -> None:
        """Let the thing stand on the ground: a soft dark oval."""
        self.add(f'<ellipse cx="{x:g}" cy="{y:g}" rx="{width:g}" ry="{width / 11:g}" fill="url(#floor)"/>')

    def __str__(self) -> str:
        """Return the whole picture as SVG."""
        ground = "".join(self.ground())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
            f'width="{WIDTH}" height="{HEIGHT}">'
            f"<defs>{self.pattern()}{GRADIENTS}{''.join(self.clips)}</defs>{ground}{''.join(self.parts)}</svg>\n"
        )

    def pattern(self) -> str:
        """Return the cloth: where its pattern begins, and how it lies, follows the seed."""
        tile, seed = PATTERNS[self.look.pattern](self.main, self.second, self.light), self.look.seed
        turn = f" rotate({seed * 37 % 360})" if tile.turns else ""
        scale = 0.56 + seed % 5 * 0.035
        where = f"translate({seed * 13 % 90} {seed * 7 % 90}) scale({scale:g}){turn}"
        return (
            f'<pattern id="cloth" width="{tile.width}" height="{tile.height}" patternUnits="userSpaceOnUse" '
            f'patternTransform="{where}">{tile.drawing}</pattern>'
        )

    def ground(self) -> list[str]:
        """Return the ground: paper with a breath of the main colour, and an arch behind the thing."""
        tint = self.main if self.look.seed % 2 else self.second
        soft = mix(PAPER, mix(tint, PAPER, 0.35), 0.24)
        arch = "M96 750 V330 Q96 84 300 84 Q504 84 504 330 V750 Z"
        return [
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{soft}"/>',
            shape(arch, mix(soft, "#ffffff", 0.55)),
            f'<rect y="640" width="{WIDTH}" height="110" fill="{mix(soft, INK, 0.035)}"/>',
        ]


GRADIENTS = (
    '<linearGradient id="round"><stop offset="0" stop-color="#000" stop-opacity=".24"/>'
    '<stop offset=".22" stop-color="#000" stop-opacity=".05"/>'
    '<stop offset=".42" stop-color="#fff" stop-opacity=".16"/>'
    '<stop offset=".7" stop-color="#000" stop-opacity=".03"/>'
    '<stop offset="1" stop-color="#000" stop-opacity=".26"/></linearGradient>'
    '<radialGradient id="floor"><stop offset="0" stop-color="#000" stop-opacity=".3"/>'
    '<stop offset="1" stop-color="#000" stop-opacity="0"/></radialGradient>'
)
