"""``sym.linalg``: products and factorizations of matrices, the operators whose names begin with ``linalg_``."""

from .prefixed import lookup

__getattr__, __dir__ = lookup(__name__, "_linalg_", "linalg_")
