"""Women's and children's clothes, as they hang on nobody. Outlines are right halves from the neck down to the hem."""

from __future__ import annotations

from zuka.demo.pictures.canvas import Canvas, flip, whole
from zuka.demo.pictures.colours import INK, mix
from zuka.demo.pictures.patterns import disc, shape


def folds(top: float, bottom: float, *pairs: tuple[float, float]) -> list[str]:
    """Return folds of falling cloth, one for each pair of where it begins and where it ends, on both sides."""
    middle = (top + bottom) / 2
    made = [
        f"M{x} {top} Q{(x + end) / 2 - 4:g} {middle:g} {end - 9:g} {bottom} L{end + 9:g} {bottom} "
        f"Q{(x + end) / 2 + 6:g} {middle:g} {x} {top} Z"
        for x, end in pairs
    ]
    return [*made, *(flip(fold) for fold in made)]


def neck(canvas: Canvas, *, y: float, half: float, drop: float) -> None:
    """Show the inside of the back through a round neck that is `half` wide to each side and `drop` deep."""
    inside = f"M{300 - half} {y} Q300 {y - 16} {300 + half} {y} Q{300 + half * 0.8:g} {y + drop} 300 {y + drop} "
    inside += f"Q{300 - half * 0.8:g} {y + drop} {300 - half} {y} Z"
    canvas.add(shape(inside, mix(canvas.main, INK, 0.55)))


def midi(canvas: Canvas) -> None:
    """A dress with a fitted bodice and a wide skirt."""
    canvas.shadow(668, 170)
    canvas.both(
        "M372 156 Q424 162 452 246 Q424 268 392 262 Q384 210 372 156 Z", folds=["M400 190 Q420 220 424 262 L410 262 Z"]
    )
    body = whole(
        "M300 190 Q338 186 346 150 L382 158 Q392 214 376 262 Q364 304 364 338 C404 430 452 540 470 622 Q392 656 300 656"
    )
    canvas.cloth(body, folds=folds(350, 660, (312, 326), (330, 380), (348, 436)))
    neck(canvas, y=150, half=46, drop=40)
    belt = whole("M300 330 Q334 330 366 324 L368 350 Q334 358 300 358")
    canvas.cloth(belt, fill=canvas.second, line_width=1.6)
    canvas.trim("M254 150 Q262 186 300 190 Q338 186 346 150", colour=canvas.second, width=6)


def maxi(canvas: Canvas) -> None:
    """A gown to the floor with puffed sleeves."""
    canvas.shadow(690, 190)
    canvas.both(
        "M366 150 Q440 138 470 214 Q476 262 440 282 L400 270 Q380 210 366 150 Z",
        folds=["M392 168 Q440 200 436 280 L418 276 Z", "M404 160 Q462 200 458 266 L448 274 Z"],
    )
    canvas.both("M402 264 L442 276 L438 292 L400 282 Z", fill=canvas.second)
    body = whole(
        "M300 204 Q344 194 350 146 L378 152 Q394 206 376 258 Q362 300 364 326 C400 430 470 560 492 668 Q400 694 300 694"
    )
    canvas.cloth(body, folds=folds(336, 700, (308, 320), (326, 372), (342, 424), (354, 468)))
    neck(canvas, y=148, half=50, drop=54)
    canvas.cloth(whole("M300 316 Q336 316 366 310 L368 338 Q334 344 300 344"), fill=canvas.second, line_width=1.6)
    canvas.trim("M250 148 Q256 196 300 204 Q344 196 350 148", colour=canvas.second, width=6)


def corset(canvas: Canvas) -> None:
    """A gown with a boned bodice, bare shoulders, and a train that flares at the knee."""
    canvas.shadow(692, 180)
    canvas.both(
        "M388 214 Q432 206 452 262 Q458 300 446 340 L428 336 Q426 290 392 262 Z",
        folds=["M410 224 Q444 260 440 330 L434 330 Z"],
    )
    body = whole(
        "M300 204 Q326 158 362 166 Q384 174 388 212 Q384 268 366 316 "
        "C412 390 412 440 392 520 Q420 620 486 674 Q396 700 300 700"
    )
    canvas.cloth(body, folds=folds(520, 704, (312, 330), (340, 384), (372, 446)))
    bodice = whole("M300 204 Q326 158 362 166 Q384 174 388 212 Q384 268 368 312 Q340 340 300 352")
    canvas.cloth(bodice, fill=mix(canvas.main, canvas.light, 0.18), line_width=1.8)
    for bone in ("M318 180 Q322 270 314 346", "M350 172 Q352 250 340 336"):
        canvas.trim(bone, width=2)
        canvas.trim(flip(bone), width=2)
    for x, y in ((300, 226), (300, 254), (300, 282), (300, 310), (330, 214), (270, 214), (332, 262), (268, 262)):
        canvas.add(disc(x, y, 5, canvas.light), disc(x, y, 2, canvas.second))
    canvas.trim(bodice.split("Q340")[0].replace("Z", ""), width=3)


def shift(canvas: Canvas) -> None:
    """A straight dress with short sleeves."""
    canvas.shadow(660, 150)
    canvas.both(
        "M370 150 Q430 160 458 260 Q430 278 398 276 Q388 210 370 150 Z", folds=["M410 190 Q426 230 424 276 L412 276 Z"]
    )
    body = whole("M300 186 Q334 184 342 146 L378 152 Q396 204 386 270 Q392 420 420 632 Q362 646 300 646")
    canvas.cloth(body, folds=folds(300, 650, (330, 340), (366, 392)))
    neck(canvas, y=146, half=42, drop=40)
    canvas.trim("M258 147 Q266 184 300 186 Q334 184 342 147", colour=canvas.light, width=5)
    canvas.both("M334 470 L384 464 L390 534 Q362 542 338 536 Z")
    canvas.stitches("M338 480 L380 475")
    canvas.stitches(flip("M338 480 L380 475"))


def boubou(canvas: Canvas) -> None:
    """A wide gown that falls from the shoulders, embroidered about the neck."""
    canvas.shadow(690, 210)
    body = whole(
        "M300 226 Q322 190 338 148 Q420 158 462 232 Q506 330 516 436 Q484 470 440 464 Q446 590 456 668 Q384 694 300 694"
    )
    canvas.cloth(body, folds=folds(190, 700, (326, 326), (356, 376), (384, 424), (424, 500)))
    neck(canvas, y=150, half=38, drop=78)
    for grow, width in ((0, 7), (13, 3), (24, 5)):
        canvas.trim(
            f"M{262 - grow} 150 Q{272 - grow} 206 300 {228 + grow} Q{328 + grow} 206 {338 + grow} 150", width=width
        )
    for y in (276, 300, 324, 348):
        canvas.add(disc(300, y, 6, canvas.light), disc(300, y, 2.6, canvas.main))
    canvas.trim("M144 668 Q216 694 300 694 Q384 694 456 668", width=6)


def kaftan(canvas: Canvas) -> None:
    """A long kaftan for women, its front embroidered from the neck down."""
    canvas.shadow(690, 170)
    canvas.both(
        "M374 154 Q428 168 458 300 Q476 380 480 440 Q452 452 424 446 Q414 330 390 250 Z",
        folds=["M412 220 Q442 320 446 446 L434 446 Z"],
    )
    canvas.both("M424 430 Q452 436 479 426 L481 444 Q452 456 424 449 Z", fill=canvas.second)
    body = whole("M300 214 Q334 196 340 148 L378 155 Q398 220 392 300 Q404 500 432 668 Q366 690 300 690")
    canvas.cloth(body, folds=folds(300, 694, (332, 350), (362, 402)))
    yoke = whole("M300 214 Q334 196 340 148 L362 152 Q366 220 334 262 Q322 330 300 420")
    canvas.cloth(yoke, fill=canvas.second, line_width=1.6)
    neck(canvas, y=148, half=40, drop=66)
    embroider(canvas, top=238, bottom=384)


def embroider(canvas: Canvas, *, top: int, bottom: int) -> None:
    """Sew a row of rising diamonds and dots in the light colour down the middle."""
    for y in range(top, bottom, 36):
        canvas.trim(f"M300 {y} L314 {y + 14} L300 {y + 28} L286 {y + 14} Z", width=2.6)
        canvas.add(disc(300, y + 14, 3, canvas.light))


def peplum(canvas: Canvas) -> None:
    """A top that flares below the waist."""
    canvas.shadow(610, 150)
    canvas.both(
        "M378 186 Q446 190 476 282 Q450 306 410 298 Q396 240 378 186 Z",
        folds=["M402 204 Q446 240 444 300 L426 300 Z"],
    )
    body = whole(
        "M300 232 Q340 226 350 180 L388 188 Q404 250 384 310 Q368 356 370 396 Q420 470 466 556 Q390 600 300 592"
    )
    canvas.cloth(body, folds=folds(404, 610, (314, 330), (334, 388), (354, 440)))
    neck(canvas, y=182, half=50, drop=48)
    canvas.cloth(whole("M300 388 Q338 388 371 382 L373 404 Q338 412 300 412"), fill=canvas.second, line_width=1.6)
    canvas.trim("M250 182 Q260 228 300 232 Q340 228 350 182", colour=canvas.second, width=6)


def skirt(canvas: Canvas) -> None:
    """A pleated skirt."""
    canvas.shadow(660, 200)
    body = whole(
        "M300 176 Q344 176 378 166 C404 300 468 500 502 620 "
        "L474 634 L452 626 L424 642 L398 632 L368 648 L340 636 L318 648 L300 640"
    )
    pleats = ((306, 318), (318, 352), (332, 396), (346, 438), (360, 476))
    canvas.cloth(body, folds=folds(206, 660, *pleats))
    canvas.cloth(whole("M300 150 Q344 150 376 142 L382 184 Q344 194 300 194"), fill=canvas.second, line_width=1.8)
    canvas.stitches("M232 172 Q300 184 368 172")
    canvas.add(disc(354, 166, 6, canvas.light))


def twopiece(canvas: Canvas) -> None:
    """A short top and wide trousers of one cloth."""
    canvas.shadow(692, 150)
    legs = whole("M300 392 Q344 392 370 384 C392 470 412 580 424 684 Q378 698 330 690 Q318 560 300 470")
    canvas.cloth(legs, folds=folds(420, 700, (330, 352), (352, 396)))
    canvas.both(
        "M374 140 Q434 150 466 262 Q438 284 402 280 Q392 210 374 140 Z",
        fill=canvas.second,
        folds=["M410 180 Q436 230 432 282 L418 282 Z"],
    )
    top = whole("M300 184 Q336 178 346 134 L382 142 Q400 220 388 290 L394 348 Q346 362 300 362")
    canvas.cloth(top, fill=canvas.second, folds=folds(220, 364, (344, 356)))
    canvas.cloth(whole("M300 330 Q350 330 391 318 L394 348 Q346 362 300 362"), line_width=1.6)
    neck(canvas, y=136, half=46, drop=46)
    canvas.trim("M254 137 Q264 178 300 184 Q336 178 346 137", width=4)


def iro(canvas: Canvas) -> None:
    """A loose blouse, buba, over a wrapper, iro, with a shawl on the arm."""
    canvas.shadow(692, 150)
    wrapper = whole("M300 380 L388 376 Q404 520 412 680 Q356 694 300 694")
    canvas.cloth(wrapper, folds=["M330 390 Q346 540 352 700 L372 700 Q362 540 338 390 Z"])
    canvas.trim("M330 384 Q346 540 354 690", width=3)
    net = mix(canvas.second, "#ffffff", 0.15)
    canvas.both(
        "M370 152 Q440 170 494 330 Q466 368 414 360 Q396 250 370 152 Z",
        fill=net,
        folds=["M410 200 Q446 280 442 364 L426 362 Z"],
    )
    blouse = whole("M300 214 Q330 192 338 146 L376 153 Q404 250 404 400 Q352 416 300 416")
    canvas.cloth(blouse, fill=net, folds=folds(260, 420, (344, 356), (374, 388)))
    neck(canvas, y=147, half=38, drop=66)
    canvas.trim("M262 148 Q270 194 300 214 Q330 194 338 148", width=5)
    for x, y in ((330, 260), (270, 260), (346, 320), (254, 320), (300, 300), (322, 366), (278, 366), (300, 246)):
        canvas.add(*(disc(x + dx, y + dy, 4, canvas.light) for dx, dy in ((0, -6), (6, 0), (0, 6), (-6, 0))))
    shawl = "M120 330 Q166 372 196 352 L216 520 Q180 548 146 538 Z"
    canvas.cloth(shawl, folds=["M160 360 L176 540 L190 540 Z"])
    canvas.trim("M147 526 Q180 536 215 508", width=4)


def frock(canvas: Canvas) -> None:
    """A girl's dress: short bodice, wide skirt, a bow."""
    canvas.shadow(640, 190)
    canvas.both(
        "M356 214 Q412 206 428 262 Q410 288 376 280 Q368 246 356 214 Z", folds=["M384 226 Q410 250 404 284 L392 284 Z"]
    )
    body = whole("M300 242 Q326 238 334 208 L360 214 Q374 262 366 330 C424 400 482 500 496 584 Q400 628 300 624")
    canvas.cloth(body, folds=folds(340, 640, (308, 320), (324, 376), (340, 428), (352, 468)))
    neck(canvas, y=210, half=34, drop=32)
    canvas.cloth(whole("M300 316 Q336 316 368 310 L369 338 Q336 346 300 346"), fill=canvas.second, line_width=1.6)
    canvas.both("M300 330 Q330 290 356 306 Q362 332 352 356 Q326 362 300 330 Z", fill=canvas.second)
    canvas.add(disc(300, 331, 11, canvas.second), disc(300, 331, 5, canvas.light))
    canvas.trim("M104 584 Q200 628 300 624 Q400 628 496 584", colour=canvas.second, width=8)


WOMEN = (midi, maxi, corset, shift, boubou, kaftan, peplum, skirt, twopiece, iro, frock)
