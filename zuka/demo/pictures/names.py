"""The name of a picture says all that is in it: `midi-circles-saffron_wine_cream-7`."""

from __future__ import annotations

from dataclasses import dataclass

from zuka.demo.pictures.colours import COLOURS

SEEDS = 100
PATH = "/shop/pictures/"


@dataclass(frozen=True, slots=True)
class Look:
    """What is drawn: a kind of thing, its cloth's pattern, three colours (main, second, light), a seed below 100."""

    kind: str
    pattern: str
    colours: tuple[str, str, str]
    seed: int

    @property
    def name(self) -> str:
        """Return the picture's name, without `.svg`."""
        return f"{self.kind}-{self.pattern}-{'_'.join(self.colours)}-{self.seed}"

    @property
    def url(self) -> str:
        """Return where the picture is on this site."""
        return f"{PATH}{self.name}.svg"


def read_look(name: str) -> Look | None:
    """Return what a picture's name says; None for a name that is not made as `Look.name` makes it."""
    parts = name.split("-")
    if len(parts) != 4:
        return None
    kind, pattern, named, seed = parts
    colours = tuple(named.split("_"))
    if len(colours) != 3 or not COLOURS.keys() >= set(colours) or not seed.isdecimal() or not seed.isascii():
        return None
    look = Look(kind, pattern, (colours[0], colours[1], colours[2]), int(seed))
    # One address a picture: 07 and 7 would be two.
    return look if look.seed < SEEDS and look.name == name else None
