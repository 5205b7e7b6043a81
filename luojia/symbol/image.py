"""``sym.image``: the operators whose names begin with ``_image_``."""

from .prefixed import lookup

__getattr__, __dir__ = lookup(__name__, "_image_")
