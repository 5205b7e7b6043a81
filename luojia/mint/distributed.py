"""Communication between the processes of a job, called as in PyTorch; see ``communication.distributed``.

>>> from luojia import Tensor
>>> from luojia.mint import distributed
>>> distributed.init_process_group()
>>> x = Tensor([1.0])
>>> distributed.all_reduce(x)
>>> print(x, distributed.get_world_size())
[1.] 1
>>> distributed.destroy_process_group()
"""

import sys

from .._src.paths import also_at, public_names
from ..communication import distributed as _all
from ..communication.distributed import *  # noqa: F403

__all__ = _all.__all__  # pyright: ignore[reportUnsupportedDunderAll] - the same names
__dir__ = public_names(__name__)
_REFUSED = _all._REFUSED
__getattr__ = _all.__getattr__

also_at(sys.modules[__name__], f"{__name__}.distributed")
