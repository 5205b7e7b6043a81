import numpy as np
import pytest

from luojia import Tensor, nd, ops
from luojia._src.core.op import OPERATORS
from luojia._src.errors import ArgumentError, ShapeError
from tests.check import check_op

rng = np.random.default_rng(8)
IMAGE = rng.normal(size=(2, 2, 3, 4))
RAMP = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)


@pytest.mark.parametrize("attrs", [
    {"size": (5, 2)}, {"scale": 2, "mode": "nearest-exact"},
    {"size": (4, 6), "mode": "bilinear", "align_corners": True},
    {"scale": (1.5, 1.0), "mode": "bilinear"}, {"size": (2, 3), "mode": "area"},
    {"size": 5, "mode": "bilinear", "half_pixel": False},
])
def test_resize(attrs):
    check_op("resize", IMAGE, attrs=attrs)


def test_transpose_of_resize():
    how = {"mode": "nearest", "align_corners": None, "half_pixel": None, "at_border": False}
    check_op("resized", IMAGE, attrs={"size": (3, 8), **how}, ref=IMAGE.repeat(2, 3))
    check_op("resize_dx", IMAGE, attrs={"size": (3, 2), **how}, ref=IMAGE[..., ::2] + IMAGE[..., 1::2])


def test_values_of_cubic_resizing():
    # Expected numbers of mindspore 2.8.0, whose weights come from a table of 1024 places.
    row, size = Tensor(np.float32([[[[0, 4, 1, -2]]]])), Tensor(np.int32([1, 7]))
    plain = [0, 2.6348936557769775, 3.9914839267730713, 2.296292543411255, -0.12095538526773453, -1.6770254373550415,
             -2.3148176670074463]
    halves = [-0.31686559319496155, 1.3241287469863892, 3.9113786220550537, 2.9375, 0.7725101113319397,
              -1.20758056640625, -2.2376492023468018]
    corners = [0, 0.8813287019729614, 1.9966979026794434, 3.07548451423645, 3.829413414001465, 3.987454891204834,
               3.5010576248168945, 2.6415140628814697, 1.7115769386291504, 1]
    for y, expected in (
        (ops.ResizeBicubic()(row, size), plain), (ops.ResizeBicubic(False, True)(row, size), halves),
        (ops.interpolate(row, size=(1, 7), mode="bicubic", align_corners=False), halves),
        (ops.ResizeBicubic(True)(row[..., :3], (1, 10)), corners),
    ):
        np.testing.assert_allclose(y.asnumpy().ravel(), expected, rtol=1e-5, atol=1e-6)
    weights = Tensor(np.arange(1.0, 11.0, dtype=np.float32))
    slope = ops.grad(lambda x: (ops.ResizeBicubic(True)(x, (1, 10)) * weights).sum())(row[..., :3])
    np.testing.assert_allclose(slope.asnumpy().ravel(), [3.9168665409088135, 27.69568634033203, 23.387447357177734],
                               rtol=1e-6)


def test_values_of_resize():
    # Expected numbers of mxnet 1.9.1 (BilinearResize2D), which torch.nn.functional.interpolate gives too.
    corners = [[0, 0.5, 1, 1.5, 2], [1, 1.5, 2, 2.5, 3], [2, 2.5, 3, 3.5, 4], [3, 3.5, 4, 4.5, 5]]
    halves = [[0, 0.4, 1, 1.6, 2], [0.75, 1.15, 1.75, 2.35, 2.75], [2.25, 2.65, 3.25, 3.85, 4.25], [3, 3.4, 4, 4.6, 5]]
    for align, expected in ((True, corners), (False, halves)):
        y = ops.interpolate(Tensor(RAMP), size=(4, 5), mode="bilinear", align_corners=align)
        np.testing.assert_allclose(y.asnumpy()[0, 0], expected, rtol=1e-6)
        y = OPERATORS["bilinear_resize"](nd.array(RAMP), height=4, width=5, align_corners=align)
        np.testing.assert_allclose(y.asnumpy()[0, 0], expected, rtol=1e-6)
    assert ops.ResizeNearestNeighbor((4, 3))(Tensor(RAMP)).asnumpy()[0, 0, :, 0].tolist() == [0, 0, 3, 3]
    assert ops.interpolate(Tensor(RAMP), scale_factor=2).shape == (1, 1, 4, 6)


def test_bilinear_resize():
    check_op("bilinear_resize", IMAGE, None, attrs={"height": 5, "width": 3})
    check_op("bilinear_resize", IMAGE, None, attrs={"height": 1, "width": 1, "align_corners": False},
             ref=IMAGE[:, :, :1, :1])
    assert OPERATORS["bilinear_resize"](Tensor(IMAGE), height=5, width=3, scale_width=2.0).shape[2:] == (5, 3)
    with pytest.raises(ArgumentError, match="scale_height expects scale_width beside it"):
        OPERATORS["bilinear_resize"](Tensor(IMAGE), scale_height=2.0)
    grid = Tensor(np.zeros((1, 1, 3, 4)))
    shapes = {"to_even_down": (2, 4), "to_even_up": (4, 4), "to_odd_down": (3, 3), "to_odd_up": (3, 5),
              "odd_scale": (5, 6)}
    for mode, shape in shapes.items():
        assert OPERATORS["bilinear_resize"](grid, mode=mode, scale_height=2, scale_width=1.5).shape == (1, 1, *shape)
    check_op("bilinear_resize", IMAGE, None, attrs={"scale_height": 2.0, "scale_width": 1.5}, second=False)
    check_op("bilinear_resize", IMAGE, np.zeros((1, 1, 2, 2)), attrs={"mode": "like"}, grad=(0,), second=False)


def test_up_sampling():
    check_op("up_sampling", IMAGE, attrs={"scale": 2}, ref=IMAGE.repeat(2, 2).repeat(2, 3))
    small = rng.normal(size=(2, 2, 1, 2))
    for mode in ("concat", "sum"):
        check_op("up_sampling", IMAGE, small, attrs={"scale": 2, "multi_input_mode": mode}, second=False)
    w = nd.arange(16).reshape((1, 1, 4, 4))
    check_op("up_sampling", IMAGE, rng.normal(size=(2, 1, 4, 4)), xla=False, symbol=False,
             attrs={"scale": 2, "sample_type": "bilinear", "num_filter": 2})
    y = nd.UpSampling(nd.array(RAMP), w, scale=2, sample_type="bilinear", num_filter=1)
    assert y.asnumpy()[0, 0].tolist() == [  # mxnet 1.9.1
        [0, 4, 5, 14, 17, 12], [3, 14, 22, 34, 46, 30], [15, 46, 54, 82, 94, 58], [27, 62, 69, 80, 89, 50]]


# Numbers of mxnet 1.9.1.
X = np.arange(20, dtype=np.float32).reshape(1, 1, 4, 5) ** 1.5
THETA = np.array([[0.8, 0.1, 0.2, -0.2, 0.9, 0.1]], np.float32)
FLOW = np.sin(np.arange(12, dtype=np.float32)).reshape(1, 2, 2, 3)


def test_spatial_transformer_is_mxnets():
    grid = nd.GridGenerator(nd.array(THETA), transform_type="affine", target_shape=(2, 3))
    np.testing.assert_allclose(grid.asnumpy().ravel(), [-0.7, 0.1, 0.9, -0.5, 0.3, 1.1, -0.6, -0.8, -1, 1.2, 1, 0.8],
                               rtol=1e-5, atol=1e-6)
    y = nd.SpatialTransformer(nd.array(X), nd.array(THETA), target_shape=(2, 3), transform_type="affine",
                              sampler_type="bilinear")
    np.testing.assert_allclose(y.asnumpy().ravel(), [8.2142, 8.1139, 7.4392, 44.8, 73.8576, 58.9507], rtol=1e-4)
    grid = nd.GridGenerator(nd.array(FLOW), transform_type="warp")
    np.testing.assert_allclose(grid.asnumpy().ravel()[:3], [-1, 0.84147, 1.9093], rtol=1e-5)
    y = nd.BilinearSampler(nd.array(X), grid)
    np.testing.assert_allclose(y.asnumpy().ravel(), [0, 49.9092, 0, 0, 20.6528, 3.0234], rtol=1e-4, atol=1e-4)


def test_samplers():
    x, grid = rng.normal(size=(1, 2, 3, 4)), rng.uniform(-0.9, 0.9, (1, 2, 2, 2))
    check_op("bilinear_sampler", x, grid, dtypes=("float32",), tolerance=10)
    check_op("grid_generator", THETA, attrs={"target_shape": (2, 3)})
    check_op("grid_generator", FLOW, attrs={"transform_type": "warp"})
    check_op("spatial_transformer", x, THETA * 0.9, attrs={"target_shape": (2, 3)}, dtypes=("float32",), tolerance=10)


@pytest.mark.parametrize("name, shapes, attrs, error, text", [
    ("resize", ((1, 1, 2, 2),), {"size": 3, "mode": "cubic"}, ArgumentError, "mode must be one of"),
    ("resize", ((1, 1, 2, 2),), {}, ArgumentError, "either a size or a scale"),
    ("resize", ((1, 1, 2, 2),), {"size": (1, 2, 3)}, ShapeError, "expects 2 sizes"),
    ("resize", ((1, 1, 2, 2),), {"scale": 0.1}, ShapeError, "the output would have size"),
    ("bilinear_resize", ((1, 1, 2, 2),), {"mode": "odd_scale"}, ArgumentError, "'odd_scale' expects scale_height"),
    ("bilinear_resize", ((1, 1, 2, 2),), {"mode": "like"}, ArgumentError, "expects a second array"),
    ("up_sampling", ((1, 1, 2, 2),), {"scale": 2, "sample_type": "bilinear"}, ArgumentError, "data and a weight"),
    ("up_sampling", ((1, 1, 2, 2),), {"scale": 2, "sample_type": "cubic"}, ArgumentError, "sample_type must be"),
    ("up_sampling", ((1, 1, 2, 2),), {"scale": 2, "multi_input_mode": "max"}, ArgumentError, "multi_input_mode"),
    ("up_sampling", ((1, 1, 2, 2), (1, 1, 3, 3)), {"scale": 2}, ShapeError, "does not divide"),
    ("bilinear_sampler", ((1, 1, 2, 2), (1, 3, 2, 2)), {}, ShapeError, r"a grid \(N, 2, h, w\)"),
    ("grid_generator", ((1, 5),), {"target_shape": (2, 2)}, ShapeError, r"expects data \(N, 6\)"),
    ("grid_generator", ((1, 5),), {"transform_type": "polar"}, ArgumentError, "transform_type must be"),
    ("grid_generator", ((1, 5),), {"transform_type": "warp"}, ShapeError, "expects a flow"),
    ("spatial_transformer", ((1, 1, 2, 2), (1, 6)), {"sampler_type": "nearest"}, ArgumentError, "sampler_type"),
])
def test_errors(name, shapes, attrs, error, text):
    with pytest.raises(error, match=text):
        OPERATORS[name](*[Tensor(np.zeros(s, np.float32)) for s in shapes], **attrs)


@pytest.mark.numpy_engine  # XLA makes a choice of the product with 0
def test_places_that_are_not_numbers():
    """mxnet 1.9.1: NaN."""
    grid = np.zeros((1, 2, 1, 2), np.float32)
    grid[0, 0, 0, 1] = np.nan
    found = nd.BilinearSampler(nd.ones((1, 1, 3, 3)), nd.array(grid)).asnumpy()
    np.testing.assert_array_equal(found, [[[[1, np.nan]]]])
