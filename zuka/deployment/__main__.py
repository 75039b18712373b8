"""`python -m zuka.deployment --host shop.example --out deployment`: units of systemd and a site of nginx."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from zuka.deployment.servers import Plan, make_files


def main() -> int:
    """Write the files and say where they go."""
    parser = argparse.ArgumentParser(prog="python -m zuka.deployment", description=__doc__)
    parser.add_argument("--host", required=True, help="host name of the shop, for example shop.example")
    parser.add_argument("--out", type=Path, required=True, help="folder to write to")
    for name in ("code", "python", "data", "backups", "settings", "user", "listen"):
        parser.add_argument(f"--{name}", default=getattr(Plan(""), name), help="(%(default)s)")
    given = vars(parser.parse_args())
    folder: Path = given.pop("out")
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in make_files(Plan(**given)).items():
        (folder / name).write_text(content, encoding="utf-8")
    sys.stdout.write(f"Written to {folder}: units for /etc/systemd/system, zuka.nginx.conf for /etc/nginx/conf.d.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
