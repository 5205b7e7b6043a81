"""The operators under the names that MXNet keeps for itself: ``symbol.op`` at another path."""

import sys

from . import op

sys.modules[__name__] = op
