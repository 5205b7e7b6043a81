"""The data sets of text, on small files of their form; columns, types, rows and orders are those of mindspore 2.8.0."""

import json

import numpy as np
import pytest

from luojia import dataset as ds

QUESTIONS = {"version": "1.1", "data": [{"title": "t", "paragraphs": [{"context": "ctx é", "qas": [
    {"id": "1", "question": "q1?", "answers": [{"text": "a1", "answer_start": 3}, {"text": "a2", "answer_start": 4}]},
    {"id": "2", "question": "q2?", "answers": []},
]}]}]}
TALK = '<doc docid="1" genre="lectures">\n<title>T</title>\n text {0} 1 \ntext {0} 2\n</doc>\n'
SENTENCES = ('<?xml version="1.0" encoding="UTF-8"?>\n<mteval><srcset setid="x"><doc docid="1">\n<url>u</url>\n'
             '<seg id="1"> {0} one </seg>\n<seg id="2"> {0} &amp; two </seg>\n</doc></srcset></mteval>\n')
TASKS = {
    "AFQMC": {"id": 1, "sentence1": "s一", "sentence2": "s2", "label": "1"},
    "TNEWS": {"id": 1, "label": "102", "label_desc": "news", "sentence": "x", "keywords": "k"},
    "IFLYTEK": {"id": 1, "label": "11", "label_des": "des", "sentence": "x"},
    "CMNLI": {"id": 1, "sentence1": "x", "sentence2": "y", "label": "neutral"},
    "WSC": {"id": 1, "target": {"span2_index": 3, "span1_index": 2, "span1_text": "a", "span2_text": "b"}, "idx": 7,
            "label": "true", "text": "t"},
    "CSL": {"id": 1, "abst": "x", "keyword": ["k1", "k2"], "label": "1"},
}


@pytest.fixture
def write(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def written(path, text):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")

    return written


def read(name, *args, **kwargs):
    """The columns, and the rows as lists."""
    data = getattr(ds, name + "Dataset")(*args, shuffle=False, num_parallel_workers=1, **kwargs)
    found = [[v.tolist() for v in row] for row in data.create_tuple_iterator(output_numpy=True, num_epochs=1)]
    assert len(data) == len(found)
    return " ".join(data.get_col_names()), found


@pytest.mark.parametrize(
    ("name", "columns", "test_first"),
    [
        ("AGNews", "index title description", True), ("AmazonReview", "label title content", True),
        ("DBpedia", "class title content", True), ("SogouNews", "index title content", False),
        ("YahooAnswers", "class title content answer", True), ("YelpReview", "label text", False),
    ],
)
def test_csv(write, name, columns, test_first):
    rest = ["x, y"] * (columns.count(" ") - 1)
    for part, count in (("train", 2), ("test", 1)):
        write(f"d/{part}.csv", "".join(
            ",".join(f'"{c}"' for c in [str(i), f'{part} ""q"" {i}', *rest]) + "\n" for i in range(count)))
    train, test = ([[str(i), f'{part} "q" {i}', *rest] for i in range(n)] for part, n in (("train", 2), ("test", 1)))
    assert read(name, "d", "train") == (columns, train) and read(name, "d", "test") == (columns, test)
    both = test + train if test_first else train + test
    assert read(name, "d") == read(name, "d", "all") == (columns, both)
    write("d/test.csv", '"1"\n')
    with pytest.raises(RuntimeError, match=f"{name}Dataset: .*test.csv has 1 cells in line 1, expected"):
        read(name, "d")
    with pytest.raises(ValueError, match=rf"{name}Dataset: Input usage is not within the valid set of \['train'"):
        read(name, "d", "x")
    with pytest.raises(ValueError, match="The folder nowhere does not exist"):
        read(name, "nowhere")
    write("e/x", "")
    with pytest.raises(RuntimeError, match="can't read the data file"):
        read(name, "e")


def test_lines(write):
    for part in ("train", "valid", "test"):
        write(f"ptb/ptb.{part}.txt", f" {part} one \n\n two <unk> \n")
        write(f"wiki/wiki.{part}.tokens", f" \n = {part} = \n\n text\n")
    assert read("PennTreebank", "ptb", "valid") == ("text", [[" valid one "], [" two <unk> "]])
    assert [row[0].split()[0] for row in read("PennTreebank", "ptb")[1][::2]] == ["test", "train", "valid"]
    assert read("WikiText", "wiki", "train") == ("text", [[" "], [" = train = "], [" text"]])
    write("wiki9/enwik9", "<a>\n\n text\nlast")
    assert read("EnWik9", "wiki9") == ("text", [["<a>"], [""], [" text"], ["last"]])


def test_tagged_sentences(write):
    for part in ("train", "test"):
        write(f"conll/{part}.txt", f"Conf NN B-NP\n{part} IN B-PP\n\nlast X Y\n\n")
    expected = [[["Conf", "test"], ["NN", "IN"], ["B-NP", "B-PP"]], [["last"], ["X"], ["Y"]]]
    assert read("CoNLL2000", "conll", "test") == ("word pos_tag chunk_tag", expected)
    assert [row[0][1] for row in read("CoNLL2000", "conll")[1][::2]] == ["train", "test"]
    for part in ("train", "test", "dev"):
        write(f"udpos/en-ud-tag.v2.{part}.txt", f"{part}\tPROPN\tNNP\nx\tY\tZ\n\n")
    valid = [[["dev", "x"], ["PROPN", "Y"], ["NNP", "Z"]]]
    assert read("UDPOS", "udpos", "valid") == ("word universal stanford", valid)
    assert [row[0][0] for row in read("UDPOS", "udpos")[1]] == ["dev", "test", "train"]
    write("udpos/en-ud-tag.v2.dev.txt", "word\n")
    with pytest.raises(ValueError, match="en-ud-tag.v2.dev.txt has 1 fields in line 1"):
        read("UDPOS", "udpos")


def test_sst2(write):
    write("sst2/train.tsv", "sentence\tlabel\nhide new \t0\ncontains\t1\n")
    write("sst2/dev.tsv", "sentence\tlabel\ndev s\t1\n")
    write("sst2/test.tsv", "index\tsentence\n0\ttest s\n")
    assert read("SST2", "sst2") == ("sentence label", [["hide new ", "0"], ["contains", "1"]])
    assert read("SST2", "sst2", "dev") == ("sentence label", [["dev s", "1"]])
    assert read("SST2", "sst2", "test") == ("sentence", [["test s"]])
    write("sst2/dev.tsv", "sentence\tlabel\ndev s\n")
    with pytest.raises(ValueError, match="dev.tsv has 1 cells in line 2, expected 2"):
        read("SST2", "sst2", "dev")


def test_squad(write):
    write("squad/train-v1.1.json", json.dumps(QUESTIONS))
    write("squad/dev-v1.1.json", json.dumps(QUESTIONS))
    expected = [["ctx é", "q1?", ["a1", "a2"], [3, 4]], ["ctx é", "q2?", [""], [2**32 - 1]]]
    assert read("SQuAD", "squad", "dev") == ("context question text answer_start", expected)
    assert read("SQuAD", "squad")[1] == expected * 2
    assert ds.SQuADDataset("squad").output_types()[3] == np.uint32
    write("squad/dev-v1.1.json", '{"data": 3}')
    with pytest.raises(ValueError, match="dev-v1.1.json is not SQuAD's JSON: TypeError"):
        read("SQuAD", "squad", "dev")
    write("empty/x", "")
    with pytest.raises(RuntimeError, match="can't read the data file .*train-v1.1.json"):
        read("SQuAD", "empty")


def test_imdb(write):
    for part, count in (("train", 2), ("test", 1)):
        for kind in ("pos", "neg"):
            for i in range(count):
                write(f"imdb/{part}/{kind}/{i}_{i}.txt", f"{part} {kind} {i}<br />x")
    expected = [[f"train {kind} {i}<br />x", label] for kind, label in (("pos", 1), ("neg", 0)) for i in range(2)]
    assert read("IMDB", "imdb", "train") == ("text label", expected)
    assert read("IMDB", "imdb")[1] == [*expected, ["test pos 0<br />x", 1], ["test neg 0<br />x", 0]]
    assert ds.IMDBDataset("imdb").output_types()[1] == np.int32 and ds.IMDBDataset("imdb").num_classes() == 2
    with pytest.raises(RuntimeError, match="Invalid path, .*nothing.train.pos"):
        write("nothing/x", "")
        read("IMDB", "nothing")


def test_pairs(write):
    for folder, stem in (("training", "train"), ("validation", "val"), ("mmt16_task1_test", "test")):
        for language in ("en", "de"):
            write(f"multi/{folder}/{stem}.{language}", f"{stem} {language} 1\n{stem} {language} 2\n")
    valid = [["val en 1", "val de 1"], ["val en 2", "val de 2"]]
    assert read("Multi30k", "multi", "valid") == ("text translation", valid)
    assert [row[0] for row in read("Multi30k", "multi")[1][::2]] == ["test en 1", "train en 1", "val en 1"]
    assert read("Multi30k", "multi", "train", ["de", "en"])[1][0] == ["train de 1", "train en 1"]
    with pytest.raises(ValueError, match="language_pair can only be"):
        read("Multi30k", "multi", "train", ["fr", "en"])
    write("multi/training/train.de", "one\n")
    with pytest.raises(ValueError, match="train.en has 2 lines, .*train.de 1"):
        read("Multi30k", "multi", "train")


@pytest.mark.parametrize(
    ("name", "prefix", "base", "test_set"),
    [
        ("IWSLT2016", "IWSLT16", "texts/de/en/de-en", "tst2014"),
        ("IWSLT2017", "IWSLT17", "texts/DeEnItNlRo/DeEnItNlRo/DeEnItNlRo-DeEnItNlRo", "tst2010"),
    ],
)
def test_talks(write, name, prefix, base, test_set):
    for language in ("de", "en"):
        write(f"i/{base}/train.tags.de-en.{language}", TALK.format(language))
        for part in ("dev2010", "tst2010", "tst2013", "tst2014"):
            write(f"i/{base}/{prefix}.TED.{part}.de-en.{language}.xml", SENTENCES.format(part))
    train = [["text de 1", "text en 1"], ["text de 2", "text en 2"]]
    assert read(name, "i", "train") == ("text translation", train)
    test = [[f"{test_set} one"] * 2, [f"{test_set} & two"] * 2]
    assert read(name, "i", "test")[1] == test
    whole = read(name, "i")[1]
    assert whole[:2] == train and whole[4:] == test and len(whole) == 6
    with pytest.raises(ValueError, match="Input language_pair is not within the valid set"):
        read(name, "i", language_pair=("en", "zz"))
    with pytest.raises(ValueError, match="Input usage is not within the valid set"):
        read(name, "i", "dev")
    write(f"i/{base}/{prefix}.TED.{test_set}.de-en.de.xml", "<a>")
    with pytest.raises(ValueError, match=f"{name}Dataset: failed to load xml file"):
        read(name, "i", "test")


def test_talks_of_other_sets(write):
    for language in ("de", "en"):
        for part in ("dev2010", "tst2013"):
            write(f"i/texts/de/en/de-en/IWSLT16.TED.{part}.de-en.{language}.xml", SENTENCES.format(part))
    assert read("IWSLT2016", "i", "valid")[1][0] == ["tst2013 one"] * 2
    assert read("IWSLT2016", "i", "valid", valid_set="dev2010")[1][0] == ["dev2010 one"] * 2
    with pytest.raises(ValueError, match="Input valid_set is not within the valid set"):
        read("IWSLT2016", "i", "valid", valid_set="x")


@pytest.mark.parametrize(
    ("task", "columns", "train", "test_columns"),
    [
        ("AFQMC", "label sentence1 sentence2", ["1", "s一", "s2"], "id sentence1 sentence2"),
        ("TNEWS", "keywords label label_desc sentence", ["k", "102", "news", "x"], "id keywords sentence"),
        ("IFLYTEK", "label label_des sentence", ["11", "des", "x"], "id sentence"),
        ("CMNLI", "label sentence1 sentence2", ["neutral", "x", "y"], "id sentence1 sentence2"),
        ("WSC", "idx label span1_index span1_text span2_index span2_text text", [7, "true", 2, "a", 3, "b", "t"],
         "idx span1_index span1_text span2_index span2_text text"),
        ("CSL", "abst id keyword label", ["x", 1, ["k1", "k2"], "1"], "abst id keyword"),
    ],
)
def test_clue(write, task, columns, train, test_columns):
    write("clue.json", json.dumps(TASKS[task], ensure_ascii=False) + "\n")
    assert read("CLUE", "clue.json", task) == read("CLUE", "clue.json", task, "eval") == (columns, [train])
    names, (row,) = read("CLUE", "clue.json", task, "test")
    assert names == test_columns
    types = ds.CLUEDataset("clue.json", task, "test").output_types()
    assert [t.kind for t in types] == ["u" if isinstance(v, int) else "U" for v in row]
    assert all(t == np.uint32 for t in types if t.kind == "u")


def test_clue_errors(write):
    write("clue.json", '{"id": 1}\n')
    with pytest.raises(ValueError, match="task should be one of AFQMC, .*, got 'x'"):
        read("CLUE", "clue.json", "x")
    with pytest.raises(ValueError, match="usage should be 'train', 'test' or 'eval', got 'x'"):
        read("CLUE", "clue.json", usage="x")
    with pytest.raises(ValueError, match="line 1 of clue.json has not the fields"):
        read("CLUE", "clue.json")
