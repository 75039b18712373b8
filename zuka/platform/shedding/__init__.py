"""Shedding load: when more is asked than can be answered, what is cheapest to lose is refused first, orders last."""
