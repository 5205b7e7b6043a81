"""Text transforms; tokens, places and numbers are those of mindspore 2.8.0."""

import sys

import numpy as np
import pytest

import luojia
from luojia import dataset as ds
from luojia.dataset import text

WORDS = text.Vocab.from_list(["home", "behind", "the", "world"], ["<pad>", "<unk>"])
PIECES = text.Vocab.from_list([
    "床", "前", "明", "月", "光", "繁", "體", "字", "嘿", "哈", "i", "am", "mak", "small", "mistake", "##s", "work",
    "##ing", "hour", "😀", "😃", "+", "/", "-", "=", "12", "28", "40", "16", "I", "[CLS]", "[UNK]", "[unused1]",
    "favor", "##ite", "the", "##e", "my",
])


def found(value):
    """Lists of what came out, offsets too."""
    if isinstance(value, tuple):
        assert all(part.dtype == np.uint32 for part in value[1:])
        return [part.tolist() for part in value]
    return value.tolist()


@pytest.mark.parametrize(
    ("operation", "given", "expected"),
    [
        (text.WhitespaceTokenizer(), "Welcome  to\tBeijing!\n", ["Welcome", "to", "Beijing!"]),
        (text.WhitespaceTokenizer(), "  ", [""]),
        (text.WhitespaceTokenizer(True), "Welcome  to 北京!", [["Welcome", "to", "北京!"], [0, 9, 12], [7, 11, 19]]),
        (text.WhitespaceTokenizer(True), "", [[""], [0], [0]]),
        (text.UnicodeCharTokenizer(), "W 北", ["W", " ", "北"]),
        (text.UnicodeCharTokenizer(True), "a北 ", [["a", "北", " "], [0, 1, 4], [1, 4, 5]]),
        (text.UnicodeScriptTokenizer(), "Welcome to Beijing北京欢迎您!12 ",
         ["Welcome", "to", "Beijing", "北京欢迎您", "!12"]),
        (text.UnicodeScriptTokenizer(True), "Welcome  to 北京, ok",
         ["Welcome", "  ", "to", " ", "北京", ",", " ", "ok"]),
        (text.UnicodeScriptTokenizer(False, True), "ab 北京 欢", [["ab", "北京", "欢"], [0, 3, 10], [2, 9, 13]]),
        (text.UnicodeScriptTokenizer(), "e\u0301ﾊ 1कि", ["e", "\u0301", "ﾊ", "1", "कि"]),
        (text.UnicodeScriptTokenizer(), "", [""]),
        (text.RegexTokenizer(r"\s+"), "Welcome  to Beijing", ["Welcome", "to", "Beijing"]),
        (text.RegexTokenizer(r"\s+", r"\s+"), " a ", [" ", "a", " "]),
        (text.RegexTokenizer("[A-Z]", "[A-C]"), "xAyZz", ["x", "A", "y", "z"]),
        (text.RegexTokenizer(r"\s+", "", True), "We to 北京 x",
         [["We", "to", "北京", "x"], [0, 3, 6, 13], [2, 5, 12, 14]]),
        (text.RegexTokenizer(r"[\p{Lu}x]"), "aBcxÄd", ["a", "c", "d"]),
        (text.BasicTokenizer(), "Résumé, ok! [UNK] don't [CLS] x",
         ["Résumé", ",", "ok", "!", "[UNK]", "don", "'", "t", "[CLS]", "x"]),
        (text.BasicTokenizer(True), "Welcome to Beijing北京 Résumé, [UNK]",
         ["welcome", "to", "beijing", "北", "京", "resume", ",", "[UNK]"]),
        (text.BasicTokenizer(keep_whitespace=True), "a  b, c", ["a", "  ", "b", ",", " ", "c"]),
        (text.BasicTokenizer(with_offsets=True), "Hi, 北京 x",
         [["Hi", ",", "北", "京", "x"], [0, 2, 4, 7, 11], [2, 3, 7, 10, 12]]),
        (text.BasicTokenizer(preserve_unused_token=False), "[UNK] a", ["[", "UNK", "]", "a"]),
        (text.BasicTokenizer(normalization_form=text.NormalizeForm.NFKC), "ﬁ ①", ["fi", "1"]),
        (text.BasicTokenizer(), "a\u200bb", ["a", "b"]),
        (text.BertTokenizer(PIECES), "I am making small mistakes hours",
         ["I", "am", "mak", "##ing", "small", "mistake", "##s", "hour", "##s"]),
        (text.BertTokenizer(PIECES), "😀嘿嘿😃哈哈", ["😀", "嘿", "嘿", "😃", "哈", "哈"]),
        (text.BertTokenizer(PIECES), "12+/-28=40/16", ["12", "+", "/", "-", "28", "=", "40", "/", "16"]),
        (text.BertTokenizer(PIECES), "[CLS] 繁體字 [unused1]", ["[CLS]", "繁", "體", "字", "[unused1]"]),
        (text.BertTokenizer(PIECES), "unknownword", ["[UNK]"]), (text.BertTokenizer(PIECES), "", [""]),
        (text.BertTokenizer(PIECES, lower_case=True), "I am MAKING", ["i", "am", "mak", "##ing"]),
        (text.BertTokenizer(PIECES, unknown_token=""), "am unknownword 月x", ["am", "unknownword", "月", "x"]),
        (text.BertTokenizer(PIECES, with_offsets=True), "I am making 床前",
         [["I", "am", "mak", "##ing", "床", "前"], [0, 2, 5, 8, 12, 15], [1, 4, 8, 11, 15, 18]]),
        (text.BertTokenizer(PIECES, keep_whitespace=True), "am  making", ["am", "[UNK]", "mak", "##ing"]),
        (text.WordpieceTokenizer(PIECES), ["my", "favorite", "what"], ["my", "favor", "##ite", "[UNK]"]),
        (text.WordpieceTokenizer(PIECES), "the", ["the"]),
        (text.WordpieceTokenizer(PIECES, unknown_token=""), ["favorite", "what"], ["favor", "##ite", "what"]),
        (text.WordpieceTokenizer(PIECES, with_offsets=True), ["favorite", "what"],
         [["favor", "##ite", "[UNK]"], [0, 5, 0], [5, 8, 4]]),
        (text.WordpieceTokenizer(PIECES, max_bytes_per_token=4), ["favorite", "the"], ["[UNK]", "the"]),
        (text.Lookup(WORDS), "home", 2), (text.Lookup(WORDS), ["home", "the"], [2, 4]),
        (text.Lookup(WORDS, "<unk>"), ["home", "zz"], [2, 1]),
        (text.Lookup(WORDS), np.array([["home", "the"], ["the", "the"]]), [[2, 4], [4, 4]]),
        (text.RegexReplace(r"\s+", "_"), "Welcome  to  B", "Welcome_to_B"),
        (text.RegexReplace(r"\s+", "_", False), ["W  t  B", "a b"], ["W_t  B", "a_b"]),
        (text.RegexReplace(r"(\w)(\d)", "$2$1"), "a1 b2", "1a 2b"),
        (text.Ngram(3, separator="-"), ["a b", "c", "d", "e"], ["a b-c-d", "c-d-e"]),
        (text.Ngram([1, 2]), ["a", "b", "c"], ["a", "b", "c", "a b", "b c"]),
        (text.Ngram(2, ("_", 1), ("#", 1), ","), ["a", "b"], ["_,a", "a,b", "b,#"]),
        (text.Ngram([2, 3], ("_", 2), ("#", 2)), ["a", "b"],
         ["_ a", "a b", "b #", "_ _ a", "_ a b", "a b #", "b # #"]),
        (text.Ngram(4), ["a", "b"], [""]),
        (text.SlidingWindow(3, 0), [1, 2, 3, 4, 5], [[1, 2, 3], [2, 3, 4], [3, 4, 5]]),
        (text.SlidingWindow(3), ["a", "b", "c", "d"], [["a", "b", "c"], ["b", "c", "d"]]),
        (text.SlidingWindow(5), [1, 2], []), (text.SlidingWindow(2, -1), np.array([1, 2, 3]), [[1, 2], [2, 3]]),
        (text.ToNumber(luojia.int8), ["1", "2", "-3"], [1, 2, -3]), (text.ToNumber(luojia.int8), "7", 7),
        (text.ToNumber(luojia.int32), ["1.5", " 1", "1a"], [1, 1, 1]),
        (text.ToNumber(luojia.float32), ["1.5", "2", "-.5e1"], [1.5, 2, -5]),
        (text.AddToken("TOKEN"), ["a", "b"], ["TOKEN", "a", "b"]), (text.AddToken("T", False), ["a"], ["a", "T"]),
        (text.AddToken("T"), np.array([["a"], ["b"]]), [["T", "a"], ["T", "b"]]),
        (text.Truncate(2), ["a", "b", "c"], ["a", "b"]), (text.Truncate(2), [1], [1]),
        (text.Truncate(1), np.array([["a", "b"], ["c", "d"]]), [["a"], ["c"]]),
        (text.CaseFold(), "Welcome To BEIJING ÄÖß", "welcome to beijing äöss"),
        (text.CaseFold(), np.array([["A"], ["B"]]), [["a"], ["b"]]), (text.CaseFold(), np.array([], "U1"), []),
        (text.NormalizeUTF8(), "ﬁ①", "fi1"), (text.NormalizeUTF8(text.NormalizeForm.NONE), "ﬁ", "ﬁ"),
        (text.NormalizeUTF8(text.NormalizeForm.NFD), "é", "e\u0301"),
        (text.CaseFold(), "Straßeﬁ①", "strassefi1"),
        (text.RegexReplace(r"(\w)l", r"<\1$1>"), "Hello", "H<1e>lo"),
        (text.PythonTokenizer(str.split), np.array("a b c"), ["a", "b", "c"]),
        (text.TruncateSequencePair(4), (["a", "b", "c", "d"], ["x", "y"]), (["a", "b"], ["x", "y"])),
        (text.TruncateSequencePair(5), (np.array([1, 2, 3]), np.array([4, 5, 6, 7])), ([1, 2, 3], [4, 5])),
        (text.TruncateSequencePair(0), (["a"], ["b"]), ([], [])),
        (text.TruncateSequencePair(3), ([1, 2, 3], [4]), ([1, 2], [4])),
    ],
)
def test_answers(operation, given, expected):
    if isinstance(given, tuple):
        assert tuple(part.tolist() for part in operation(*given)) == expected
    else:
        assert found(operation(given)) == expected


def test_dtypes():
    assert text.Lookup(WORDS)("home").dtype == np.int32
    assert text.Lookup(WORDS, data_type=luojia.float32)("home").dtype == np.float32
    assert text.ToNumber(luojia.float16)(["1.5"]).dtype == np.float16
    assert text.CaseFold()("").shape == () and text.WhitespaceTokenizer()("a").dtype == np.dtype("U1")
    assert text.to_str(np.array([b"a", "北".encode()])).tolist() == ["a", "北"]
    assert text.to_bytes(np.array(["a", "北"])).tolist() == [b"a", "北".encode()]


def test_in_a_pipeline():
    vocab = text.Vocab.from_list(["Hi", "you", "<u>"])
    data = ds.NumpySlicesDataset(["Hi you", "B c d"], shuffle=False)
    numbers = data.map([text.WhitespaceTokenizer(), text.Lookup(vocab, "<u>")])
    assert [row[0].tolist() for row in numbers.create_tuple_iterator(output_numpy=True)] == [[0, 1], [2, 2, 2]]
    parts = data.map(text.WhitespaceTokenizer(True), "column_0", ["t", "s", "l"])
    assert [v.tolist() for v in next(parts.create_tuple_iterator(output_numpy=True))] == [["Hi", "you"], [0, 3], [2, 6]]


def test_vocab(tmp_path):
    assert WORDS.vocab() == {"<pad>": 0, "<unk>": 1, "home": 2, "behind": 3, "the": 4, "world": 5}
    assert WORDS.tokens_to_ids("home") == 2 and WORDS.tokens_to_ids(["home", "nope"]) == [2, -1]
    assert WORDS.tokens_to_ids(np.array(["home", "the"])) == [2, 4]
    assert WORDS.ids_to_tokens(0) == "<pad>" and WORDS.ids_to_tokens(np.array([2, 99])) == ["home", ""]
    assert text.Vocab.from_list(["a", "b"], ["<unk>"], False).vocab() == {"a": 0, "b": 1, "<unk>": 2}
    assert text.Vocab.from_dict({"a": 3, "b": 7}).vocab() == {"a": 3, "b": 7}
    path = tmp_path / "v.txt"
    path.write_text("a,1\nb,2\nc\n")
    assert text.Vocab.from_file(str(path), ",").vocab() == {"a": 0, "b": 1, "c": 2}
    assert text.Vocab.from_file(str(path)).vocab() == {"a,1": 0, "b,2": 1, "c": 2}
    assert text.Vocab.from_file(str(path), ",", 2, ["<p>"], False).vocab() == {"a": 0, "b": 1, "<p>": 2}
    path.write_text("x\ny\nx\n")
    with pytest.raises(RuntimeError, match="word_list contains duplicate word: x"):
        text.Vocab.from_file(str(path))


def test_vocab_of_a_dataset():
    data = ds.NumpySlicesDataset({"text": ["b a", "a b", "c a", "a", "d"]}, shuffle=False)
    data = data.map(text.WhitespaceTokenizer(), "text")
    made = text.Vocab.from_dataset
    assert list(made(data, ["text"]).vocab()) == ["a", "b", "c", "d"]
    assert list(made(data, "text", (2, None), None, ["<pad>"], True).vocab()) == ["<pad>", "a", "b"]
    assert list(made(data, "text", top_k=2, special_tokens=["<u>"], special_first=False).vocab()) == ["a", "b", "<u>"]
    assert list(made(data, freq_range=(None, 1)).vocab()) == ["c", "d"]
    assert list(data.build_vocab("text", (2, 4)).vocab()) == ["a", "b"]
    for call, kind, message in (
        (lambda: made(data, "q"), RuntimeError, "column name: q doesn't exist"),
        (lambda: made(data, None, (5, 2)), ValueError, "should be 0 <= a <= b"),
        (lambda: made(data, None, 3.5), TypeError, "freq_range needs to be a tuple of 2 integers"),
        (lambda: made(data, "text", top_k=-1), ValueError, "top_k must be greater than 0, got -1"),
        (lambda: made(data, "text", top_k="a"), TypeError, "top_k with value a is not of type"),
        (lambda: made(3), TypeError, "dataset should be a Dataset, got int"),
        (lambda: made(ds.NumpySlicesDataset([1])), RuntimeError, "column column_0 should be of text, got int64"),
    ):
        with pytest.raises(kind, match=message):
            call()


def test_vectors(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_text("3 2\nok 0.1 0.2\n! 1 2\nThe 3 4\nok 9 9\n")
    vectors = text.Vectors.from_file(str(path))
    assert text.ToVectors(vectors)(["ok", "zz"]).tolist() == [[np.float32(0.1), np.float32(0.2)], [0, 0]]
    assert text.ToVectors(vectors, [7, 8])("zz").tolist() == [7, 8]
    assert text.ToVectors(vectors, lower_case_backup=True)("OK")[0] == np.float32(0.1)
    assert text.ToVectors(text.Vectors.from_file(str(path), 2))(["!", "The"]).tolist() == [[1, 2], [0, 0]]
    for kind, name in ((text.GloVe, "glove.6B.test.txt"), (text.FastText, "x.vec")):
        (tmp_path / name).write_text("The 3 4\n")
        assert text.ToVectors(kind.from_file(str(tmp_path / name)))("The").tolist() == [3, 4]
        with pytest.raises(RuntimeError, match=f"{kind.__name__}: invalid file, can not find file"):
            kind.from_file(str(path))
    (tmp_path / "runs").write_text("2gram-#BEGIN#a 1 2\n2gram-ab 3 4\n")
    runs = text.ToVectors(text.CharNGram.from_file(str(tmp_path / "runs")), lower_case_backup=True)
    assert runs(["ab", "AB", "q"]).tolist() == [[2, 3], [2, 3], [0, 0]]
    for content, message in (("a 1 2\nb 1\n", "has 1 numbers in line 2, expected 2"), ("", "has no vectors"),
                             ("a x y\n", "line 1: could not convert")):
        path.write_text(content)
        with pytest.raises(ValueError, match=message):
            text.Vectors.from_file(str(path))


VECTORS = text.Vectors({"a": np.zeros(2, np.float32)}, 2)


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: text.Vocab.from_list(["a", "a"]), ValueError, "word_list contains duplicate word: a"),
        (lambda: text.Vocab.from_list(["a"], ["a"]), ValueError, r"contain duplicate word: \['a'\]"),
        (lambda: text.Vocab.from_list("ab"), TypeError, "word_list with value ab is not of type"),
        (lambda: text.Vocab.from_list([1]), TypeError, r"word_list\[0\] with value 1 is not of type"),
        (lambda: text.Vocab.from_dict({"a": -1}), ValueError, "word_id is not within the required interval"),
        (lambda: text.Vocab.from_dict({"a": "b"}), TypeError, "word_id with value b is not of type"),
        (lambda: text.Vocab.from_dict({1: 1}), TypeError, "word with value 1 is not of type"),
        (lambda: text.Vocab.from_dict(3), TypeError, "word_dict with value 3 is not of type"),
        (lambda: text.Vocab.from_file("nope"), RuntimeError, "there is no file 'nope'"),
        (lambda: text.Vocab.from_file("nope", vocab_size=-1), ValueError, "vocab_size must be greater than 0"),
        (lambda: text.Vocab.from_file("nope", vocab_size="1"), TypeError, "vocab_size with value 1 is not of type"),
        (lambda: WORDS.tokens_to_ids(3), TypeError, "tokens with value 3 is not of type"),
        (lambda: WORDS.tokens_to_ids([3]), TypeError, "tokens with value 3 is not of type"),
        (lambda: WORDS.ids_to_tokens("a"), TypeError, "ids with value a is not of type"),
        (lambda: WORDS.ids_to_tokens(-1), ValueError, "Input ids is not within the required interval"),
        (lambda: text.Lookup(WORDS)(["zz"]), RuntimeError, 'token: "zz" doesn\'t exist in vocab'),
        (lambda: text.Lookup(WORDS, "qq"), RuntimeError, '"qq" doesn\'t exist in vocab'),
        (lambda: text.Lookup(3), TypeError, "Argument vocab is not an instance of text.Vocab"),
        (lambda: text.Lookup(WORDS, 3), TypeError, "Argument unknown_token with value 3 is not of type"),
        (lambda: text.Lookup(WORDS, data_type=luojia.string), RuntimeError, "must be numeric including bool"),
        (lambda: text.Lookup(WORDS)(3), RuntimeError, "input is not string datatype. Got int64"),
        (lambda: text.RegexTokenizer("("), RuntimeError, "you may input one error pattern"),
        (lambda: text.RegexTokenizer(r"\p{Qq}"), RuntimeError, "no category Qq"),
        (lambda: text.RegexReplace("a", 3), TypeError, "Argument replace with value 3 is not of type"),
        (lambda: text.Ngram(0), ValueError, "Input gram_0 must be greater than 0"),
        (lambda: text.Ngram("a"), ValueError, "non-empty list of positive integers"),
        (lambda: text.Ngram(2, ("_", -1)), ValueError, "padding width need to be positive numbers"),
        (lambda: text.Ngram(2, "_"), ValueError, "left_pad needs to be a tuple"),
        (lambda: text.Ngram(2)("a"), RuntimeError, "should be a 1-D Tensor of words"),
        (lambda: text.SlidingWindow(0), ValueError, "width is not within the required interval"),
        (lambda: text.SlidingWindow("a"), TypeError, "Argument width with value a is not of type"),
        (lambda: text.SlidingWindow(2, "a"), TypeError, "axis with value a is not of type"),
        (lambda: text.SlidingWindow(2, 1)([1, 2]), RuntimeError, "axis supports 0 or -1 only"),
        (lambda: text.SlidingWindow(2)(np.ones((2, 3))), RuntimeError, "supports 1D input only for now, but got 2D"),
        (lambda: text.ToNumber(luojia.int8)(["x"]), RuntimeError, 'invalid to convert "x" to a signed integer'),
        (lambda: text.ToNumber(luojia.int8)(["300"]), RuntimeError, r"valid range is: \[-128, 127\]"),
        (lambda: text.ToNumber(luojia.float16)(["1e9"]), RuntimeError, "out of bounds if cast to float16"),
        (lambda: text.ToNumber(luojia.bool_), TypeError, "data_type: Bool is not numeric data type"),
        (lambda: text.TruncateSequencePair("a"), TypeError, "Argument max_length with value a is not of type"),
        (lambda: text.TruncateSequencePair(1)(np.ones((2, 2)), [1]), RuntimeError, "both inputs should be 1-D"),
        (lambda: text.AddToken("T")("a"), RuntimeError, "input tensor rank should be 1 or 2"),
        (lambda: text.AddToken("T", 1), TypeError, "Argument begin with value 1 is not of type"),
        (lambda: text.NormalizeUTF8("x"), TypeError, "should be enum of 'NormalizeForm'"),
        (lambda: text.PythonTokenizer(3), TypeError, "tokenizer is not a callable Python function"),
        (lambda: text.PythonTokenizer(str.split)("a b"), TypeError, "input should be a NumPy array. Got <class 'str'>"),
        (lambda: text.PythonTokenizer(str.split)(np.array(1)), TypeError, "NumPy array of strings, got int64"),
        (lambda: text.PythonTokenizer(lambda s: 1 / 0)(np.array("a")), RuntimeError, "ZeroDivisionError"),
        (lambda: text.Truncate(-1), ValueError, "max_seq_len is not within the required interval"),
        (lambda: text.Truncate(1)("abc"), RuntimeError, "should be of dimension 1 or 2, got 0"),
        (lambda: text.WhitespaceTokenizer()(b"a b"), RuntimeError, "WhitespaceTokenizerOp: the input shape.*S3"),
        (lambda: text.WhitespaceTokenizer()(np.array(["a"])), RuntimeError, r"Got <U1 of shape \(1,\)"),
        (lambda: text.WordpieceTokenizer(3), TypeError, "Wrong input type for vocab, should be text.Vocab object"),
        (lambda: text.WordpieceTokenizer(PIECES)(np.array([["a"]])), RuntimeError, "input shape should be 1D"),
        (lambda: text.JiebaTokenizer(mode=3), TypeError, "should be JiebaMode, got 3"),
        (lambda: text.to_str("a"), TypeError, "input should be a NumPy array"),
        (lambda: text.to_bytes(3), ValueError, "input should be a NumPy array"),
        (lambda: text.Vectors.from_file("nope"), RuntimeError, "get real path failed, path: nope"),
        (lambda: text.Vectors.from_file(3), TypeError, "file_path with value 3 is not of type"),
        (lambda: text.Vectors.from_file("x", "a"), TypeError, "max_vectors with value a is not of type"),
        (lambda: text.Vectors.from_file("x", -1), ValueError, "max_vectors must be 0 or more"),
        (lambda: text.ToVectors(3), TypeError, "vectors should be Vectors, GloVe"),
        (lambda: text.ToVectors(VECTORS, [1]), ValueError, "unk_init must be the same length as vectors"),
        (lambda: text.RegexTokenizer(3), TypeError, "Wrong input type for delim_pattern, should be string"),
        (lambda: text.BasicTokenizer()(["a"]), RuntimeError, "should be a scalar, but got a tensor with rank: 1"),
        (lambda: text.BasicTokenizer()(3), RuntimeError, "BasicTokenizer: the input should be of type string"),
        (lambda: text.CaseFold()("a", "b"), RuntimeError, "The op is OneToOne, can only accept one tensor as input"),
        (lambda: text.CaseFold()(), RuntimeError, "Input Tensor is not valid"),
        (lambda: text.TruncateSequencePair(-1)([1], [2]), RuntimeError, "must be greater than or equal to 0: -1"),
        (lambda: text.TruncateSequencePair(1)([1]), RuntimeError, "Expected two inputs, but got 1 inputs"),
        (lambda: text.SentencePieceTokenizer, NotImplementedError, "SentencePieceTokenizer is not provided"),
        (lambda: text.nonsense, AttributeError, "no attribute 'nonsense'"),
    ],
)
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


def test_jieba(monkeypatch):
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(ImportError, match="pip install jieba"):
        text.JiebaTokenizer()

    class Jieba:
        words = []

        def add_word(self, word, freq):
            self.words.append((word, freq))

        def load_userdict(self, path):
            self.words.append(path)

        def tokenize(self, sentence, HMM):  # noqa: N803 - jieba's name
            assert HMM
            return iter([(sentence[:2], 0, 2), (sentence[2:], 2, len(sentence))])

    monkeypatch.setitem(sys.modules, "jieba", Jieba())
    tokenizer = text.JiebaTokenizer("hmm", "mp", with_offsets=True)
    assert found(tokenizer("今天天气")) == [["今天", "天气"], [0, 6], [6, 12]]
    tokenizer.add_word("男默女泪", 10)
    tokenizer.add_dict({"a": 1})
    tokenizer.add_dict("file")
    assert Jieba.words == [("男默女泪", 10), ("a", 1), "file"]


@pytest.mark.parametrize("line, words", [  # as MindSpore 2.8 has them
    ("Welcome    to    China", "welcome to china"), ("!!!", ""), ("", ""), ("A 1 b 23", "a one b two three"),
    ('<text xml:space="preserve">Hello World</text>', ""), ("a #redirect b", ""), ("#Redirecting", "redirecting"),
    ("x &amp; y &lt;b&gt; z", "x y b z"), ("a<ref name=x>gone</ref>b", "ab"),
    ("[http://x.y/z shown]", "http x y z shown"),
    ("[[image:foo.jpg|20px|A caption]]", "image foo jpg two zero px a caption"), ("&nbsp;a&#123;b", "a b"),
    ("<page>\n<text>inside</text>\n</page>", ""), ("<a>x</a>\nkeep\n<b>", "keep"), ("a <x\n> b\nc > d", "a b c d"),
    ("caf\xe9 na\xefve", "caf na ve"), ("a\tb\r\nc", "a b c"), ("x <y", "x y"), ("a&b&c;d", "a d"),
])
def test_wikipedia_is_filtered(line, words):
    assert text.FilterWikipediaXML()(line).item() == words


def test_wikipedia_in_arrays_and_other_dtypes():
    assert text.FilterWikipediaXML()(np.array(["A b", "R1"])).tolist() == ["a b", "r one"]
    with pytest.raises(RuntimeError, match="FilterWikipediaXML: input is not string"):
        text.FilterWikipediaXML()(3)
