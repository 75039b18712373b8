"""An A4 sheet with the shop's head, addresses, a table that goes on over pages, and page numbers.

Imported where a paper is made: the library that draws takes 0.25 s and 20 MB, and most processes print nothing.

The fonts are those of the back office: Inter, under the SIL Open Font License, which has the naira sign and the letters
of Nigeria's languages. A sheet made twice of the same order is the same file.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import unfold
from django.conf import settings
from fontTools.ttLib.woff2 import decompress
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from zuka.platform.live_settings.reading import live
from zuka.platform.papers import Paper

FONTS = Path(unfold.__file__).parent / "static/unfold/fonts/inter"
FONT = "Inter"
GREY = (110, 110, 110)
MARGIN, SMALL, NORMAL, LARGE = 18, 8.5, 10, 18
UNPACKED = TemporaryDirectory(prefix="zuka-fonts-")  # goes with the process


@cache
def font_file(name: str) -> Path:
    """Return a font unpacked, once a process: from WOFF2 it takes 0.1 s, five times what is drawn on an invoice."""
    unpacked = Path(UNPACKED.name) / f"{name}.ttf"
    decompress(str(FONTS / f"{name}.woff2"), str(unpacked))
    return unpacked


class Sheet(FPDF):
    """Pages of one paper. `at` is the moment that the file says it was made at."""

    def __init__(self, *, title: str, at: datetime, is_wide: bool = False) -> None:
        super().__init__(format="A4", orientation="landscape" if is_wide else "portrait")
        self.add_font(FONT, "", font_file("Inter-Regular"))
        self.add_font(FONT, "B", font_file("Inter-Bold"))
        self.title_text = title
        self.set_title(title)
        self.set_author(settings.SHOP_NAME)
        self.set_creation_date(at)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + 6)
        self.alias_nb_pages()
        self.add_page()

    def header(self) -> None:
        """Write the shop on the left and the paper's title on the right of each page."""
        self.set_font(FONT, "B", LARGE if self.page_no() == 1 else NORMAL)
        self.cell(self.epw / 2, 9, settings.SHOP_NAME[:40])
        self.set_font(FONT, "", NORMAL)
        self.cell(0, 9, self.title_text, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(2)

    def footer(self) -> None:
        """Write who sells, and which page this is."""
        self.set_y(-MARGIN)
        self.set_font(FONT, "", SMALL)
        self.set_text_color(*GREY)
        seller = " · ".join(filter(None, [settings.SHOP_NAME, live.SHOP_ADDRESS, live.SHOP_TAX_NUMBER]))
        self.cell(self.epw * 0.8, 5, fit(self, seller, self.epw * 0.8))
        self.cell(0, 5, f"Page {self.page_no()} of {{nb}}", align="R")
        self.set_text_color(0)

    def facts(self, rows: Iterable[tuple[str, str]]) -> None:
        """Write short facts, one a line: what it is, then what it says."""
        for name, text in rows:
            self.set_font(FONT, "", NORMAL)
            self.set_text_color(*GREY)
            self.cell(38, 5.5, name)
            self.set_text_color(0)
            self.multi_cell(0, 5.5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(3)

    def blocks(self, *blocks: tuple[str, Sequence[str]]) -> None:
        """Write blocks of lines, such as addresses, side by side."""
        width, top, bottom = self.epw / len(blocks), self.get_y(), self.get_y()
        for at, (name, lines) in enumerate(blocks):
            self.set_xy(MARGIN + at * width, top)
            self.set_font(FONT, "B", NORMAL)
            self.cell(width, 5.5, name, new_x=XPos.LEFT, new_y=YPos.NEXT)
            self.set_font(FONT, "", NORMAL)
            self.multi_cell(width - 4, 5, "\n".join(lines), align="L")
            bottom = max(bottom, self.get_y())
        self.set_xy(MARGIN, bottom + 5)

    def rows(
        self,
        heads: Sequence[str],
        widths: Sequence[float],
        rows: Iterable[Sequence[str]],
        *,
        aligns: Sequence[str] = (),
        size: float = NORMAL - 0.5,
    ) -> None:
        """Write a table, its head on each page; its first column is text and its others numbers unless `aligns` says
        what they are.
        """
        self.set_font(FONT, "", size)
        self.set_draw_color(200)
        aligns = tuple(aligns) or ("LEFT", *["RIGHT"] * (len(heads) - 1))
        with self.table(
            col_widths=tuple(widths),
            text_align=aligns,
            borders_layout="HORIZONTAL_LINES",
            headings_style=FontFace(emphasis="BOLD"),
            line_height=5,
            padding=1,
        ) as table:
            for cells in (heads, *rows):
                row = table.row()
                for cell in cells:
                    row.cell(cell)
        self.ln(3)

    def sums(self, rows: Sequence[tuple[str, str]], *, strong: str) -> None:
        """Write amounts below each other on the right, kept together on one page; the strong one in bold."""
        if self.will_page_break(6 * len(rows)):
            self.add_page()
        for name, amount in rows:
            self.set_font(FONT, "B" if name == strong else "", NORMAL)
            self.cell(self.epw - 40, 6, name, align="R")
            self.cell(40, 6, amount, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(4)

    def paper(self, filename: str) -> Paper:
        """Return the finished file."""
        return Paper(filename, bytes(self.output()))


def fit(sheet: FPDF, text: str, width: float) -> str:
    """Return a text, cut where it would be wider than its place."""
    while text and sheet.get_string_width(text) > width:
        text = text[:-2].rstrip("…") + "…" if len(text) > 2 else ""
    return text
