"""Sources and samplers; values are those of mindspore 2.8.0."""

import numpy as np
import pytest

import luojia
from luojia import dataset as ds
from luojia._src.data import codecs
from luojia._src.data.mirror import MissingDataError
from luojia._src.formats import idx


def rows(pipeline):
    return [[v.tolist() for v in row] for row in pipeline.create_tuple_iterator(output_numpy=True)]


def test_numpy_slices():
    one = ds.NumpySlicesDataset([1, 2, 3], shuffle=False)
    assert one.get_col_names() == ["column_0"] and rows(one) == [[1], [2], [3]]
    two = ds.NumpySlicesDataset(([1, 2], [3.0, 4.0]), ["a", "b"], shuffle=False)
    assert two.get_col_names() == ["a", "b"] and rows(two) == [[1, 3.0], [2, 4.0]]
    named = ds.NumpySlicesDataset({"a": [1, 2], "b": [3.0, 4.0]}, shuffle=False)
    assert named.get_col_names() == ["a", "b"] and rows(named) == rows(two)
    assert rows(ds.NumpySlicesDataset([[1, 2], [3, 4]], shuffle=False)) == [[[1, 2]], [[3, 4]]]
    assert ds.NumpySlicesDataset(np.ones((3, 2), "float32")).output_types() == [np.dtype("float32")]
    assert len({str(rows(ds.NumpySlicesDataset(list(range(9))))) for _ in range(5)}) > 1  # shuffled by default


def test_generator_sources():
    pairs = ds.GeneratorDataset([(1, 2.0), (3, 4.0)], ["x", "y"], shuffle=False)
    assert rows(pairs) == [[1, 2.0], [3, 4.0]]
    assert rows(ds.GeneratorDataset([1, 2], ["x"], shuffle=False)) == [[1], [2]]
    assert rows(ds.GeneratorDataset([([1, 2],), [[3, 4]]], "x", shuffle=False)) == [[[1, 2]], [[3, 4]]]
    function = ds.GeneratorDataset(lambda: ((np.float32(i),) for i in range(3)), ["x"])
    assert function.get_dataset_size() == 3 and rows(function) == rows(function) == [[0.0], [1.0], [2.0]]
    assert rows(ds.GeneratorDataset(lambda: iter(range(9)), ["x"], num_samples=2)) == [[0], [1]]
    text = ds.GeneratorDataset([(1, "ab")], ["x", "s"])
    assert rows(text) == [[1, "ab"]] and next(text.create_dict_iterator())["s"] == np.array("ab")
    typed = ds.GeneratorDataset([(np.float16(1), np.int8(2))], ["x", "y"], [np.float16, luojia.int8])
    assert typed.output_types() == [np.dtype("float16"), np.dtype("int8")]
    once = ds.GeneratorDataset(((i, i * i) for i in range(3)), ["x", "y"])
    assert len(once) == 3 and rows(once) == rows(once) == [[0, 0], [1, 1], [2, 4]]
    schema = ds.Schema()
    schema.add_column("x", "int64", [])
    schema.add_column("s", "string", [])
    assert rows(ds.GeneratorDataset([(1, "ab")], schema=schema)) == [[1, "ab"]]
    assert len({str(rows(ds.GeneratorDataset(list(range(9)), ["x"]))) for _ in range(5)}) > 1


@pytest.mark.parametrize(("shard", "expected"), [(0, [0, 2, 4]), (1, [1, 3, 0])])
def test_shards_are_of_one_length(shard, expected):
    data = ds.NumpySlicesDataset(list(range(5)), num_shards=2, shard_id=shard, shuffle=False)
    assert len(data) == 3 and [r[0] for r in rows(data)] == expected


def test_samplers():
    def drawn(sampler, count=5, **kwargs):
        data = ds.NumpySlicesDataset(list(range(count)), sampler=sampler, **kwargs)
        got = [r[0] for r in rows(data)]
        assert len(data) == len(got)
        return got

    assert drawn(ds.SubsetSampler([2, 0])) == drawn([2, 0]) == [2, 0] and drawn(ds.SubsetSampler(3)) == [3]
    assert drawn(ds.SequentialSampler(1, 2)) == [1, 2] and drawn([4, 3, 1], num_samples=2) == [4, 3]
    assert sorted(drawn(ds.RandomSampler())) == [0, 1, 2, 3, 4] and len(drawn(ds.RandomSampler(num_samples=2))) == 2
    assert len(drawn(ds.RandomSampler(True, 50))) == 5 and len(drawn(ds.RandomSampler(True, 3))) == 3
    assert sorted(drawn(ds.SubsetRandomSampler([1, 3]))) == [1, 3]
    weighted = drawn(ds.WeightedRandomSampler([0, 1, 3], 400), 400)
    assert 0 not in weighted and 220 < weighted.count(2) < 380
    assert len(drawn(ds.WeightedRandomSampler([0, 1, 3], 400))) == 5
    assert drawn(ds.WeightedRandomSampler([0, 0, 1], 2, replacement=False))[0] == 2
    assert len(set(drawn(ds.WeightedRandomSampler([1, 1, 1, 1, 1], replacement=False)))) == 5
    first, second = ds.DistributedSampler(2, 0), ds.DistributedSampler(2, 1)
    passes = []
    for _ in range(2):  # whatever else a process has drawn, the shards fit together
        passes.append(drawn(first, 8))
        np.random.rand(3)
        assert sorted(passes[-1] + drawn(second, 8)) == list(range(8))
    assert passes[0] != passes[1]
    for shards, shard, offset, expected in [(2, 0, -1, [0, 2, 4]), (2, 0, 0, [0, 2, 4]), (2, 0, 1, [1, 3]),
                                            (2, 1, 1, [0, 2, 4]), (4, 3, -1, [3, 2]), (4, 3, 0, [3]), (4, 0, 2, [2])]:
        assert drawn(ds.DistributedSampler(shards, shard, False, offset=offset)) == expected, (shards, shard, offset)

    class Backwards(ds.Sampler):
        def __iter__(self):
            return iter(range(self.dataset_size)[::-1])

    assert drawn(Backwards()) == [4, 3, 2, 1, 0]


def test_batches_of_a_sampler():
    data = ds.GeneratorDataset([(i, [i]) for i in range(5)], ["a", "b"], batch_sampler=[[0, 1], [4]])
    assert rows(data) == [[[0, 1], [[0], [1]]], [[4], [[4]]]] and len(data) == 2 and data.get_batch_size() == -1
    data = ds.GeneratorDataset(list(range(4)), ["a"], batch_sampler=[[0, 3]], collate_fn=lambda a: np.array(a) * 2)
    assert rows(data) == [[[0, 6]]]
    data = ds.GeneratorDataset([1], ["a"], batch_sampler=[[0]], collate_fn=lambda a: 1 / 0)
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        list(data)


def test_samplers_of_samplers():
    inner, outer = ds.SequentialSampler(2, 4), ds.SubsetSampler([3, 0])
    outer.add_child(inner)
    assert outer.get_child() is inner and inner.get_num_samples() == 4
    assert rows(ds.NumpySlicesDataset(list(range(9)), sampler=outer)) == [[5], [2]]
    with pytest.raises(ValueError, match="this sampler has a child already"):
        outer.add_child(inner)
    outer.replace_child(ds.SequentialSampler(5))
    data = ds.NumpySlicesDataset(list(range(9)), shuffle=False)
    data.use_sampler(outer)
    assert rows(data) == [[8], [5]]
    data = ds.NumpySlicesDataset({"label": [1, 0, 1, 0, 2]}, sampler=ds.PKSampler(2))
    assert rows(data) == [[0], [0], [1], [1], [2], [2]] and len(data) == 6

    class Items:
        def __len__(self):
            return 2

        def __getitem__(self, i):
            return [3, 1][i]

    assert rows(ds.NumpySlicesDataset([1, 2, 3, 4], sampler=Items())) == [[4], [2]]


def test_samplers_know_whether_they_shuffle_and_share():
    outer = ds.SequentialSampler()
    assert (outer.is_shuffled(), outer.is_sharded(), outer.child_sampler) == (False, False, None)
    outer.add_child(ds.DistributedSampler(2, 0))
    assert (outer.is_shuffled(), outer.is_sharded()) == (True, True)
    outer.replace_child(ds.DistributedSampler(2, 0, shuffle=False))
    assert (outer.is_shuffled(), outer.is_sharded()) == (False, True)
    outer.replace_child(ds.RandomSampler())
    assert (outer.is_shuffled(), outer.is_sharded()) == (True, False)
    shuffling = (ds.SubsetRandomSampler([0]), ds.WeightedRandomSampler([1]), ds.PKSampler(1, shuffle=True))
    assert all(sampler.is_shuffled() for sampler in shuffling) and not ds.PKSampler(1).is_shuffled()


def test_pipelines_know_whether_they_shuffle_and_share(tmp_path):
    (tmp_path / "a.txt").write_text("one\ntwo\n")
    path = str(tmp_path / "a.txt")

    def still(**how):
        return ds.NumpySlicesDataset(list(range(8)), ["a"], **{"shuffle": False, **how})

    def known(data):
        return data.is_shuffled(), data.is_sharded()

    def sampled(sampler):
        return ds.NumpySlicesDataset(list(range(8)), ["a"], sampler=sampler)

    other = ds.NumpySlicesDataset([1], ["b"], num_shards=2, shard_id=0)
    for data in (still(), still(num_shards=1, shard_id=0), still().batch(2), still().map(lambda x: x),
                 still().repeat(2), still().split([4, 4], randomize=False)[0], sampled(ds.SubsetSampler([1, 2])),
                 sampled([1, 2]),
                 still().batch(2).split([2, 2], randomize=False)[1], ds.PaddedDataset([{"a": np.array(1)}]),
                 ds.TextFileDataset(path, shuffle=False), still() + still()):
        assert known(data) == (False, False)
    for data in (still(shuffle=None), still(shuffle=True).batch(2).take(1), still().shuffle(4).batch(2),
                 still() + still(shuffle=True), still().split([4, 4])[0], sampled(ds.RandomSampler()),
                 still().batch(2).shuffle(4).split([2, 2])[0],
                 ds.TextFileDataset(path), ds.TextFileDataset(path, shuffle=ds.Shuffle.FILES), ds.RandomDataset(4),
                 ds.GeneratorDataset([1, 2], ["a"])):
        assert known(data) == (True, False)
    for data in (still(num_shards=2, shard_id=0), sampled(ds.DistributedSampler(2, 0, shuffle=False)),
                 ds.TextFileDataset(path, shuffle=False, num_shards=2, shard_id=0)):
        assert known(data) == (False, True)
    assert known(sampled(ds.DistributedSampler(2, 0))) == known(ds.zip((still(), other))) == (True, True)
    joined = still() + still()
    joined.use_sampler(ds.DistributedSampler(2, 0, shuffle=False))
    assert known(joined) == (False, True)


def sampled(sampler):
    rows(ds.NumpySlicesDataset([1, 2], sampler=sampler))


def test_ragged_lists():
    assert rows(ds.NumpySlicesDataset([[1, 2], [3]], shuffle=False)) == [[[1, 2]], [[3]]]


@pytest.mark.parametrize(
    ("make", "kind", "message"),
    [
        (lambda: ds.NumpySlicesDataset(3), TypeError, "Argument data with value 3 is not of type"),
        (lambda: ds.NumpySlicesDataset([]), ValueError, "Argument data cannot be empty"),
        (lambda: ds.NumpySlicesDataset(([1, 2], [3.0])), ValueError, "Data length in each column is not equal"),
        (lambda: ds.NumpySlicesDataset([1], ["a", "b"]), ValueError, "names is 2, but required is 1 as data is list"),
        (lambda: ds.NumpySlicesDataset([1], num_shards=2), ValueError, "need to be passed in together"),
        (lambda: ds.NumpySlicesDataset([1], num_shards=2, shard_id=2), ValueError, "must be less than num_shards"),
        (lambda: ds.NumpySlicesDataset([1], num_shards=0, shard_id=0), ValueError,
         "Input num_shards is not within the required interval"),
        (lambda: ds.NumpySlicesDataset([1], sampler=ds.SequentialSampler(), shuffle=True), ValueError,
         "Conflicting arguments during sampler assignments. num_samples: None, .*shuffle: True"),
        (lambda: ds.NumpySlicesDataset([1], sampler=3), TypeError, "sampler should be either iterable or from"),
        (lambda: list(ds.NumpySlicesDataset([1], sampler=[4])), ValueError,
         r"Sample ID \(4\) is out of bound, expected range \[0, 0\]"),
        (lambda: ds.RandomSampler(num_samples=-1), ValueError, "num_samples exceeds the boundary between 0 and"),
        (lambda: sampled(ds.WeightedRandomSampler([0, 0])), ValueError,
         "elements of weights vector must not be all zero"),
        (lambda: sampled(ds.WeightedRandomSampler([1, -1])), ValueError, "must not contain negative numbers"),
        (lambda: sampled(ds.WeightedRandomSampler([])), ValueError, "weights vector must not be empty"),
        (lambda: sampled(ds.SequentialSampler(-1)), ValueError, "must be greater than or equal to 0, but got: -1"),
        (lambda: sampled(ds.DistributedSampler(0, 0)), ValueError, "num_shards must be greater than 0, but got: 0"),
        (lambda: sampled(ds.DistributedSampler(2, -1)), ValueError, "shard_id must be greater than or equal to 0"),
        (lambda: sampled(ds.DistributedSampler(2, 0, offset=3)), ValueError, "offset must be no more than num_shards"),
        (lambda: ds.NumpySlicesDataset([1], sampler="a"), TypeError, "Unsupported sampler object of type"),
        (lambda: ds.GeneratorDataset(3, ["x"]), TypeError, "callable, iterable or random accessible"),
        (lambda: ds.GeneratorDataset([1], []), ValueError, "column_names should not be empty"),
        (lambda: ds.GeneratorDataset([1]), ValueError, "Neither columns_names nor schema are provided"),
        (lambda: ds.GeneratorDataset([1], schema="nowhere"), ValueError, "nowhere does not exist"),
        (lambda: ds.GeneratorDataset([1], ["x"], sampler=ds.PKSampler(1)), ValueError, "doesn't support PKSampler"),
        (lambda: ds.GeneratorDataset([1], ["x"], collate_fn=len), ValueError, "only when batch_sampler is set"),
        (lambda: ds.GeneratorDataset([1], ["x"], batch_sampler=3), TypeError, "batch_sampler should have __getitem__"),
        (lambda: ds.GeneratorDataset([1], ["x"], batch_sampler=[[0]], shuffle=True), ValueError, "mutually exclusive"),
        (lambda: ds.GeneratorDataset([1], ["x"], num_parallel_workers=0), ValueError,
         "num_parallel_workers exceeds the boundary"),
        (lambda: ds.GeneratorDataset([1], ["x"], num_parallel_workers="2"), TypeError,
         "num_parallel_workers with value 2 is not of type"),
        (lambda: list(ds.GeneratorDataset([1], ["x"], [np.int8])), RuntimeError, "x has int64, specified .* int8"),
        (lambda: list(ds.GeneratorDataset([None], ["x"])), RuntimeError, "A value of a row is None"),
        (lambda: list(ds.GeneratorDataset([([[1], [1, 2]],)], ["x"])), RuntimeError, "a row cannot be an array"),
        (lambda: list(ds.GeneratorDataset(lambda: 1 / 0, ["x"])), RuntimeError, "ZeroDivisionError: division by zero"),
        (lambda: list(ds.GeneratorDataset({0: 1, 2: 1}, ["x"], shuffle=False)), RuntimeError, "KeyError: 1"),
        (lambda: ds.SubsetSampler([1.5]), TypeError, r"indices element must be int, but got list\[0\]: 1.5"),
        (lambda: ds.ImageFolderDataset("/", cache=3), TypeError, "Argument cache with value 3 is not of type"),
        (lambda: ds.SequentialSampler("a"), TypeError, "start_index must be integer but was: a"),
        (lambda: list(ds.NumpySlicesDataset([1], sampler=ds.SequentialSampler(5))), ValueError, "start_index: 5"),
        (lambda: ds.RandomSampler(3), TypeError, "replacement must be a boolean value but was: 3"),
        (lambda: ds.WeightedRandomSampler([1], replacement=3), TypeError, "replacement must be a boolean value"),
        (lambda: ds.WeightedRandomSampler("a"), TypeError, r"weights element must be number, but got w\[0\]: a"),
        (lambda: ds.DistributedSampler("a", 0), TypeError, "num_shards must be integer but was: a"),
        (lambda: ds.DistributedSampler(2, 0, shuffle=3), TypeError,
         "shuffle must be a boolean value or valid shuffle mode but was: 3"),
        (lambda: sampled(ds.PKSampler(0)), ValueError, "num_val must be greater than 0, but got: 0"),
        (lambda: ds.SequentialSampler().add_child(ds.PKSampler(1)) or ds.PKSampler(1).take(3, None), ValueError,
         "GetClassIds needs to be override"),
        (lambda: ds.PKSampler(1, 5), NotImplementedError, "Not supported to specify num_class"),
        (lambda: ds.PKSampler(1, shuffle=3), TypeError, "shuffle must be a boolean value but was: 3"),
        (lambda: ds.PKSampler(1, class_column=3), TypeError, "class_column must be a str, got 3"),
        (lambda: list(ds.NumpySlicesDataset([1], sampler=ds.PKSampler(1))), RuntimeError, "label is not in"),
        (lambda: ds.RandomSampler().add_child(3), TypeError, "add_child expects a Sampler, got 3"),
        (lambda: ds.GeneratorDataset([1], ["x"], [np.int8] * 2), ValueError, "a type for each of 1 columns, got 2"),
        (lambda: ds.GeneratorDataset(lambda: [1], ["x"], sampler=[0]), ValueError, "sampler is not supported if"),
        (lambda: list(ds.GeneratorDataset([(1, 2)], ["x"])), RuntimeError, "size of column_names is:1 and number of"),
        (lambda: ds.MnistDataset("/nowhere"), ValueError, "The folder /nowhere does not exist"),
        (lambda: ds.MnistDataset("/", "foo"), ValueError, r"valid set of \['train', 'test', 'all'\], got 'foo'"),
        (lambda: ds.Cifar10Dataset("/", "foo"), ValueError, "Cifar10Dataset: Input usage"),
        (lambda: ds.ImageFolderDataset("/nowhere"), ValueError, "The folder /nowhere does not exist"),
    ],
)
def test_errors(make, kind, message):
    with pytest.raises(kind, match=message):
        make()


@pytest.fixture
def nowhere_else(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("MXNET_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("kind", [ds.MnistDataset, ds.FashionMnistDataset])
def test_mnist(tmp_path, nowhere_else, kind):
    images = np.arange(3 * 784).reshape(3, 28, 28).astype(np.uint8)
    for part, count in (("train", 3), ("t10k", 2)):
        idx.save(str(tmp_path / f"{part}-images-idx3-ubyte"), images[:count])
        idx.save(str(tmp_path / f"{part}-labels-idx1-ubyte"), np.arange(count, dtype=np.uint8))
    data = kind(str(tmp_path), "test", shuffle=False)
    assert data.get_col_names() == ["image", "label"] and len(data) == 2 and len(kind(str(tmp_path))) == 5
    image, label = next(data.create_tuple_iterator(output_numpy=True))
    assert (image[..., 0] == images[0]).all() and image.dtype == np.uint8 and label.dtype == np.uint32
    (tmp_path / "empty").mkdir()
    (tmp_path / "train-images-idx3-ubyte").unlink()
    assert len(kind(str(tmp_path))) == len(kind(str(tmp_path), "all")) == 2  # the quick start reads each part's folder
    with pytest.raises(MissingDataError, match=r"luojia\.data\.digits\(\)"):
        kind(str(tmp_path / "empty"), "train")


def test_cifar(tmp_path, nowhere_else):
    (tmp_path / "test_batch.bin").write_bytes((bytes([7]) + bytes(3072)) * 2)
    (tmp_path / "test.bin").write_bytes(bytes([3, 42]) + bytes(3072))
    ten = ds.Cifar10Dataset(str(tmp_path), "test")
    assert len(ten) == 2 and ten.output_shapes() == [[32, 32, 3], []] and rows(ten.project("label")) == [[7], [7]]
    assert len(ds.Cifar10Dataset(str(tmp_path))) == 2 and len(ds.Cifar100Dataset(str(tmp_path))) == 1
    hundred = ds.Cifar100Dataset(str(tmp_path), "test")
    assert rows(hundred.project(["coarse_label", "fine_label"])) == [[3, 42]]
    with pytest.raises(MissingDataError, match="train.bin"):
        ds.Cifar100Dataset(str(tmp_path), "train")


def test_image_folder(tmp_path):
    pixels = np.arange(60, dtype=np.uint8).reshape(4, 5, 3)
    for name in ("dog", "cat"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "x.png").write_bytes(codecs.encode(pixels, ".png", 9))
        (tmp_path / name / "notes.txt").write_text("no image")
    assert len(ds.ImageFolderDataset(str(tmp_path))) == 4  # every file
    data = ds.ImageFolderDataset(str(tmp_path), shuffle=False, decode=True, extensions=[".png"])
    assert data.num_classes() == 2 and data.get_class_indexing() == {"cat": 0, "dog": 1} and len(data) == 2
    (image, label), _ = data.create_tuple_iterator(output_numpy=True)
    assert (image == pixels).all() and label == 0 and label.dtype == np.int32
    raw = ds.ImageFolderDataset(str(tmp_path), class_indexing={"dog": 5}, extensions=[".png"])
    assert len(raw) == 1 and raw.output_types()[0] == np.uint8
    decoded = raw.map([ds.vision.Decode(), ds.vision.HWC2CHW()], "image")
    assert decoded.output_shapes() == [[3, 4, 5], []] and raw.batch(1).get_class_indexing() == {"dog": 5}
    with pytest.raises(RuntimeError, match=r"has no folders with images \(\*.gif\)"):
        ds.ImageFolderDataset(str(tmp_path), extensions=[".gif"])
    (tmp_path / "dog" / "y.png").mkdir()
    with pytest.raises(RuntimeError, match="Failed to open file: .*y.png: Is a directory"):
        list(ds.ImageFolderDataset(str(tmp_path), decode=True, extensions=[".png"]))
