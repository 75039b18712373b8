"""Men's and boys' clothes, and caps. Outlines are right halves from the neck down to the hem."""

from __future__ import annotations

from zuka.demo.pictures.canvas import CLOTH, Canvas, flip, whole
from zuka.demo.pictures.colours import INK, mix
from zuka.demo.pictures.garments import folds, neck
from zuka.demo.pictures.patterns import disc, ring, shape


def trousers(canvas: Canvas, *, top: int, spread: int = 0) -> None:
    """Show trousers from under a tunic down to the ground."""
    legs = whole(
        f"M300 {top} L{374 + spread} {top} Q{378 + spread} 600 {368 + spread} 690 "
        f"Q340 700 {316 + spread} 692 Q308 620 300 {top + 60}"
    )
    canvas.cloth(legs, folds=[f"M344 {top} Q350 620 340 696 L352 696 Z", f"M256 {top} Q250 620 260 696 L248 696 Z"])


def agbada(canvas: Canvas) -> None:
    """A great gown over a tunic, richly embroidered, its sides thrown over the shoulders."""
    canvas.shadow(696, 200)
    trousers(canvas, top=540, spread=6)
    gown = whole("M300 240 L340 140 Q428 280 436 596 Q372 616 300 618")
    canvas.cloth(gown, folds=folds(400, 624, (318, 326), (352, 380)))
    wing = "M334 136 Q440 150 506 256 Q548 372 540 500 Q500 552 432 566 Q424 420 384 318 Q350 220 334 136 Z"
    deep = "M392 170 Q478 320 486 556 L504 546 Q496 320 408 178 Z"
    outer = "M440 190 Q530 320 524 530 L538 516 Q540 330 462 206 Z"
    canvas.both(wing, folds=["M360 170 Q440 330 444 566 L462 560 Q452 330 372 170 Z", deep, outer])
    panel = whole("M300 250 Q330 196 338 138 L366 150 Q392 262 380 356 Q350 440 300 466")
    canvas.cloth(panel, fill=mix(canvas.main, canvas.second, 0.4))
    neck(canvas, y=139, half=38, drop=100)
    for grow, width in ((0, 6), (12, 2.6), (22, 5)):
        canvas.trim(
            f"M{262 - grow} 140 Q{272 - grow} 210 300 {242 + grow} Q{328 + grow} 210 {338 + grow} 140", width=width
        )
    for size in (30, 20, 9):
        canvas.add(ring(344, 318, size, canvas.light, 3), ring(256, 318, size, canvas.light, 3))
    for path in (
        "M300 280 Q318 330 300 420 Q282 330 300 280",
        "M326 362 Q318 396 300 420",
        "M372 300 Q384 250 374 200",
    ):
        canvas.trim(path, width=3)
        canvas.trim(flip(path), width=3)


def tunic(canvas: Canvas, *, sleeve: str, hem: int, fold: str) -> None:
    """A tunic with a standing collar and a placket over trousers."""
    canvas.shadow(698, 140)
    trousers(canvas, top=hem - 40)
    canvas.both(sleeve, folds=[fold])
    body = whole(
        f"M300 150 L332 138 Q370 146 392 160 Q408 260 400 360 Q406 480 416 {hem} Q360 {hem + 14} 300 {hem + 14}"
    )
    canvas.cloth(body, folds=folds(300, hem + 20, (344, 352), (376, 396)))
    neck(canvas, y=140, half=28, drop=20)
    collar = whole("M300 164 L300 164 Q326 158 334 128 L326 122 Q318 140 300 146")
    canvas.cloth(collar, fill=canvas.main, line_width=1.8)


LONG_SLEEVE = "M386 156 Q430 176 446 290 Q462 400 464 470 Q444 482 422 476 Q412 380 398 300 Q396 220 386 156 Z"
LONG_FOLD = "M410 220 Q434 340 438 480 L428 480 Z"
SHORT_SLEEVE = "M386 156 Q440 176 474 300 Q448 324 412 320 Q400 240 386 156 Z"
SHORT_FOLD = "M410 200 Q442 260 438 324 L424 324 Z"


def senator(canvas: Canvas) -> None:
    """A senator suit: long sleeves, a panel in a second colour down the chest."""
    tunic(canvas, sleeve=LONG_SLEEVE, hem=566, fold=LONG_FOLD)
    finish_senator(canvas)
    canvas.both("M421 458 Q444 464 464 452 L464 470 Q444 482 422 476 Z", fill=canvas.second)


def finish_senator(canvas: Canvas) -> None:
    """Sew panel, buttons and pocket."""
    canvas.cloth("M286 166 L314 166 L314 376 L300 392 L286 376 Z", fill=canvas.second, line_width=1.6)
    for y in (196, 236, 276, 316, 356):
        canvas.add(disc(300, y, 4.6, canvas.light))
    canvas.cloth("M336 246 L382 242 L384 294 Q360 306 338 298 Z", fill=CLOTH, line_width=1.6)
    canvas.trim("M337 258 L383 254", colour=canvas.second, width=5)


def shortsenator(canvas: Canvas) -> None:
    """A senator suit with short sleeves."""
    tunic(canvas, sleeve=SHORT_SLEEVE, hem=556, fold=SHORT_FOLD)
    finish_senator(canvas)
    canvas.both("M411 302 Q444 308 468 284 L474 300 Q448 324 412 320 Z", fill=canvas.second)


def jalabia(canvas: Canvas) -> None:
    """A man's kaftan: below the knee, embroidered at the chest."""
    tunic(canvas, sleeve=LONG_SLEEVE, hem=624, fold=LONG_FOLD)
    for path in ("M318 168 Q344 230 326 300 Q318 340 300 372", "M330 176 Q362 236 338 310 Q326 356 300 396"):
        canvas.trim(path, width=3.4)
        canvas.trim(flip(path), width=3.4)
    canvas.trim("M300 168 V360", width=3)
    for y in (190, 222, 254, 286, 318):
        canvas.add(disc(300, y, 5, canvas.light), disc(300, y, 2, canvas.main))
    canvas.trim("M328 250 Q342 262 328 274 Q316 262 328 250 M272 250 Q286 262 272 274 Q260 262 272 250", width=2.6)


def shirt(canvas: Canvas) -> None:
    """A shirt with short sleeves, an open collar and a pocket."""
    canvas.shadow(632, 170)
    canvas.both(
        "M398 182 Q456 204 500 344 Q470 376 424 372 Q412 280 398 182 Z",
        folds=["M426 230 Q462 300 460 374 L442 374 Z"],
    )
    body = whole("M300 210 L346 160 Q386 170 408 188 Q424 300 418 420 Q420 520 424 606 Q360 622 300 622")
    canvas.cloth(body, folds=folds(330, 630, (350, 358), (390, 404)))
    inside = mix(canvas.main, INK, 0.5)
    canvas.add(shape("M262 158 Q300 146 338 158 L300 236 Z", inside))
    canvas.both("M300 236 L338 152 L352 156 Q366 190 356 226 L326 212 Z")
    canvas.trim("M300 238 V620", colour=canvas.ink, width=2)
    for y in (270, 330, 390, 450, 510, 570):
        canvas.add(disc(306, y, 4.4, canvas.light), disc(306, y, 1.5, canvas.ink))
    canvas.cloth("M338 292 L398 288 L400 356 Q370 374 340 362 Z", line_width=1.8)
    canvas.both("M423 354 Q468 358 494 326 L500 344 Q470 376 424 372 Z", fill=canvas.second)


def fila(canvas: Canvas) -> None:
    """A soft cap of aso-oke, tipped to one side."""
    canvas.shadow(560, 190)
    crown = "M130 470 Q116 300 210 246 Q330 176 430 250 Q520 262 506 336 Q486 380 464 384 L474 472 Q300 548 130 470 Z"
    canvas.cloth(
        crown,
        folds=[
            "M240 232 Q230 330 262 440 L282 440 Q254 330 262 222 Z",
            "M400 240 Q470 300 462 386 L440 400 Q448 310 380 232 Z",
        ],
    )
    band = "M130 440 Q300 516 472 444 L476 506 Q300 584 132 504 Z"
    canvas.cloth(band)
    canvas.trim("M131 440 Q300 516 473 444", width=5)
    canvas.stitches("M134 492 Q300 568 474 494")


def cap(canvas: Canvas) -> None:
    """A round cap, stiff, embroidered all over."""
    canvas.shadow(570, 180)
    side = "M150 300 L162 500 Q300 580 438 500 L450 300 Q300 372 150 300 Z"
    canvas.cloth(side)
    canvas.add(
        f'<ellipse cx="300" cy="300" rx="150" ry="50" fill="url(#cloth)" stroke="{canvas.ink}" stroke-width="2.4"/>'
    )
    canvas.add(f'<ellipse cx="300" cy="300" rx="150" ry="50" fill="{canvas.second}" fill-opacity=".35"/>')
    for grow in (0, 40, 78):
        near, y = grow // 12, 310 + grow * 2
        canvas.trim(f"M{150 + near} {y} Q300 {y + 76} {450 - near} {y}", width=4)
    for x, y in (
        (190, 372),
        (245, 394),
        (300, 402),
        (355, 394),
        (410, 372),
        (194, 450),
        (248, 472),
        (300, 480),
        (352, 472),
        (406, 450),
    ):
        canvas.trim(f"M{x} {y - 16} L{x + 15} {y} L{x} {y + 16} L{x - 15} {y} Z", width=3)
        canvas.add(disc(x, y, 4, canvas.light))
    canvas.add(ring(300, 300, 4, canvas.light, 6))


MEN = (agbada, senator, shortsenator, jalabia, shirt, fila, cap)
