"""``luojia.sym``: the module ``luojia.symbol`` under its short name."""

import sys

from . import symbol

sys.modules[__name__] = symbol
