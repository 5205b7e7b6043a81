"""``luojia.nd``: the module ``luojia.ndarray`` under its short name."""

import sys

from . import ndarray

sys.modules[__name__] = ndarray
