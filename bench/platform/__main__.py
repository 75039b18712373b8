"""Measures parts of the platform: all of them, or those that are named.

./run.sh bench platform [usage]
"""

from __future__ import annotations

import argparse
import importlib
import sys

PARTS = ("usage",)


def main() -> int:
    """Measure and print; 1 where a part misses what it must reach."""
    parser = argparse.ArgumentParser(prog="bench platform", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"one of {', '.join(PARTS)}")
    chosen = parser.parse_args().parts or PARTS
    if unknown := [each for each in chosen if each not in PARTS]:
        parser.error(f"there is no part {unknown[0]}; choose from {', '.join(PARTS)}")
    return max(int(importlib.import_module(f"bench.platform.{part}").measure()) for part in chosen)


if __name__ == "__main__":
    sys.exit(main())
