"""Small programs compiled in a third of the time, for tests that run each of them once.

XLA for CPUs lowers fusions through MLIR, which takes most of the time that a small program needs, or by its older
emitters. These can take hours for a large program, as they write what is used twice out twice, so that only small ones
go to them. What luojia hands to XLA is the same either way.
"""

from __future__ import annotations

from typing import Any

_OLDER = ("xla_cpu_use_fusion_emitters", False)
_SMALL = 4000  # characters of a program's text: some fifty operations


def install() -> None:
    """Take hold of the one place where JAX compiles; of a JAX that has it elsewhere, all programs compile as usual."""
    from jax._src import compiler

    usual = getattr(compiler, "backend_compile_and_load", None)
    if usual is None:
        return

    def quick(backend: Any, module: Any, devices: Any, options: Any, *rest: Any) -> Any:
        if backend.platform != "cpu" or len(str(module)) > _SMALL:
            return usual(backend, module, devices, options, *rest)
        before = list(options.env_option_overrides)
        options.env_option_overrides = [*before, _OLDER]
        try:
            return usual(backend, module, devices, options, *rest)
        finally:
            options.env_option_overrides = before

    compiler.backend_compile_and_load = quick
