"""``sym.op``: the operators' functions alone."""

from .prefixed import lookup

__getattr__, __dir__ = lookup(__name__, "")
