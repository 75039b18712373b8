"""A shop on servers of its own, which may be killed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.rig.site import Site, open_site
from zuka.up.homes import make_sockets_folder, open_home
from zuka.up.postgres import Postgres
from zuka.up.valkey import Valkey


@dataclass(frozen=True)
class Mortal:
    """A shop on servers of its own, which may be killed."""

    site: Site
    postgres: Postgres
    valkey: Valkey


@contextmanager
def open_mortal(**settings: str) -> Iterator[Mortal]:
    """A shop on a PostgreSQL as durable as that of `./run.sh up`; `{folder}` in a setting is the shop's own folder."""
    folder = Path(tempfile.mkdtemp(prefix="zuka-kill-"))
    folder.chmod(0o711)
    home = open_home({"ZUKA_HOME": str(folder)})
    postgres, valkey = Postgres(home, disposable=False), Valkey(home, disposable=True)
    try:
        make_sockets_folder(home)
        postgres.start()
        valkey.start()
        with open_site(postgres.url, redis_url=valkey.url) as site:
            site.environment.update({name: value.format(folder=folder) for name, value in settings.items()})
            site.start_web()
            yield Mortal(site, postgres, valkey)
    finally:
        valkey.stop()
        postgres.stop()
        for path in (home.sockets, home.data, home.path):
            shutil.rmtree(path, ignore_errors=True)
