"""Damaged files, read as users read them: an error that names the file, and no memory that its bytes do not justify."""

import json
import struct
import tracemalloc

import numpy as np
import pytest

import luojia as mx
from luojia import dataset as ds
from luojia import mindrecord, recordio
from luojia._src.data import codecs
from luojia._src.errors import FormatError
from luojia.dataset import text, vision

DEEP = b"[" * 100_000
LATIN = "caf\xe9\n".encode("latin-1")


def rows(dataset):
    return list(dataset.create_tuple_iterator(output_numpy=True, num_epochs=1))


def record_iter(folder, name):
    folder.joinpath("x.rec").write_bytes(mx._src.formats.recordio.dump([recordio.pack((0, 1.0, 7, 0), b"")])[0])
    mx.io.ImageRecordIter(path_imgrec=str(folder / "x.rec"), path_imglist=name, data_shape=(3, 4, 4), batch_size=1)


def voc(folder, name, split="x\n"):
    for path in ("ImageSets/Main", "Annotations", "JPEGImages"):
        (folder / path).mkdir(parents=True, exist_ok=True)
    (folder / "ImageSets/Main/train.txt").write_text(split)
    (folder / "Annotations/x.xml").write_bytes((folder / "x.xml").read_bytes())
    return rows(ds.VOCDataset(str(folder), "Detection"))


def box(difficult):
    sides = "".join(f"<{side}>2</{side}>" for side in ("xmin", "ymin", "xmax", "ymax"))
    return (f"<a><object><name>n</name><difficult>{difficult}</difficult><truncated>0</truncated>"
            f"<bndbox>{sides}</bndbox></object></a>").encode()


def trainer(name):
    net = mx.gluon.nn.Dense(1, in_units=1)
    net.initialize()
    mx.gluon.Trainer(net.collect_params(), "sgd").load_states(name)


CASES = [
    # file, content, reader of (folder, the file's name), what is said
    ("x.csv", LATIN, lambda _, name: mx.io.CSVIter(data_csv=name, data_shape=(1,), batch_size=1), "no text in UTF-8"),
    ("x.t", LATIN, lambda _, name: mx.io.LibSVMIter(data_libsvm=name, data_shape=(1,), batch_size=1), "UTF-8"),
    ("x.lst", LATIN, lambda _, name: mx.image.ImageIter(1, (3, 4, 4), path_imglist=name), "UTF-8: .* b'.xe9'"),
    ("y.lst", b"3\t1\ta.png\n", record_iter, "y.lst has no line for record 7 of .*x.rec"),
    ("x.txt", LATIN, lambda _, name: mx.contrib.text.embedding.CustomEmbedding(name), "UTF8"),
    ("x.txt", LATIN, lambda _, name: rows(ds.TextFileDataset(name)), "x.txt is no text in UTF-8"),
    ("x.csv", LATIN, lambda _, name: rows(ds.CSVDataset(name, column_defaults=[""])), "x.csv is no text"),
    ("x.json", DEEP, lambda _, name: rows(ds.CLUEDataset(name)), "line 1 of .*x.json has not the fields"),
    ("x.json", DEEP, lambda folder, name: ds.CocoDataset(str(folder), name), "nested too deeply"),
    ("x.json", DEEP, lambda _, name: ds.Schema(name), "nested too deeply"),
    ("x.json", DEEP, lambda _, name: ds.config.load(name), "Invalid file"),
    ("x.json", DEEP, lambda _, name: ds.ManifestDataset(name), "line 1 of .*x.json is no manifest's entry"),
    ("x.xml", box(10**12), voc, "failed to load xml file .*x.xml"),
    ("list_attr_celeba.txt", b"1\n", lambda folder, _: ds.CelebADataset(str(folder)), "ends before the names"),
    ("0_1.wav", b"RIFF\x28\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0@\x1f\0\0\x80>\0\0\2\0\x10\0data\4\0\0\0a",
     lambda folder, _: rows(ds.YesNoDataset(str(folder))), "0_1.wav is no WAV file"),
    ("x.txt", LATIN, lambda _, name: text.Vocab.from_file(name), "UTF-8"),
    ("x.txt", LATIN, lambda _, name: text.Vectors.from_file(name), "UTF-8"),
    ("x.csv", b"a,b\n1,2,3\n", lambda folder, name: mindrecord.CsvToMR(name, str(folder / "o")).transform(),
     "x.csv has 3 fields in row 2, expected 2"),
    ("x.txt", b"n0\n", lambda folder, name: mindrecord.ImageNetToMR(name, str(folder), str(folder / "o")).transform(),
     "x.txt expects 'folder label' in each line"),
    ("x.idx", b"\xff", lambda folder, name: recordio.MXIndexedRecordIO(name, str(folder / "y.rec"), "r"), "UTF-8"),
    ("x.png", b"no image", lambda _, name: mx.image.imread(name), "x.png: decoding an image of 8 bytes failed: no ima"),
    ("x.png", b"no image", lambda _, name: vision.read_image(name), "x.png"),
    ("x.png", b"no image", lambda folder, _: mx.gluon.data.vision.ImageFolderDataset(str(folder.parent))[0], "x.png"),
    ("x.states", b"no states", lambda _, name: trainer(name), "x.states.*: load of trainer states"),
]


@pytest.mark.filterwarnings("ignore:Ignoring")
@pytest.mark.parametrize("file, content, read, message", CASES)
def test_the_error_names_the_file(tmp_path, file, content, read, message):
    if file.endswith(".png"):
        pytest.importorskip("PIL", reason="about decoding images")
    folder = tmp_path / "sub"
    folder.mkdir()
    (folder / "y.rec").write_bytes(b"")
    (folder / file).write_bytes(content)
    with pytest.raises((FormatError, ds.rows.PipelineError), match=message) as caught:
        read(folder, str(folder / file))
    assert file in str(caught.value)


@pytest.fixture
def records(tmp_path):
    """Two records: one that is no image, and one cut short."""
    with recordio.MXIndexedRecordIO(tmp_path / "x.idx", tmp_path / "x.rec", "w") as file:
        for key in (3, 5):
            file.write_idx(key, recordio.pack(recordio.IRHeader(0, 1.0, key, 0), b"no image"))
    content = (tmp_path / "x.rec").read_bytes()
    (tmp_path / "x.rec").write_bytes(content[:-4])
    return tmp_path


def test_records(records):
    pytest.importorskip("PIL", reason="about decoding images")
    rec, idx = str(records / "x.rec"), str(records / "x.idx")
    with recordio.MXIndexedRecordIO(idx, rec, "r") as file, pytest.raises(
            FormatError, match=r"the record at byte 40 of '.*x.rec' is truncated: expected 32 bytes"):
        file.read_idx(5)
    images = mx.gluon.data.vision.ImageRecordDataset(rec)
    with pytest.raises(FormatError, match="record 0 of .*x.rec: decoding an image of 8 bytes failed"):
        images[0]
    batches = mx.image.ImageIter(1, (3, 4, 4), path_imgrec=rec, path_imgidx=idx)
    with pytest.raises(FormatError, match="record 3 of .*x.rec: decoding"):
        next(batches)
    (records / "y.lst").write_text("9\t1\ta.png\n")
    batches = mx.image.ImageIter(1, (3, 4, 4), path_imgrec=rec, path_imgidx=idx, path_imglist=str(records / "y.lst"))
    with pytest.raises(FormatError, match="path_imglist has no line for record 3"):
        next(batches)
    (records / "x.idx").write_text(f"3\t{10**18}\n")
    with recordio.MXIndexedRecordIO(idx, rec, "r") as file, pytest.raises(FormatError, match="x.idx has record 3 at"):
        file.read_idx(3)
    (records / "x.idx").unlink()
    with pytest.raises(FileNotFoundError, match="could not open .*x.idx"):
        mx.gluon.data.RecordFileDataset(rec)


@pytest.mark.parametrize("kind", [0, 1])
def test_a_record_of_a_huge_size_takes_no_memory(tmp_path, kind):
    (tmp_path / "x.rec").write_bytes(struct.pack("<II", 0xCED7230A, kind << 29 | (1 << 29) - 1) + b"abc")
    file = recordio.MXRecordIO(str(tmp_path / "x.rec"), "r")
    tracemalloc.start()
    try:
        with pytest.raises(FormatError, match="expected 536870911 bytes for a record"):
            file.read()
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()


def test_images_that_unpack_to_too_much_are_refused():
    pytest.importorskip("PIL", reason="about decoding images")
    content = bytearray(codecs.encode(np.zeros((4, 4, 3), np.uint8), ".png"))
    content[16:24] = struct.pack(">II", 1 << 20, 1 << 20)
    with pytest.raises(FormatError, match="decoding an image of"):
        codecs.decode(bytes(content))


def test_the_parameters_of_a_module_must_be_the_graphs(tmp_path):
    net = mx.sym.FullyConnected(mx.sym.var("data"), num_hidden=2, name="fc")
    net.save(str(tmp_path / "m-symbol.json"))
    for params, message in (({"arg:fd_bias": (2,)}, 'Find name "fd_bias" that is not in the arguments'),
                            ({"aux:fc_mean": (2,)}, 'Find name "fc_mean" that is not in the auxiliary states'),
                            ({"arg:fc_bias": (3,)}, "'fc_bias' has shape")):
        mx.nd.save(str(tmp_path / "m-0000.params"), {k: mx.nd.ones(shape) for k, shape in params.items()})
        module = mx.mod.Module.load(str(tmp_path / "m"), 0, label_names=None)
        with pytest.raises(ValueError, match=message):
            module.bind([("data", (1, 2))], for_training=False)


def test_the_shape_of_a_variable(tmp_path):
    net = mx.gluon.nn.Dense(2, in_units=2)
    net.initialize()
    net.hybridize()
    net(mx.nd.ones((1, 2)))
    net.export(str(tmp_path / "m"))
    file = tmp_path / "m-symbol.json"
    graph = json.loads(file.read_text())
    weight = next(n for n in graph["nodes"] if n["name"].endswith("weight"))
    weight["attrs"]["__shape__"] = "(2, two)"
    file.write_text(json.dumps(graph))
    with pytest.raises(FormatError, match=r"has the __shape__ '\(2, two\)', which is none"):
        mx.gluon.SymbolBlock.imports(str(file), ["data"], str(tmp_path / "m-0000.params"))
