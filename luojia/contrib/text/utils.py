"""Tokens of a text."""

from __future__ import annotations

import re
from collections import Counter


def count_tokens_from_str(source_str: str, token_delim: str = " ", seq_delim: str = "\n", to_lower: bool = False,
                          counter_to_update: Counter | None = None) -> Counter:
    """How often each token occurs.

    Args:
        token_delim, seq_delim: what stands between tokens, and between sequences of them.
        to_lower: count in lower case.
        counter_to_update: the counter to add to; a new one by default.

    >>> sorted(count_tokens_from_str(" Life is great ! \\n life is good . \\n", to_lower=True).items())
    [('!', 1), ('.', 1), ('good', 1), ('great', 1), ('is', 2), ('life', 2)]
    """
    tokens = [t for t in re.split(f"{re.escape(token_delim)}|{re.escape(seq_delim)}", source_str) if t]
    if to_lower:
        tokens = [t.lower() for t in tokens]
    counter = Counter() if counter_to_update is None else counter_to_update
    counter.update(tokens)
    return counter
