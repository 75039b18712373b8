"""A whole shop under a clock and a disk of its own, and what is done to it."""
