"""Where parcels go: the states of Nigeria as addresses name them."""

from __future__ import annotations

NAMES = """
Abia, Adamawa, Akwa Ibom, Anambra, Bauchi, Bayelsa, Benue, Borno, Cross River, Delta, Ebonyi, Edo, Ekiti, Enugu,
FCT Abuja, Gombe, Imo, Jigawa, Kaduna, Kano, Katsina, Kebbi, Kogi, Kwara, Lagos, Nasarawa, Niger, Ogun, Ondo, Osun,
Oyo, Plateau, Rivers, Sokoto, Taraba, Yobe, Zamfara
"""
STATES: tuple[str, ...] = tuple(name.strip() for name in NAMES.split(","))
