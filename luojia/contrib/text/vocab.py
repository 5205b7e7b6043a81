"""Vocabularies: numbers for tokens, the most frequent first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from typing import Any


class Vocabulary:
    """The numbers of tokens: 0 for unknown ones, then the reserved ones, then those of a counter.

    Args:
        counter: how often each token occurs; more frequent tokens come first, equally frequent ones by the alphabet.
        most_freq_count: how many of them to take at most. min_freq: how often they must occur.
        unknown_token: what stands for every other token. reserved_tokens: further tokens, such as padding.

    >>> from collections import Counter
    >>> v = Vocabulary(Counter("a b b c c c".split()), min_freq=2, reserved_tokens=["<pad>"])
    >>> v.idx_to_token
    ['<unk>', '<pad>', 'c', 'b']
    >>> v.to_indices(["b", "a"]), v.to_tokens(2)
    ([3, 0], 'c')
    """

    def __init__(self, counter: Counter | None = None, most_freq_count: int | None = None, min_freq: int = 1,
                 unknown_token: Hashable = "<unk>", reserved_tokens: Sequence[Hashable] | None = None) -> None:
        assert min_freq > 0, "`min_freq` must be set to a positive value."
        if reserved_tokens is not None:
            assert unknown_token not in reserved_tokens, "`reserved_token` cannot contain `unknown_token`."
            assert len(set(reserved_tokens)) == len(reserved_tokens), (
                "`reserved_tokens` cannot contain duplicate reserved tokens."
            )
        self._unknown_token = unknown_token
        self._reserved_tokens = None if reserved_tokens is None else list(reserved_tokens)
        self._idx_to_token: list = [unknown_token, *(reserved_tokens or ())]
        self._token_to_idx = {token: i for i, token in enumerate(self._idx_to_token)}
        if counter is not None:
            ordered = sorted(sorted(counter.items()), key=lambda pair: -pair[1])
            taken = [token for token, count in ordered if count >= min_freq and token not in self._token_to_idx]
            for token in taken[: len(counter) if most_freq_count is None else most_freq_count]:
                self._add(token)

    def _add(self, token: Hashable) -> None:
        self._token_to_idx[token] = len(self._idx_to_token)
        self._idx_to_token.append(token)

    def __len__(self) -> int:
        return len(self._idx_to_token)

    @property
    def token_to_idx(self) -> dict[Any, int]:
        """The number of each token."""
        return self._token_to_idx

    @property
    def idx_to_token(self) -> list:
        """The token of each number."""
        return self._idx_to_token

    @property
    def unknown_token(self) -> Any:
        """What stands for tokens that it lacks."""
        return self._unknown_token

    @property
    def reserved_tokens(self) -> list | None:
        """The tokens after the unknown one."""
        return self._reserved_tokens

    def to_indices(self, tokens: Any) -> Any:
        """The number of a token, or a list of them; 0 for one that it lacks."""
        if isinstance(tokens, (list, tuple)):
            return [self._token_to_idx.get(t, 0) for t in tokens]
        return self._token_to_idx.get(tokens, 0)

    def to_tokens(self, indices: Any) -> Any:
        """The token of a number, or a list of them.

        Raises:
            ValueError: a number that is no token's.
        """
        several = isinstance(indices, (list, tuple))
        for i in indices if several else [indices]:
            if not isinstance(i, int) or not 0 <= i < len(self):
                raise ValueError(f"Token index {i!r} in the provided `indices` is invalid: there are {len(self)} "
                                 "tokens.")
        return [self._idx_to_token[i] for i in indices] if several else self._idx_to_token[indices]
