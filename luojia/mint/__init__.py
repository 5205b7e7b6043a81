"""MindSpore's newer functions and layers, whose arguments are called as in PyTorch: ``dim``, ``keepdim``, ``bias``.

>>> from luojia import Tensor, mint
>>> mint.sum(Tensor([[1.0, 2.0], [3.0, 4.0]]), dim=1, keepdim=True).tolist()
[[3.0], [7.0]]
"""

from __future__ import annotations

import importlib
from typing import Any

from .._src.core.accepted import guarded
from .._src.core.documented import tell as _tell
from .._src.core.given import checked
from .._src.errors import AbsentName, RefusedName
from .._src.paths import found_here, public_names
from . import creation, functions, linalg, nn, optim, special, table
from .creation import *  # noqa: F403
from .functions import *  # noqa: F403

_REFUSED = dict.fromkeys(("batch_norm_elemt", "batch_norm_gather_stats_with_counts", "batch_norm_stats"),
                         "use mint.nn.SyncBatchNorm")
_table = table.make(__name__)
globals().update(_table)
globals().update({n: guarded(checked(getattr(module, n)), table.ACCEPTED.get(n))
                  for module in (creation, functions) for n in module.__all__})
# Of a Tensor without axes these take dim 0 and -1.
_OF_NUMBERS = """all amax amin any argmax argmin argsort count_nonzero cummax cummin cumprod cumsum gather index_select
kthvalue logsumexp max mean median min norm prod sort squeeze std std_mean sum swapaxes topk transpose var var_mean"""
globals().update({n: functions.of_numbers(globals()[n]) for n in _OF_NUMBERS.split()})
found_here(__name__)


def __getattr__(name: str) -> Any:
    if name == "distributed":  # which few programs need
        return importlib.import_module(f".{name}", __name__)
    if name in _REFUSED:
        raise RefusedName(f"luojia.mint.{name} is not supported; {_REFUSED[name]}.")
    found = getattr(nn.functional, name, None) if name in nn.functional.__all__ else None
    if found is None:
        raise AbsentName("luojia.mint", name)
    return found


__all__ = [  # pyright: ignore[reportUnsupportedDunderAll] - a table
    *_table, *creation.__all__, *functions.__all__, "linalg", "nn", "optim", "special",
]
__dir__ = public_names(__name__)
_tell(globals(), __all__, __name__)
