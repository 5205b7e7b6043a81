"""Regions of interest. Numbers of mxnet 1.9.1 and mindspore 2.8.0."""

import numpy as np
import pytest

from luojia import Tensor, nd, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, NotSupportedError, ShapeError
from luojia._src.ops import roi
from tests.check import check_op

X = np.cos(np.arange(40)).reshape(1, 2, 4, 5)
ROIS = np.array([[0, 0, 0, 2, 3], [0, -3, 1.5, 9, 4]])
POOL = {"pooled_size": (2, 3), "spatial_scale": 0.5}


def near(found, expected):
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-3, atol=1e-4)


def test_roi_pooling():
    check_op("roi_pooling", X, ROIS, attrs=POOL, grad=(0,), symbol="value")
    near(nd.ROIPooling(nd.array(X), nd.array(ROIS), **POOL),
         [[[[1, 1, 0.9602], [0.2837, 0.9602, 0.9602]], [[0.9912, 0.9912, 0.6469], [0.9912, 0.9912, 0.9147]]],
          [[[0.2837, 0.9602, -0.1455], [-0.8391, 0.9074, 0.9074]],
           [[0.9912, 0.9912, -0.7481], [0.1543, 0.9147, -0.0133]]]])
    empty = nd.ROIPooling(nd.array(X), nd.array([[0, 14, 14, 18, 18]]), **POOL)
    assert not empty.asnumpy().any()


def test_roi_places_by_masks(monkeypatch):
    """The way without loops over values finds the same places."""
    rois = np.concatenate([ROIS, [[0, 14, 14, 18, 18], [0, 1, 2, 6, 4]]])
    searched = OPERATORS["roi_places"](Tensor(X), Tensor(rois), **POOL).asnumpy()
    monkeypatch.setattr(roi, "_search", roi._mask)
    assert (OPERATORS["roi_places"](Tensor(X), Tensor(rois), **POOL).asnumpy() == searched).all()
    assert (searched[2] == -1).all()


ALIGN = {"pooled_size": (2, 1), "spatial_scale": 0.5}


@pytest.mark.parametrize(("attrs", "expected"), [
    ({}, [0.7146, 0.492, 0.2635, 0.7835, 0.1936, 0.0883, 0.1103, 0.1696]),
    ({"sample_ratio": 2, "aligned": True}, [0.9246, 0.5836, 0.3092, 0.7008, 0.2303, 0.2422, 0.0239, 0.2007]),
    ({"sample_ratio": 1, "position_sensitive": True}, [0.7146, 0.7835, 0.83, 0.6566]),
])
def test_roi_align(attrs, expected):
    attrs = {**ALIGN, **attrs}
    near(nd.contrib.ROIAlign(nd.array(X), nd.array(ROIS), **attrs).asnumpy().ravel(), expected)
    xla = True if "sample_ratio" in attrs else "eager"  # else the number of samples depends on the regions
    check_op("roi_align", X, ROIS, attrs=attrs, grad=(0,), symbol="value", xla=xla)


def test_roi_align_of_no_image():
    rois = np.array([[-1, 0, 0, 2, 3.0]])
    assert not nd.contrib.ROIAlign(nd.array(X), nd.array(rois), **ALIGN).asnumpy().any()


def test_roi_align_of_mindspore():
    x = np.random.RandomState(0).randn(2, 2, 6, 7)
    rois = np.array([[0, 0, 0, 4, 4], [1, 1, 2, 5, 3.5]])
    y = ops.ROIAlign(2, 3, 0.8, 2, 0)(*(Tensor(a.astype(np.float32)) for a in (x, rois))).asnumpy()
    near(y.ravel()[:6], [0.27409, 0.45023, 0.72192, 0.53748, 0.57814, 0.72307])
    y = ops.ROIAlign(2, 3, 0.8, 2, 1)(*(Tensor(a.astype(np.float32)) for a in (x, rois))).asnumpy()
    near(y.ravel()[:6], [0.24667, 0.6678, 0.8114, 0.86231, 0.37097, 0.49513])
    check_op("roi_align_pixels", x[:, :1], rois, grad=(0,), second=False, symbol="value",
             attrs={"pooled_height": 2, "pooled_width": 3, "spatial_scale": 0.8})


def test_crop_and_resize():
    x = np.arange(24.0).reshape(1, 3, 4, 2)
    boxes, image = np.array([[0, 0, 1, 1], [.1, .2, .8, .5]]), np.array([0, 0])
    for method in ("bilinear", "nearest"):
        check_op("crop_and_resize", x, boxes, image, attrs={"crop_size": (3, 2), "method": method}, grad=(0,),
                 second=False, symbol="value")
    y = ops.crop_and_resize(Tensor(x), Tensor(boxes.astype(np.float32)), Tensor(image.astype(np.int32)), (3, 4))
    near(y.asnumpy()[0], x[0])
    first = Tensor(np.zeros(1, np.int32))
    outside = ops.CropAndResize("nearest", -1.0)(Tensor(x), Tensor([[-1.0, 0, 0, 1]]), first, (2, 2))
    near(outside.asnumpy()[0, :, :, 0], [[-1, -1], [0, 6]])


@pytest.mark.parametrize(("name", "shapes", "attrs", "error", "text"), [
    ("roi_pooling", ((1, 2, 3), (1, 5)), POOL, ShapeError, "ROIPooling expects data"),
    ("roi_pooling", ((1, 2, 3, 3), (1, 4)), POOL, ShapeError, "ROIPooling expects rois"),
    ("roi_align", ((1, 2, 3, 3), (1, 5)), {**ALIGN, "pooled_size": (0, 1)}, ArgumentError, "must be a positive"),
    ("roi_align", ((1, 3, 3, 3), (1, 5)), {**ALIGN, "position_sensitive": True}, ShapeError, "a multiple of 2 chann"),
    ("roi_align_pixels", ((1, 3, 3, 3), (1, 5)),
     {"pooled_height": 1, "pooled_width": 1, "spatial_scale": 1, "roi_end_mode": 2}, ArgumentError, "roi_end_mode"),
    ("crop_and_resize", ((1, 3, 3, 2), (1, 4), (1,)), {"crop_size": (2, 2), "method": "bilinear_v2"},
     NotSupportedError, "method 'bilinear_v2' is not supported"),
    ("crop_and_resize", ((1, 3, 3, 2), (1, 5), (1,)), {"crop_size": (2, 2)}, ShapeError, "CropAndResize expects"),
])
def test_errors(name, shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS[name](*[Tensor(np.zeros(s, np.float32)) for s in shapes], **attrs)
