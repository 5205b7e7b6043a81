"""``luojia.init``: the module ``luojia.initializer`` under its short name."""

import sys

from . import initializer

sys.modules[__name__] = initializer
