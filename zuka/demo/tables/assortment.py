"""What the shop sells: categories, brands (invented ones), and families of products."""

from __future__ import annotations

from dataclasses import dataclass

SIZES: dict[str, tuple[str, ...]] = {
    "clothes": ("S", "M", "L", "XL", "XXL"),
    "shoes": ("40", "41", "42", "43", "44", "45"),
    "ladies": ("37", "38", "39", "40", "41"),
    "years": ("2-3 years", "4-5 years", "6-7 years", "8-9 years"),
    "free": ("One size",),
    "one": (),
}

# Slug, name, slug of the category above.
CATEGORIES: tuple[tuple[str, str, str | None], ...] = (
    ("women", "Women", None),
    ("men", "Men", None),
    ("kids", "Kids", None),
    ("fabrics", "Fabrics", None),
    ("shoes", "Shoes", None),
    ("accessories", "Accessories", None),
    ("dresses", "Dresses", "women"),
    ("boubous", "Boubous and Kaftans", "women"),
    ("tops-and-skirts", "Tops and Skirts", "women"),
    ("gele-and-asooke", "Gele and Aso-oke", "women"),
    ("agbada", "Agbada", "men"),
    ("senator", "Senator Wear", "men"),
    ("mens-kaftans", "Men's Kaftans", "men"),
    ("shirts", "Shirts", "men"),
    ("girls", "Girls", "kids"),
    ("boys", "Boys", "kids"),
    ("sneakers", "Sneakers", "shoes"),
    ("sandals", "Slippers and Sandals", "shoes"),
    ("bags", "Bags", "accessories"),
    ("jewellery", "Jewellery", "accessories"),
    ("caps", "Caps and Fila", "accessories"),
)

# Name, what it is known for.
BRANDS: tuple[tuple[str, str], ...] = (
    ("Adunni Threads", "Ankara dresses cut and sewn in Yaba."),
    ("Indigo House Abeokuta", "Hand-dyed adire from Itoku market."),
    ("Oke-Oye Weavers", "Aso-oke woven on narrow looms in Iseyin."),
    ("Senator Lane", "Sharp native wear for the office and after."),
    ("Eko Sole", "Sneakers made for Lagos streets."),
    ("Aba Leatherworks", "Slippers, sandals and bags from Ariaria."),
    ("Coral & Bronze", "Beads and brass from Benin City."),
    ("Kano Drape", "Kaftans and babban riga with hand embroidery."),
    ("Little Iroko", "Native wear that children can play in."),
    ("Morenike Atelier", "Boubous and evening wear, small batches."),
    ("Balogun Fabrics", "Ankara, lace and guinea by the yard."),
    ("Zuka Basics", "Our own everyday pieces."),
)


@dataclass(frozen=True, slots=True)
class Family:
    """Products that differ by style: `{style} {name}`. Prices in naira, from lowest to highest; `pull` is demand."""

    name: str
    category: str
    gender: str
    brand: str
    sizes: tuple[str, ...]
    naira: tuple[int, int]
    pull: float
    material: str
    styles: tuple[str, ...]


# A family a pair of lines: name, category, gender, brand, sizes, prices in naira, demand (1 is usual), material;
# then its styles.
TABLE = """
Ankara Midi Dress | dresses | women | Adunni Threads | clothes | 18500-32000 | 2.2 | 100% cotton ankara
    Sunburst / Peacock / Record Disc / Lekki Blue
Ankara Maxi Gown | dresses | women | Adunni Threads | clothes | 28000-48000 | 1.9 | 100% cotton ankara
    Harmattan / Palm Leaf / Royal Fan / Eyo
Corset Aso-ebi Gown | dresses | women | Morenike Atelier | clothes | 75000-145000 | 0.9 | Beaded lace, boned bodice
    Emerald / Champagne / Wine
Adire Shift Dress | dresses | women | Indigo House Abeokuta | clothes | 22000-34000 | 1.4 | Hand-dyed cotton
    Indigo Wave / Olokun / Osun River
Silk Boubou | boubous | women | Morenike Atelier | free | 35000-68000 | 1.7 | Silk blend
    Sahara / Teal Breeze / Rose Gold / Midnight
Adire Boubou | boubous | women | Indigo House Abeokuta | free | 24000-38000 | 1.5 | Hand-dyed cotton
    Itoku / Moonlight / Cowrie
Embroidered Kaftan | boubous | women | Kano Drape | clothes | 32000-58000 | 0.9 | Cashmere cotton
    Zaria / Sokoto Sand / Ivory
Peplum Top | tops-and-skirts | women | Adunni Threads | clothes | 12500-19500 | 1.0 | 100% cotton ankara
    Mustard / Confetti / Hibiscus
Pleated Ankara Skirt | tops-and-skirts | women | Zuka Basics | clothes | 11000-17500 | 1.1 | 100% cotton ankara
    Kente Stripe / Blue Bird / Sunset
Two-piece Set | tops-and-skirts | women | Zuka Basics | clothes | 21000-36000 | 1.3 | Crepe and ankara
    Owambe / Island / Terracotta
Auto Gele | gele-and-asooke | women | Oke-Oye Weavers | one | 9500-18000 | 1.3 | Aso-oke with gold thread
    Gold Shimmer / Burnt Orange / Royal Purple / Silver Mist
Aso-oke Bridal Set | gele-and-asooke | women | Oke-Oye Weavers | one | 95000-185000 | 0.5 | Hand-woven aso-oke, 4 pieces
    Sanyan / Alaari / Etu
Iro and Buba | gele-and-asooke | women | Oke-Oye Weavers | clothes | 42000-78000 | 0.7 | Lace and aso-oke
    Peach / Sky / Coffee
Three-piece Agbada | agbada | men | Kano Drape | clothes | 85000-180000 | 1.0 | Guinea brocade, hand embroidery
    Oba White / Navy Crest / Wine Royale / Charcoal
Light Agbada | agbada | men | Senator Lane | clothes | 58000-92000 | 0.8 | Cashmere
    Sky / Sand
Senator Set | senator | men | Senator Lane | clothes | 36000-62000 | 2.0 | Cashmere wool blend
    Classic Black / Slate / Bottle Green / Cream Trim / Navy Panel
Short-sleeve Senator | senator | men | Senator Lane | clothes | 28000-42000 | 1.0 | Linen blend
    Stone / Olive / White
Men's Kaftan | mens-kaftans | men | Kano Drape | clothes | 34000-66000 | 1.3 | Swiss voile
    Kaduna / Friday White / Ash / Coffee
Ankara Shirt | shirts | men | Zuka Basics | clothes | 12000-18500 | 1.4 | 100% cotton ankara
    Market Day / Drum / Palm Wine / Transit
Adire Shirt | shirts | men | Indigo House Abeokuta | clothes | 15500-24000 | 1.2 | Hand-dyed cotton
    Storm / Pebble / Night Market
Girls' Ankara Dress | girls | kids | Little Iroko | years | 9500-16000 | 1.1 | Soft cotton ankara
    Butterfly / Sunflower / Twirl / Little Queen
Girls' Iro and Buba | girls | kids | Little Iroko | years | 14000-22000 | 0.6 | Lace and cotton
    Pink / Lilac
Boys' Senator Set | boys | kids | Little Iroko | years | 15000-24000 | 1.0 | Cotton blend
    Black / Sky / Wine
Boys' Agbada | boys | kids | Little Iroko | years | 19500-32000 | 0.7 | Guinea brocade
    White / Gold
Ankara, 6 yards | fabrics | unisex | Balogun Fabrics | one | 8500-16500 | 1.6 | 100% cotton wax print
    Speedbird / Plate / Fan / Jumping Horse / Nsu Bura
Swiss Lace, 5 yards | fabrics | unisex | Balogun Fabrics | one | 45000-98000 | 0.7 | Voile lace with stones
    Mint / Lemon / Burgundy
Guinea Brocade, 10 yards | fabrics | men | Balogun Fabrics | one | 38000-72000 | 0.7 | Cotton brocade
    White / Sky / Grey
Adire, 4 yards | fabrics | unisex | Indigo House Abeokuta | one | 11000-19000 | 1.0 | Hand-dyed cotton
    Ibadandun / Three-pence / Rain
Street Sneakers | sneakers | unisex | Eko Sole | shoes | 26000-48000 | 1.9 | Leather and mesh
    Danfo Yellow / Third Mainland / Balogun Red / Bar Beach White
Ankara Slip-ons | sneakers | unisex | Eko Sole | shoes | 16500-24000 | 1.1 | Canvas and ankara
    Confetti / Indigo
Leather Palm Slippers | sandals | men | Aba Leatherworks | shoes | 9000-19500 | 1.7 | Cow leather
    Tan / Oxblood / Black / Two-tone
Beaded Sandals | sandals | women | Aba Leatherworks | ladies | 12500-22000 | 1.1 | Leather, glass beads
    Coral / Turquoise / Gold
Block-heel Mules | sandals | women | Aba Leatherworks | ladies | 18000-29000 | 0.9 | Leather and aso-oke
    Nude / Emerald
Aso-oke Tote | bags | women | Aba Leatherworks | one | 19500-34000 | 1.2 | Aso-oke, leather handles
    Etu / Rainbow / Sanyan
Beaded Purse | bags | women | Coral & Bronze | one | 14000-38000 | 1.0 | Hand-sewn glass beads
    Pearl / Black / Wine
Leather Messenger Bag | bags | men | Aba Leatherworks | one | 32000-55000 | 0.7 | Cow leather
    Tan / Dark Brown
Coral Bead Set | jewellery | women | Coral & Bronze | one | 38000-120000 | 0.8 | Coral beads: necklace and earrings
    Edo Bride / Oba / Single Strand
Brass Earrings | jewellery | women | Coral & Bronze | one | 4500-9500 | 1.5 | Recycled brass
    Cowrie / Adinkra / Hoop / Fan
Bead Bracelet | jewellery | unisex | Coral & Bronze | one | 4500-8000 | 1.0 | Glass beads
    Agate / Black and Gold
Fila | caps | men | Oke-Oye Weavers | one | 6500-14000 | 0.9 | Aso-oke
    Abeti Aja / Gobi
Hausa Cap | caps | men | Kano Drape | one | 5500-18000 | 0.8 | Hand-embroidered cotton
    Kube / Zanna
"""


def read_family(row: str, styles: str) -> Family:
    """Return the family of a pair of lines of the table."""
    name, category, gender, brand, sizes, prices, pull, material = (part.strip() for part in row.split("|"))
    low, _, high = prices.partition("-")
    styled = tuple(style.strip() for style in styles.split("/"))
    return Family(name, category, gender, brand, SIZES[sizes], (int(low), int(high)), float(pull), material, styled)


_LINES = TABLE.strip().splitlines()
FAMILIES: tuple[Family, ...] = tuple(read_family(*pair) for pair in zip(_LINES[::2], _LINES[1::2], strict=True))
CARE = "Wash cold and inside out, dry in the shade, iron warm on the reverse side."
