"""``mint.distributed`` under the path of ``ops``, and two functions more."""

from ..communication import distributed as _all
from ..communication.distributed import *  # noqa: F403
from ..communication.distributed import gather_into_tensor, scatter_tensor

__all__ = [*_all.__all__, "gather_into_tensor", "scatter_tensor"]  # pyright: ignore[reportUnsupportedDunderAll]
_REFUSED = _all._REFUSED
__getattr__ = _all.__getattr__
