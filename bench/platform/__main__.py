"""What the platform adds to a request: a part for each of its pieces, a file each beside this one.

./run.sh bench platform [--parts keys,limits] [--requests 2000]
"""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from bench.rig.databases import scratch_database, server_url
from bench.rig.site import open_site
from bench.rig.tables import describe_run

PARTS = sorted(path.stem for path in Path(__file__).parent.glob("[a-z]*.py"))


def read_arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="bench platform", description=__doc__)
    parser.add_argument("--parts", type=lambda text: text.split(","), default=PARTS, help=", ".join(PARTS))
    parser.add_argument("--requests", type=int, default=2_000, help="requests of each kind (2000)")
    return parser.parse_args()


def main() -> int:
    """Measure each part on one site, and print its table. A part is a module with `measure(site, requests=…)`."""
    arguments = read_arguments()
    with scratch_database(server_url(), name="bench_platform") as url, open_site(url) as site:
        site.start_web()
        os.environ.update(site.environment)  # parts that measure in this process do so on the site's database
        django.setup()
        for name in arguments.parts:
            part: Any = import_module(f"bench.platform.{name}")
            print(describe_run(f"platform, {name}"))
            print(part.measure(site, requests=arguments.requests))
    return 0


if __name__ == "__main__":
    sys.exit(main())
