"""Counting tokens."""

from __future__ import annotations

import re
from collections import Counter

from ..._src.paths import public_names

__all__ = ["count_tokens_from_str"]
__dir__ = public_names(__name__)


def count_tokens_from_str(source_str: str, token_delim: str = " ", seq_delim: str = "\n", to_lower: bool = False,
                          counter_to_update: Counter | None = None) -> Counter:
    """How often each token occurs in a text.

    Args:
        source_str: the text.
        token_delim, seq_delim: regular expressions between tokens, and between sequences of them.
        to_lower: count in lower case.
        counter_to_update: counts to add to, which are returned then.

    >>> count_tokens_from_str(" Life is great ! \\n life is good . \\n")["is"]
    2
    """
    text = source_str.lower() if to_lower else source_str
    tokens = [t for t in re.split(f"{token_delim}|{seq_delim}", text) if t]
    if counter_to_update is None:
        return Counter(tokens)
    counter_to_update.update(tokens)
    return counter_to_update
