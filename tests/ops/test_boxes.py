"""Boxes. Numbers of mxnet 1.9.1 (``contrib``) and mindspore 2.8.0 (CPU)."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, nd, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

X = np.array([[0.5, 0.5, 1.0, 1.0], [0.0, 0.0, 0.5, 0.5]])
Y = np.array([[0.25, 0.25, 0.75, 0.75], [0.9, 0.9, 1.2, 1.0]])
ROWS = np.array([[0, 0.5, 0.1, 0.1, 0.2, 0.2], [1, 0.4, 0.1, 0.1, 0.2, 0.2],
                 [0, 0.3, 0.1, 0.1, 0.14, 0.14], [2, 0.6, 0.5, 0.5, 0.7, 0.8]])
GONE = [-1.0] * 6
ANCHOR = np.array([[[.1, .1, .4, .5], [.3, .3, .9, .8], [.6, .1, .95, .4], [.05, .6, .3, .9], [.5, .5, .7, .7]]])
REFS = np.array([[[.12, .1, .45, .5], [.35, .3, .85, .9]]])


def near(found, expected):
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-3, atol=1e-4)


def test_box_iou():
    check_op("box_iou", X, Y, ref=[[1 / 7, 0.01 / 0.27], [1 / 7, 0]], grad=False)
    check_op("box_iou", X[None], Y, attrs={"format": "center"}, grad=False)
    x = nd.array(X)
    x.attach_grad()
    with mx.autograd.record():
        y = nd.contrib.box_iou(x, nd.array(Y))
    y.backward()
    assert not x.grad.asnumpy().any()


@pytest.mark.parametrize(("attrs", "kept"), [
    ({"id_index": 0, "force_suppress": True}, [3, 0]), ({}, [3, 0]), ({"id_index": 0}, [3, 0, 1]),
    ({"overlap_thresh": 0.999}, [3, 0, 2]),
    ({"id_index": 0, "background_id": 2}, [0, 1]), ({"topk": 3, "overlap_thresh": 1.0}, [3, 0, 1]),
    ({"valid_thresh": 0.45}, [3, 0]),
])
def test_box_nms(attrs, kept):
    attrs = {"overlap_thresh": 0.1, **attrs}
    check_op("box_nms", ROWS, attrs=attrs, ref=np.array([*ROWS[kept], *[GONE] * (4 - len(kept))]), symbol="value",
             grad="id_index" not in attrs and (0,), second=False, xla=("float32", "float16"))  # bfloat16 overlaps more
    # The gradient goes back to the rows that were kept.
    x = nd.array(ROWS)
    x.attach_grad()
    head = np.arange(24.0).reshape(4, 6)
    with mx.autograd.record():
        y = nd.contrib.box_nms(x, **attrs)
    y.backward(nd.array(head))
    expected = np.zeros((4, 6))
    expected[kept] = head[: len(kept)]
    near(x.grad, expected)


def test_box_nms_drops_rows_of_class_minus_one():
    """Where classes are read, -1 is the background unless another is."""
    rows = ROWS.copy()
    rows[3, 0] = -1
    near(nd.contrib.box_nms(nd.array(rows), overlap_thresh=0.1, id_index=0).asnumpy()[0], rows[0])
    near(nd.contrib.box_nms(nd.array(rows), overlap_thresh=0.1).asnumpy()[0], rows[3])


def test_box_nms_changes_formats():
    y = nd.contrib.box_nms(nd.array(ROWS), overlap_thresh=0.1, out_format="center").asnumpy()
    near(y[:2, 2:], [[0.6, 0.65, 0.2, 0.3], [0.15, 0.15, 0.1, 0.1]])
    back = nd.contrib.box_nms(nd.array(y[:2]), overlap_thresh=0.1, in_format="center").asnumpy()
    near(back, ROWS[[3, 0]])
    assert nd.contrib.box_non_maximum_suppression(nd.array([[ROWS] * 2] * 3)).shape == (3, 2, 4, 6)


def test_nms_order():
    order, kept = OPERATORS["nms_order"](
        Tensor(ROWS[None]), overlap_thresh=0.1, valid_thresh=0, topk=-1, coord_start=2, score_index=1, id_index=-1,
        background_id=-1, force_suppress=False, in_format="corner")
    assert order.asnumpy()[0, :2].tolist() == [3, 0]
    assert kept.asnumpy().tolist() == [[True, True, False, False]]


def test_bipartite_matching():
    s = np.array([[0.5, 0.6], [0.1, 0.2], [0.3, 0.4]])
    check_op("bipartite_matching", s, attrs={"threshold": 1e-12}, ref=([1, -1, 0], [2, 0]), grad=False)
    check_op("bipartite_matching", np.stack([s, -s]), attrs={"threshold": 0.35}, grad=False,
             ref=([[1, -1, -1], [-1, -1, -1]], [[-1, 0], [-1, -1]]))
    check_op("bipartite_matching", s, attrs={"threshold": 0.35, "is_ascend": True}, grad=False,
             ref=([-1, 0, -1], [1, -1]))
    three = np.array([[0.9, 0.1, 0.2], [0.3, 0.8, 0.1], [0.2, 0.1, 0.7]])
    for topk, rows in ((1, [0, 1, -1]), (2, [0, 1, 2]), (-1, [0, 1, 2])):  # one more than topk, as in mxnet
        found = nd.contrib.bipartite_matching(nd.array(three), threshold=0, topk=topk)
        assert found[0].asnumpy().tolist() == rows


def test_box_encode_and_decode():
    samples, matches = np.array([[1.0, -1, 0, 1, 1]]), np.array([[0.0, 1, 1, 1, 0]])
    means, stds = np.array([.1, .2, .3, .4]), np.array([.1, .1, .2, .2])
    change, mask = nd.contrib.box_encode(*map(nd.array, (samples, matches, ANCHOR, REFS, means, stds)))
    near(change, [[[0.1667, -2.0, -1.0234, -2.0], [0] * 4, [0] * 4, [16.0, -7.0, 1.9657, 1.4657],
                   [-16.75, -17.0, 1.0039, 1.4657]]])
    assert mask.asnumpy()[0, :, 0].tolist() == [1, 0, 0, 1, 1]
    check_op("box_encode", samples, matches, ANCHOR, REFS, means, stds, symbol="value")
    x = np.sin(np.arange(12)).reshape(1, 3, 4)
    attrs = {"std0": .1, "std1": .2, "std2": .3, "std3": .4, "format": "corner", "clip": .2}
    near(nd.contrib.box_decode(nd.array(x), nd.array(ANCHOR[:, :3]), **attrs),
         [[[0.0668, 0.1557, 0.4332, 0.5789], [0.2787, 0.1488, 0.8305, 0.7595], [0.661, 0.1742, 0.9583, 0.3753]]])
    check_op("box_decode", x, ANCHOR[:, :3])


def test_overlap_in_pixels():
    boxes, others = np.array([[0, 0, 3, 3], [1, 1, 4, 5.0]]), np.array([[2, 2, 6, 6], [0, 0, 1, 1], [1, 1, 4, 5.0]])
    near(ops.IOU()(Tensor(boxes), Tensor(others)), [[0.10811, 0.36364], [0.25, 0.04348], [0.33333, 1]])
    near(ops.iou(Tensor(boxes), Tensor(others), "iof"), [[0.16, 0.48], [1, 0.25], [0.45, 1]])
    check_op("pixel_iou", boxes, others)


def test_nms_with_mask():
    boxes = np.array([[100, 100, 50, 68, .63], [150, 75, 165, 115, .55], [12, 190, 288, 200, .9],
                      [28, 130, 106, 172, .3], [20, 180, 280, 200, .8]])
    found, order, mask = ops.NMSWithMask(0.1)(Tensor(boxes.astype(np.float32)))
    near(found, boxes[[2, 4, 0, 1, 3]])
    assert order.asnumpy().tolist() == [0, 1, 2, 3, 4]
    assert mask.asnumpy().tolist() == [True, False, True, True, True]
    check_op("nms_with_mask", boxes, symbol="value", dtypes=())


def test_bounding_boxes():
    anchors, boxes = np.array([[2, 2, 2, 3], [2, 2, 5, 6.0]]), np.array([[1, 2, 1, 4], [1, 2, 4, 4.0]])
    how = {"means": (0.0, 0.1, 0.0, 0.0), "stds": (1.0, 1.0, 2.0, 1.0)}
    near(ops.BoundingBoxEncode(**how)(*(Tensor(a.astype(np.float32)) for a in (anchors, boxes))),
         [[-1, 0.15, 0, 0.40547], [-0.25, -0.3, 0, -0.51083]])
    check_op("bounding_box_encode", anchors, boxes, attrs=how)
    anchors, change = np.array([[4, 1, 6, 2], [20, 30, 50, 60.0]]), np.array([[3, 1, 2, 2], [.1, .2, 1, -2]])
    given = [Tensor(a.astype(np.float32)) for a in (anchors, change)]
    near(ops.BoundingBoxDecode(**how, max_shape=(768, 1280))(*given),
         [[0, 0, 95.39722, 10.58906], [0, 52.7023, 152.13037, 55.8977]])
    boxes = Tensor(np.array([[-5, -5, 40, 40], [0, 0, 3, 3]], np.float32))
    near(ops.BoundingBoxDecode(max_shape=(32, 20))(boxes, Tensor(np.full((2, 4), 0.1, np.float32))),
         [[0, 0, 20, 32], [0.18965805, 0.18965805, 3.610342, 3.610342]])
    check_op("bounding_box_decode", anchors, change, attrs={**how, "max_shape": (768, 1280)})
    check_op("check_valid", np.array([[50, 0, 100, 700], [33, 2, 68, 100.0]]), np.array([576, 900, 1.0]),
             ref=[False, True])


def test_symbols():
    s = mx.sym.contrib.box_nms(mx.sym.var("x"), name="nms")
    assert s.list_outputs() == ["nms_output0"]
    assert '"op": "_contrib_box_nms"' in s.tojson()


@pytest.mark.parametrize(("name", "shapes", "attrs", "error", "text"), [
    ("box_iou", ((2, 4), (2, 4)), {"format": "x"}, ArgumentError, "box_iou: a box format must be 'corner' or"),
    ("box_iou", ((2, 4), (2, 5)), {}, ShapeError, "box_iou expects boxes of four numbers"),
    ("box_nms", ((2, 5),), {}, ShapeError, "box_nms expects data"),
    ("box_nms", ((2, 6),), {"out_format": "x"}, ArgumentError, "box_nms: a box format"),
    ("bipartite_matching", ((2,),), {"threshold": 1}, ShapeError, "bipartite_matching expects scores"),
    ("box_decode", ((1, 2, 4), (1, 2, 4)), {"format": "x"}, ArgumentError, "box_decode: a box format"),
    ("pixel_iou", ((2, 4), (2, 4)), {"mode": "x"}, ArgumentError, "IOU: mode must be"),
    ("pixel_iou", ((2, 4), (2, 5)), {}, ShapeError, "IOU expects gt_boxes"),
    ("nms_with_mask", ((2, 4),), {}, ShapeError, "NMSWithMask expects boxes"),
    ("nms_with_mask", ((2, 5),), {"iou_threshold": 2.0}, ArgumentError, "iou_threshold must be in"),
    ("bounding_box_encode", ((2, 4), (3, 4)), {}, ShapeError, "BoundingBoxEncode expects two arrays"),
    ("bounding_box_encode", ((2, 4), (2, 4)), {"means": (0.0,)}, ArgumentError, "must have 4 numbers each"),
    ("check_valid", ((2, 4), (2,)), {}, ShapeError, "CheckValid expects boxes"),
])
def test_errors(name, shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS[name](*[Tensor(np.zeros(s, np.float32)) for s in shapes], **attrs)
