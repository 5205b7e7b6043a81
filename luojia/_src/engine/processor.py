"""What kernels that choose by the processor's speed know of it."""

from __future__ import annotations

from functools import cache

from luojia._src.engine import threads

_AVX512 = ("SkylakeX", "Cooperlake", "SapphireRapids")  # as OpenBLAS names those for which it has such kernels
_ZEN4 = "AuthenticAMD", "25"  # AMD's first with AVX-512, which take two cycles for what others do in one


def has_small_products() -> bool:
    """Whether OpenBLAS has kernels here that multiply small matrices as they lie."""
    return threads.architecture() in _AVX512


def multiplies_wide() -> bool:
    """Whether BLAS multiplies 512 bits in a cycle: products take half of their time on other processors."""
    return has_small_products() and _model() != _ZEN4


@cache
def _model(path: str = "/proc/cpuinfo") -> tuple[str, str]:
    """The processor's maker and family, as Linux tells; of other systems, nothing."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            lines = [line.partition(":") for line in file.read(4096).splitlines()]
    except OSError:
        return "", ""
    told = {name.strip(): value.strip() for name, _, value in reversed(lines)}
    return told.get("vendor_id", ""), told.get("cpu family", "")
