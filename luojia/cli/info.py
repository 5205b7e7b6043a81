"""What ``luojia info`` prints."""

from __future__ import annotations

import os
import platform
from importlib import metadata

import luojia
from luojia._src.core.choice import decisions
from luojia._src.core.waiting import notes

_PACKAGES = "numpy scipy autograd safetensors jax jaxlib ml_dtypes scikit-learn pillow matplotlib graphviz"
_MODES = {luojia.GRAPH_MODE: "GRAPH_MODE", luojia.PYNATIVE_MODE: "PYNATIVE_MODE"}
_VARIABLES = ("LUOJIA_", "MXNET_", "MS_", "DMLC_", "RANK_", "JAX_", "XLA_", "CUDA_VISIBLE", "OMP_NUM", "OPENBLAS_NUM",
              "MKL_NUM")


def info() -> str:
    """The versions of luojia and of what it uses, the engines and devices, the choices made, BLAS and its threads.

    >>> print(info())  # doctest: +ELLIPSIS
    luojia ... on Python ...
    """
    versions = {name: _version(name) for name in _PACKAGES.split()}
    rows = {
        "packages": ", ".join(f"{name} {found or 'not installed'}" for name, found in versions.items()),
        "engines": "numpy" + (", xla" if versions["jax"] else " (xla: pip install luojia[xla])"),
        "devices": ", ".join(_devices()),
        "choices": f"the CPU computes with {luojia.get_context('engine')} ({_why()}); "
                   f"{_MODES[luojia.get_context('mode')]}; arrays go to {luojia.current_context()}",
        "BLAS": "; ".join(_blas()) or "unknown",
        "cores": f"{os.cpu_count()}, of which this process may use {_usable()}",
        "variables": ", ".join(f"{k}={v}" for k, v in sorted(os.environ.items()) if k.startswith(_VARIABLES)) or "none",
    }
    first = f"luojia {luojia.__version__} on Python {platform.python_version()}, {platform.platform()}"
    return "\n".join([first, *(f"{name + ':':<11}{text}" for name, text in rows.items())])


def _devices() -> list[str]:
    found = ["cpu"]
    for i in range(luojia.num_gpus()):
        try:
            free, total = luojia.context.gpu_memory_info(i)
            found.append(f"gpu({i}) with {total >> 20} MiB, {free >> 20} of them free")
        except luojia.MXNetError:  # without nvidia-smi
            found.append(f"gpu({i})")
    return found


def _why() -> str:
    chosen = "LUOJIA_ENGINE" if os.environ.get("LUOJIA_ENGINE") else "by default"
    if decisions:
        chosen = decisions[-1]
    if notes:
        chosen += f"; a step of Gluon's took {notes[-1]}"
    return f"{chosen}; LUOJIA_ENGINE or set_context(engine=...) choose"


def _blas() -> list[str]:
    """The BLAS libraries that NumPy and SciPy multiply with, and their numbers of threads."""
    import scipy.linalg.blas  # noqa: F401 - loads SciPy's
    from threadpoolctl import threadpool_info

    return [f"{pool['internal_api']} {pool.get('version')} ({_owner(pool['filepath'])}), {pool['num_threads']} "
            f"thread{'s' * (pool['num_threads'] != 1)}"
            for pool in threadpool_info() if pool["user_api"] == "blas"]


def _owner(path: str) -> str:
    folder = os.path.basename(os.path.dirname(path))
    return folder.removesuffix(".libs") if folder.endswith(".libs") else os.path.basename(path)


def _usable() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None
