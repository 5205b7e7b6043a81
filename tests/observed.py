"""Answers of the originals: files of lines ``program => answer``, and what luojia answers instead.

An answer ``raises ValueError`` is an error of that class.
A program is an expression, perhaps after statements and semicolons, on the arrays of ``names()``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import luojia as ms
from luojia import Tensor, nn, ops


def T(value: Any, dtype: Any = np.float32) -> Tensor:  # noqa: N802 - as the lines call it
    return Tensor(np.array(value, dtype))


def names() -> dict[str, Any]:
    """The arrays that the lines name, new for each line."""
    return {"fill": fill, "x5": T(np.cos(np.arange(24)).reshape(3, 2, 4)),
            "y5": T(np.sin(np.arange(40) * 0.7).reshape(5, 2, 4)), "ms": ms, "ops": ops, "nn": nn,
            "Tensor": Tensor, "np": np, "T": T, "i": np.int32, "l": np.int64,
            "a": T([[1.0, -2.0, 3.0], [0.5, 4.0, -1.0]]), "b": T([[2.0, 1.0, 0.5], [-1.0, 3.0, 2.0]]),
            "s": T([[4.0, 1.0], [2.0, 3.0]]), "p": T([[4.0, 1.0], [1.0, 3.0]]), "v": T([1.0, 2.0, 3.0]),
            "w": T([0.5, -1.0, 2.0]), "k": T([3, 1, 2, 3], np.int32), "n": T([1.0, np.nan, 3.0, 2.0]),
            "r": T([[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]]), "g": T(np.arange(16).reshape(1, 1, 4, 4)),
            "c": T(np.arange(12).reshape(2, 2, 3)), "z": T([0, 2], np.int64),
            "m": T([[True, False, True], [False, True, False]], bool)}


def told(r: Any) -> str:
    """An answer as the lines write it: dtype, shape and four digits of each element."""
    if isinstance(r, Tensor):
        kind = complex if str(r.dtype).startswith("Complex") else float
        values = np.round(r.asnumpy().astype(kind), 5).ravel() + 0.0
        return f"{r.dtype}{list(r.shape)} " + " ".join(
            f"{v.real:.4g}{v.imag:+.4g}j" if kind is complex else f"{v:.4g}" for v in values)
    if isinstance(r, (list, tuple)):
        return "tuple(" + " | ".join(map(told, r)) + ")"
    return repr(r)


def alike(got: str, expected: str) -> bool:
    """Whether two answers differ in the last digits of numbers at most."""
    mine, theirs = (text.replace("(", " ( ").replace(")", " ) ").split() for text in (got, expected))
    return len(mine) == len(theirs) and all(a == b or _near(a, b) for a, b in zip(mine, theirs))


def _near(a: str, b: str) -> bool:
    try:
        return abs(complex(a) - complex(b)) <= 1e-3 * max(1.0, abs(complex(b)))
    except ValueError:
        return False


def fill(net: Any) -> Any:
    """The network with sines for weights, out of training."""
    for p in net.get_parameters():
        p.set_data(T(np.sin(np.arange(p.size) + 0.3 * len(p.shape)).reshape(p.shape)))
    net.set_train(False)
    return net


def wrong_answers(path: Path, at_least: int, more: dict[str, Any] | None = None) -> list[str]:
    """What luojia answers otherwise than the file's lines say, of which there are ``at_least`` so many.

    ``more`` are further names that the lines use.
    """
    lines = path.read_text("utf-8").splitlines()
    assert len(lines) >= at_least
    wrong = []
    for line in lines:
        program, _, expected = line.partition(" => ")
        space = names() | (more or {})
        *before, expression = program.split(";")
        try:
            for statement in before:
                exec(statement.strip(), space)
            got = told(eval(expression, space))
        except Exception as e:  # noqa: BLE001 - the line says whether and of which class
            kinds = [kind.__name__ for kind in type(e).__mro__]
            wanted = expected.removeprefix("raises ")
            got = f"raises {wanted if wanted in kinds else f'{kinds[0]}: {e}'}"
        if not alike(got, expected):
            wrong.append(f"{program}: expected {expected}, got {got}")
    return wrong
