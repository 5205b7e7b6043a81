"""Functions, keywords, dtypes and errors as MindSpore 2.8.0 has them on CPU."""

from __future__ import annotations

from pathlib import Path

import pytest

from luojia import Parameter, mint
from luojia import numpy as mnp
from tests.observed import wrong_answers


@pytest.mark.parametrize(("name", "at_least"), [("functions", 55), ("methods_and_errors", 60),
                                                ("classes_and_numpy", 20), ("documented", 85), ("varied_m_to_z", 30)])
def test_answers(name: str, at_least: int) -> None:
    more = {"mint": mint, "mnp": mnp, "Parameter": Parameter, "nan": float("nan"), "inf": float("inf")}
    assert not wrong_answers(Path(__file__).parent / "mindspore" / f"{name}.txt", at_least, more)
