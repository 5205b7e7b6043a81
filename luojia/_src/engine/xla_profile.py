"""JAX's own trace of what runs on the XLA engine, for TensorBoard and Perfetto."""

from __future__ import annotations

import jax  # pyright: ignore[reportMissingImports] - an extra, which the type check does without


def start_trace(folder: str) -> bool:
    """Trace to files under ``folder/plugins/profile``; False where a trace of the program's own runs already."""
    options = jax.profiler.ProfileOptions()
    options.python_tracer_level = 0  # each Python call as an event slows small operators many times
    try:
        jax.profiler.start_trace(folder, profiler_options=options)
    except RuntimeError:
        return False
    return True


def stop_trace() -> None:
    """Write the trace."""
    jax.profiler.stop_trace()
