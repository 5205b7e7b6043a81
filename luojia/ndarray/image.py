"""``nd.image``: the operators whose names begin with ``_image_``: what the transforms of ``gluon`` do to pictures."""

from __future__ import annotations

from typing import Any

from .._src.errors import AbsentName
from .door import faces, function


def __getattr__(name: str) -> Any:
    if not name.startswith("_") and f"_image_{name}" in faces.index():
        return function(f"_image_{name}")
    raise AbsentName("luojia.ndarray.image", name)


def __dir__() -> list[str]:
    return sorted(name[len("_image_"):] for name in faces.index() if name.startswith("_image_"))
