"""The operators under the names that MXNet keeps for itself: ``ndarray.op`` at another path."""

import sys

from . import op

sys.modules[__name__] = op
