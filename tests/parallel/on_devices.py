"""Runs a file of tests in a process of its own, in which JAX has several CPU devices.

The number of devices is fixed when JAX starts, so these tests cannot run in the process of the others.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NEEDS_JAX = pytest.mark.skipif(importlib.util.find_spec("jax") is None, reason="several devices need jax")


def failures(file: str, count: int) -> str:
    """What pytest says of the failed tests of a file in this folder, run with ``count`` CPU devices on the XLA engine;
    '' where all passed."""
    environment = {**os.environ, "LUOJIA_ENGINE": "xla", "JAX_PLATFORMS": "cpu",
                   "XLA_FLAGS": f"--xla_force_host_platform_device_count={count}"}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(Path(__file__).with_name(file)), "-q", "-p", "no:cacheprovider"],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=550)
    return "" if done.returncode == 0 else done.stdout[-20000:] + done.stderr[-5000:]
