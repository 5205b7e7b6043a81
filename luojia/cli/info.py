"""What ``luojia info`` prints."""

from __future__ import annotations

import platform
from importlib import metadata

import luojia

_PACKAGES = "numpy scipy autograd safetensors jax scikit-learn pillow matplotlib"


def info() -> str:
    """The versions of luojia and of what it uses, the engines installed, and the devices.

    >>> print(info())  # doctest: +ELLIPSIS
    luojia ... on Python ...
    """
    versions = {name: _version(name) for name in _PACKAGES.split()}
    gpus = luojia.num_gpus()
    return "\n".join(
        [
            f"luojia {luojia.__version__} on Python {platform.python_version()}, {platform.platform()}",
            "packages: " + ", ".join(f"{name} {found or 'not installed'}" for name, found in versions.items()),
            "engines:  numpy" + (", xla" if versions["jax"] else " (xla: pip install luojia[xla])")
            + f"; the CPU computes with {luojia.get_context('engine')} (LUOJIA_ENGINE, set_context(engine=...))",
            "devices:  cpu" + "".join(f", gpu({i})" for i in range(gpus)),
        ]
    )


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
