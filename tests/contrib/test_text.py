"""mx.contrib.text; orders and numbers of mxnet 1.9.1."""

from collections import Counter

import numpy as np
import pytest

from luojia import nd
from luojia.contrib import text

COUNTER = Counter({"life": 2, "is": 2, "great": 1, "!": 1, "good": 1, ".": 1})


def test_counting():
    source = " Life is great ! \n life is good . \n"
    assert text.utils.count_tokens_from_str(source, to_lower=True) == COUNTER
    twice = text.utils.count_tokens_from_str(source, to_lower=True, counter_to_update=Counter(COUNTER))
    assert twice["life"] == 4
    assert text.utils.count_tokens_from_str("a|b.|c", token_delim="|", seq_delim=".") == Counter("abc")


def test_vocabularies():
    v = text.vocab.Vocabulary(COUNTER, reserved_tokens=["<pad>"])
    assert v.idx_to_token == ["<unk>", "<pad>", "is", "life", "!", ".", "good", "great"] and len(v) == 8
    assert v.token_to_idx["good"] == 6 and v.unknown_token == "<unk>" and v.reserved_tokens == ["<pad>"]
    assert v.to_indices("life") == 3 and v.to_indices(["life", "zzz"]) == [3, 0]
    assert v.to_tokens([0, 2]) == ["<unk>", "is"] and v.to_tokens(3) == "life"
    assert text.vocab.Vocabulary(COUNTER, most_freq_count=2, min_freq=2).idx_to_token == ["<unk>", "is", "life"]
    assert text.vocab.Vocabulary().idx_to_token == ["<unk>"]


@pytest.fixture
def vectors(tmp_path):
    path = tmp_path / "v.txt"
    path.write_text("hello 1.0 2.0\nworld 3.0 4.0\nlife 5.0 6.0\n")
    return path


def test_embeddings(vectors):
    e = text.embedding.CustomEmbedding(str(vectors))
    assert e.idx_to_token == ["<unk>", "hello", "world", "life"] and e.vec_len == 2
    assert e.idx_to_vec.asnumpy().tolist() == [[0, 0], [1, 2], [3, 4], [5, 6]]
    assert e.get_vecs_by_tokens("hello").asnumpy().tolist() == [1, 2]
    found = e.get_vecs_by_tokens(["hello", "zz", "World"], lower_case_backup=True)
    assert found.asnumpy().tolist() == [[1, 2], [0, 0], [3, 4]]
    e.update_token_vectors("hello", nd.array([9, 9]))
    e.update_token_vectors(["world", "<unk>"], nd.array([[7, 7], [1, 1]]))
    assert e.idx_to_vec.asnumpy().tolist() == [[1, 1], [9, 9], [7, 7], [5, 6]]
    v = text.vocab.Vocabulary(COUNTER, reserved_tokens=["<pad>"])
    chosen = text.embedding.CustomEmbedding(str(vectors), vocabulary=v)
    assert chosen.idx_to_token == v.idx_to_token and chosen.idx_to_vec.asnumpy()[3].tolist() == [5, 6]
    both = text.embedding.CompositeEmbedding(v, [chosen, chosen])
    assert both.idx_to_vec.shape == (8, 4) and both.idx_to_vec.asnumpy()[3].tolist() == [5, 6, 5, 6]
    reserved = text.embedding.CustomEmbedding(str(vectors), reserved_tokens=["<pad>"], init_unknown_vec=nd.ones)
    assert reserved.idx_to_vec.asnumpy()[:3].tolist() == [[1, 1], [0, 0], [1, 2]]


def test_files_of_vectors(tmp_path):
    path = tmp_path / "v.vec"
    path.write_text("3 2\n<unk> 8 8\na 1 2\na 3 4\n")
    with pytest.warns(UserWarning, match="line 4 .* the token 'a' occurred before"):
        e = text.embedding.CustomEmbedding(str(path))
    np.testing.assert_array_equal(e.idx_to_vec.asnumpy(), [[8, 8], [1, 2]])


@pytest.mark.parametrize("content, match", [
    ("a 1 2\nb 1\n", "line 2 of .* has 1 numbers, expected 2"), ("a 1 x\n", "line 1 of .* expects a token and numbers"),
    ("", "holds no vectors"),
])
def test_files_that_do_not_fit(tmp_path, content, match):
    path = tmp_path / "v.txt"
    path.write_text(content)
    with pytest.raises(ValueError, match=match):
        text.embedding.CustomEmbedding(str(path))


@pytest.mark.parametrize("call, error, match", [
    (lambda: text.vocab.Vocabulary(COUNTER, min_freq=0), AssertionError, "`min_freq` must be set to a positive value"),
    (lambda: text.vocab.Vocabulary(reserved_tokens=["<unk>"]), AssertionError, "cannot contain `unknown_token`"),
    (lambda: text.vocab.Vocabulary(reserved_tokens=["a", "a"]), AssertionError, "duplicate reserved tokens"),
    (lambda: text.vocab.Vocabulary().to_tokens(100), ValueError, "Token index 100 in .* is invalid"),
    (lambda: text.embedding.CustomEmbedding("/nowhere"), FileNotFoundError, "cannot open '/nowhere'"),
    (lambda: text.embedding.GloVe, NotImplementedError, "downloads no vectors"),
    (lambda: text.embedding.nope, AttributeError, "no attribute 'nope'"),
])
def test_errors(call, error, match):
    with pytest.raises(error, match=match):
        call()


def test_unknown_tokens_are_not_updated(vectors):
    with pytest.raises(ValueError, match="Token zz is unknown"):
        text.embedding.CustomEmbedding(str(vectors)).update_token_vectors("zz", nd.ones(2))
