"""Vectors of tokens, read from files in the form of GloVe and fastText: a line is a token and its numbers."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ... import ndarray as nd
from ..._src.errors import ArgumentError, FormatError
from ..._src.formats.text import open_text
from ..._src.paths import public_names
from .vocab import Vocabulary

__all__ = ["CompositeEmbedding", "CustomEmbedding", "FastText", "GloVe", "create", "get_pretrained_file_names",
           "register"]
__dir__ = public_names(__name__)
_REGISTERED: dict[str, type] = {}

UNKNOWN_IDX = 0  # the number of the unknown token


def register(embedding_cls: type) -> type:
    """Make a class of embeddings known to ``create`` under its name in lower case."""
    _REGISTERED[embedding_cls.__name__.lower()] = embedding_cls
    return embedding_cls


def create(embedding_name: str, **kwargs: Any) -> Any:
    """An instance of the registered class of that name."""
    name = embedding_name.lower()
    assert name in _REGISTERED, (
        f"{embedding_name} is not registered. Please register with token embedding.register first")
    return _REGISTERED[name](**kwargs)


def get_pretrained_file_names(embedding_name: str | None = None) -> Any:
    """The known files of one kind of embedding, or of all by name."""
    names = {name: list(cls.pretrained_file_names) for name, cls in _REGISTERED.items()}  # type: ignore[attr-defined]
    if embedding_name is None:
        return names
    if embedding_name not in names:
        raise KeyError(f"Cannot find `embedding_name` {embedding_name}. Use "
                       "`get_pretrained_file_names(embedding_name=None).keys()` to get all the valid embedding names.")
    return names[embedding_name]


class _TokenEmbedding(Vocabulary):
    """A vocabulary with a vector for each token."""

    pretrained_file_names: Sequence[str] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._vec_len = 0
        self._idx_to_vec: Any = None

    vec_len = property(lambda self: self._vec_len, doc="The length of a vector.")
    idx_to_vec = property(lambda self: self._idx_to_vec, doc="The vectors by number, an NDArray.")

    def _load(self, path: str, delim: str, init_unknown_vec: Callable, encoding: str) -> None:
        """Read the file; keep only the tokens of the vocabulary if this has one."""
        path = os.path.expanduser(path)
        if not os.path.isfile(path):
            raise ValueError("`pretrained_file_path` must be a valid path to the pre-trained token embedding file; "
                             f"there is no {path}.")
        logging.info("Loading pre-trained token embedding vectors from %s", path)
        rows: list[np.ndarray] = []
        tokens: dict[str, int] = {}
        unknown = None
        width = 0
        with open_text(path, encoding=encoding) as file:
            for number, line in enumerate(file, 1):
                token, *words = line.rstrip().split(delim)
                assert words, (f"At line {number} of the pre-trained text embedding file: the data format of the "
                               f"pre-trained token embedding file {path} is unexpected.")
                try:
                    row = np.array([float(w) for w in words], np.float32)
                except ValueError:
                    raise FormatError(
                        f"{path}: line {number} holds what is no number, after the token {token!r}.") from None
                if token == self.unknown_token and unknown is None:
                    unknown = row
                elif token in tokens:
                    warnings.warn(f"At line {number} of the pre-trained token embedding file: the embedding vector for "
                                  f"token {token} has been loaded and a duplicate embedding for the  same token is "
                                  "seen and skipped.", stacklevel=3)
                    continue
                elif len(row) == 1:
                    warnings.warn(f"At line {number} of the pre-trained text embedding file: token {token} with "
                                  f"1-dimensional vector {row.tolist()} is likely a header and is skipped.",
                                  stacklevel=3)
                    continue
                else:
                    tokens[token] = len(rows)
                    rows.append(row)
                width = width or len(row)
                assert len(row) == width, (
                    f"At line {number} of the pre-trained token embedding file: the dimension of token {token} is "
                    f"{len(row)} but the dimension of previous tokens is {width}. Dimensions of all the tokens must "
                    "be the same.")
        first = nd.array(unknown) if unknown is not None else init_unknown_vec(shape=width)
        self._take(tokens, np.stack([first.asnumpy(), *rows]) if rows else first.asnumpy()[None])

    def _take(self, tokens: dict[str, int], vectors: np.ndarray) -> None:
        """The vectors of the file, the unknown one first, for the tokens that are here, or for all of them."""
        self._vec_len = vectors.shape[1]
        if len(self) == 1 and self.reserved_tokens is None:
            self._idx_to_token += list(tokens)
            self._token_to_idx = {t: i for i, t in enumerate(self._idx_to_token)}
        self._idx_to_vec = nd.array(vectors[[tokens.get(t, -1) + 1 for t in self._idx_to_token]])

    def _adopt(self, vocabulary: Vocabulary | None) -> None:
        """Have the tokens of a vocabulary, and their numbers, from now on."""
        if vocabulary is None:
            return
        assert isinstance(vocabulary, Vocabulary), (
            "The argument `vocabulary` must be an instance of mxnet.contrib.text.vocab.Vocabulary.")
        self._have(vocabulary, self.get_vecs_by_tokens(list(vocabulary.idx_to_token)))

    def _have(self, vocabulary: Vocabulary, vectors: Any) -> None:
        for name in ("_unknown_token", "_reserved_tokens", "_idx_to_token", "_token_to_idx"):
            value = getattr(vocabulary, name)
            setattr(self, name, value.copy() if isinstance(value, (list, dict)) else value)
        self._idx_to_vec, self._vec_len = vectors, vectors.shape[1]

    def get_vecs_by_tokens(self, tokens: Any, lower_case_backup: bool = False) -> Any:
        """The vector of a token, or those of a list as the rows of an array; that of the unknown token for others.

        Args:
            lower_case_backup: look for a token that is not here in lower case.
        """
        found = []
        for t in [tokens] if isinstance(tokens, str) else tokens:
            i = self._token_to_idx.get(t)
            if i is None and lower_case_backup:
                i = self._token_to_idx.get(t.lower())
            found.append(i or 0)
        vectors = nd.take(self._idx_to_vec, nd.array(found))
        return vectors[0] if isinstance(tokens, str) else vectors

    def update_token_vectors(self, tokens: Any, new_vectors: Any) -> None:
        """Give tokens that are here new vectors: a row each, or one vector for one token."""
        assert self._idx_to_vec is not None, "The property `idx_to_vec` has not been properly set."
        listed = [tokens] if isinstance(tokens, str) else list(tokens)
        rows = new_vectors.reshape((1, -1)) if len(new_vectors.shape) == 1 else new_vectors
        assert rows.shape == (len(listed), self._vec_len), (
            "The length of new_vectors must be equal to the number of tokens and the width of"
            "new_vectors must be equal to the dimension of embeddings of the glossary.")
        for t in listed:
            if t not in self._token_to_idx:
                raise ValueError(f"Token {t} is unknown. To update the embedding vector for an unknown token, please "
                                 f"specify it explicitly as the `unknown_token` {self._unknown_token} in `tokens`. "
                                 "This is to avoid unintended updates.")
        for t, row in zip(listed, rows):
            self._idx_to_vec[self._token_to_idx[t]] = row


class _Pretrained(_TokenEmbedding):
    """Vectors that others trained; the files lie in ``embedding_root/<name of the class>``, nothing is downloaded."""

    def __init__(self, pretrained_file_name: str, embedding_root: str = "~/.mxnet/embeddings",
                 init_unknown_vec: Callable = nd.zeros, vocabulary: Vocabulary | None = None, **kwargs: Any) -> None:
        name = type(self).__name__.lower()
        if pretrained_file_name not in self.pretrained_file_names:
            raise KeyError(f"Cannot find pretrained file {pretrained_file_name} for token embedding {name}. Valid "
                           f"pretrained files for embedding {name}: {', '.join(self.pretrained_file_names)}")
        super().__init__(**kwargs)
        path = os.path.join(os.path.expanduser(embedding_root), name, pretrained_file_name)
        if not os.path.isfile(path):
            raise ArgumentError(f"{type(self).__name__}: there is no {path}; luojia downloads nothing, so put the file "
                                "there, or read it with CustomEmbedding.")
        self._load(path, " ", init_unknown_vec, "utf8")
        self._adopt(vocabulary)


@register
class GloVe(_Pretrained):
    """Global vectors for word representation (Pennington, Socher and Manning 2014), from a file that is there."""

    pretrained_file_names = (
        "glove.42B.300d.txt", *[f"glove.6B.{n}d.txt" for n in (50, 100, 200, 300)], "glove.840B.300d.txt",
        *[f"glove.twitter.27B.{n}d.txt" for n in (25, 50, 100, 200)])

    def __init__(self, pretrained_file_name: str = "glove.840B.300d.txt", **kwargs: Any) -> None:
        super().__init__(pretrained_file_name, **kwargs)


@register
class FastText(_Pretrained):
    """Vectors of words from their parts (Bojanowski et al. 2017), from a file that is there."""

    pretrained_file_names = ("wiki.simple.vec", "wiki.en.vec", "crawl-300d-2M.vec")

    def __init__(self, pretrained_file_name: str = "wiki.simple.vec", **kwargs: Any) -> None:
        super().__init__(pretrained_file_name, **kwargs)


class CustomEmbedding(_TokenEmbedding):
    """Vectors from a file of one's own.

    Args:
        pretrained_file_path: the file; a line is a token and its numbers.
        elem_delim: what stands between them.
        encoding: of the file.
        init_unknown_vec: makes the unknown token's vector of ``shape``, unless the file has it.
        vocabulary: the tokens to have; else those of the file.
    """

    def __init__(self, pretrained_file_path: str, elem_delim: str = " ", encoding: str = "utf8",
                 init_unknown_vec: Callable = nd.zeros, vocabulary: Vocabulary | None = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._load(pretrained_file_path, elem_delim, init_unknown_vec, encoding)
        self._adopt(vocabulary)


class CompositeEmbedding(_TokenEmbedding):
    """The vectors of several embeddings, one after the other, for the tokens of a vocabulary."""

    def __init__(self, vocabulary: Vocabulary, token_embeddings: Any) -> None:
        super().__init__()
        assert isinstance(vocabulary, Vocabulary), (
            "The argument `vocabulary` must be an instance of mxnet.contrib.text.vocab.Vocabulary.")
        parts = token_embeddings if isinstance(token_embeddings, list) else [token_embeddings]
        for part in parts:
            assert isinstance(part, _TokenEmbedding), (
                "The argument `token_embeddings` must be an instance or a list of instances of "
                "`mxnet.contrib.text.embedding.TokenEmbedding`")
        tokens = list(vocabulary.idx_to_token)
        self._have(vocabulary, nd.concat(*[part.get_vecs_by_tokens(tokens) for part in parts], dim=1))
