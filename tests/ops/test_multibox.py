"""The operators of SSD. Numbers of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import Tensor, nd
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

ANCHOR = np.array([[[.1, .1, .4, .5], [.3, .3, .9, .8], [.6, .1, .95, .4], [.05, .6, .3, .9], [.5, .5, .7, .7]]])
LABEL = np.array([[[1, .12, .1, .45, .5], [0, .35, .3, .85, .9], [-1] * 5], [[2, .6, .1, .9, .45], [-1] * 5, [-1] * 5]])
PRED = np.cos(np.arange(30)).reshape(2, 3, 5)
PROB = np.exp(PRED) / np.exp(PRED).sum(1, keepdims=True)
LOC = np.sin(np.arange(40)).reshape(2, 20)


def near(found, expected):
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-3, atol=1e-4)


def test_multibox_prior():
    near(nd.contrib.MultiBoxPrior(nd.zeros((1, 1, 1, 2)), sizes=(.5, .25), ratios=(1, 4), clip=True),
         [[[0.125, 0.25, 0.375, 0.75], [0.1875, 0.375, 0.3125, 0.625], [0, 0.375, 0.5, 0.625],
           [0.625, 0.25, 0.875, 0.75], [0.6875, 0.375, 0.8125, 0.625], [0.5, 0.375, 1, 0.625]]])
    near(nd.contrib.MultiBoxPrior(nd.zeros((1, 1, 2, 1)), sizes=.5, steps=(.3, .2), offsets=(.1, .9)),
         [[[-0.32, -0.22, 0.68, 0.28], [-0.32, 0.08, 0.68, 0.58]]])
    check_op("multibox_prior", np.zeros((1, 2, 2, 3)), attrs={"sizes": (.3, .5), "ratios": (1, 2, .5)})


def test_multibox_target():
    change, mask, classes = nd.contrib.MultiBoxTarget(nd.array(ANCHOR), nd.array(LABEL), nd.array(PRED))
    zeros = [0] * 12
    near(change, [[1.1667, 0, 0.4766, 0, 0, 1, -0.9116, 0.9116, *zeros],
                  [*[0] * 8, -0.7143, 0.8333, -0.7708, 0.7708, *[0] * 8]])
    near(mask, [[*[1] * 8, *zeros], [*[0] * 8, *[1] * 4, *[0] * 8]])
    near(classes, [[2, 1, 0, 0, 0], [0, 0, 3, 0, 0]])
    mined = {"overlap_threshold": .2, "negative_mining_ratio": 1.0, "negative_mining_thresh": .3}
    classes = nd.contrib.MultiBoxTarget(nd.array(ANCHOR), nd.array(LABEL), nd.array(PRED), **mined)[2]
    near(classes, [[2, 1, 0, 0, -1], [0, -1, 3, -1, -1]])
    nothing = nd.contrib.MultiBoxTarget(nd.array(ANCHOR), nd.array(LABEL * 0 - 1), nd.array(PRED), ignore_label=-3)
    assert (nothing[2].asnumpy() == -3).all()
    assert not nothing[1].asnumpy().any()
    check_op("multibox_target", ANCHOR, LABEL, PRED, symbol="value", dtypes=("float32",))


def test_multibox_detection():
    given = [nd.array(a) for a in (PROB, LOC, ANCHOR)]
    near(nd.contrib.MultiBoxDetection(*given, nms_threshold=.1, threshold=.3),
         [[[1, 0.6672, 0.0092, 0.5918, 0.314, 0.9334], [1, 0.5542, 0.5082, 0.4777, 0.6803, 0.6838],
           [0, 0.4898, 0.2709, 0.2169, 0.8383, 0.7872], [1, 0.455, 0.6527, 0.1396, 0.9666, 0.3852], [-1] * 6],
          [[1, 0.665, 0.1962, 0.2407, 0.8951, 0.8461], [-1, 0.5774, 0.1277, 0.1646, 0.4271, 0.5023],
           [1, 0.3984, 0.6409, 0.0917, 0.9281, 0.3684], [0, 0.3259, 0.4741, 0.4659, 0.6863, 0.7084], [-1] * 6]])
    unsifted = nd.contrib.MultiBoxDetection(*given, nms_threshold=0, clip=False).asnumpy()
    near(unsifted[0, :2], [[0, 0.2965, 0.0701, 0.1279, 0.4299, 0.5394], [0, 0.4898, 0.2709, 0.2169, 0.8383, 0.7872]])
    few = nd.contrib.MultiBoxDetection(*given, nms_topk=2, force_suppress=True).asnumpy()
    assert (few[:, 2:, 0] == -1).all()
    near(few[..., 1], [[0.6672, 0.5542, 0.455, 0.6672, 0.5542], [0.665, 0.5774, 0.3984, 0.2021, 0.3259]])
    check_op("multibox_detection", PROB, LOC, ANCHOR, symbol="value", dtypes=("float32",))


def test_anchors_that_overlap_alike_are_told_apart_by_the_last_bit():
    anchors = mx.nd.contrib.MultiBoxPrior(mx.nd.zeros((1, 3, 8, 8)), sizes=[0.2, 0.272], ratios=[1, 2, 0.5])
    labels = mx.nd.array([[[0, 0.1, 0.1, 0.6, 0.7]], [[0, 0.3, 0.2, 0.9, 0.8]]])
    classes = mx.nd.contrib.MultiBoxTarget(anchors, labels, mx.nd.zeros((2, 2, 256)))[2].asnumpy()
    assert classes.nonzero()[1].tolist() == [109, 117]


def test_symbols():
    s = mx.sym.contrib.MultiBoxTarget(*map(mx.sym.var, "alp"), name="t")
    assert s.list_outputs() == ["t_loc_target", "t_loc_mask", "t_cls_target"]
    assert s.infer_shape(a=(1, 5, 4), l=(2, 3, 5), p=(2, 3, 5))[1] == [(2, 20), (2, 20), (2, 5)]


@pytest.mark.parametrize(("name", "shapes", "attrs", "error", "text"), [
    ("multibox_prior", ((1, 2, 3),), {}, ShapeError, "MultiBoxPrior expects data"),
    ("multibox_prior", ((1, 1, 2, 3),), {"sizes": ()}, ArgumentError, "at least one size"),
    ("multibox_target", ((2, 5, 4), (2, 3, 5), (2, 3, 5)), {}, ShapeError, "MultiBoxTarget expects anchors"),
    ("multibox_target", ((1, 5, 4), (2, 3, 4), (2, 3, 5)), {}, ShapeError, "MultiBoxTarget expects labels"),
    ("multibox_target", ((1, 5, 4), (2, 3, 5), (2, 3, 6)), {}, ShapeError, "for 2 images and 5 anchors"),
    ("multibox_detection", ((2, 3, 5), (2, 20), (1, 6, 4)), {}, ShapeError, "MultiBoxDetection expects"),
])
def test_errors(name, shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS[name](*[Tensor(np.zeros(s, np.float32)) for s in shapes], **attrs)
