"""The examples in the docstrings of every module run, with `luojia` and `np` at hand."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import types
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import luojia
from tests.tolerances import NumbersAlike

ROOT = Path(__file__).parent.parent
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


def modules() -> Iterator[str]:
    """Dotted names of all modules of luojia that can be imported here: those of the XLA engine need jax."""
    has_jax = importlib.util.find_spec("jax") is not None
    for path in sorted((ROOT / "luojia").rglob("*.py")):
        names = path.relative_to(ROOT).with_suffix("").parts
        if names[-1] == "__main__" or (not has_jax and any("xla" in name for name in names)):
            continue
        yield ".".join(names[:-1] if names[-1] == "__init__" else names)


def failures(module: types.ModuleType) -> list[str]:
    """Runs the examples of `module`; what each failing one reports."""
    reports: list[str] = []
    checker = None if luojia.get_context("engine") == "numpy" else NumbersAlike()  # the examples show NumPy's digits
    runner = doctest.DocTestRunner(checker, optionflags=FLAGS, verbose=False)
    known = {"np": np, "luojia": luojia, "Tensor": vars(module).get("Tensor", luojia.Tensor)}
    for test in doctest.DocTestFinder(exclude_empty=True).find(module, extraglobs=known):
        runner.run(test, out=reports.append)
    return reports


@pytest.mark.parametrize("name", list(modules()))
def test_examples(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    reports = failures(importlib.import_module(name))
    assert not reports, "\n".join(reports)


@pytest.mark.parametrize("name", ["tests.tolerances", "tests.test_layering"])
def test_examples_of_the_tests_own_helpers(name: str) -> None:
    assert failures(importlib.import_module(name)) == []


@pytest.mark.parametrize(("expected", "wrong"), [("2", False), ("3", True)])
def test_a_wrong_example_is_found(expected: str, wrong: bool) -> None:
    sample = types.ModuleType("sample", f"Adds.\n\n>>> int(np.add(1, 1))\n{expected}\n")
    assert bool(failures(sample)) is wrong
