"""What the nodes of ONNX graphs are as Symbols: see ``contrib.onnx``.

Source: https://github.com/onnx/onnx/blob/main/docs/Operators.md; attributes are those of operator sets 1 to 21;
axes may come as an attribute or as an input.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import symbol as sym
from .._src.errors import NotSupportedError
from .._src.formats.onnx_file import Node, type_name
from ..np.graph import numpys
from ..symbol import op as internal

READERS: dict[str, Callable] = {}  # by the type of a node


def reads(*ops: str) -> Callable:
    """Register how nodes of these types are read: ``fn(given)`` gives a Symbol, or a list of them."""
    def register(fn: Callable) -> Callable:
        READERS.update(dict.fromkeys(ops, fn))
        return fn

    return register


class Given:
    """A node with its inputs: Symbols, arrays that are known, or None."""

    def __init__(self, graph: Any, node: Node, inputs: list[Any]) -> None:
        self.graph, self.node, self.inputs, self.attrs = graph, node, inputs, node.attrs

    def __len__(self) -> int:
        return len(self.inputs)

    def fail(self, what: str) -> NotSupportedError:
        return NotSupportedError(f"onnx.import_model: the node {self.node.name or self.node.outputs[0]!r} of type "
                                 f"{self.node.op}: {what}.")

    def has(self, i: int) -> bool:
        return i < len(self.inputs) and self.inputs[i] is not None

    def symbol(self, i: int, state: bool = False) -> Any:
        """Input i as a Symbol; an array becomes a parameter."""
        x = self.inputs[i]
        return self.graph.parameter(self.node.inputs[i], x) if isinstance(x, np.ndarray) else x

    def symbols(self) -> list[Any]:
        return [self.symbol(i) for i in range(len(self.inputs))]

    def array(self, i: int, what: str) -> np.ndarray:
        """Input i, which must be known."""
        if not isinstance(self.inputs[i], np.ndarray):
            raise self.fail(f"{what} is computed from the inputs, but must be known")
        return self.inputs[i]

    def shape(self, i: int = 0) -> tuple[int, ...]:
        """The shape of input i."""
        x = self.inputs[i]
        return x.shape if isinstance(x, np.ndarray) else self.graph.shape(x, self)

    def ints(self, name: str, i: int | None = None, default: Any = None) -> Any:
        """Whole numbers that are the attribute ``name``, or input i."""
        if name in self.attrs:
            return [int(n) for n in np.atleast_1d(self.attrs[name])]
        if i is not None and self.has(i):
            return [int(n) for n in np.atleast_1d(self.array(i, name))]
        return default

    def number(self, name: str, default: float) -> float:
        return float(self.attrs.get(name, default))


# -- elementwise -------------------------------------------------------------------------------------------------------

_UNARY = {
    "Abs": "abs", "Exp": "exp", "Log": "log", "Sqrt": "sqrt", "Sin": "sin", "Cos": "cos", "Tan": "tan",
    "Asin": "arcsin", "Acos": "arccos", "Atan": "arctan", "Sinh": "sinh", "Cosh": "cosh", "Tanh": "tanh",
    "Asinh": "arcsinh",
    "Acosh": "arccosh", "Atanh": "arctanh", "Sigmoid": "sigmoid", "Relu": "relu", "Softsign": "softsign",
    "Floor": "floor", "Ceil": "ceil", "Round": "rint", "Neg": "negative", "Reciprocal": "reciprocal", "Sign": "sign",
    "Erf": "erf", "Identity": "identity", "Not": "logical_not",
}
_BINARY = {"Add": "add", "Sub": "sub", "Mul": "mul", "Div": "div", "Pow": "power", "Equal": "equal",
           "Greater": "greater", "Less": "lesser", "GreaterOrEqual": "greater_equal",
           "LessOrEqual": "lesser_equal", "And": "logical_and", "Or": "logical_or", "Xor": "logical_xor"}


def _unary(name: str) -> Callable:
    return lambda given: getattr(sym, name)(given.symbol(0))


def _binary(name: str) -> Callable:
    def read(given: Given) -> Any:
        x, y = given.inputs
        for one, other, at in ((x, y, 1), (y, x, 0)):  # a number needs no parameter
            if isinstance(other, np.ndarray) and other.size == 1 and not isinstance(one, np.ndarray) and other.ndim < 2:
                number = other.item()
                function = {"add": "_plus_scalar", "sub": "_minus_scalar", "mul": "_mul_scalar", "div": "_div_scalar",
                            "power": "_power_scalar"}.get(name)
                if function is not None:
                    if not at and name in ("sub", "div", "power"):
                        function = {"sub": "_rminus_scalar", "div": "_rdiv_scalar", "power": "_rpower_scalar"}[name]
                    return getattr(internal, function)(one, scalar=number)
        return getattr(sym, f"broadcast_{name}")(given.symbol(0), given.symbol(1))

    return read


for _op, _name in _UNARY.items():
    READERS[_op] = _unary(_name)
for _op, _name in _BINARY.items():
    READERS[_op] = _binary(_name)


@reads("Max", "Min", "Sum", "Mean")
def _many(given: Given) -> Any:
    first, *rest = given.symbols()
    function = {"Max": sym.broadcast_maximum, "Min": sym.broadcast_minimum}.get(given.node.op, sym.broadcast_add)
    for s in rest:
        first = function(first, s)
    return first / len(given) if given.node.op == "Mean" else first


@reads("Mod")
def _mod(given: Given) -> Any:
    return sym.broadcast_mod(*given.symbols())


@reads("Where")
def _where(given: Given) -> Any:
    return numpys.where(*given.symbols())


@reads("Clip", "Relu6")
def _clip(given: Given) -> Any:
    low, high = given.attrs.get("min"), given.attrs.get("max")
    low = given.array(1, "min").item() if given.has(1) else low
    high = given.array(2, "max").item() if given.has(2) else high
    return sym.clip(given.symbol(0), a_min=-3.4e38 if low is None else float(low),
                    a_max=3.4e38 if high is None else float(high))


@reads("Cast")
def _cast(given: Given) -> Any:
    return sym.Cast(given.symbol(0), dtype=type_name(given.attrs["to"]))


@reads("Dropout")
def _dropout(given: Given) -> Any:
    p = given.array(1, "ratio").item() if given.has(1) else given.number("ratio", 0.5)
    return sym.Dropout(given.symbol(0), p=float(p))


@reads("LeakyRelu", "Elu", "Selu", "Celu", "Gelu", "PRelu", "ThresholdedRelu")
def _rectifier(given: Given) -> Any:
    x, op = given.symbol(0), given.node.op
    if op == "LeakyRelu":
        return sym.LeakyReLU(x, act_type="leaky", slope=given.number("alpha", 0.01))
    if op == "Elu":
        return sym.LeakyReLU(x, act_type="elu", slope=given.number("alpha", 1.0))
    if op == "Celu":
        alpha = given.number("alpha", 1.0)
        return sym.LeakyReLU(x / alpha, act_type="elu", slope=1.0) * alpha
    if op == "PRelu":
        if isinstance(given.inputs[1], np.ndarray) and given.inputs[1].size in (given.shape()[1], 1):
            slopes = given.graph.parameter(given.node.inputs[1], given.inputs[1].reshape(-1))
            return sym.LeakyReLU(x, gamma=slopes, act_type="prelu")
        return sym.relu(x) - sym.broadcast_mul(given.symbol(1), sym.relu(-x))
    if op == "ThresholdedRelu":
        return x * (x > given.number("alpha", 1.0))
    if op == "Gelu" and given.attrs.get("approximate") == "tanh":
        return 0.5 * x * (1 + sym.tanh(0.7978845608028654 * (x + 0.044715 * x * x * x)))
    return sym.LeakyReLU(x, act_type=op.lower())


@reads("Softplus", "HardSigmoid", "HardSwish", "Mish")
def _smooth(given: Given) -> Any:
    x, op = given.symbol(0), given.node.op
    if op == "Softplus":
        return sym.Activation(x, act_type="softrelu")
    if op == "Mish":
        return x * sym.tanh(sym.Activation(x, act_type="softrelu"))
    if op == "HardSwish":
        return x * sym.hard_sigmoid(x, alpha=1 / 6, beta=0.5)
    return sym.hard_sigmoid(x, alpha=given.number("alpha", 0.2), beta=given.number("beta", 0.5))


@reads("Softmax", "LogSoftmax", "Softmin")
def _softmax(given: Given) -> Any:
    x, opset = given.symbol(0), given.graph.opset
    function = sym.softmax if given.node.op == "Softmax" else sym.log_softmax
    axis = given.attrs.get("axis", -1 if opset >= 13 else 1)
    if opset >= 13 or axis in (-1, len(given.shape()) - 1):
        return function(x, axis=axis)
    shape = given.shape()  # before: over all axes from this on
    rows = sym.Reshape(x, shape=(int(np.prod(shape[:axis])), -1))
    return sym.Reshape(function(rows, axis=-1), shape=shape)


# -- shapes ------------------------------------------------------------------------------------------------------------


@reads("Reshape")
def _reshape(given: Given) -> Any:
    shape = given.ints("shape", 1)
    if shape is None:
        raise given.fail("it names no shape")
    if given.attrs.get("allowzero") and 0 in shape:
        raise given.fail("lengths of zero are not read")
    return sym.Reshape(given.symbol(0), shape=tuple(shape))


@reads("Flatten")
def _flatten(given: Given) -> Any:
    axis = given.attrs.get("axis", 1)
    if axis == 1:
        return sym.Flatten(given.symbol(0))
    shape = given.shape()
    return sym.Reshape(given.symbol(0), shape=(int(np.prod(shape[:axis])), -1))


@reads("Transpose")
def _transpose(given: Given) -> Any:
    return sym.transpose(given.symbol(0), axes=tuple(given.ints("perm", None, ())))


@reads("Squeeze")
def _squeeze(given: Given) -> Any:
    axes = given.ints("axes", 1)
    return sym.squeeze(given.symbol(0), axis=None if axes is None else tuple(axes))


@reads("Unsqueeze")
def _unsqueeze(given: Given) -> Any:
    x, axes = given.symbol(0), given.ints("axes", 1)
    if any(a < 0 for a in axes) and len(axes) > 1:
        ndim = len(given.shape()) + len(axes)
        axes = [a % ndim for a in axes]
    for a in sorted(axes):
        x = sym.expand_dims(x, axis=a)
    return x


@reads("Concat")
def _concat(given: Given) -> Any:
    return sym.concat(*given.symbols(), dim=given.attrs.get("axis", 1))


@reads("Split")
def _split(given: Given) -> Any:
    axis, sizes, x = given.attrs.get("axis", 0), given.ints("split", 1), given.symbol(0)
    count = len(given.node.outputs)
    if sizes is None:
        return list(sym.split(x, num_outputs=count, axis=axis)) if count > 1 else x
    stops = np.cumsum([0, *sizes]).tolist()
    return [sym.slice_axis(x, axis=axis, begin=b, end=e) for b, e in zip(stops, stops[1:])]


@reads("Slice")
def _slice(given: Given) -> Any:
    starts, ends = given.ints("starts", 1), given.ints("ends", 2)
    axes = given.ints("axes", 3, list(range(len(starts))))
    steps = given.ints("steps", 4, [1] * len(starts))
    ndim = len(given.shape()) if any(a < 0 for a in axes) else max(axes) + 1
    index: list[tuple] = [(None, None, None)] * ndim
    for a, begin, end, step in zip(axes, starts, ends, steps):
        far = 2**31 - 2
        begin = None if step > 0 and begin == 0 or step < 0 and begin > far else begin
        end = None if step > 0 and end > far or step < 0 and end < -far else end
        index[a % ndim] = (begin, end, step)
    begin, end, step = zip(*index)
    return sym.slice(given.symbol(0), begin=begin, end=end, step=step)


@reads("Pad")
def _pad(given: Given) -> Any:
    pads = given.ints("pads", 1) if "pads" in given.attrs or given.has(1) else given.ints("paddings")
    if given.has(3):
        raise given.fail("pads of some axes are not read")
    value = given.array(2, "the value").item() if given.has(2) else given.number("value", 0.0)
    ndim, mode = len(pads) // 2, given.attrs.get("mode", "constant")
    widths = tuple([(pads[i], pads[i + ndim]) for i in range(ndim)])
    if mode == "constant" or ndim not in (4, 5) or widths[:2] != ((0, 0), (0, 0)):
        return _padded(given.symbol(0), widths, mode, value)
    flat = tuple([n for pair in widths for n in pair])
    return sym.Pad(given.symbol(0), mode=mode, pad_width=flat, constant_value=value)


def _padded(x: Any, widths: tuple, mode: str, value: float) -> Any:
    return numpys.pad(x, widths, mode, **({"constant_values": value} if mode == "constant" else {}))


@reads("Expand")
def _expand(given: Given) -> Any:
    old, new = given.shape(), given.ints("shape", 1)
    shape = np.broadcast_shapes(old, tuple(new))
    x = given.symbol(0)
    if len(old) < len(shape):
        x = sym.Reshape(x, shape=(1,) * (len(shape) - len(old)) + old)
    wide = (1,) * (len(shape) - len(old)) + old
    return sym.broadcast_to(x, shape=tuple([0 if n == m else m for n, m in zip(wide, shape)]))


@reads("Tile")
def _tile(given: Given) -> Any:
    return sym.tile(given.symbol(0), reps=tuple(given.ints("repeats", 1)))


@reads("Gather")
def _gather(given: Given) -> Any:
    axis, x = given.attrs.get("axis", 0), given.symbol(0)
    places = given.inputs[1]
    if isinstance(places, np.ndarray) and places.ndim == 0:
        n = int(places)
        part = sym.slice_axis(x, axis=axis, begin=n, end=None if n == -1 else n + 1)
        return sym.squeeze(part, axis=axis)
    return sym.take(x, given.symbol(1), axis=axis, mode="wrap")


@reads("GatherElements")
def _gather_elements(given: Given) -> Any:
    return numpys.take_along_axis(given.symbol(0), given.symbol(1), given.attrs.get("axis", 0))


@reads("GatherND")
def _gather_nd(given: Given) -> Any:
    ndim = len(given.shape(1))
    return sym.gather_nd(given.symbol(0), sym.transpose(given.symbol(1), axes=(ndim - 1, *range(ndim - 1))))


@reads("OneHot")
def _one_hot(given: Given) -> Any:
    depth = int(given.array(1, "depth").reshape(-1)[0])
    off, on = given.array(2, "values").tolist()
    out = sym.one_hot(given.symbol(0), depth=depth, on_value=on, off_value=off)
    axis = given.attrs.get("axis", -1)
    if axis == -1:
        return out
    order = list(range(len(given.shape())))
    order.insert(axis, len(order))
    return sym.transpose(out, axes=tuple(order))


@reads("DepthToSpace", "SpaceToDepth")
def _depth(given: Given) -> Any:
    block = given.attrs["blocksize"]
    if given.node.op == "SpaceToDepth":
        return sym.space_to_depth(given.symbol(0), block_size=block)
    if given.attrs.get("mode", "DCR") == "DCR":
        return sym.depth_to_space(given.symbol(0), block_size=block)
    x = sym.Reshape(given.symbol(0), shape=(0, -4, -1, block * block, 0, 0))
    x = sym.Reshape(x, shape=(0, 0, -4, block, block, 0, 0))
    return sym.Reshape(sym.transpose(x, axes=(0, 1, 4, 2, 5, 3)), shape=(0, 0, -3, -3))


@reads("Resize", "Upsample")
def _resize(given: Given) -> Any:
    x, shape = given.symbol(0), given.shape()
    if given.has(3) and given.array(3, "sizes").size:
        size = given.array(3, "sizes").tolist()
    else:
        i = 1 if given.node.op == "Upsample" else 2
        scales = given.array(i, "scales").tolist() if given.has(i) else given.attrs["scales"]
        size = [int(np.floor(n * s)) for n, s in zip(shape, scales)]
    if len(shape) != 4 or size[:2] != list(shape[:2]):
        raise given.fail("only the last two of four axes can be resized")
    how = given.attrs.get("coordinate_transformation_mode", "half_pixel")
    height, width = size[2:]
    times = height // shape[2]
    if given.attrs.get("mode", "nearest") == "nearest" and [height, width] == [times * n for n in shape[2:]]:
        return sym.UpSampling(x, scale=times, sample_type="nearest")
    if given.attrs.get("mode") in ("linear", "bilinear") and how in ("align_corners", "asymmetric"):
        return sym.contrib.BilinearResize2D(x, height=height, width=width, align_corners=how == "align_corners")
    raise given.fail(f"mode {given.attrs.get('mode', 'nearest')!r} with {how!r} is not read")


# -- reductions --------------------------------------------------------------------------------------------------------


@reads(*[f"Reduce{n}" for n in "Sum Mean Max Min Prod L1 L2 LogSum LogSumExp SumSquare".split()])
def _reduce(given: Given) -> Any:
    kind = given.node.op[6:]
    axes = given.ints("axes", 1)
    x = given.symbol(0)
    if axes == [] or axes is None and given.attrs.get("noop_with_empty_axes"):
        return x
    how = {"axis": () if axes is None else tuple(axes), "keepdims": bool(given.attrs.get("keepdims", 1))}
    if kind in ("Sum", "Mean", "Max", "Min", "Prod"):
        return getattr(sym, kind.lower())(x, **how)
    if kind == "L1":
        return sym.sum(sym.abs(x), **how)
    if kind in ("L2", "SumSquare"):
        total = sym.sum(sym.square(x), **how)
        return sym.sqrt(total) if kind == "L2" else total
    if kind == "LogSum":
        return sym.log(sym.sum(x, **how))
    top = sym.BlockGrad(sym.max(x, axis=how["axis"], keepdims=True))
    total = sym.log(sym.sum(sym.exp(sym.broadcast_sub(x, top)), **how))
    if not how["keepdims"]:
        top = sym.Reshape(top, shape=(1,)) if axes is None else sym.squeeze(top, axis=tuple(axes))
    return total + top


@reads("ArgMax", "ArgMin")
def _arg(given: Given) -> Any:
    function = sym.argmax if given.node.op == "ArgMax" else sym.argmin
    out = function(given.symbol(0), axis=given.attrs.get("axis", 0), keepdims=bool(given.attrs.get("keepdims", 1)))
    return sym.Cast(out, dtype="int64")


@reads("TopK")
def _topk(given: Given) -> Any:
    k = int(given.array(1, "k").reshape(-1)[0]) if given.has(1) else given.attrs["k"]
    return list(sym.topk(given.symbol(0), k=k, axis=given.attrs.get("axis", -1), ret_typ="both", dtype="int64",
                         is_ascend=not given.attrs.get("largest", 1)))


@reads("CumSum")
def _cumsum(given: Given) -> Any:
    if given.attrs.get("exclusive") or given.attrs.get("reverse"):
        raise given.fail("exclusive and reverse are not read")
    return sym.cumsum(given.symbol(0), axis=int(given.array(1, "axis").item()))


# -- products and layers -----------------------------------------------------------------------------------------------


@reads("MatMul")
def _matmul(given: Given) -> Any:
    return numpys.matmul(given.symbol(0), given.symbol(1))


@reads("Einsum")
def _einsum(given: Given) -> Any:
    return numpys.einsum(given.attrs["equation"], *given.symbols())


@reads("Gemm")
def _gemm(given: Given) -> Any:
    alpha, beta = given.number("alpha", 1.0), given.number("beta", 1.0)
    turned_a, turned_b = given.attrs.get("transA", 0), given.attrs.get("transB", 0)
    w, c = given.inputs[1], given.inputs[2] if given.has(2) else None
    plain = isinstance(w, np.ndarray) and (c is None or isinstance(c, np.ndarray))
    if plain and not turned_a:  # a dense layer
        w = np.ascontiguousarray(w if turned_b else w.T) * w.dtype.type(alpha)
        units = w.shape[0]
        weight = given.graph.parameter(given.node.inputs[1], w)
        if c is None:
            return sym.FullyConnected(given.symbol(0), weight, num_hidden=units, no_bias=True, flatten=False)
        if c.size == 1 or c.shape in ((units,), (1, units)):
            shift = np.broadcast_to(c.reshape(-1) * c.dtype.type(beta), units)
            bias = given.graph.parameter(given.node.inputs[2], shift)
            return sym.FullyConnected(given.symbol(0), weight, bias, num_hidden=units, flatten=False)
    out = sym.dot(given.symbol(0), given.symbol(1), transpose_a=bool(turned_a), transpose_b=bool(turned_b)) * alpha
    return out if c is None else sym.broadcast_add(out, given.symbol(2) * beta)


def _spatial(given: Given, kernel: list[int], stride: list[int], dilation: list[int]) -> tuple[list, list]:
    """The paddings before and after each axis."""
    axes, auto = len(kernel), given.attrs.get("auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        sizes = given.shape()[2:]
        total = [max((-(-n // s) - 1) * s + (k - 1) * d + 1 - n, 0)
                 for n, k, s, d in zip(sizes, kernel, stride, dilation)]
        less, more = [t // 2 for t in total], [t - t // 2 for t in total]
        return (less, more) if auto == "SAME_UPPER" else (more, less)
    pads = given.ints("pads", None, [0] * 2 * axes) if auto != "VALID" else [0] * 2 * axes
    return pads[:axes], pads[axes:]


def _even(given: Given, before: list, after: list, value: float = 0.0) -> tuple[Any, tuple]:
    """Input 0 and the padding that a layer adds on both sides; what is uneven is padded first."""
    x = given.symbol(0)
    if before == after:
        return x, tuple(before)
    return _padded(x, ((0, 0), (0, 0), *zip(before, after)), "constant", value), (0,) * len(before)


@reads("Conv")
def _conv(given: Given) -> Any:
    shape = given.shape(1)
    kernel = given.ints("kernel_shape", None, list(shape[2:]))
    stride, dilation = given.ints("strides", None, [1] * len(kernel)), given.ints("dilations", None, [1] * len(kernel))
    x, pad = _even(given, *_spatial(given, kernel, stride, dilation))
    bias = [given.symbol(2)] if given.has(2) else []
    return sym.Convolution(x, given.symbol(1), *bias, kernel=tuple(kernel), stride=tuple(stride),
                           dilate=tuple(dilation), pad=pad, num_filter=shape[0], no_bias=not bias,
                           num_group=given.attrs.get("group", 1))


@reads("ConvTranspose")
def _conv_transpose(given: Given) -> Any:
    shape, groups = given.shape(1), given.attrs.get("group", 1)
    kernel = given.ints("kernel_shape", None, list(shape[2:]))
    stride, dilation = given.ints("strides", None, [1] * len(kernel)), given.ints("dilations", None, [1] * len(kernel))
    if given.attrs.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or "output_shape" in given.attrs:
        raise given.fail("auto_pad and output_shape are not read; export it with pads")
    pads = given.ints("pads", None, [0] * 2 * len(kernel))
    before, after = pads[: len(kernel)], pads[len(kernel) :]
    adj = given.ints("output_padding", None, [0] * len(kernel))
    cut = [max(c - b - a, 0) for a, b, c in zip(adj, before, after)]  # what is left of the output's end
    adj = [max(a + b - c, 0) for a, b, c in zip(adj, before, after)]
    if any(a >= max(s, d) for a, s, d in zip(adj, stride, dilation)):
        raise given.fail(f"pads {pads} are not read")
    bias = [given.symbol(2)] if given.has(2) else []
    out = sym.Deconvolution(given.symbol(0), given.symbol(1), *bias, kernel=tuple(kernel), stride=tuple(stride),
                            dilate=tuple(dilation), pad=tuple(before), adj=tuple(adj), num_filter=shape[1] * groups,
                            num_group=groups, no_bias=not bias)
    for axis, n in enumerate(cut, 2):
        out = sym.slice_axis(out, axis=axis, begin=0, end=-n) if n else out
    return out


@reads("MaxPool", "AveragePool", "LpPool")
def _pool(given: Given) -> Any:
    kernel, kind = given.ints("kernel_shape"), given.node.op
    stride = given.ints("strides", None, [1] * len(kernel))
    if any(n != 1 for n in given.ints("dilations", None, [1])) or len(given.node.outputs) > 1:
        raise given.fail("dilations and places of maxima are not read")
    before, after = _spatial(given, kernel, stride, [1] * len(kernel))
    counted = bool(given.attrs.get("count_include_pad", 0))
    if before != after and kind == "AveragePool" and not counted:
        return _mean_of_inside(given, kernel, stride, before, after)
    x, pad = _even(given, before, after, -3.4e38 if kind == "MaxPool" else 0.0)
    more = {"p_value": given.attrs.get("p", 2)} if kind == "LpPool" else {}
    return sym.Pooling(x, kernel=tuple(kernel), stride=tuple(stride), pad=pad, count_include_pad=counted,
                       pool_type={"MaxPool": "max", "AveragePool": "avg", "LpPool": "lp"}[kind],
                       pooling_convention="full" if given.attrs.get("ceil_mode") else "valid", **more)


def _mean_of_inside(given: Given, kernel: list, stride: list, before: list, after: list) -> Any:
    """The mean of each window over what is no padding, which is uneven."""
    inside: Any = np.ones((), np.float32)
    for n, k, s, a, b in zip(given.shape()[2:], kernel, stride, before, after):
        starts = np.arange((n + a + b - k) // s + 1) * s - a
        counts = np.minimum(starts + k, n) - np.maximum(starts, 0)
        inside = np.multiply.outer(inside, counts)
    x, _ = _even(given, before, after)
    total = sym.Pooling(x, kernel=tuple(kernel), stride=tuple(stride), pool_type="sum")
    counts = given.graph.parameter(f"{given.node.outputs[0]}_counts", inside.astype(np.float32)[None, None])
    return sym.broadcast_div(total, counts)


@reads("GlobalMaxPool", "GlobalAveragePool")
def _global_pool(given: Given) -> Any:
    kernel = (1,) * (len(given.shape()) - 2)
    return sym.Pooling(given.symbol(0), kernel=kernel, global_pool=True,
                       pool_type="max" if given.node.op == "GlobalMaxPool" else "avg")


@reads("BatchNormalization", "SpatialBN")
def _batch_norm(given: Given) -> Any:
    momentum = given.number("momentum", 0.9)
    return sym.BatchNorm(*given.symbols(), eps=given.number("epsilon", 1e-5), momentum=momentum, fix_gamma=False,
                         use_global_stats=not given.attrs.get("training_mode"))[0]


@reads("InstanceNormalization")
def _instance_norm(given: Given) -> Any:
    return sym.InstanceNorm(*given.symbols(), eps=given.number("epsilon", 1e-5))


@reads("LayerNormalization")
def _layer_norm(given: Given) -> Any:
    if given.attrs.get("axis", -1) not in (-1, len(given.shape()) - 1):
        raise given.fail("only the last axis is read")
    shift = given.symbol(2) if given.has(2) else sym.zeros_like(given.symbol(1))
    return sym.LayerNorm(given.symbol(0), given.symbol(1), shift, eps=given.number("epsilon", 1e-5))


@reads("LRN")
def _lrn(given: Given) -> Any:
    return sym.LRN(given.symbol(0), alpha=given.number("alpha", 1e-4), beta=given.number("beta", 0.75),
                   knorm=given.number("bias", 1.0), nsize=given.attrs["size"])


@reads("LpNormalization")
def _lp_norm(given: Given) -> Any:
    x, axis = given.symbol(0), given.attrs.get("axis", -1)
    return sym.broadcast_div(x, sym.norm(x, ord=given.attrs.get("p", 2), axis=axis, keepdims=True))


__all__ = ["READERS", "Given", "reads"]
