"""Where customers live and what it costs to send a parcel there."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """A city: its share of visitors, the price of delivery in kobo, and areas with their streets."""

    city: str
    state: str
    weight: float
    delivery_kobo: int
    areas: tuple[tuple[str, str], ...]


PLACES: tuple[Place, ...] = (
    Place(
        "Lagos",
        "Lagos",
        52,
        200_000,
        (
            ("Yaba", "Herbert Macaulay Way"),
            ("Surulere", "Bode Thomas Street"),
            ("Lekki Phase 1", "Admiralty Way"),
            ("Ikeja", "Allen Avenue"),
            ("Victoria Island", "Adeola Odeku Street"),
            ("Ajah", "Addo Road"),
            ("Gbagada", "Diya Street"),
            ("Festac Town", "23 Road"),
            ("Magodo", "CMD Road"),
            ("Ikorodu", "Lagos Road"),
        ),
    ),
    Place(
        "Abuja",
        "Federal Capital Territory",
        14,
        350_000,
        (
            ("Wuse 2", "Aminu Kano Crescent"),
            ("Gwarinpa", "3rd Avenue"),
            ("Maitama", "Gana Street"),
            ("Kubwa", "Gado Nasko Road"),
        ),
    ),
    Place(
        "Port Harcourt",
        "Rivers",
        9,
        400_000,
        (("GRA Phase 2", "Tombia Street"), ("Rumuola", "Rumuola Road"), ("Trans Amadi", "Trans Amadi Road")),
    ),
    Place(
        "Ibadan",
        "Oyo",
        8,
        300_000,
        (("Bodija", "Awolowo Road"), ("Ring Road", "MKO Abiola Way"), ("Challenge", "Orita Challenge Road")),
    ),
    Place("Kano", "Kano", 4, 450_000, (("Nassarawa GRA", "Sultan Road"), ("Fagge", "Murtala Mohammed Way"))),
    Place("Benin City", "Edo", 4, 350_000, (("GRA", "Boundary Road"), ("Ugbowo", "Ugbowo Lagos Road"))),
    Place("Enugu", "Enugu", 3, 380_000, (("Independence Layout", "Nza Street"), ("New Haven", "Chime Avenue"))),
    Place("Abeokuta", "Ogun", 3, 280_000, (("Ibara", "Quarry Road"), ("Oke-Mosan", "Kobape Road"))),
    Place("Kaduna", "Kaduna", 2, 420_000, (("Barnawa", "Kachia Road"), ("Ungwan Rimi", "Isa Kaita Road"))),
    Place("Uyo", "Akwa Ibom", 1, 420_000, (("Ewet Housing", "Nwaniba Road"),)),
)
