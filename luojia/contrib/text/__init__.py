"""Text: counts of tokens, vocabularies, and the vectors of tokens."""

from . import embedding, utils, vocab

__all__ = ["embedding", "utils", "vocab"]
