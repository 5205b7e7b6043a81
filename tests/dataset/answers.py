"""What MindSpore 2.8.0 answers to transforms: files of lines ``program => answer``, on the inputs of ``names()``.

An answer is a dtype, a shape and a number for the values: of integers their CRC-32, of floats their mean and a weighted
mean. A program that MindSpore refuses has the exception's name and the beginning of its message.
"""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np


def images() -> dict[str, Any]:
    """The inputs, new each time."""
    r = np.random.RandomState(0)
    a = r.randint(0, 256, (9, 11, 3)).astype(np.uint8)
    b = {"A": a, "S": np.linspace(0, 255, 12 * 16 * 3).reshape(12, 16, 3).astype(np.uint8), "G": a[..., 0].copy(),
         "F": (a / 255).astype(np.float32), "C4": r.randint(0, 256, (5, 6, 4)).astype(np.uint8)}
    batch = r.randint(0, 256, (4, 6, 7, 3)).astype(np.uint8)
    return b | {"B": batch, "BF": batch.astype(np.float32), "BC": np.ascontiguousarray(batch.transpose(0, 3, 1, 2)),
                "L": np.eye(5, dtype=np.float32)[[0, 2, 1, 4]], "np": np,
                "BB": np.array([[1, 1, 4, 3], [3, 2, 5, 6]], np.float32)}


def sounds() -> dict[str, Any]:
    """Sounds, spectra and the like, new each time."""
    r = np.random.RandomState(0)
    w = (r.rand(2, 40) * 2 - 1).astype(np.float32) * 0.8
    long = (np.sin(np.arange(1600) * 0.05) * 0.5 + (r.rand(1600) - 0.5) * 0.1).astype(np.float32)
    out = {"W": w, "W1": w[0].copy(), "WD": w.astype(np.float64), "LONG": long, "np": np, "R": r,
           "LONG2": np.stack([long, long[::-1] * 0.5]), "SP": r.rand(2, 5, 12).astype(np.float32),
           "CX": (r.rand(2, 6, 8, 2) * 2 - 1).astype(np.float32),
           "CX2": (r.rand(1, 201, 8, 2) * 2 - 1).astype(np.float32),
           "MU": r.randint(0, 256, (2, 12)).astype(np.int32), "S201": r.rand(1, 201, 6).astype(np.float32)}
    return out | {"MELS": r.rand(1, 8, 6).astype(np.float32)}


def told(value: Any) -> str:
    """An answer in one line."""
    if isinstance(value, (tuple, list)):
        return "(" + ", ".join(map(told, value)) + ")"
    if hasattr(value, "getbands"):
        return f"{value.mode} " + told(np.asarray(value))
    if not isinstance(value, np.ndarray):
        return str(value)
    head = f"{value.dtype}{list(value.shape)} ".replace(", ", ",")
    if value.dtype.kind in "USO":
        return head + " ".join(map(str, value.ravel().tolist()))
    if value.dtype.kind in "iub":
        return head + f"#{zlib.crc32(np.ascontiguousarray(value).astype(value.dtype.newbyteorder('<')).tobytes()):08x}"
    if not value.size:
        return head
    flat = value.ravel().astype(np.complex128 if value.dtype.kind == "c" else np.float64)
    if flat.dtype.kind == "c":
        flat = np.concatenate([flat.real, flat.imag])
    return head + f"{flat.mean():.5g} {(flat * np.cos(np.arange(flat.size))).mean():.5g}"


def wrong(file: str | Path, names: dict[str, Any], at_least: int) -> list[str]:
    """The lines of ``file`` that luojia answers otherwise."""
    lines = Path(file).read_text().splitlines()
    assert len(lines) >= at_least
    bad = []
    for line in lines:
        program, expected = line.split(" => ")
        try:
            got = told(eval(program, dict(names)))
        except Exception as error:
            kinds = [kind.__name__ for kind in type(error).__mro__]
            name, _, message = expected.partition(": ")
            got = expected if name in kinds and message in str(error) else f"{type(error).__name__}: {error}"
        if not _alike(got, expected):
            bad.append(f"{line}, got {got}")
    return bad


def _alike(got: str, expected: str) -> bool:
    mine, theirs = (text.replace(")", " ").replace(",", " ").split() for text in (got, expected))
    return len(mine) == len(theirs) and all(a == b or _near(a, b) for a, b in zip(mine, theirs))


def _near(a: str, b: str) -> bool:
    try:
        return abs(float(a) - float(b)) <= 1e-4 * max(1.0, abs(float(b)))
    except ValueError:
        return False
