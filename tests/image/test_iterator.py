"""ImageIter over files and records; numbers of mxnet 1.9.1."""

import random

import numpy as np
import pytest

from luojia import image, io, recordio
from luojia._src.data import codecs


@pytest.fixture
def folder(tmp_path):
    for i in range(5):
        pixels = ((np.arange(144).reshape(6, 8, 3) * (i + 1)) % 256).astype(np.uint8)
        (tmp_path / f"{i}.png").write_bytes(codecs.encode(pixels, ".png", 9))
    return tmp_path


@pytest.fixture
def make(folder):
    def made(**changes):
        return image.ImageIter(**{"batch_size": 2, "data_shape": (3, 4, 4), "path_root": str(folder),
                                  "imglist": [[float(i), f"{i}.png"] for i in range(5)]} | changes)

    return made


def read(it):
    return [(b.label[0].asnumpy().tolist(), b.pad, b.data[0].asnumpy().sum((1, 2, 3)).tolist()) for b in it]


FIRST = [([0, 1], 0, [3432, 6864]), ([2, 3], 0, [6200, 7072])]


@pytest.mark.parametrize("handle, passes", [
    ("pad", [[*FIRST, ([4, 0], 1, [5128, 3432])]] * 2),
    ("discard", [FIRST] * 2),
    ("roll_over", [FIRST, [([4, 0], 1, [5128, 3432]), ([1, 2], 0, [6864, 6200]), ([3, 4], 0, [7072, 5128])]]),
])
def test_the_last_batch(make, handle, passes):
    it = make(last_batch_handle=handle, aug_list=[image.CenterCropAug((4, 4)), image.CastAug()])
    for expected in passes:
        assert read(it) == expected
        it.reset()
    assert it.provide_data == [("data", (2, 3, 4, 4))] and it.provide_label == [("softmax_label", (2,))]
    if handle == "roll_over":
        it.next(), it.next(), pytest.raises(StopIteration, it.next)
        it.hard_reset()
        assert it.next().label[0].asnumpy().tolist() == [0, 1]


def test_what_a_batch_holds(make):
    batch = make().next()
    assert batch.data[0].dtype is np.float32
    assert batch.data[0].asnumpy()[0, 0, 0].tolist() == [30, 33, 36, 39]
    labels = make(imglist=[[[1, 2], "0.png"], [[3, 4], "1.png"]], label_width=2).next().label[0]
    assert labels.asnumpy().tolist() == [[1, 2], [3, 4]]
    assert make(batch_size=8).next().pad == 3 and make(batch_size=12).next().data[0].shape == (12, 3, 4, 4)
    assert [r[0] for r in read(make(num_parts=2, part_index=1))] == [[2, 3]]


def test_lists_and_records(folder, make):
    (folder / "l.lst").write_text("0\t3.0\t0.png\n7\t4.0\t1.png\n")
    it = make(imglist=None, path_imglist=str(folder / "l.lst"))
    assert it.seq == [0, 7] and it.next().label[0].asnumpy().tolist() == [3, 4]
    paths = str(folder / "r.idx"), str(folder / "r.rec")
    with recordio.MXIndexedRecordIO(*paths, "w") as file:
        for i in range(5):
            content = (folder / f"{i}.png").read_bytes()
            file.write_idx(i, recordio.pack(recordio.IRHeader(0, i * 10.0, i, 0), content))
    it = make(imglist=None, path_imgrec=paths[1])
    assert [r[:2] for r in read(it)] == [([0, 10], 0), ([20, 30], 0), ([40, 0], 1)]
    it = make(imglist=None, path_imgrec=paths[1], path_imgidx=paths[0], shuffle=True)
    random.seed(3)
    it.reset()
    seen = [label for labels, _, _ in read(it) for label in labels]
    assert sorted(seen[:5]) == [0, 10, 20, 30, 40] and seen[5] == seen[0]
    wrapped = io.PrefetchingIter(make())
    assert [r[:2] for r in read(wrapped)][-1] == ([4, 0], 1)


@pytest.mark.parametrize("changes, error, text", [
    ({"data_shape": (4, 4)}, ValueError, "data_shape should have length 3"),
    ({"data_shape": (1, 4, 4)}, ValueError, "expects inputs to have 3 channels"),
    ({"imglist": None}, ValueError, "expects images: path_imgrec, path_imglist or a list imglist"),
    ({"dtype": "uint8"}, ValueError, "uint8 label not supported"),
    ({"last_batch_handle": "x"}, ValueError, "last_batch_handle must be 'pad', 'discard' or 'roll_over', got 'x'"),
    ({"imglist": None, "path_imgrec": "r.rec", "shuffle": True}, ValueError, "need its index, path_imgidx"),
    ({"part_index": 3}, ValueError, "part_index must be below num_parts 1, got 3"),
    ({"imglist": None, "path_imglist": "/nowhere.lst"}, FileNotFoundError, "cannot open '/nowhere.lst'"),
    ({"bad": 3}, TypeError, "unexpected keyword argument 'bad'"),
])
def test_what_is_refused_when_made(make, changes, error, text):
    with pytest.raises(error, match=text):
        make(**changes)


def test_what_is_refused_when_read(make, folder):
    with pytest.raises(FileNotFoundError, match=r"cannot open '.*no.png'"):
        make(imglist=[[0.0, "no.png"]]).next()
    with pytest.raises(ValueError, match=r"after the augmenters, got \(3, 6, 8\)"):
        make(aug_list=[]).next()
    with pytest.raises(ValueError, match="label_width=2 got a sample of 1 labels"):
        make(label_width=2).next()
    (folder / "l.lst").write_text("zero 3.0 0.png")
    with pytest.raises(ValueError, match="line 1 of .* expects 'number<tab>label...<tab>path'"):
        make(imglist=None, path_imglist=str(folder / "l.lst"))
    with pytest.raises(ValueError, match="Data shape is wrong"):
        make().check_valid_image([np.float32(3)])
