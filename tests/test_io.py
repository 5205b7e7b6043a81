"""Iterators over batches; the expected batches are those of mxnet 1.9.1."""

import pickle

import numpy as np
import pytest

import luojia as mx
from luojia import nd
from luojia._src.formats import idx
from luojia.io import (
    CSVIter,
    DataBatch,
    DataDesc,
    DataIter,
    ImageRecordIter,
    LibSVMIter,
    MNISTIter,
    NDArrayIter,
    PrefetchingIter,
    ResizeIter,
)


def labels(it):
    return [(b.label[0].asnumpy().tolist(), b.pad) for b in it]


def data(it):
    return [(b.data[0].asnumpy().tolist(), b.pad) for b in it]


def five(**kwargs):
    return NDArrayIter(np.arange(10).reshape(5, 2), np.arange(5), 2, **kwargs)


def test_pad_wraps_round():
    it = five()
    for _ in range(2):
        assert labels(it) == [([0, 1], 0), ([2, 3], 0), ([4, 0], 1)]
        it.reset()
    assert data(it)[2] == ([[8, 9], [0, 1]], 1)
    with pytest.raises(StopIteration):
        next(it)
    assert data(NDArrayIter(np.arange(2), batch_size=5)) == [([0, 1, 0, 1, 0], 3)]


def test_discard():
    it = five(last_batch_handle="discard")
    for _ in range(2):
        assert labels(it) == [([0, 1], 0), ([2, 3], 0)]
        it.reset()


def test_roll_over_begins_the_next_pass_with_what_was_left():
    it, passes = five(last_batch_handle="roll_over"), []
    for _ in range(3):
        passes.append(labels(it))
        it.reset()
    assert passes == [
        [([0, 1], 0), ([2, 3], 0)],
        [([4, 0], 1), ([1, 2], 0), ([3, 4], 0)],
        [([0, 1], 0), ([2, 3], 0)],
    ]
    few = NDArrayIter(np.arange(3), None, 4, last_batch_handle="roll_over")
    for expected in ([], [([0, 1, 2, 0], 3)], [([1, 2, 0, 1], 2)], [([2, 0, 1, 2], 1)]):
        assert data(few) == expected
        few.reset()
    it = five(last_batch_handle="roll_over")
    next(it)
    it.reset()  # a pass that is broken off leaves nothing
    assert labels(it) == passes[0]
    with pytest.raises(StopIteration):
        next(it)
    it.reset()
    assert labels(it) == passes[1]
    it = five(last_batch_handle="roll_over")
    list(it)
    it.hard_reset()
    assert labels(it) == passes[0]


def test_shuffle_follows_numpys_stream_as_mxnet_does():
    np.random.seed(0)
    it = NDArrayIter(np.arange(6), np.arange(6), 2, shuffle=True)
    assert labels(it) == [([5, 2], 0), ([1, 3], 0), ([0, 4], 0)]
    it.reset()
    assert labels(it) == [([1, 3], 0), ([5, 4], 0), ([2, 0], 0)]


def test_shuffled_roll_over_shows_every_sample_equally_often():
    it = NDArrayIter(np.arange(7), None, 3, shuffle=True, last_batch_handle="roll_over")
    seen = np.zeros(7, int)
    for _ in range(6):
        for batch in it:
            np.add.at(seen, batch.data[0].asnumpy().astype(int), 1)
        it.reset()
    assert seen.sum() >= 36 and seen.max() - seen.min() <= 2


def test_names_and_dtypes():
    it = five()
    assert str(it.provide_data) == "[DataDesc[data,(2, 2),<class 'numpy.float32'>,NCHW]]"
    assert str(it.provide_label) == "[DataDesc[softmax_label,(2,),<class 'numpy.float32'>,NCHW]]"
    it = NDArrayIter({"b": np.ones((4, 2)), "a": nd.ones((4, 3))}, {"lab": np.arange(4, dtype="int32")}, 2)
    assert [tuple(d) for d in it.provide_data + it.provide_label] == [("a", (2, 3)), ("b", (2, 2)), ("lab", (2,))]
    assert (it.num_data, it.batch_size, it.cursor) == (4, 2, -2)
    it = NDArrayIter([np.ones((4, 2)), nd.ones((4, 3))], [np.arange(4), np.arange(4)], 2)
    names = [d.name for d in it.provide_data + it.provide_label]
    assert names == ["_0_data", "_1_data", "_0_softmax_label", "_1_softmax_label"]
    assert next(NDArrayIter(np.ones((4, 2), "uint8"))).data[0].dtype == np.float32
    it = NDArrayIter(nd.ones((4, 2), dtype="int32"), None, 2)
    assert next(it).data[0].dtype == it.provide_data[0].dtype == np.int32
    assert next(it).label == [] and it.provide_label == []
    assert it.data[0][0] == "data" and it.data[0][1].shape == (4, 2) and it.label == []


def test_ndarrayiter_errors():
    with pytest.raises(TypeError, match="Input must be NDArray, numpy.ndarray, a list of them or dict"):
        NDArrayIter("a")
    with pytest.raises(TypeError, match="Invalid type '<class 'int'>' for _0_data"):
        NDArrayIter([1, np.ones(1)])
    assert [d.name for d in NDArrayIter([[1, 2], np.ones(2)]).provide_data] == ["_0_data", "_1_data"]
    with pytest.raises(AssertionError, match="NDArrayIter expects data, got none"):
        NDArrayIter(None)
    with pytest.raises(ValueError, match=r"softmax_label has 2 samples, data has 3"):
        NDArrayIter(np.ones(3), np.ones(2))
    with pytest.raises(ValueError, match="'pad', 'discard' or 'roll_over', got 'foo'"):
        five(last_batch_handle="foo")
    with pytest.raises(ValueError, match="integer batch_size >= 1, got 0"):
        NDArrayIter(np.ones(3), batch_size=0)


def test_desc_and_batch():
    d = DataDesc("x", (2, 3), np.float16, "NTC")
    assert (d.dtype, d.layout, d.name, d.shape, tuple(d)) == (np.float16, "NTC", "x", (2, 3), ("x", (2, 3)))
    assert (DataDesc.get_batch_axis("TNC"), DataDesc.get_batch_axis(None)) == (1, 0)
    assert str(DataDesc.get_list([("a", (1, 2))], [("a", "float32")])) == "[DataDesc[a,(1, 2),float32,NCHW]]"
    assert DataDesc.get_list([("a", (1, 2))], None) == [DataDesc("a", (1, 2))]
    assert pickle.loads(pickle.dumps(d)).layout == "NTC"
    assert str(DataBatch([nd.ones((2, 3))])) == "DataBatch: data shapes: [(2, 3)] label shapes: None"
    assert str(next(five())) == "DataBatch: data shapes: [(2, 2)] label shapes: [(2,)]"
    with pytest.raises(AssertionError, match="Data must be list of NDArrays"):
        DataBatch(nd.ones(3))
    with pytest.raises(AssertionError, match="Label must be list of NDArrays"):
        DataBatch([nd.ones(3)], nd.ones(3))


def test_the_base_class_has_no_batches():
    it = DataIter(3)
    assert it.batch_size == 3 and it.getdata() is it.getlabel() is it.getpad() is it.getindex() is it.reset() is None
    with pytest.raises(StopIteration):
        next(it)


def test_resize_iter():
    it = ResizeIter(NDArrayIter(np.arange(6), np.arange(6), 4), 3)
    for _ in range(2):
        assert data(it) == [([0, 1, 2, 3], 0), ([4, 5, 0, 1], 2), ([0, 1, 2, 3], 0)]
        it.reset()
    on = ResizeIter(NDArrayIter(np.arange(6), None, 2), 2, reset_internal=False)
    assert [d[0] for d in data(on)] == [[0, 1], [2, 3]]
    on.reset()
    assert [d[0] for d in data(on)] == [[4, 5], [0, 1]]
    assert on.getdata()[0].shape == (2,) and on.getpad() == 0 and on.getlabel() == [] and on.getindex() is None


def test_prefetching_iter():
    it = PrefetchingIter(NDArrayIter(np.arange(6), np.arange(6), 4))
    for _ in range(2):
        assert data(it) == [([0, 1, 2, 3], 0), ([4, 5, 0, 1], 2)]
        it.reset()
    assert str(it.provide_label) == "[DataDesc[softmax_label,(4,),<class 'numpy.float32'>,NCHW]]"
    next(it)
    it.reset()  # in the middle
    assert len(data(it)) == 2
    two = [NDArrayIter(np.arange(6) + i, None, 4) for i in range(2)]
    it = PrefetchingIter(two, rename_data=[{"data": "a"}, {"data": "b"}])
    assert [d.name for d in it.provide_data] == ["a", "b"]
    assert [a.asnumpy()[0] for a in next(it).data] == [0, 1]
    uneven = PrefetchingIter([NDArrayIter(np.arange(n), None, 4) for n in (4, 8)])
    with pytest.raises(ValueError, match="Number of entry mismatches between iterators"):
        list(uneven)
    with pytest.raises(ValueError, match="one iterator or a list of them, got none"):
        PrefetchingIter([])


def test_csv_iter(tmp_path):
    np.savetxt(tmp_path / "a.csv", np.arange(12).reshape(6, 2), delimiter=",")
    np.savetxt(tmp_path / "l.csv", np.arange(6), delimiter=",")
    paths = {"data_csv": str(tmp_path / "a.csv"), "label_csv": str(tmp_path / "l.csv")}
    it = CSVIter(**paths, data_shape=(2,), batch_size=4)
    assert str(it.provide_label) == "[DataDesc[softmax_label,(4,),<class 'numpy.float32'>,NCHW]]"
    first, second = it
    assert second.data[0].asnumpy().tolist() == [[8, 9], [10, 11], [0, 1], [2, 3]] and second.pad == 2
    assert second.label[0].asnumpy().tolist() == [4, 5, 0, 1] and second.index.tolist() == [4, 5, 0, 1]
    it = CSVIter(data_csv=paths["data_csv"], data_shape=(2, 1), batch_size=4, dtype="int32")
    batch = next(it)
    assert batch.data[0].shape == (4, 2, 1) and batch.data[0].dtype == np.int32
    assert batch.label[0].asnumpy().tolist() == [0, 0, 0, 0]
    with pytest.raises(mx.MXNetError, match=r"specified shape=\(3,\), row 1 of .*a.csv has 2 values"):
        CSVIter(data_csv=paths["data_csv"], data_shape=(3,))
    with pytest.raises(mx.MXNetError, match="No such file"):
        CSVIter(data_csv=str(tmp_path / "nope.csv"), data_shape=(2,))
    with pytest.raises(NotImplementedError, match="CSVIter: the option 'num_parts' is not supported"):
        CSVIter(data_csv=paths["data_csv"], data_shape=(2,), num_parts=2)
    (tmp_path / "b.csv").write_text("1,x\n")
    with pytest.raises(mx.MXNetError, match="holds a field that is no number"):
        CSVIter(data_csv=str(tmp_path / "b.csv"), data_shape=(2,))


def test_passes_go_on_behind_what_filled_the_last_batch(tmp_path):
    """mxnet 1.9.1's samples, pass by pass."""
    np.savetxt(tmp_path / "a.csv", np.arange(7), delimiter=",")
    how = {"data_csv": str(tmp_path / "a.csv"), "data_shape": (1,), "batch_size": 3}
    it = CSVIter(**how)
    passes = []
    for _ in range(4):
        passes.append([(batch.index.tolist(), batch.pad) for batch in it])
        it.reset()
    first = [([0, 1, 2], 0), ([3, 4, 5], 0), ([6, 0, 1], 2)]
    assert passes == [first, [([2, 3, 4], 0), ([5, 6, 0], 1)], [([1, 2, 3], 0), ([4, 5, 6], 0)], first]
    it = CSVIter(**how, round_batch=False)
    for _ in range(2):
        assert [(batch.index.tolist(), batch.pad) for batch in it] == first
        it.reset()


def test_libsvm_iter(tmp_path):
    path = tmp_path / "d.svm"
    path.write_text("1 0:0.5 2:1\n-2 1:2\n3 0:1 1:1 2:1\n")
    it = LibSVMIter(data_libsvm=str(path), data_shape=(3,), batch_size=2)
    assert it.next().data[0].stype == "csr"
    it.reset()
    assert data(it) == [([[0.5, 0, 1], [0, 2, 0]], 0), ([[1, 1, 1], [0.5, 0, 1]], 1)]
    it.reset()
    assert labels(it) == [([-2, 3], 0)]
    (tmp_path / "l.svm").write_text("0 0:1\n1:3\n1 0:4 1:5\n")
    it = LibSVMIter(data_libsvm=str(path), data_shape=(3,), label_libsvm=str(tmp_path / "l.svm"), label_shape=(2,),
                    batch_size=3)
    label = it.next().label[0]
    assert label.stype == "csr" and label.asnumpy().tolist() == [[1, 0], [0, 3], [4, 5]]
    with pytest.raises(mx.MXNetError, match="doesn't support round_batch == false"):
        LibSVMIter(data_libsvm=str(path), data_shape=(3,), round_batch=False)
    for line in ("1 7:1", "1 -1:1", "x", "1 1:"):
        path.write_text("1 0:1\n" + line)
        with pytest.raises(mx.MXNetError, match=r"indices below 3 in line 2"):
            LibSVMIter(data_libsvm=str(path), data_shape=(3,))


def test_mnist_iter(tmp_path):
    images = np.arange(5 * 784).reshape(5, 28, 28).astype(np.uint8)
    idx.save(str(tmp_path / "i"), images)
    idx.save(str(tmp_path / "l"), np.arange(5, dtype=np.uint8))
    paths = {"image": str(tmp_path / "i"), "label": str(tmp_path / "l")}
    it = MNISTIter(**paths, batch_size=2, shuffle=False, silent=True)
    first, second = it
    assert first.data[0].shape == (2, 1, 28, 28) and (first.data[0].asnumpy()[1, 0] * 256 == images[1]).all()
    assert second.label[0].asnumpy().tolist() == [2, 3]
    parts = [[b.label[0].asnumpy().tolist() for b in MNISTIter(**paths, batch_size=1, shuffle=False, num_parts=2,
                                                               part_index=i)] for i in range(2)]
    assert parts == [[[0], [1]], [[2], [3]]]
    with pytest.raises(mx.MXNetError, match="part_index must be from 0 to num_parts - 1 = 1, got 2"):
        MNISTIter(**paths, num_parts=2, part_index=2)
    assert MNISTIter(**paths, batch_size=2, flat=True).provide_data[0].shape == (2, 784)
    seen = np.concatenate([b.label[0].asnumpy() for b in MNISTIter(**paths, batch_size=5)])
    assert sorted(seen) == [0, 1, 2, 3, 4]
    with pytest.raises(mx.MXNetError, match=r"expects n images and n labels, got shapes \(5, 28, 28\), \(5, 28, 28\)"):
        MNISTIter(image=paths["image"], label=paths["image"])
    with pytest.raises(mx.MXNetError, match=r'MNISTIter: Open ".*nope": No such file'):
        MNISTIter(image=str(tmp_path / "nope"), label=paths["label"])


def test_image_record_iter(tmp_path):
    from luojia import recordio

    with recordio.MXRecordIO(tmp_path / "a.rec", "w") as file:
        for i in range(3):
            pixels = np.full((6, 8, 3), 10 * i, np.uint8)
            file.write(recordio.pack_img(recordio.IRHeader(0, float(i), i, 0), pixels, 9, ".png"))
    path = str(tmp_path / "a.rec")
    it = ImageRecordIter(path_imgrec=path, data_shape=(3, 4, 4), batch_size=2)
    assert [b.label[0].asnumpy().tolist() for b in it] == [[0, 1], [2, 0]]
    it.reset()
    assert [b.label[0].asnumpy().tolist() for b in it] == [[1, 2]]
    it = ImageRecordIter(path_imgrec=path, data_shape=(3, 4, 4), batch_size=2, mean_r=5, std_r=5, rand_crop=True,
                         round_batch=False)
    assert it.provide_data[0].shape == (2, 3, 4, 4)
    for _ in range(2):
        first, second = it
        assert first.data[0].asnumpy()[1, :, 0, 0].tolist() == [1, 10, 10] and second.pad == 1
        assert second.label[0].asnumpy().tolist() == [2, 0]
        it.reset()
    grown = ImageRecordIter(path_imgrec=path, data_shape=(1, 20, 20), batch_size=1, resize=10, rand_mirror=True)
    assert next(grown).data[0].shape == (1, 1, 20, 20)
    shuffled = ImageRecordIter(path_imgrec=path, data_shape=(3, 4, 4), batch_size=3, shuffle=True, seed=1)
    assert sorted(next(shuffled).label[0].asnumpy()) == [0, 1, 2]
    with pytest.raises(ValueError, match=r"data_shape \(1 or 3, height, width\), got \(4, 4\)"):
        ImageRecordIter(path_imgrec=path, data_shape=(4, 4), batch_size=1)
