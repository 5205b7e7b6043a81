"""What every test starts from: the same seeds, and the tolerances of tests/tolerances.py as a fixture."""

from __future__ import annotations

import importlib
import importlib.util
import os
import random
import sys
from collections.abc import Callable

import numpy as np
import pytest

from tests.tolerances import tolerance_of

SEED = 20240229


ENGINE = os.environ.get("LUOJIA_ENGINE", "numpy")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "numpy_engine: about the NumPy engine's own ways; left out on another engine")
    if ENGINE == "xla" and os.environ.get("LUOJIA_CHECK_COMPILE") == "quick":
        from tests import quick_compile

        quick_compile.install()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if ENGINE != "numpy" and item.get_closest_marker("numpy_engine"):
            item.add_marker(pytest.mark.skip(reason=f"about the NumPy engine; this run is on {ENGINE}"))


@pytest.fixture(autouse=True)
def seeds() -> None:
    """Seeds Python's, NumPy's and luojia's random streams: a test alone and in a crowd sees the same numbers."""
    random.seed(SEED)
    np.random.seed(SEED)
    if importlib.util.find_spec("luojia.random"):
        importlib.import_module("luojia.random").seed(SEED)
    if "luojia.common.seed" in sys.modules:
        sys.modules["luojia.common.seed"].set_pipelines_seed(None)


@pytest.fixture
def rng() -> np.random.Generator:
    """A generator of a test's own inputs, apart from the streams that luojia draws from."""
    return np.random.default_rng(SEED)


@pytest.fixture
def assert_close() -> Callable[..., None]:
    """``assert_close(got, expected)`` with the tolerance of the dtype of `got`, which must have the same shape.

    ``dtype=`` asks for the tolerance of another dtype, as where a float16 result was widened before it arrived.
    """

    def check(got: object, expected: object, dtype: object = None) -> None:
        got = np.asarray(got)
        assert got.shape == np.shape(expected)
        np.testing.assert_allclose(got, np.asarray(expected), **tolerance_of(got.dtype if dtype is None else dtype))

    return check
