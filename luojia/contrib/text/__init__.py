"""``mx.contrib.text``: counting tokens, vocabularies, and embeddings of tokens from files."""

from . import embedding, utils, vocab

__all__ = ["embedding", "utils", "vocab"]
