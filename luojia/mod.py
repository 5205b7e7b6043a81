"""``luojia.mod``: the module ``luojia.module`` under its short name."""

import sys

from . import module

sys.modules[__name__] = module
