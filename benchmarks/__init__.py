"""Timings of luojia beside the frameworks that are installed: `python -m benchmarks --help`."""

import os

for name in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"):  # these would hold NumPy's BLAS to other kernels, and no peer's
    os.environ.pop(name, None)
