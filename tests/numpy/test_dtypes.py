"""The dtypes of results, as mindspore 2.8.0 has them on CPU: ``function: dtypes of the arguments => dtype``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np

import luojia as ms
from luojia import Tensor
from luojia import numpy as mnp

ENOUGH = 1 if os.environ.get("LUOJIA_ENGINE") == "xla" else None  # cases of a line: XLA compiles each
NUMBERS = {"True": True, "2": 2, "1.5": 1.5}


def test_dtypes_of_results():
    lines = (Path(__file__).parent / "dtypes.txt").read_text("utf-8").splitlines()
    assert len(lines) > 60
    wrong = []
    for line in lines:
        name, _, rest = line.partition(": ")
        cases, _, expected = rest.partition(" => ")
        for case in cases.split()[:ENOUGH]:
            given = [NUMBERS[d] if d in NUMBERS else _filled(name, getattr(ms, d)) for d in case.split(",")]
            given += given[1:] if name == "interp" else []
            found = str(getattr(mnp, name)(*given).dtype)
            if found != expected:
                wrong.append(f"{name} of {case}: expected {expected}, got {found}")
    assert wrong == []


def _filled(name: str, dtype: Any) -> Tensor:
    values = [[1, 2], [3, 5]] if name in ("cov", "corrcoef") else [1, 2, 3]
    return Tensor(np.array(values, np.int32)).astype(dtype)
