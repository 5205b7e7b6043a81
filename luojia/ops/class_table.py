"""The class forms of functions, a row each: name, attributes at construction, what a call with Tensors computes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .._src.core.dtypes import float32, int32, int64, to_np
from .._src.core.op import OPERATORS as OP
from .._src.core.random import next_key
from .._src.errors import ArgumentError, ShapeError
from .._src.ops import Tensor
from .._src.ops.composed import (
    arrange,
    colour,
    draws,
    elementwise,
    glimpses,
    groups,
    inplace,
    linear,
    losses,
    pooling,
    reduce,
)
from . import composed
from .forms import attributes_of as of
from .forms import class_form


def _ints(value: Any) -> Any:
    """A Tensor of whole numbers as a number or a tuple of them."""
    if not isinstance(value, Tensor):
        return value
    found = value.tolist()
    return tuple(found) if isinstance(found, list) else found


def _plain(function: Callable) -> tuple[dict, Callable, str | None]:
    """A class without attributes."""
    return {}, lambda self, *xs: function(*xs), function.__doc__


def _resized(mode: str, corners: str | None = "align_corners", half: bool = True) -> Callable:
    def call(self: Any, x: Tensor, size: Any) -> Tensor:
        size = _ints(size)
        return OP["resize"](x, size=tuple(size) if isinstance(size, (tuple, list)) else size, mode=mode,
                            align_corners=self.attrs.get("align_corners", False),
                            half_pixel=self.attrs.get("half_pixel_centers", half))

    return call


def _resize_linear(self: Any, x: Tensor, size: Any) -> Tensor:
    align = self.coordinate_transformation_mode == "align_corners"
    return OP["resize"](x, size=_ints(size), mode="linear", align_corners=align, half_pixel=not align)


def _volume(mode: str) -> Callable:
    def call(self: Any, x: Tensor, output_size: Any = None, scales: Any = None) -> Tensor:
        return OP["resize"](x, size=None if output_size is None else tuple(output_size), mode=mode,
                            scale=None if scales is None else tuple(scales),
                            align_corners=self.attrs.get("align_corners", False))

    return call


def _pad(self: Any, x: Tensor, paddings: Any, constant_values: Any = 0) -> Tensor:
    flat = list(_ints(paddings))
    pairs = list(zip(flat[::2], flat[1::2])) if self.paddings_contiguous else list(
        zip(flat[: len(flat) // 2], flat[len(flat) // 2:]))
    pairs = pairs[::-1]  # the first pair is that of the last axis
    width = ((0, 0),) * (x.ndim - len(pairs)) + tuple(pairs)
    value = constant_values.item() if isinstance(constant_values, Tensor) else constant_values
    return OP["pad"](x, pad_width=width, mode={"circular": "wrap"}.get(self.mode, self.mode), constant_values=value)


def _cumulative(self: Any, x: Tensor, axis: Any) -> Tensor:
    at = _ints(axis)
    if not isinstance(at, int) or not -x.ndim <= at < x.ndim:
        raise ArgumentError(f"For 'CumulativeLogsumexp', axis must be one number of [{-x.ndim}, {x.ndim}), got {at}.")
    at %= x.ndim
    x = OP["flip"](x, axis=at) if self.reverse else x
    out = reduce.logcumsumexp(x, at)
    if self.exclusive:
        lead = (slice(None),) * at
        none = OP["filled_like"](x[(*lead, slice(0, 1))], value=float(np.finfo(x.np_dtype).min))
        out = OP["concatenate"](none, out[(*lead, slice(0, -1))], axis=at)
    return OP["flip"](out, axis=at) if self.reverse else out


def _permuted(self: Any, x: Tensor) -> Tensor:
    if x.shape not in ((4,), (4, 2)):
        raise ShapeError(f"For 'DataFormatVecPermute', the shape of x must be (4,) or (4, 2), got {x.shape}.")
    return x[np.array([self.src_format.index(c) for c in self.dst_format])]


def _mapped(self: Any, x: Tensor) -> Tensor:
    return Tensor(np.array([self.src_format.index(c) for c in self.dst_format], x.np_dtype)[x.asnumpy() % 4])


def _diagonal(self: Any, x: Tensor) -> Tensor:
    half = x.shape[:x.ndim // 2]
    if not half or x.shape != half * 2:
        raise ShapeError(f"For 'DiagPart', the axes of x must be some and again the same, got shape {x.shape}.")
    n = math.prod(half)
    return OP["reshape"](OP["diagonal"](OP["reshape"](x, shape=(n, n))), shape=half)


def _conjugate_transpose(self: Any, x: Tensor, perm: Any) -> Tensor:
    permuted = OP["transpose"](x, axes=tuple(_ints(perm)))
    return OP["conj"](permuted) if x.np_dtype.kind == "c" else permuted


def _max_pool(self: Any, x: Tensor) -> Any:
    how = self.attrs
    kernel = how.get("kernel_size", how.get("ksize"))
    if (2 * np.asarray(how["pads"]) > np.asarray(kernel)).any():
        raise ArgumentError(f"For '{self.name}', 'pads' must be at most half of the kernel {kernel}, but got "
                            f"{how['pads']}.")
    return OP["pooling"](x, kernel=kernel, stride=how["strides"] or kernel, pad=how["pads"], dilation=how["dilation"],
                         ceil_mode=how["ceil_mode"], return_indices=True, index_dtype=to_np(how["argmax_type"]).name)


def _unpool(axes: int) -> Callable:
    def call(self: Any, x: Tensor, argmax: Tensor) -> Tensor:
        size = self.output_shape[2:] if self.output_shape else None
        return getattr(pooling, f"max_unpool{axes}d")(x, argmax, self.ksize, self.strides or None, self.pads, size)

    return call


def _fractional(axes: int) -> Callable:
    def call(self: Any, x: Tensor, random_samples: Tensor) -> Any:
        return getattr(pooling, f"fractional_max_pool{axes}d")(x, self.ksize, self.output_shape, None, True,
                                                               random_samples)

    return call


def _normal_like(self: Any, x: Tensor) -> Tensor:
    return draws.log_normal(x, self.mean, self.std)


def _cauchy(self: Any) -> Tensor:
    return draws.cauchy(Tensor(np.zeros(tuple(self.size), np.float32)), self.median, self.sigma)


def _sparse_cross_entropy(self: Any, logits: Tensor, labels: Tensor) -> Tensor:
    if not self.is_grad:
        return OP["sparse_softmax_cross_entropy"](logits, labels, reduction="mean")
    chosen = OP["label_rows"](labels, classes=logits.shape[-1], dtype=logits.np_dtype.name)
    return (OP["softmax"](logits, axis=-1) - chosen) / labels.size


def _any_integers(self: Any, shape: Any) -> Tensor:
    dtype, bits = to_np(self.dtype), []
    for low in (-2**31, 0)[: dtype.itemsize // 4]:  # the upper 32 bits, and the lower ones if there are so many
        bits.append(OP["random_randint"](next_key(), low=low, high=low + 2**32, shape=tuple(_ints(shape)),
                                         dtype=dtype.name))
    return bits[0] * 2**32 + bits[1] if len(bits) > 1 else bits[0]


def _permutation(self: Any, n: Any) -> Tensor:
    count = n.item() if isinstance(n, Tensor) else n
    if count < 1:
        raise ArgumentError(f"For '{self.name}', 'n' must be greater than 0, but got {count}.")
    shuffled = OP["random_shuffle"](next_key(), Tensor(np.arange(count).astype(to_np(self.dtype))))
    rest = self.attrs.get("max_length", count) - count
    return shuffled if rest <= 0 else OP["pad"](shuffled, pad_width=((0, rest),), constant_values=self.pad)


def _runs(self: Any, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    found, places, counts = reduce.unique_consecutive(x, True, True, self.dim)
    none = Tensor(0, int64)  # MindSpore 2.8 leaves it as memory was
    return found, places if self.return_inverse else none, counts if self.return_counts else none


_POOL = {"dilation": 1, "ceil_mode": False}
_ROWS: tuple[Any, ...] = (
    # elements
    ("Eps", *_plain(elementwise.eps)),
    ("PopulationCount", *_plain(elementwise.population_count)), ("CheckNumerics", *_plain(groups.check_numbers)),
    ("Gelu", {}, lambda self, x: OP["gelu"](x, approximate="tanh"), "x times the normal distribution function of x."),
    ("FastGelu", {}, lambda self, x: OP["fast_gelu"](x), "An approximation of GELU by a sigmoid."),
    ("LerpScalar", {}, lambda self, x, y, weight: x + weight * (y - x), "x + weight (y - x)."),
    ("FloatStatus", {}, lambda self, x: OP["cast"](OP["reshape"](OP["any"](OP["logical_not"](OP["isfinite"](x))),
                                                                 shape=(1,)), dtype="float32"),
     "1 if the Tensor holds nan or inf, else 0."),
    ("Logit", *of(elementwise.logit, eps=None)), ("Fmax", *_plain(elementwise.fmax)),
    ("Fmin", *_plain(elementwise.fmin)),
    # matrices
    ("Cross", *of(linear.cross, dim=None)), ("MatrixPower", *of(linear.matrix_power, n=...)),
    ("Svd", {"full_matrices": False, "compute_uv": True}, lambda self, x: _svd(self, x), linear.svd.__doc__),
    ("Qr", {"full_matrices": False}, lambda self, x: linear.qr(x, "complete" if self.full_matrices else "reduced"),
     linear.qr.__doc__),
    ("CholeskyInverse", *of(linear.cholesky_inverse, upper=False)),
    ("CholeskySolve", *of(linear.cholesky_solve, upper=False)), ("Geqrf", *_plain(linear.geqrf)),
    ("Orgqr", *_plain(linear.orgqr)), ("Ormqr", *of(linear.ormqr, left=True, transpose=False)),
    ("Lstsq", {"fast": True, "l2_regularizer": 0.0}, lambda self, matrix, rhs: linear.lstsq(matrix, rhs),
     linear.lstsq.__doc__),
    ("MatrixSolveLs", {"fast": True}, lambda self, matrix, rhs, l2: _ridge(matrix, rhs, l2 if self.fast else 0),
     "The x of least |A x - b|^2 + l2 |x|^2, l2 being 0 unless ``fast``."),
    ("MatrixInverse", {"adjoint": False}, lambda self, x: OP["inverse"](linear.adjoint(x) if self.adjoint else x),
     "The inverse of each matrix, of its conjugate transpose if ``adjoint``."),
    ("MatrixSolve", {"adjoint": False}, lambda self, matrix, rhs: OP["solve"](
        linear.adjoint(matrix) if self.adjoint else matrix, rhs), "The x with A x = b; with A^H x = b if ``adjoint``."),
    ("LpNorm", {"axis": ..., "p": 2, "keep_dims": False, "epsilon": 1e-12}, lambda self, x: reduce.lp_norm(
        x, self.axis, self.p, self.keep_dims, self.epsilon), reduce.lp_norm.__doc__),
    ("LuSolve", *_plain(linear.lu_solve)), ("LuUnpack", *of(linear.lu_unpack, unpack_data=True, unpack_pivots=True)),
    ("MatrixTriangularSolve", {"lower": True, "adjoint": False}, lambda self, matrix, rhs: OP["trsm"](
        OP["conj"](matrix) if self.adjoint else matrix, rhs, lower=self.lower, transpose=self.adjoint),
     "The x with A x = b for the triangular A, or with A^H x = b if ``adjoint``."),
    ("NuclearNorm", {"dim": None, "keepdim": False}, lambda self, x: linear.matrix_norm(
        x, "nuc", (-2, -1) if self.dim is None else tuple(self.dim), self.keepdim), "The sum of the singular values."),
    ("EuclideanNorm", {"keep_dims": False}, lambda self, x, axes: linear.vector_norm(
        x, 2, _ints(axes), self.keep_dims), "The square root of the sum of squares over axes."),
    ("Pdist", *of(linear.pdist, p=2.0)),
    ("Renorm", {"p": ..., "dim": ..., "maxnorm": ...}, lambda self, x: linear.renorm(x, self.p, self.dim, self.maxnorm),
     linear.renorm.__doc__),
    ("Dense", {}, lambda self, x, w, b=None: OP["dense"](x, w, b), "x W^T + b."),
    ("TridiagonalMatMul", *_plain(groups.tridiagonal_matmul)),
    ("Diag", *_plain(arrange.diag)),
    ("MatrixBandPart", *_plain(arrange.matrix_band_part)), ("DiagPart", {}, _diagonal,
                                                            "x[i, j, ..., i, j, ...], of shape (D1, ..., Dk), for x "
                                                            "(D1, ..., Dk, D1, ..., Dk)."),
    ("MatrixDiagV3", {"align": "RIGHT_LEFT"}, lambda self, x, k, num_rows, num_cols, padding_value: arrange.matrix_diag(
        x, k, num_rows, num_cols, padding_value, self.align), arrange.matrix_diag.__doc__),
    ("MatrixDiagPartV3", {"align": "RIGHT_LEFT"}, lambda self, x, k, padding_value: arrange.matrix_diag_part(
        x, k, padding_value, self.align), arrange.matrix_diag_part.__doc__),
    ("MatrixSetDiagV3", {"align": "RIGHT_LEFT"}, lambda self, x, diagonal, k: arrange.matrix_set_diag(
        x, diagonal, k, self.align), arrange.matrix_set_diag.__doc__),
    # shapes and places
    ("TensorShape", *_plain(arrange.dyn_shape)), ("DynamicShape", {"dtype": 9}, lambda self, x: arrange.dyn_shape(x),
                                                  arrange.dyn_shape.__doc__),
    ("Expand", {}, lambda self, x, shape: OP["broadcast_to"](x, shape=tuple(_ints(shape))), "x broadcast to a shape."),
    ("ConjugateTranspose", {}, _conjugate_transpose, "x with its axes permuted, conjugated."),
    ("TransposeView", {}, lambda self, x, perm: OP["transpose"](x, axes=tuple(_ints(perm))), "x, its axes permuted."),
    ("TransposeExtView", {}, lambda self, x, dim0, dim1: OP["swapaxes"](x, axis1=dim0, axis2=dim1),
     "x with two axes exchanged."),
    ("SelectView", {}, lambda self, x, index, axis: OP["take"](x, Tensor(index), axis=axis), "A slice along an axis."),
    ("IdentityN", {}, lambda self, xs: tuple([OP["identity"](x) for x in xs]), "The Tensors themselves."),
    ("TensorToTuple", {}, lambda self, x: tuple(x.tolist()), "The elements of a vector as a tuple."),
    ("ParallelConcat", {}, lambda self, xs: OP["concatenate"](*xs, axis=0), "Tensors joined along the first axis."),
    ("GatherV2", {}, lambda self, x, i, axis: OP["take"](x, i, axis=_ints(axis)), "Slices of x along an axis."),
    ("SparseGatherV2", {}, lambda self, x, i, axis: OP["take"](x, i, axis=_ints(axis)), "The slices of x at i."),
    ("NonZero", {}, lambda self, x: reduce.argwhere(x), reduce.argwhere.__doc__),
    ("ChannelShuffle", {"group": ...}, lambda self, x: arrange.channel_shuffle(x, self.group),
     arrange.channel_shuffle.__doc__),
    ("Padding", *of(arrange.padding, pad_dim_size=8)),
    ("PadV3", {"mode": "constant", "paddings_contiguous": True}, _pad,
     "x padded by (left, right, top, bottom, ...), the last axis first: 'constant', 'reflect', 'edge' or 'circular'."),
    ("BatchToSpace", {"block_size": ..., "crops": ...}, lambda self, x: arrange.batch_to_space_nd(
        x, self.block_size, self.crops), arrange.batch_to_space_nd.__doc__),
    ("BatchToSpaceND", *of(arrange.batch_to_space_nd, block_shape=..., crops=...)),
    ("BatchToSpaceNDV2", {}, lambda self, x, block, crops: arrange.batch_to_space_nd(x, _ints(block), crops.tolist()),
     arrange.batch_to_space_nd.__doc__),
    ("SpaceToBatch", *of(arrange.space_to_batch_nd, block_size=..., paddings=...)),
    ("SpaceToBatchND", {"block_shape": ..., "paddings": ...}, lambda self, x: arrange.space_to_batch_nd(
        x, self.block_shape, self.paddings), arrange.space_to_batch_nd.__doc__),
    ("FillDiagonal", {"fill_value": ..., "wrap": False}, lambda self, x: x.fill_diagonal(self.fill_value, self.wrap),
     "x with a value on its main diagonal."),
    ("FillV2", {}, lambda self, shape, value: OP["broadcast_to"](value, shape=tuple(_ints(shape))),
     "A Tensor of a shape full of a value."),
    ("Fills", *_plain(arrange.fills)),
    ("IndexFill", {}, lambda self, x, dim, index, value: OP["index_fill"](
        x, index, axis=_ints(dim), value=_ints(value)), "x with a value in its slices at ``index`` along ``dim``."),
    ("IndexPut", {"accumulate": 0}, lambda self, x, values, indices: inplace.index_put(
        x, indices, values, bool(self.accumulate)), inplace.index_put.__doc__),
    ("InplaceIndexAdd", *of(reduce.inplace_index_add, axis=...)),
    ("InplaceUpdateV2", {}, lambda self, x, indices, v: composed.inplace_update(x, v, np.asarray(indices)),
     "x with its rows at ``indices`` replaced."),
    ("MaskedScatter", *_plain(inplace.masked_scatter)),
    ("ScatterAddWithAxis", {"axis": 0}, lambda self, x, i, v: OP["scatter_along"](x, i, v, axis=self.axis,
                                                                                  reduction="add"),
     "x with v added at the positions i along an axis."),
    ("TrilIndices", {"row": ..., "col": ..., "offset": 0, "dtype": int32}, lambda self: composed.tril_indices(
        self.row, self.col, self.offset, dtype=self.dtype), "The indices of a lower triangle."),
    ("TriuIndices", {"row": ..., "col": ..., "offset": 0, "dtype": int32}, lambda self: composed.triu_indices(
        self.row, self.col, self.offset, dtype=self.dtype), "The indices of an upper triangle."),
    ("UnravelIndex", {}, lambda self, indices, dims: Tensor(np.stack(np.unravel_index(
        indices.asnumpy(), _ints(dims))).astype(indices.np_dtype)), "The place of each flat position, a column each."),
    ("DataFormatDimMap", {"src_format": "NHWC", "dst_format": "NCHW"}, _mapped, "Where each axis of a layout stands in "
     "another."),
    ("DataFormatVecPermute", {"src_format": "NHWC", "dst_format": "NCHW"}, _permuted, "Four numbers of a layout's axes "
     "in the order of another's."),
    ("ReverseSequence", *of(arrange.reverse_sequence, seq_dim=..., batch_dim=0)),
    ("SparseSoftmaxCrossEntropyWithLogits", {"is_grad": False}, _sparse_cross_entropy,
     "The mean of -log softmax(logits)[label] over (N, C) and labels (N,); with ``is_grad`` its gradient."),
    # counted, grouped, found
    *((f"UnsortedSegment{n}", *_plain(getattr(reduce, f"unsorted_segment_{n.lower()}")))
      for n in ("Min", "Max", "Prod")),
    ("Bincount", *_plain(groups.weighted_bincount)),
    ("Bucketize", {"boundaries": ...}, lambda self, x: composed.bucketize(x, self.boundaries, right=True),
     "The bucket between boundaries into which each element falls, Int32."),
    ("ConfusionMatrix", *of(groups.confusion_counts, num_classes=..., dtype="int32")),
    ("CountNonZero", {"dims": None}, lambda self, x: OP["count_nonzero"](
        x, axis=tuple(self.dims) if isinstance(self.dims, list) else self.dims), "How many elements are not 0."),
    ("CumulativeLogsumexp", {"exclusive": False, "reverse": False}, _cumulative, reduce.logcumsumexp.__doc__),
    ("HistogramFixedWidth", *of(groups.histogram_fixed_width, nbins=..., dtype="int32")),
    ("InTopK", *of(reduce.intopk, k=...)), ("ListDiff", *of(groups.list_difference, out_idx=int32)),
    ("LowerBound", {"out_type": int32}, lambda self, x, v: groups.bound(x, v, "left", self.out_type),
     groups.bound.__doc__),
    ("UpperBound", {"out_type": int32}, lambda self, x, v: groups.bound(x, v, "right", self.out_type),
     groups.bound.__doc__),
    ("NthElement", *of(groups.nth_element, reverse=False)), ("SubAndFilter", *_plain(groups.sub_and_filter)),
    *((f"Segment{n}", *_plain(getattr(groups, f"segment_{n.lower()}"))) for n in ("Sum", "Mean", "Max", "Min", "Prod")),
    ("UniqueConsecutive", {"return_inverse": False, "return_counts": False, "dim": None}, _runs,
     "(elements, places, counts) of ``unique_consecutive``; what is not asked for is 0."),
    ("UniqueWithPad", *_plain(reduce.unique_with_pad)),
    ("RaggedRange", {"Tsplits": ...}, lambda self, starts, limits, deltas: tuple(
        groups.ragged_range(starts, limits, deltas, to_np(self.Tsplits))), groups.ragged_range.__doc__),
    ("CompareAndBitpack", *_plain(groups.compare_and_bitpack)),
    ("EditDistance", {"normalize": True}, lambda self, *xs: groups.edit_distance(xs[:3], xs[3:], self.normalize),
     groups.edit_distance.__doc__),
    ("CTCGreedyDecoder", *of(losses.ctc_greedy_decoder, merge_repeated=True)),
    ("Quantile", {"dim": None, "keep_dims": False, "ignore_nan": False}, lambda self, x, q: (
        reduce.nanquantile if self.ignore_nan else reduce.quantile)(x, q, self.dim, self.keep_dims),
     reduce.quantile.__doc__),
    # windows and images
    ("BartlettWindow", {"periodic": True, "dtype": float32}, lambda self, n: arrange.bartlett_window(
        n, self.periodic, dtype=self.dtype), arrange.bartlett_window.__doc__),
    ("BlackmanWindow", {"periodic": True, "dtype": float32}, lambda self, n: arrange.blackman_window(
        n, self.periodic, dtype=self.dtype), arrange.blackman_window.__doc__),
    ("HammingWindow", {"periodic": True, "alpha": 0.54, "beta": 0.46, "dtype": float32}, lambda self, n:
     arrange.hamming_window(n, self.periodic, self.alpha, self.beta, dtype=self.dtype), arrange.hamming_window.__doc__),
    ("AdaptiveAvgPool3D", {"output_size": ...}, lambda self, x: OP["adaptive_avg_pool"](
        x, output_size=self.output_size, axes=3), "The means of parts of the last three axes."),
    ("AdaptiveMaxPool2D", {"output_size": ...}, lambda self, x: pooling.adaptive_max_pool2d(x, self.output_size, True),
     pooling.adaptive_max_pool2d.__doc__),
    ("AdaptiveMaxPool3D", {}, lambda self, x, size: pooling.adaptive_max_pool3d(x, _ints(size), True),
     pooling.adaptive_max_pool3d.__doc__),
    ("MaxPoolWithArgmaxV2", {"kernel_size": ..., "strides": None, "pads": 0, **_POOL, "argmax_type": int64}, _max_pool,
     "The maximum of each window of (N, C, H, W), and its place."),
    ("MaxPool3DWithArgmax", {"ksize": ..., "strides": ..., "pads": ..., **_POOL, "data_format": "NCDHW",
                             "argmax_type": int64}, _max_pool, "The maximum of each window of (N, C, D, H, W), and its "
     "place."),
    ("MaxUnpool2D", {"ksize": ..., "strides": 0, "pads": 0, "output_shape": (), "data_format": "NCHW"}, _unpool(2),
     pooling.max_unpool2d.__doc__),
    ("MaxUnpool3D", {"ksize": ..., "strides": 0, "pads": 0, "output_shape": (), "data_format": "NCDHW"}, _unpool(3),
     pooling.max_unpool3d.__doc__),
    ("FractionalMaxPoolWithFixedKsize", {"ksize": ..., "output_shape": ..., "data_format": "NCHW"}, _fractional(2),
     pooling.fractional_max_pool2d.__doc__),
    ("FractionalMaxPool3DWithFixedKsize", {"ksize": ..., "output_shape": ..., "data_format": "NCDHW"}, _fractional(3),
     pooling.fractional_max_pool3d.__doc__),
    ("Col2Im", {"kernel_size": ..., "dilation": 1, "padding": 0, "stride": 1}, lambda self, x, size: pooling.col2im(
        x, size, self.kernel_size, self.dilation, self.padding, self.stride), pooling.col2im.__doc__),
    ("Im2Col", {"ksizes": ..., "strides": 1, "dilations": 1, "pads": 0}, lambda self, x: _patches(self, x),
     "The windows of (N, C, H, W) as (N, C, prod(kernel), windows)."),
    ("ExtractVolumePatches", *of(groups.volume_patches, kernel_size=..., strides=..., padding=...)),
    ("ResizeArea", *of(pooling.resize_area, align_corners=False)),
    ("ResizeBicubic", {"align_corners": False, "half_pixel_centers": False}, _resized("bicubic"),
     "Images (N, C, H, W) resized by cubic interpolation."),
    ("ResizeNearestNeighborV2", {"align_corners": False, "half_pixel_centers": False}, _resized("nearest"),
     "Images (N, C, H, W) resized, each place the nearest."),
    ("ResizeLinear1D", {"coordinate_transformation_mode": "align_corners"}, _resize_linear,
     "(N, C, L) resized by linear interpolation."),
    ("UpsampleNearest3D", {}, _volume("nearest"), "(N, C, D, H, W) resized, each place the nearest."),
    ("UpsampleTrilinear3D", {"align_corners": False}, _volume("trilinear"), "(N, C, D, H, W) resized linearly."),
    ("RGBToHSV", *_plain(colour.rgb_to_hsv)), ("HSVToRGB", *_plain(colour.hsv_to_rgb)),
    ("AdjustHue", *_plain(colour.adjust_hue)), ("AdjustSaturation", *_plain(colour.adjust_saturation)),
    ("ScaleAndTranslate", *of(glimpses.scale_and_translate, kernel_type="lanczos3", antialias=True)),
    ("ExtractGlimpse", *of(glimpses.extract_glimpse, centered=True, normalized=True, uniform_noise=True,
                           noise="uniform")),
    ("SampleDistortedBoundingBoxV2", *of(glimpses.distorted_box, seed=0, seed2=0, aspect_ratio_range=(0.75, 1.33),
                                         area_range=(0.05, 1.0), max_attempts=100,
                                         use_image_if_no_bounding_boxes=False)),
    # networks
    ("RmsNorm", *of(losses.rms_norm, epsilon=1e-6)),
    ("SoftMarginLoss", *of(composed.soft_margin_loss, reduction="mean")),
    ("MultiMarginLoss", {"p": 1, "margin": 1.0, "reduction": "mean"}, lambda self, x, y, weight=None:
     composed.multi_margin_loss(x, y, self.p, self.margin, weight, self.reduction), composed.multi_margin_loss.__doc__),
    ("TripletMarginLoss", {"p": 2, "swap": False, "eps": 1e-06, "reduction": "mean"},
     lambda self, x, positive, negative, margin: composed.triplet_margin_loss(
         x, positive, negative, margin.item() if isinstance(margin, Tensor) else margin, self.p, self.eps, self.swap,
         self.reduction), composed.triplet_margin_loss.__doc__),
    # draws and numbers
    ("LogSpace", {"steps": 10, "base": 10, "dtype": float32}, lambda self, start, end: composed.logspace(
        start, end, self.steps, self.base, dtype=self.dtype), "Powers of a base, their exponents evenly spaced."),
    ("Cauchy", {"size": ..., "median": 0.0, "sigma": 1.0}, _cauchy, "Numbers of Cauchy's distribution."),
    ("LogNormalReverse", {"mean": 1.0, "std": 2.0}, _normal_like, draws.log_normal.__doc__),
    ("NonDeterministicInts", {"dtype": int64}, _any_integers, "Whole numbers, all of the dtype equally likely."),
    ("Randperm", {"max_length": 1, "pad": -1, "dtype": int32}, _permutation, "0 to n - 1 in random order, padded."),
    ("RandpermV2", {"seed": 0, "offset": 0, "dtype": int64}, _permutation, "0 to n - 1 in random order."),
    ("RandomCategorical", {"dtype": int64}, lambda self, logits, num_sample, seed=0: draws.random_categorical(
        logits, int(num_sample), int(seed), self.dtype), draws.random_categorical.__doc__),
    ("MultinomialWithReplacement", {"numsamples": ..., "replacement": False}, lambda self, x, seed, offset: OP["cast"](
        draws.multinomial(x, self.numsamples, self.replacement), dtype="int64"), draws.multinomial.__doc__),
)


def _svd(self: Any, x: Tensor) -> Any:
    if self.compute_uv:
        return OP["svd"](x, full_matrices=self.full_matrices)
    s = OP["singular_values"](x)
    return s, Tensor(np.zeros((1,), x.np_dtype)), Tensor(np.zeros((1,), x.np_dtype))


def _ridge(matrix: Tensor, rhs: Tensor, l2: Any) -> Tensor:
    weight = float(l2.item() if isinstance(l2, Tensor) else l2)
    if not weight:
        return linear.lstsq(matrix, rhs)
    n = matrix.shape[1]
    more = Tensor((np.sqrt(weight) * np.eye(n)).astype(matrix.np_dtype))
    none = Tensor(np.zeros((n, rhs.shape[1]), rhs.np_dtype))
    return linear.lstsq(OP["concatenate"](matrix, more, axis=0), OP["concatenate"](rhs, none, axis=0))


def _patches(self: Any, x: Tensor) -> Tensor:
    if x.ndim != 4:
        raise ShapeError(f"For 'Im2Col', x must have 4 axes, got shape {x.shape}.")
    found = OP["im2col"](x, kernel=self.ksizes, stride=self.strides, dilation=self.dilations, pad=self.pads)
    return OP["reshape"](found, shape=(x.shape[0], x.shape[1], -1, found.shape[-1]))


_CLASSES = [class_form(__name__, *row) for row in _ROWS]
globals().update({cls.__name__: cls for cls in _CLASSES})
__all__ = [cls.__name__ for cls in _CLASSES]  # pyright: ignore[reportUnsupportedDunderAll] - a table
