"""The public names of luojia, each reached first thing in a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import luojia

ROOT = Path(__file__).parent.parent


def fresh(code: str) -> str:
    """What `code` prints in an interpreter that has imported nothing of luojia."""
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout.strip()


@pytest.mark.parametrize("name", ["Tensor", "Parameter"])
def test_a_tensor_has_its_operators_from_the_first_import(name: str) -> None:
    assert fresh(f"from luojia import {name} as T; print(-T([1.0, 2.0]))") == "[-1. -2.]"


def test_a_door_has_its_operators_from_the_first_import() -> None:
    assert fresh("import luojia.ops; print(luojia.ops.Exp().__class__.__name__)") == "Exp"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'luojia' has no attribute 'nope'"):
        luojia.nope  # noqa: B018
