"""``luojia.numpy_extension``: the module ``luojia.npx`` under its long name."""

import sys

from . import npx

sys.modules[__name__] = npx
