"""What atheris runs, in a process of its own: `python -m tests.ingest.fuzz_target CORPUS [libFuzzer's options]`."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

atheris: Any = import_module("atheris")  # installed by test_fuzz.py, where it is wanted


def main() -> None:
    """Run until libFuzzer's limits; an exception ends it with the bytes that lead there."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zuka.settings")
    with atheris.instrument_imports(include=["analytics.ingest", "analytics.store", "analytics.registry"]):
        import django

        django.setup()
        from tests.ingest.fuzzing import run_door
    atheris.Setup(sys.argv, lambda data: run_door(data) and None)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
