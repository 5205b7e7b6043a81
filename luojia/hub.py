"""MindSpore's hub of trained models, which luojia does not fetch from: every name refuses by name."""

from ._src.paths import public_names, refusing

__dir__ = public_names(__name__)
__getattr__ = refusing("luojia.hub", "build the network, and read its weights with luojia.load_checkpoint.")
