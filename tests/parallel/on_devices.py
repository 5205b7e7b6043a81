"""Runs a file of tests in a process of its own, in which JAX has several CPU devices.

The number of devices is fixed when JAX starts, so these tests cannot run in the process of the others.
"""

from __future__ import annotations

import ast
import importlib.util
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDS_JAX = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="several devices need jax")


def names_in(file: Path) -> list[str]:
    """The names of the test functions of a file."""
    return [n.name for n in ast.parse(file.read_text()).body if isinstance(n, ast.FunctionDef)
            and n.name.startswith("test_")]


def run_on_devices(file: Path, count: int, report: Path) -> dict[str, str]:
    """What each test of ``file`` came to, '' for passed, run with ``count`` CPU devices on the XLA engine."""
    environment = {**os.environ, "LUOJIA_ENGINE": "xla", "JAX_PLATFORMS": "cpu",
                   "XLA_FLAGS": f"--xla_force_host_platform_device_count={count}"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(file), "-q", "-p", "no:cacheprovider", f"--junitxml={report}"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    if not report.exists():
        raise RuntimeError(done.stdout[-3000:] + done.stderr[-3000:])
    found: dict[str, str] = {}
    for case in ET.parse(report).iter("testcase"):
        name = case.get("name", "").partition("[")[0]
        wrong = [part.text or part.get("message") or part.tag for part in case]
        found[name] = found.get(name, "") + "\n".join(wrong)
    return found
