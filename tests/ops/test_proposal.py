"""Region proposals and turned regions: numbers of mxnet 1.9.1."""

import numpy as np
import pytest

import luojia as mx
from luojia import nd
from luojia._src.ops.proposal import anchors
from tests.check import check_op

SIZES = {"rpn_pre_nms_top_n": 50, "rpn_post_nms_top_n": 8, "threshold": 0.5, "rpn_min_size": 8, "scales": (1, 2),
         "ratios": (0.5, 1, 2), "feature_stride": 16}


@pytest.fixture(scope="module")
def network():
    r = np.random.RandomState(5)
    scores, deltas = r.rand(1, 12, 4, 5), r.randn(1, 24, 4, 5) * 0.3
    return nd.array(scores), nd.array(deltas), r


def propose(network, info=(64, 80, 1), **options):
    regions, scores = nd.contrib.Proposal(*network[:2], nd.array([info]), output_score=True, **{**SIZES, **options})
    return regions.asnumpy(), scores.asnumpy().ravel()


def test_anchors():
    assert anchors(16, (8,), (0.5, 1, 2)).tolist() == [[-84, -40, 99, 55], [-56, -56, 71, 71], [-36, -80, 51, 95]]


def test_proposals(network):
    regions, scores = propose(network)
    np.testing.assert_allclose(regions[:3], [[0, 1.194, 12.522, 41.986, 48.248], [0, 22.17, 34.748, 36.491, 47.815],
                                             [0, 0, 10.239, 21.235, 28.807]], atol=2e-3)
    np.testing.assert_allclose(scores, [0.997, 0.994, 0.987, 0.974, 0.965, 0.961, 0.93, 0.91], atol=1e-3)
    assert nd.contrib.Proposal(*network[:2], nd.array([[64, 80, 1]]), **SIZES).shape == (8, 5)


def test_fewer_proposals_come_again(network):
    regions, scores = propose(network, threshold=0.05, rpn_post_nms_top_n=20)
    np.testing.assert_array_equal(regions[9:18], regions[:9])
    assert propose(network, rpn_pre_nms_top_n=5)[0][5].tolist() == propose(network)[0][0].tolist()
    assert (propose(network, rpn_pre_nms_top_n=-1)[0] == propose(network)[0]).all()


def test_small_and_outer_regions_come_last(network):
    regions, scores = propose(network, rpn_min_size=40)
    np.testing.assert_allclose(regions[0], [0, -13.106, -12.56, 44.971, 34.112], atol=2e-3)
    assert (scores == -1).all()
    assert propose(network, info=(64, 80, 2))[1][-1] == pytest.approx(0.812, abs=1e-3)
    regions, scores = propose(network, info=(40, 50, 1))
    assert regions[:, 3].max() == 49 and scores[-1] == pytest.approx(0.775, abs=1e-3)


def test_proposals_by_corners(network):
    regions, scores = propose(network, iou_loss=True)
    np.testing.assert_allclose(regions[0], [0, 7.94, 8.215, 39.267, 39.138], atol=2e-3)
    assert scores[2] == pytest.approx(0.988, abs=1e-3)


def test_proposals_of_several_images(network):
    scores, deltas = (nd.concat(a, a * f, dim=0) for a, f in zip(network[:2], (1, 2)))
    regions, found = nd.contrib.MultiProposal(scores, deltas, nd.array([[64, 80, 1], [60, 70, 1.5]]),
                                              output_score=True, **SIZES)
    one, its = propose(network)
    np.testing.assert_array_equal(regions.asnumpy()[:8], one)
    np.testing.assert_array_equal(found.asnumpy()[:8].ravel(), its)
    other = regions.asnumpy()[8:]
    assert (other[:, 0] == 1).all() and other[:, 3].max() <= 69 and other[:, 4].max() <= 59


def test_operators(network):
    given = network[0].asnumpy()[:, :, :2, :2], network[1].asnumpy()[:, :, :2, :2], np.array([[64.0, 80, 1]])
    check_op("proposal", *given, grad=False, dtypes=("float32",), xla="eager", symbol="value",
             attrs={"before": 8, "after": 4, "scales": (1, 2), "output_score": True, "least": 8})
    x = np.cos(np.arange(2 * 3 * 4 * 5)).reshape(2, 3, 4, 5)
    rois = np.array([[0, 40, 30, 50, 30, 30.0], [1, 60, 40, 30, 20, -45]])
    for ratio, xla in ((2, True), (-1, False)):
        check_op("rotated_roi_align", x, rois, grad=(0,), symbol="value", dtypes=("float32",), xla=xla,
                 attrs={"pooled_size": (2, 3), "spatial_scale": 1 / 16, "sampling_ratio": ratio})


def test_turned_regions():
    r = np.random.RandomState(0)
    r.randn(2, 4, 5, 6), r.randn(6, 2, 3, 3), r.randn(6)
    x = nd.array(r.randn(2, 18, 7, 8))
    rois = nd.array([[0, 40, 30, 50, 30, 30.0], [1, 60, 60, 30, 20, -45.0], [0, 20, 20, 40, 40, 0.0]])
    for ratio, first, total in ((2, [-0.2329, 0.2663, -0.0263], 145.823), (-1, [-0.2472, 0.3126, 0.0279], 156.871)):
        found = nd.contrib.RROIAlign(x, rois, pooled_size=(2, 3), spatial_scale=1 / 16, sampling_ratio=ratio).asnumpy()
        np.testing.assert_allclose(found.ravel()[:3], first, atol=1e-4)
        np.testing.assert_allclose(np.abs(found).sum(), total, rtol=1e-5)


def test_in_graphs():
    given = [mx.sym.var(n) for n in "abc"]
    net = mx.sym.contrib.Proposal(*given, output_score=True, name="p")
    assert net.list_outputs() == ["p_output", "p_score"]
    assert net.infer_shape(a=(1, 24, 5, 6), b=(1, 48, 5, 6), c=(1, 3))[1] == [(300, 5), (300, 1)]
    assert mx.sym.contrib.MultiProposal(*given, name="p").list_outputs() == ["p_output"]


@pytest.mark.parametrize(("shapes", "op", "message"), [
    (((1, 10, 2, 2), (1, 24, 2, 2), (1, 3)), "Proposal", r"expects cls_prob \(N, 12, H, W\)"),
    (((1, 12, 2, 2), (1, 24, 2, 2), (3,)), "Proposal", r"expects im_info \(1, 3\)"),
    (((2, 12, 2, 2), (2, 24, 2, 2), (2, 3)), "Proposal", "several images, got 2; use MultiProposal"),
])
def test_networks_that_do_not_fit(shapes, op, message):
    with pytest.raises(mx.MXNetError, match=message):
        getattr(nd.contrib, op)(*[nd.zeros(s) for s in shapes], **SIZES)


@pytest.mark.parametrize(("rois", "size", "message"), [
    ((1, 5), 2, r"expects data \(N, C, H, W\) and rois \(R, 6\)"), ((1, 6), (2, 0), "pooled_size must be a positive"),
])
def test_turned_regions_that_do_not_fit(rois, size, message):
    with pytest.raises(mx.MXNetError, match=message):
        nd.contrib.RROIAlign(nd.zeros((1, 2, 3, 3)), nd.zeros(rois), pooled_size=size, spatial_scale=1.0)
