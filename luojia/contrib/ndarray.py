"""The contributed operators on arrays: ``ndarray.contrib`` at another path."""

import sys

from ..ndarray import contrib

sys.modules[__name__] = contrib
