"""The tables of what constructors take: their words, and the guards made of them."""

from __future__ import annotations

import numpy as np
import pytest

from luojia import Tensor
from luojia._src.core.arguments import Kind, guard, guard_all, read
from luojia._src.errors import ArgumentError, DTypeError

VALUES = {"-1": -1, "0": 0, "2": 2, "0.5": 0.5, "1.5": 1.5, "nan": float("nan"), "True": True, "None": None, "a": "a",
          "()": (), "[1]": [1], "Tensor": Tensor(2), "np.int64": np.int64(2)}


@pytest.mark.parametrize("words, taken, out_of_range", [
    ("int", "-1 0 2 np.int64", ""),
    ("int >0", "2 np.int64", "-1 0"),
    ("int None >=0", "0 2 np.int64 None", "-1"),
    ("float", "0.5 1.5 nan", ""),
    ("float finite", "0.5 1.5", "nan"),
    ("int float [0,1)", "0 0.5", "-1 2 np.int64 1.5 nan"),
    ("int float (0,2]", "0.5 1.5 2 np.int64", "-1 0 nan"),
    ("int <=0", "-1 0", "2 np.int64"),
    ("float <1", "0.5", "1.5 nan"),
    ("bool", "True", ""),
    ("str in a,b", "a", ""),
    ("str in b,c", "", "a"),
    ("tuple list", "() [1]", ""),
    ("Tensor None", "Tensor None", ""),
])
def test_words(words, taken, out_of_range):
    kind = Kind.read(words)
    for name, value in VALUES.items():
        if name in taken.split():
            kind.check("F", "x", value)
        else:
            with pytest.raises(ValueError if name in out_of_range.split() else TypeError, match="For 'F', the"):
                kind.check("F", "x", value)


def test_marks_turn_the_errors():
    with pytest.raises(ArgumentError, match="the type of 'x' should be 'bool', but got type 'int'"):
        Kind.read("bool !").check("F", "x", 1)
    with pytest.raises(DTypeError, match=r"the 'x' must be in \['a', 'b'\], but got 'c'"):
        Kind.read("str ~ in a,b").check("F", "x", "c")


@pytest.mark.parametrize("words, message", [
    ("int >0", "the 'x' must be > 0, but got -1"),
    ("int (0,1]", r"the 'x' must be in range \(0,1\], but got -1"),
    ("str", "the type of 'x' should be 'str', but got type 'int'"),
    ("float None", "the type of 'x' should be 'float', but got type 'int'"),
    ("str list", r"should be one of '\['str', 'list'\]', but got type 'int'"),
])
def test_messages(words, message):
    with pytest.raises((TypeError, ValueError), match=message):
        Kind.read(words).check("F", "x", -1)


def test_a_guard_looks_at_places_and_names_before_anything_else():
    seen = []

    class Half:
        def __init__(self, x, how="up", *more):
            seen.append((x, how, more))

    class Quarter(Half):
        def __init__(self, x):
            super().__init__(x, "down")

    guard_all({"Half": Half}, read("Half,Other  x: int; how: str in up,down".replace(",Other", "")))
    assert Half(1, "up", 3) and Half(how="down", x=2) and Quarter(4)
    assert seen == [(1, "up", (3,)), (2, "down", ()), (4, "down", ())]
    for call in (lambda: Half(1.5), lambda: Half(x="a"), lambda: Quarter(None), lambda: Half(1, 2)):
        with pytest.raises(TypeError, match="For 'Half', the type of"):
            call()
    with pytest.raises(TypeError, match="missing 1 required"):
        Half()
    assert len(seen) == 3


def test_tables_are_checked():
    with pytest.raises(ValueError, match="unknown word 'integer'"):
        read("A  x: integer")
    with pytest.raises(ValueError, match=r"names \['y'\], of \(self, x\)"):
        guard(type("A", (), {"__init__": lambda self, x: None}), read("A  y: int")["A"])
    assert list(read("A,B  x y: int; z: str\nA  w: float")["A"]) == ["x", "y", "z", "w"]
