"""Vocabularies: tokens and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any

from ..._src.paths import public_names

__all__ = ["Vocabulary"]
__dir__ = public_names(__name__)


class Vocabulary:
    """Numbers for tokens: 0 is the unknown token, then the reserved ones, then those counted, the most frequent first.

    Args:
        counter: how often each token occurs; without it there are no others than the unknown and the reserved.
        most_freq_count: how many of the counted tokens at most.
        min_freq: how often a token occurs at least.
        unknown_token: what stands for all other tokens.
        reserved_tokens: tokens that are there in any case.

    Tokens of the same count are in their natural order.

    >>> v = Vocabulary(Counter("abbccc"), min_freq=2, reserved_tokens=["<pad>"])
    >>> v.idx_to_token, v.to_indices(["b", "x"])
    (['<unk>', '<pad>', 'c', 'b'], [3, 0])
    """

    def __init__(self, counter: Counter | None = None, most_freq_count: int | None = None, min_freq: int = 1,
                 unknown_token: Hashable = "<unk>", reserved_tokens: Sequence[Any] | None = None) -> None:
        assert min_freq > 0, "`min_freq` must be set to a positive value."
        if reserved_tokens is not None:
            assert unknown_token not in reserved_tokens, "`reserved_token` cannot contain `unknown_token`."
            assert len(set(reserved_tokens)) == len(reserved_tokens), (
                "`reserved_tokens` cannot contain duplicate reserved tokens.")
        assert counter is None or isinstance(counter, Counter), "`counter` must be an instance of collections.Counter."
        self._unknown_token = unknown_token
        self._reserved_tokens = list(reserved_tokens) if reserved_tokens is not None else None
        first = [unknown_token, *(reserved_tokens or ())]
        ranked = sorted((counter or Counter()).items(), key=lambda item: item[0])
        ranked.sort(key=lambda item: item[1], reverse=True)
        others = [t for t, n in ranked if n >= min_freq and t not in first]
        self._idx_to_token: list[Any] = first + others[:most_freq_count]
        self._token_to_idx = {t: i for i, t in enumerate(self._idx_to_token)}

    def __len__(self) -> int:
        return len(self._idx_to_token)

    token_to_idx = property(lambda self: self._token_to_idx, doc="The number of each token.")
    idx_to_token = property(lambda self: self._idx_to_token, doc="The tokens by number.")
    unknown_token = property(lambda self: self._unknown_token, doc="What stands for tokens that are not here.")
    reserved_tokens = property(lambda self: self._reserved_tokens, doc="The reserved tokens, or None.")

    def to_indices(self, tokens: Any) -> Any:
        """The number of a token, or a list of numbers of a list; 0 for those that are not here."""
        if isinstance(tokens, list):
            return [self._token_to_idx.get(t, 0) for t in tokens]
        return self._token_to_idx.get(tokens, 0)

    def to_tokens(self, indices: Any) -> Any:
        """The token of a number, or a list of tokens of a list."""
        found = []
        for i in indices if isinstance(indices, list) else [indices]:
            if not isinstance(i, int) or not 0 <= i < len(self):
                raise ValueError(f"Token index {i} in the provided `indices` is invalid.")
            found.append(self._idx_to_token[i])
        return found if isinstance(indices, list) else found[0]
