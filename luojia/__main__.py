"""``python -m luojia``: the same as the command ``luojia``."""

import sys

from luojia.cli import main

if __name__ == "__main__":
    sys.exit(main())
