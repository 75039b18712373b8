"""Shoes, bags, jewellery, head ties and cloth by the piece."""

from __future__ import annotations

from math import cos, pi, sin

from zuka.demo.pictures.canvas import CLOTH, Canvas
from zuka.demo.pictures.colours import INK, mix
from zuka.demo.pictures.patterns import bar, disc, line, ring, shape


def pair(canvas: Canvas, shoe: str) -> None:
    """Show a drawing twice: the far one smaller and higher."""
    far, near = 'transform="translate(96 36) scale(.84)"', 'transform="translate(-6 110)"'
    canvas.add(f"<g {far}>{shoe}</g>", f"<g {near}>{shoe}</g>")


def sole(path: str, fill: str) -> str:
    """Return a sole with a dark lower edge."""
    return shape(path, fill) + line(path, mix(fill, INK, 0.45), 2.2)


def upper(path: str, fill: str, edge: str) -> str:
    """Return the part of a shoe above the sole: filled, shaded, outlined."""
    return shape(path, fill) + shape(path, "url(#round)") + line(path, edge, 2.4)


def sneaker(canvas: Canvas) -> None:
    """Sneakers: a cupsole, laces, a patch on the side."""
    canvas.shadow(562, 220)
    body = "M96 330 Q92 262 118 232 Q150 250 190 240 Q236 300 330 318 Q430 330 470 362 Q486 392 478 410 L100 410 Z"
    drawn = upper(body, CLOTH, canvas.ink)
    drawn += upper(
        "M96 330 Q92 262 118 232 Q136 244 152 246 Q150 300 164 330 L158 408 L100 408 Z", canvas.second, canvas.ink
    )
    drawn += upper("M380 324 Q440 334 470 362 Q486 392 478 410 L356 410 Q352 360 380 324 Z", canvas.second, canvas.ink)
    drawn += "".join(
        line(f"M{x} {y} l34 -22", canvas.light, 8) for x, y in ((222, 318), (254, 332), (288, 342), (322, 348))
    )
    drawn += line("M176 392 Q230 330 306 392", canvas.light, 9)
    pair(
        canvas,
        drawn
        + sole("M88 404 H486 Q494 430 478 446 H104 Q84 432 88 404 Z", "#fbf8f2")
        + line("M92 424 H488", canvas.second, 4),
    )


def slipon(canvas: Canvas) -> None:
    """Shoes without laces, of printed cloth."""
    canvas.shadow(562, 220)
    body = "M96 404 Q86 320 124 276 Q168 270 214 292 Q300 282 384 318 Q474 350 480 408 Z"
    drawn = upper(body, CLOTH, canvas.ink) + shape(
        "M124 276 Q168 270 214 292 Q236 312 222 330 Q160 326 112 300 Z", mix(canvas.main, INK, 0.6)
    )
    drawn += upper("M214 292 Q252 286 276 292 Q268 330 234 350 Q222 346 218 330 Z", canvas.second, canvas.ink)
    pair(
        canvas,
        drawn
        + sole("M90 400 H484 Q490 420 476 434 H104 Q88 424 90 400 Z", "#fbf8f2")
        + line("M100 418 H480", canvas.second, 3),
    )


def slippers(canvas: Canvas) -> None:
    """Palm slippers of leather, from above."""
    canvas.shadow(640, 200)
    for x, turn in ((196, -7), (404, 7)):
        foot = (
            "M-72 250 Q-96 120 -70 -20 Q-60 -190 6 -214 Q72 -206 84 -80 Q88 30 66 130 Q62 230 40 262 Q-30 290 -72 250 Z"
        )
        strap = "M-86 -10 Q-96 -96 -62 -150 Q10 -196 76 -126 Q98 -66 84 0 Q0 -50 -86 -10 Z"
        drawn = (
            sole(foot, mix(canvas.second, INK, 0.3))
            + f'<g transform="scale(.93) translate(0 6)">{shape(foot, canvas.second)}</g>'
        )
        drawn += (
            upper(strap, CLOTH, canvas.ink)
            + line("M-84 -20 Q0 -62 84 -12", canvas.light, 3)
            + line("M-74 -128 Q6 -176 74 -116", canvas.light, 3)
        )
        drawn += line("M-30 -90 Q0 -120 30 -90 Q0 -60 -30 -90", canvas.light, 4)
        canvas.add(f'<g transform="translate({x} 380) rotate({turn})">{drawn}</g>')


def sandals(canvas: Canvas) -> None:
    """Sandals whose straps are sewn with beads, from above."""
    canvas.shadow(640, 200)
    for x, turn in ((198, -6), (402, 6)):
        foot = (
            "M-62 244 Q-84 120 -60 -10 Q-54 -186 4 -210 Q62 -202 72 -80 Q76 30 58 124 Q54 222 36 254 Q-26 280 -62 244 Z"
        )
        drawn = (
            sole(foot, mix(canvas.second, INK, 0.35))
            + f'<g transform="scale(.92) translate(0 6)">{shape(foot, canvas.second)}</g>'
        )
        for path in ("M-74 -70 Q0 -130 78 -60", "M-74 10 Q0 -150 4 -170 Q8 -150 74 16", "M-70 150 Q0 90 66 150"):
            drawn += line(path, mix(canvas.main, INK, 0.4), 22) + line(path, canvas.main, 17)
            beaded = line(path, canvas.light, 9).replace("<path ", '<path stroke-dasharray="0.1 14" ')
            drawn += beaded
        drawn += disc(4, -128, 15, canvas.light) + disc(4, -128, 8, canvas.main)
        canvas.add(f'<g transform="translate({x} 380) rotate({turn})">{drawn}</g>')


def mules(canvas: Canvas) -> None:
    """Mules with a block heel."""
    canvas.shadow(566, 220)
    heel = "M102 296 L188 318 L180 446 L112 446 Z"
    bed = (
        "M92 286 Q96 264 130 270 Q220 300 290 368 Q360 404 470 398 Q486 404 480 420 Q380 434 300 420 Q220 360 100 306 Z"
    )
    strap = "M268 352 Q300 262 366 264 Q446 290 474 400 Q370 420 268 352 Z"
    drawn = (
        sole(heel, mix(canvas.second, INK, 0.15))
        + shape(heel, "url(#round)")
        + sole(bed, mix(canvas.second, "#ffffff", 0.35))
    )
    drawn += upper(strap, CLOTH, canvas.ink) + line("M300 300 Q360 330 420 300", canvas.light, 4)
    pair(canvas, drawn + sole("M298 418 Q400 436 480 418 L476 432 Q390 446 300 432 Z", mix(canvas.second, INK, 0.45)))


def tote(canvas: Canvas) -> None:
    """A tote of cloth with leather handles."""
    canvas.shadow(652, 210)
    for x in (0, 14):
        canvas.add(
            line(
                f"M{206 + x} 300 Q{206 + x} 120 300 120 Q{394 - x} 120 {394 - x} 300",
                mix(canvas.second, INK, 0.25 if x else 0),
                13,
            )
        )
    canvas.cloth(
        "M120 268 L480 268 L504 640 Q300 664 96 640 Z",
        folds=[
            "M180 270 Q170 460 190 650 L206 650 Q186 460 194 270 Z",
            "M410 270 Q424 460 404 650 L390 650 Q408 460 398 270 Z",
        ],
    )
    canvas.cloth("M120 268 L480 268 L484 322 Q300 334 116 322 Z", fill=canvas.second, line_width=1.8)
    canvas.cloth("M99 588 Q300 612 501 588 L504 640 Q300 664 96 640 Z", fill=canvas.second, line_width=1.8)
    canvas.stitches("M118 312 Q300 324 482 312")
    canvas.stitches("M101 600 Q300 624 499 600")
    for x in (206, 394):
        canvas.add(
            bar(x - 14, 286, 28, 66, mix(canvas.second, INK, 0.2)),
            disc(x, 300, 4, canvas.light),
            disc(x, 340, 4, canvas.light),
        )


def purse(canvas: Canvas) -> None:
    """A purse sewn with beads, on a chain."""
    canvas.shadow(612, 180)
    chain = line("M160 330 Q190 120 300 116 Q410 120 440 330", canvas.light, 7)
    canvas.add(
        chain.replace("<path ", '<path stroke-dasharray="2 11" '),
        line("M160 330 Q190 120 300 116 Q410 120 440 330", mix(canvas.light, INK, 0.3), 2),
    )
    canvas.cloth("M146 322 Q300 296 454 322 Q486 470 440 560 Q300 626 160 560 Q114 470 146 322 Z")
    flap = "M146 322 Q300 296 454 322 Q440 430 300 470 Q160 430 146 322 Z"
    canvas.cloth(flap)
    canvas.trim("M146 322 Q160 430 300 470 Q440 430 454 322", width=7)
    canvas.add(disc(300, 462, 20, canvas.light), disc(300, 462, 12, canvas.second), disc(296, 458, 4, "#ffffff"))


def satchel(canvas: Canvas) -> None:
    """A messenger bag of leather."""
    canvas.shadow(622, 210)
    canvas.add(line("M112 330 Q110 110 300 104 Q490 110 488 330", mix(canvas.main, INK, 0.25), 20))
    canvas.cloth("M104 316 H496 L506 586 Q300 622 94 586 Z")
    canvas.cloth("M92 298 Q300 278 508 298 L500 480 Q300 524 100 480 Z")
    canvas.stitches("M106 308 L113 472 Q300 510 487 472 L494 308")
    for x in (190, 382):
        strap = f"M{x} 400 L{x + 28} 400 L{x + 28} 528 Q{x + 14} 544 {x} 528 Z"
        canvas.cloth(strap, fill=mix(canvas.main, INK, 0.22), line_width=1.8)
        canvas.add(
            f'<rect x="{x - 5}" y="470" width="38" height="30" rx="5" fill="none" '
            f'stroke="{canvas.light}" stroke-width="6"/>'
        )


def string(canvas: Canvas, points: list[tuple[float, float]], radius: float) -> None:
    """Put beads along points, every fifth one in the light colour."""
    for at, (x, y) in enumerate(points):
        fill = canvas.light if at % 5 == 2 else canvas.main
        canvas.add(
            disc(x, y, radius, mix(fill, INK, 0.35)),
            disc(x, y, radius - 1.6, fill),
            disc(x - radius / 3, y - radius / 3, radius / 4, "#ffffff"),
        )


def hanging(half: float, drop: float, count: int, top: float = 190) -> list[tuple[float, float]]:
    """Return points of a necklace that is `half` wide to each side and hangs `drop` deep."""
    turns = (pi * each / (count - 1) for each in range(count))
    return [(round(300 - half * cos(turn), 1), round(top + drop * sin(turn), 1)) for turn in turns]


def necklace(canvas: Canvas) -> None:
    """Coral beads: strings about a neck of velvet, earrings below."""
    bust = "M248 134 Q300 112 352 134 Q346 160 350 190 Q354 236 430 262 "
    bust += "Q486 290 492 420 Q400 470 300 470 Q200 470 108 420 Q114 290 170 262 Q246 236 250 190 Q254 160 248 134 Z"
    canvas.shadow(660, 190)
    velvet = mix(canvas.second, "#ffffff", 0.12)
    canvas.cloth(bust, fill=velvet, line_width=1.2)
    for half, drop, count, top, size in ((54, 76, 17, 204, 9), (80, 116, 21, 232, 11), (108, 156, 25, 248, 12)):
        string(canvas, hanging(half, drop, count, top=top), size)
    canvas.add(ring(300, 404, 17, canvas.light, 6), disc(300, 404, 11, canvas.main))
    for x in (220, 380):
        canvas.add(line(f"M{x} 530 V548", canvas.light, 4), ring(x, 522, 8, canvas.light, 3))
        string(canvas, [(x, 560), (x - 13, 582), (x + 13, 582), (x, 604)], 12)


def bracelet(canvas: Canvas) -> None:
    """Bracelets of glass beads, three of them."""
    canvas.shadow(560, 190)
    for y, rx in ((300, 168), (380, 176), (460, 170)):
        points = [(300 + rx * cos(2 * pi * at / 40), y + 62 * sin(2 * pi * at / 40)) for at in range(40)]
        far, near = points[20:], points[:20]
        string(canvas, far, 12)
        string(canvas, near, 14.5)


def earrings(canvas: Canvas) -> None:
    """Earrings of brass on a card; the seed chooses hoops, fans or leaves."""
    canvas.add(f'<rect x="130" y="150" width="340" height="470" rx="16" fill="{mix(canvas.second, "#ffffff", 0.08)}"/>')
    canvas.add(
        f'<rect x="146" y="166" width="308" height="438" rx="10" fill="none" '
        f'stroke="{canvas.light}" stroke-opacity=".5" stroke-width="2"/>'
    )
    drops = (drop_hoop, drop_fan, drop_leaf, drop_shell)
    for x in (220, 380):
        canvas.add(
            disc(x, 250, 9, canvas.light),
            line(f"M{x} 258 V290", canvas.main, 4),
            drops[canvas.look.seed % 4](canvas, x),
        )


def drop_hoop(canvas: Canvas, x: int) -> str:
    """Return a hoop with a smaller one inside."""
    return (
        ring(x, 366, 70, mix(canvas.main, INK, 0.3), 15)
        + ring(x, 366, 70, canvas.main, 11)
        + ring(x, 366, 70, canvas.light, 3)
        + ring(x, 340, 38, canvas.main, 6)
    )


def drop_fan(canvas: Canvas, x: int) -> str:
    """Return a fan with ribs."""
    fan = f"M{x} 290 L{x + 66} 430 Q{x} 476 {x - 66} 430 Z"
    ribs = "".join(line(f"M{x} 300 L{x + to} 436", canvas.light, 3) for to in (-44, -22, 0, 22, 44))
    return (
        upper(fan, canvas.main, mix(canvas.main, INK, 0.5))
        + ribs
        + "".join(disc(x + to, 462 - abs(to) * 0.18, 7, canvas.light) for to in (-50, -25, 0, 25, 50))
    )


def drop_leaf(canvas: Canvas, x: int) -> str:
    """Return a sign of adinkra: a heart-like curl in a ring."""
    curl = f"M{x} 440 Q{x - 56} 380 {x - 34} 336 Q{x - 12} 320 {x} 352 Q{x + 12} 320 {x + 34} 336 Q{x + 56} 380 {x} 440"
    return ring(x, 374, 78, canvas.main, 9) + line(curl, canvas.light, 9) + disc(x, 470, 9, canvas.main)


def drop_shell(canvas: Canvas, x: int) -> str:
    """Return three cowries on a string."""
    shells = ((x, 330), (x - 30, 396), (x + 30, 396), (x, 462))
    return "".join(
        f'<ellipse cx="{cx}" cy="{cy}" rx="24" ry="31" fill="#fbf3e2" stroke="{canvas.main}" stroke-width="5"/>'
        + line(f"M{cx} {cy - 20} V{cy + 20}", mix(canvas.main, INK, 0.4), 4)
        for cx, cy in shells
    )


def gele(canvas: Canvas) -> None:
    """A head tie, pleated into a great fan, on a head without a face."""
    skin = "#6b4630"
    canvas.shadow(700, 150)
    canvas.add(shape("M252 560 Q256 620 196 660 Q150 690 146 750 L454 750 Q450 690 404 660 Q344 620 348 560 Z", skin))
    canvas.add(shape("M206 372 Q200 500 240 552 Q300 610 360 552 Q400 500 394 372 Z", mix(skin, "#a06a45", 0.4)))
    back = "M300 330 Q150 400 96 330 Q52 250 108 170 Q180 80 300 78 Q430 84 496 170 Q546 252 502 334 Q440 400 300 330 Z"
    ribs = [
        f"M300 360 Q{300 + at * 0.62:g} 230 {300 + at} 70 L{322 + at} 74 Q{306 + at * 0.66:g} 240 300 360 Z"
        for at in range(-230, 240, 46)
    ]
    canvas.cloth(back, folds=ribs)
    front = "M186 424 Q170 330 230 284 Q300 246 372 284 Q432 330 414 424 Q360 372 300 374 Q240 372 186 424 Z"
    canvas.cloth(
        front,
        folds=[
            "M200 400 Q250 310 380 300 L372 284 Q250 290 186 380 Z",
            "M196 424 Q260 350 410 356 L404 336 Q260 330 186 410 Z",
        ],
    )
    canvas.trim("M190 416 Q242 366 300 368 Q360 366 412 416", width=4)
    string(canvas, hanging(82, 64, 17, top=612), 10)
    for x in (206, 394):
        string(canvas, [(x, 500), (x, 522), (x, 544)], 9)


def stack(canvas: Canvas) -> None:
    """Woven cloths, folded and laid upon each other, fringes at the edge."""
    canvas.shadow(640, 220)
    light = mix(canvas.main, canvas.light, 0.25)
    for y, fill in ((500, CLOTH), (392, light), (284, CLOTH)):
        piece = f"M96 {y} Q300 {y - 22} 504 {y} Q520 {y + 50} 504 {y + 104} "
        piece += f"Q300 {y + 124} 96 {y + 104} Q80 {y + 50} 96 {y} Z"
        canvas.cloth(
            piece,
            fill=fill,
            folds=[f"M96 {y + 60} Q300 {y + 80} 504 {y + 60} L504 {y + 70} Q300 {y + 92} 96 {y + 70} Z"],
        )
        canvas.trim(f"M92 {y + 52} Q300 {y + 72} 508 {y + 52}", width=3)
    top = "M140 284 Q180 190 300 176 Q420 190 460 284 Q300 262 140 284 Z"
    canvas.cloth(top, folds=["M300 178 Q280 230 260 272 L280 270 Z", "M360 190 Q370 230 400 278 L420 280 Z"])
    for x in range(120, 490, 17):
        edge = 622 - abs(x - 300) // 12
        canvas.trim(f"M{x} {edge} L{x + x % 3 - 1} {edge + 30}", width=4)


def bale(canvas: Canvas) -> None:
    """Cloth by the yard: folded layers, a ribbon about them, a label."""
    canvas.shadow(640, 220)
    for y in (566, 500, 434, 368):
        layer = f"M118 {y} L476 {y} Q506 {y} 508 {y + 33} Q506 {y + 68} 476 {y + 68} "
        layer += f"L118 {y + 68} Q92 {y + 64} 92 {y + 34}"
        canvas.cloth(
            f"{layer} Q92 {y + 4} 118 {y} Z", folds=[f"M92 {y + 52} L508 {y + 52} L508 {y + 70} L92 {y + 70} Z"]
        )
        canvas.trim(f"M476 {y + 14} Q492 {y + 34} 476 {y + 54}", colour=canvas.ink, width=2)
    canvas.cloth(
        "M118 368 L190 236 Q196 226 210 226 L424 226 Q438 226 444 236 L476 368 Z",
        folds=["M118 368 L132 342 L470 342 L476 368 Z"],
    )
    end = "M250 226 L382 226 L398 368 L392 604 Q380 620 360 606 Q342 622 322 606 "
    end += "Q302 622 282 606 Q262 620 248 604 L240 368 Z"
    canvas.cloth(
        end,
        fill=mix(canvas.second, canvas.light, 0.15),
        folds=["M290 226 L288 612 L302 612 L300 226 Z", "M352 226 L356 612 L344 612 L344 226 Z"],
    )
    canvas.trim("M256 588 Q320 604 388 588", width=4)
    canvas.add(
        f'<rect x="262" y="428" width="114" height="70" rx="6" fill="#fffdf6" '
        f'stroke="{canvas.ink}" stroke-opacity=".4"/>'
    )
    canvas.add(line("M282 454 H356 M294 474 H344", canvas.main, 5))


def swatch(canvas: Canvas) -> None:
    """The cloth from near, in soft folds, a label sewn to its edge."""
    canvas.add(f'<g transform="scale(1.9)">{bar(0, 0, 316, 395, CLOTH)}</g>')
    for x in (40, 210, 400, 560):
        fold = f"M{x} 0 Q{x - 90} 300 {x + 10} 750 L{x + 60} 750 Q{x - 10} 300 {x + 70} 0 Z"
        canvas.add(
            shape(fold, INK, 0.12),
            shape(f"M{x + 76} 0 Q{x} 300 {x + 70} 750 L{x + 100} 750 Q{x + 40} 300 {x + 110} 0 Z", "#ffffff", 0.1),
        )
    canvas.add(
        '<g transform="rotate(-4 450 640)"><rect x="366" y="606" width="180" height="78" rx="5" fill="#fffdf6"/>'
    )
    canvas.add(line("M392 632 H520 M410 656 H502", canvas.second, 5), "</g>")


GOODS = (
    *(sneaker, slipon, slippers, sandals, mules, tote, purse, satchel),
    *(necklace, bracelet, earrings, gele, stack, bale, swatch),
)
