"""gluon.contrib.data.text: WikiText as sequences of tokens."""

import hashlib
import io
import zipfile

import numpy as np
import pytest

import luojia as mx
from luojia._src.data import wikitext
from luojia.gluon.contrib.data import text

LINES = " = Title = \n\n a b c a \n a b \n"  # 3 + 1, 4 + 1 and 2 + 1 tokens with <eos>


@pytest.fixture
def root(tmp_path):
    (tmp_path / "wiki.train.tokens").write_text(LINES)
    (tmp_path / "wiki.test.tokens").write_text(" c a \n")
    return str(tmp_path)


def test_sequences(root):
    data = text.WikiText2(root, seq_len=4)
    assert data.frequencies["a"] == 3 and len(data) == 2
    vocab = data.vocabulary
    assert vocab.idx_to_token[:3] == ["<unk>", "<eos>", "a"]
    tokens, following = data[0]
    assert tokens.dtype == np.int32 and vocab.to_tokens(tokens.asnumpy().tolist()) == ["=", "Title", "=", "<eos>"]
    assert vocab.to_tokens(following.asnumpy().tolist()) == ["Title", "=", "<eos>", "a"]
    other = text.WikiText103(root, "test", vocab, seq_len=1)
    assert [int(x.asscalar()) for x, _ in other] == vocab.to_indices(["c", "a"])
    loader = mx.gluon.data.DataLoader(data, 2)
    assert [b[0].shape for b in loader] == [(2, 4)]


def test_missing_segments(root):
    with pytest.raises(mx.MXNetError, match="has the segments train, validation, test, not 'all'"):
        text.WikiText2(root, "all")
    with pytest.raises(mx.MXNetError, match="(?s)downloading is switched off.*wiki.valid.tokens, of wikitext-2-v1.zip"):
        wikitext.load("validation", root)


def test_archives_are_unpacked(tmp_path, monkeypatch):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("wikitext-2/wiki.valid.tokens", LINES)
        archive.writestr("../wiki.evil", "x")
    content = packed.getvalue()
    monkeypatch.setitem(wikitext.ARCHIVES, "wikitext-2", ("w.zip", hashlib.sha1(content).hexdigest()))
    root = tmp_path / "in"
    assert wikitext.load("validation", str(root), fetch=lambda url: content) == LINES
    assert [p.name for p in root.iterdir()] == ["wiki.valid.tokens"]
