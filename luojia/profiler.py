"""The originals' profilers, whose names refuse: Python's own see luojia's operators, which are Python functions."""

from ._src.paths import refusing

__getattr__ = refusing("luojia.profiler", "use Python's cProfile, or python -m benchmarks.")
