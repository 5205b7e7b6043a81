"""The contributed operators on symbols: ``symbol.contrib`` at another path."""

import sys

from ..symbol import contrib

sys.modules[__name__] = contrib
