"""Embeddings of tokens that come with their vectors, from a text file: a token and its numbers in each line."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ... import ndarray as nd
from ..._src.errors import FormatError, MissingFileError, RefusedName
from ...ndarray import NDArray
from .vocab import Vocabulary

_REFUSED = ("GloVe", "FastText", "create", "register", "get_pretrained_file_names")


def __getattr__(name: str) -> Any:
    if name in _REFUSED:
        raise RefusedName(f"contrib.text.embedding.{name} is not provided: luojia downloads no vectors; give the file "
                          "of GloVe or fastText to CustomEmbedding.")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


class _TokenEmbedding(Vocabulary):
    """A vocabulary with a vector for each token."""

    _idx_to_vec: NDArray

    @property
    def vec_len(self) -> int:
        """The length of a vector."""
        return self._idx_to_vec.shape[1]

    @property
    def idx_to_vec(self) -> NDArray:
        """The vectors in order of the numbers, (tokens, length): what to set an Embedding's weight to."""
        return self._idx_to_vec

    def get_vecs_by_tokens(self, tokens: Any, lower_case_backup: bool = False) -> NDArray:
        """The vector of a token, (length,), or of a list of them, (tokens, length).

        Args:
            lower_case_backup: look a token that is not there up in lower case.
        """
        several = isinstance(tokens, (list, tuple))
        known = self._token_to_idx
        listed = [t if t in known or not lower_case_backup else t.lower() for t in (tokens if several else [tokens])]
        vectors = nd.take(self._idx_to_vec, nd.array([known.get(t, 0) for t in listed]))
        return vectors if several else vectors[0]

    def update_token_vectors(self, tokens: Any, new_vectors: NDArray) -> None:
        """Give tokens other vectors.

        Raises:
            ValueError: a token that it lacks.
        """
        listed = list(tokens) if isinstance(tokens, (list, tuple)) else [tokens]
        for token in listed:
            if token not in self._token_to_idx:
                raise ValueError(f"Token {token} is unknown. To update the embedding vector for an unknown token, "
                                 f"please specify it explicitly as the `unknown_token` {self._unknown_token} in "
                                 "`tokens`.")
        vectors = new_vectors.reshape((len(listed), self.vec_len))
        self._idx_to_vec[nd.array([self._token_to_idx[t] for t in listed])] = vectors

    def _restrict(self, vocabulary: Vocabulary | None) -> None:
        """Take over the tokens of a vocabulary, with the vectors that are known."""
        if vocabulary is None:
            return
        vectors = self.get_vecs_by_tokens(vocabulary.idx_to_token)
        self._unknown_token, self._reserved_tokens = vocabulary.unknown_token, vocabulary.reserved_tokens
        self._idx_to_token, self._token_to_idx = list(vocabulary.idx_to_token), dict(vocabulary.token_to_idx)
        self._idx_to_vec = vectors


class CustomEmbedding(_TokenEmbedding):
    """The tokens and vectors of a file.

    Args:
        pretrained_file_path: the file: a token and its numbers in each line.
        elem_delim: what stands between them. encoding: of the file.
        init_unknown_vec: makes the vector of unknown tokens from its shape, where the file has none.
        vocabulary: take its tokens instead of the file's.
        kwargs: those of ``Vocabulary``.

    Raises:
        MXNetError: the file cannot be opened. FormatError: a line is not of this form, or of another length.
    """

    def __init__(self, pretrained_file_path: str, elem_delim: str = " ", encoding: str = "utf8",
                 init_unknown_vec: Callable = nd.zeros, vocabulary: Vocabulary | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        rows: dict[Any, list[float]] = {}
        try:
            with open(pretrained_file_path, encoding=encoding) as file:
                lines = file.read().splitlines()
        except OSError as error:
            raise MissingFileError(
                f"CustomEmbedding: cannot open {pretrained_file_path!r}: {error.strerror}."
            ) from error
        length = None
        for number, line in enumerate(lines, 1):
            token, *elements = line.rstrip().split(elem_delim)
            if number == 1 and len(elements) == 1:  # fastText's first line: how many tokens, and their length
                continue
            try:
                vector = [float(e) for e in elements]
            except ValueError as error:
                raise FormatError(f"line {number} of {pretrained_file_path} expects a token and numbers between "
                                  f"{elem_delim!r}: {error}.") from error
            if not vector or length not in (None, len(vector)):
                raise FormatError(f"line {number} of {pretrained_file_path} has {len(vector)} numbers, expected "
                                  f"{length or 'one or more'}.")
            length = len(vector)
            if token in rows:
                warnings.warn(f"line {number} of {pretrained_file_path}: the token {token!r} occurred before; skipped.",
                              stacklevel=2)
                continue
            rows[token] = vector
        if length is None:
            raise FormatError(f"{pretrained_file_path} holds no vectors.")
        unknown = rows.pop(self._unknown_token, None)
        first = init_unknown_vec(shape=(length,)).asnumpy() if unknown is None else np.array(unknown, np.float32)
        reserved = np.zeros((len(self) - 1, length), np.float32)
        for token in rows:
            if token not in self._token_to_idx:
                self._add(token)
        given = [rows[t] for t in self._idx_to_token[1 + len(reserved):]]
        values = np.concatenate([first[None], reserved, np.array(given, np.float32).reshape(-1, length)])
        self._idx_to_vec = nd.array(values)
        self._restrict(vocabulary)


class CompositeEmbedding(_TokenEmbedding):
    """The tokens of a vocabulary, with the vectors of several embeddings one after the other."""

    def __init__(self, vocabulary: Vocabulary, token_embeddings: Any) -> None:
        super().__init__()
        embeddings: Sequence = token_embeddings if isinstance(token_embeddings, (list, tuple)) else [token_embeddings]
        self._unknown_token, self._reserved_tokens = vocabulary.unknown_token, vocabulary.reserved_tokens
        self._idx_to_token, self._token_to_idx = list(vocabulary.idx_to_token), dict(vocabulary.token_to_idx)
        self._idx_to_vec = nd.concat(*[e.get_vecs_by_tokens(self._idx_to_token) for e in embeddings], dim=1)
