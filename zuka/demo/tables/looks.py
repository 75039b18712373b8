"""How products and categories look: for each family a kind of thing, for each style a pattern and three colours."""

from __future__ import annotations

from zlib import crc32

from zuka.demo.pictures.names import SEEDS, Look

# A family a pair of lines, as in the assortment: name and kind; then of each style pattern, main, second, light colour.
# A line that ends with a slash goes on in the next one.
TABLE = """
Ankara Midi Dress | midi
    circles saffron wine cream / fans teal indigo saffron / discs wine saffron cream / birds indigo turquoise cream
Ankara Maxi Gown | maxi
    zigzag terracotta mustard cream / leaves emerald olive butter /
    fans purple fuchsia gold / circles white navy saffron
Corset Aso-ebi Gown | corset
    lace emerald gold champagne / lace champagne bronze ivory / lace wine burgundy gold
Adire Shift Dress | shift
    swirls indigo navy ivory / grid indigo teal cream / rings teal indigo ivory
Silk Boubou | boubou
    silk sand terracotta gold / silk teal navy mint / silk rose blush gold / silk navy purple silver
Adire Boubou | boubou
    rings indigo sky ivory / rings navy slate silver / swirls purple indigo cream
Embroidered Kaftan | kaftan
    plain emerald teal gold / plain sand coffee ivory / plain ivory champagne gold
Peplum Top | peplum
    circles mustard coffee cream / confetti white fuchsia turquoise / petals orange fuchsia butter
Pleated Ankara Skirt | skirt
    bands saffron emerald red / birds sky indigo white / fans orange wine saffron
Two-piece Set | twopiece
    petals fuchsia purple saffron / leaves turquoise emerald white / zigzag terracotta rust cream
Auto Gele | gele
    silk gold brass butter / silk orange rust gold / silk purple plum gold / silk silver slate white
Aso-oke Bridal Set | stack
    stripes tan coffee champagne / stripes wine red gold / stripes indigo navy sky
Iro and Buba | iro
    stripes peach coral gold / stripes sky slate white / stripes coffee tan champagne
Three-piece Agbada | agbada
    damask ivory champagne gold / damask navy slate gold / damask wine burgundy gold / damask charcoal black silver
Light Agbada | agbada
    plain sky slate ivory / plain sand tan coffee
Senator Set | senator
    plain black charcoal gold / plain slate navy silver / plain green emerald gold /
    plain navy cream cream / plain navy wine gold
Short-sleeve Senator | shortsenator
    plain stone coffee ivory / plain olive coffee butter / plain ivory navy gold
Men's Kaftan | jalabia
    plain teal navy gold / plain white silver grey / plain ash charcoal ivory / plain coffee tan champagne
Ankara Shirt | shirt
    confetti saffron wine teal / circles rust indigo butter /
    leaves cream emerald orange / zigzag navy saffron turquoise
Adire Shirt | shirt
    rain slate navy ivory / rings stone slate ivory / swirls navy indigo saffron
Girls' Ankara Dress | frock
    petals pink fuchsia butter / petals saffron orange cream / circles turquoise fuchsia white / fans lilac purple gold
Girls' Iro and Buba | iro
    stripes pink rose gold / stripes lilac purple silver
Boys' Senator Set | senator
    plain charcoal black gold / plain sky indigo white / plain wine black gold
Boys' Agbada | agbada
    damask white silver gold / damask gold brass ivory
Ankara, 6 yards | bale
    birds navy orange cream / discs emerald wine butter / fans red indigo saffron /
    zigzag purple saffron white / petals wine teal saffron
Swiss Lace, 5 yards | bale
    lace mint emerald white / lace lemon gold white / lace burgundy wine champagne
Guinea Brocade, 10 yards | bale
    damask white silver grey / damask sky slate white / damask ash charcoal silver
Adire, 4 yards | bale
    grid indigo navy ivory / rings purple indigo cream / rain teal navy ivory
Street Sneakers | sneaker
    plain saffron black white / plain slate teal silver / plain red navy white / plain white sky grey
Ankara Slip-ons | slipon
    confetti cream fuchsia teal / swirls indigo navy ivory
Leather Palm Slippers | slippers
    grain tan bronze champagne / grain oxblood coffee tan / grain black charcoal silver / grain tan coffee cream
Beaded Sandals | sandals
    plain coral tan champagne / plain turquoise bronze gold / plain gold coffee ivory
Block-heel Mules | mules
    stripes nude tan cream / stripes emerald coffee gold
Aso-oke Tote | tote
    stripes indigo coffee sky / bands saffron wine emerald / stripes tan coffee champagne
Beaded Purse | purse
    beads ivory champagne gold / beads black charcoal silver / beads wine burgundy gold
Leather Messenger Bag | satchel
    grain tan bronze gold / grain coffee black brass
Coral Bead Set | necklace
    plain coral indigo gold / plain red wine gold / plain coral emerald champagne
Brass Earrings | earrings
    plain brass terracotta gold / plain brass emerald gold / plain gold indigo butter / plain brass wine gold
Bead Bracelet | bracelet
    plain terracotta sand champagne / plain black sand gold
Fila | fila
    stripes wine coffee gold / stripes navy indigo silver
Hausa Cap | cap
    plain ivory emerald gold / plain wine navy gold
"""
# The earrings' shape follows the seed: shells, adinkra, hoops, fans.
SHAPES = {"Cowrie": 3, "Adinkra": 2, "Hoop": 0, "Fan": 1}
# Of each category, what stands for it.
CATEGORIES = """
women | maxi petals teal wine saffron
men | agbada damask navy slate gold
kids | frock circles saffron turquoise white
fabrics | bale fans indigo orange cream
shoes | sneaker plain emerald saffron white
accessories | gele silk fuchsia purple gold
dresses | midi fans wine saffron cream
boubous | boubou silk emerald teal gold
tops-and-skirts | skirt zigzag fuchsia saffron cream
gele-and-asooke | stack stripes purple wine gold
agbada | agbada damask ivory champagne gold
senator | senator plain green black gold
mens-kaftans | jalabia plain sky navy ivory
shirts | shirt leaves teal orange butter
girls | frock petals lilac fuchsia butter
boys | senator plain turquoise navy gold
sneakers | sneaker plain orange navy white
sandals | slippers grain tan coffee champagne
bags | tote bands red indigo saffron
jewellery | necklace plain coral navy gold
caps | fila stripes emerald navy gold
"""


def make_look(kind: str, words: str, *, seed: int) -> Look:
    """Return the look of `pattern main second light`."""
    pattern, main, second, light = words.split()
    return Look(kind, pattern, (main, second, light), seed)


def style_looks(row: str, styles: str) -> tuple[str, tuple[Look, ...]]:
    """Return a family's name and the looks of its styles, in their order."""
    family, _, kind = (part.strip() for part in row.partition("|"))
    looks = enumerate(styles.split("/"))
    return family, tuple(make_look(kind, words, seed=seed_of(f"{family} {at}")) for at, words in looks)


def seed_of(words: str) -> int:
    """Return a seed that is always the same for the same words."""
    return crc32(words.encode()) % SEEDS


def find_look(family: str, styles: tuple[str, ...], style: str) -> Look:
    """Return how a style of a family looks."""
    look = LOOKS[family][styles.index(style)]
    if style not in SHAPES or look.kind != "earrings":
        return look
    return Look(look.kind, look.pattern, look.colours, look.seed // 4 * 4 + SHAPES[style])


def detail_of(look: Look) -> Look | None:
    """Return the cloth of a look from near; None for what is not made of cloth or leather."""
    if look.kind in BARE:
        return None
    return Look("swatch", look.pattern, look.colours, look.seed)


BARE = frozenset({"necklace", "earrings", "bracelet", "sneaker", "sandals"})
_LINES = TABLE.replace("/\n", "/").strip().splitlines()
LOOKS: dict[str, tuple[Look, ...]] = dict(style_looks(*pair) for pair in zip(_LINES[::2], _LINES[1::2], strict=True))
CATEGORY_LOOKS: dict[str, Look] = {
    slug.strip(): make_look(*words.strip().split(" ", 1), seed=seed_of(slug.strip()))
    for slug, _, words in (row.partition("|") for row in CATEGORIES.strip().splitlines())
}
