"""mx.contrib.text: what mxnet 1.9.1 gave for the same calls."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import pytest

import luojia as mx
from luojia._src.errors import ArgumentError, FormatError
from luojia.contrib import text

COUNTS = Counter(["a", "b", "b", "c", "c", "c", "some_word$"])


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "vectors.txt"
    path.write_text("3 3\na 0.1 0.2 0.3\nb 1.0 2.0 3.0\na 5 5 5\n<unk> 9 9 9\n")
    return str(path)


@pytest.fixture
def embedding(file: str) -> text.embedding.CustomEmbedding:
    with pytest.warns(UserWarning, match="likely a header|duplicate embedding"):
        return text.embedding.CustomEmbedding(file, init_unknown_vec=mx.nd.ones)


def test_counts() -> None:
    count = text.utils.count_tokens_from_str
    assert count(" Life is great ! \n life is good . \n") == Counter(
        {"is": 2, "Life": 1, "great": 1, "!": 1, "life": 1, "good": 1, ".": 1})
    assert count(r"*Life*is*great*!*\n*life*is*good*.*\n".replace(r"\n", "\n"), r"\*", "\n", True, Counter(life=2)) == (
        Counter({"life": 4, "is": 2, "great": 1, "!": 1, "good": 1, ".": 1}))


def test_vocabularies() -> None:
    v = text.vocab.Vocabulary(COUNTS)
    assert len(v) == 5 and v.idx_to_token == ["<unk>", "c", "b", "a", "some_word$"]
    assert v.token_to_idx["some_word$"] == 4 and v.unknown_token == "<unk>" and v.reserved_tokens is None
    v = text.vocab.Vocabulary(COUNTS, most_freq_count=2, reserved_tokens=["b"])
    assert v.idx_to_token == ["<unk>", "b", "c", "a"] and v.reserved_tokens == ["b"]
    v = text.vocab.Vocabulary(COUNTS, min_freq=2, reserved_tokens=["<pad>"])
    assert v.idx_to_token == ["<unk>", "<pad>", "c", "b"]
    assert v.to_indices("c") == 2 and v.to_indices(["c", "zz", "b"]) == [2, 0, 3]
    assert v.to_tokens(1) == "<pad>" and v.to_tokens([1, 2]) == ["<pad>", "c"]
    assert len(text.vocab.Vocabulary()) == 1
    for wrong in (100, "a", -1):
        with pytest.raises(ValueError, match=f"Token index {wrong} in the provided `indices` is invalid"):
            v.to_tokens(wrong)


@pytest.mark.parametrize("arguments, message", [
    ({"min_freq": 0}, "`min_freq` must be set to a positive value"),
    ({"reserved_tokens": ["<unk>"]}, "`reserved_token` cannot contain `unknown_token`"),
    ({"reserved_tokens": ["x", "x"]}, "cannot contain duplicate reserved tokens"),
    ({"counter": ["a"]}, "`counter` must be an instance of collections.Counter"),
])
def test_what_vocabularies_refuse(arguments: dict, message: str) -> None:
    with pytest.raises(AssertionError, match=message):
        text.vocab.Vocabulary(**{"counter": COUNTS, **arguments})


def test_embeddings(embedding: text.embedding.CustomEmbedding) -> None:
    e = embedding
    assert (len(e), e.vec_len, e.idx_to_token) == (3, 3, ["<unk>", "a", "b"])
    np.testing.assert_allclose(e.idx_to_vec.asnumpy(), [[9, 9, 9], [0.1, 0.2, 0.3], [1, 2, 3]], rtol=1e-6)
    np.testing.assert_allclose(e.get_vecs_by_tokens("a").asnumpy(), [0.1, 0.2, 0.3], rtol=1e-6)
    np.testing.assert_allclose(e.get_vecs_by_tokens(["a", "A"]).asnumpy(), [[0.1, 0.2, 0.3], [9, 9, 9]], rtol=1e-6)
    assert e.get_vecs_by_tokens(["B"], lower_case_backup=True).asnumpy().tolist() == [[1, 2, 3]]
    e.update_token_vectors("b", mx.nd.array([7, 7, 7]))
    assert e.idx_to_vec[2].asnumpy().tolist() == [7, 7, 7]
    e.update_token_vectors(["a", "b"], mx.nd.array([[1, 1, 1], [2, 2, 2]]))
    assert e.idx_to_vec.asnumpy().tolist() == [[9, 9, 9], [1, 1, 1], [2, 2, 2]]
    with pytest.raises(ValueError, match="Token q is unknown. To update the embedding vector for an unknown token"):
        e.update_token_vectors("q", mx.nd.array([7, 7, 7]))
    with pytest.raises(AssertionError, match="The length of new_vectors must be equal to the number of tokens"):
        e.update_token_vectors(["a", "b"], mx.nd.array([[7, 7, 7]]))


def test_embeddings_of_a_vocabulary(embedding: text.embedding.CustomEmbedding, file: str) -> None:
    v = text.vocab.Vocabulary(COUNTS, reserved_tokens=["<pad>"])
    with pytest.warns(UserWarning):
        e = text.embedding.CustomEmbedding(file, vocabulary=v)
    assert e.idx_to_token == ["<unk>", "<pad>", "c", "b", "a", "some_word$"] and e.reserved_tokens == ["<pad>"]
    np.testing.assert_allclose(e.idx_to_vec.asnumpy()[1:5], [[9] * 3, [9] * 3, [1, 2, 3], [0.1, 0.2, 0.3]], rtol=1e-6)
    embedding.update_token_vectors("a", mx.nd.array([7, 7, 7]))
    both = text.embedding.CompositeEmbedding(v, [embedding, e])
    assert both.vec_len == 6 and len(both) == 6
    np.testing.assert_allclose(both.idx_to_vec.asnumpy()[4], [7, 7, 7, 0.1, 0.2, 0.3], rtol=1e-6)
    with pytest.raises(AssertionError, match="must be an instance or a list of instances"):
        text.embedding.CompositeEmbedding(v, [v])
    with pytest.raises(AssertionError, match="`vocabulary` must be an instance"), pytest.warns(UserWarning):
        text.embedding.CustomEmbedding(file, vocabulary=["a"])


def test_unknown_vectors_are_made(tmp_path: Path) -> None:
    path = tmp_path / "few.txt"
    path.write_text("a 1 2\n")
    assert text.embedding.CustomEmbedding(str(path)).idx_to_vec.asnumpy().tolist() == [[0, 0], [1, 2]]


@pytest.mark.parametrize("content, error, message", [
    ("a 1 2\nb\n", AssertionError, "At line 2 .* the data format"),
    ("a 1 2\nb 1 2 3\n", AssertionError, "the dimension of token b is 3 but the dimension of previous tokens is 2"),
    ("a 1 two\n", FormatError, "line 1 holds what is no number"),
])
def test_files_that_are_no_embeddings(tmp_path: Path, content: str, error: type, message: str) -> None:
    path = tmp_path / "bad.txt"
    path.write_text(content)
    with pytest.raises(error, match=message):
        text.embedding.CustomEmbedding(str(path))


def test_embeddings_by_name(tmp_path: Path) -> None:
    names = text.embedding.get_pretrained_file_names()
    assert list(names) == ["glove", "fasttext"] and names["glove"][:2] == ["glove.42B.300d.txt", "glove.6B.50d.txt"]
    assert text.embedding.get_pretrained_file_names("glove") == names["glove"]
    (tmp_path / "glove").mkdir()
    (tmp_path / "glove" / "glove.6B.50d.txt").write_text("a 1 2\n")
    e = text.embedding.create("glove", pretrained_file_name="glove.6B.50d.txt", embedding_root=str(tmp_path))
    assert e.idx_to_token == ["<unk>", "a"]
    with pytest.raises(ArgumentError, match="FastText: there is no .*wiki.simple.vec; luojia downloads nothing"):
        text.embedding.create("fasttext", embedding_root=str(tmp_path))
    with pytest.raises(KeyError, match="Cannot find `embedding_name` x"):
        text.embedding.get_pretrained_file_names("x")
    with pytest.raises(KeyError, match="Cannot find pretrained file nope for token embedding glove"):
        text.embedding.create("glove", pretrained_file_name="nope")
    with pytest.raises(AssertionError, match="nope is not registered"):
        text.embedding.create("nope")
    with pytest.raises(ValueError, match="`pretrained_file_path` must be a valid path"):
        text.embedding.CustomEmbedding(str(tmp_path / "none"))
