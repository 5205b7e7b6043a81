"""``luojia run script.py``: a program written for MXNet or MindSpore, as it is."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence
from pathlib import Path

from .. import compat


def run(script: str, arguments: Sequence[str], replace: bool) -> int:
    """Run ``script`` with the originals' names finding luojia; gives its exit status."""
    if not Path(script).is_file():
        print(f"luojia run: there is no file {script}", file=sys.stderr)
        return 2
    compat.install(replace=replace)
    before = sys.argv[:], sys.path[:]
    sys.argv = [script, *arguments]
    sys.path.insert(0, str(Path(script).resolve().parent))
    try:
        runpy.run_path(script, run_name="__main__")
    except SystemExit as e:
        if not isinstance(e.code, (int, type(None))):  # what Python would write
            print(e.code, file=sys.stderr)
        return e.code if isinstance(e.code, int) else 0 if e.code is None else 1
    finally:
        sys.argv[:], sys.path[:] = before
        compat.uninstall()
    return 0
