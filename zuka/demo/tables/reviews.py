"""What customers say of what they bought, by the number of stars: titles, and sentences to put together."""

from __future__ import annotations

GREAT_TITLES = (
    "Worth every naira",
    "I am in love",
    "Correct!",
    "Owambe ready",
    "Very fine work",
    "Beautiful finishing",
    "Na real quality",
    "My new favourite",
    "Exactly as pictured",
    "",
)
GOOD_TITLES = ("Good quality", "Nice one", "I like it", "Almost perfect", "Good buy", "")
FAIR_TITLES = ("It is okay", "Not bad", "Fair for the price", "Could be better", "")
POOR_TITLES = ("Not what I expected", "Disappointed", "Wrong size", "Please improve", "")

GREAT = (
    "The colours are even better in real life.",
    "Everybody at the wedding asked where I got it.",
    "The stitching is neat, inside and outside.",
    "It fits me like it was sewn for me.",
    "My mum has already asked for her own.",
    "I have washed it three times and the colour is intact.",
    "The fabric is soft and does not itch at all.",
    "I wore it to church and the compliments did not finish.",
    "Packaging was lovely, with a small thank-you card.",
    "I will surely buy another colour at month end.",
    "You can see that somebody took their time on this.",
    "Well done to the tailor, abeg keep it up.",
)
GOOD = (
    "Nice material, and it looks just like the picture.",
    "A little bit long for me, but my tailor adjusted it.",
    "Good quality for the price.",
    "The colour is slightly darker than on my phone, still fine.",
    "It runs a bit small, so pick one size up.",
    "Sharp design, I get compliments anytime I wear it.",
    "Solid work, only the buttons could be stronger.",
)
FAIR = (
    "It is okay, but I expected a thicker fabric.",
    "The size chart was not so accurate for me.",
    "Fine from afar, the hem needs better finishing.",
    "The colour is different from what I saw online.",
    "Manageable for the price.",
)
POOR = (
    "The stitching came loose after one wash.",
    "They sent the wrong size and the exchange took long.",
    "The fabric is lighter than it looks in the picture.",
    "I expected more for this amount.",
    "The zip stopped working the second time.",
)
DELIVERY = (
    "Delivery to {city} took only two days.",
    "The rider called before coming, very polite.",
    "It reached me in {city} earlier than promised.",
    "Pay on delivery made it easy to trust.",
)
SLOW = ("Delivery to {city} took longer than they said.", "I had to call before the rider came.")
# Titles, sentences and words about the delivery, by stars.
WORDS: dict[int, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    5: (GREAT_TITLES, GREAT, DELIVERY),
    4: (GOOD_TITLES, (*GOOD, *GREAT[:4]), DELIVERY),
    3: (FAIR_TITLES, (*FAIR, *GOOD[:2]), SLOW),
    2: (POOR_TITLES, (*POOR, *FAIR[:2]), SLOW),
    1: (POOR_TITLES, POOR, SLOW),
}
