"""The attributes of MXNet's operators: of what kind each is, and how a value, or its text in a file, is read.

MXNet writes every attribute as text and reads the text by a declared type, so that ``axis="1"`` is an axis,
``axis=True`` is none, and ``act_type="bogus"`` is told with the words that there are. Most kinds follow from the
default in the operator's face; the tables hold the others, under the public name or under the operator's and that.
"""

from __future__ import annotations

import ast
import numbers
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..errors import ArgumentError, ShapeError
from .tensor import Tensor


class Kind(NamedTuple):
    """What an attribute may be: ``type`` names a row of ``_READ``; of words there are ``words``, of numbers a least."""

    type: str
    none: bool = False
    words: tuple[str | None, ...] = ()
    least: int | None = None


INT, FLOAT, BOOLEAN = Kind("int"), Kind("float"), Kind("boolean")
SHAPE, FLOATS = Kind("Shape(tuple)", none=True), Kind("tuple of <float>", none=True)
MAYBE_INT, MAYBE_FLOAT, COUNT = Kind("int", none=True), Kind("float", none=True), Kind("int", least=1)


def _words(*words: str | None) -> Kind:
    return Kind("words", words=words)


_NORMALIZATION = _words("batch", "null", "valid")
_ACTIVATIONS = _words("relu", "sigmoid", "softrelu", "softsign", "tanh")
_CORNERS = _words("center", "corner")
_PAD = _words("constant", "edge", "reflect")
_OF_NAME: dict[str, Kind] = {
    **dict.fromkeys("kernel pad_width pooled_size indices output_size begin end reps target_shape axes lhs_axes "
                    "rhs_axes".split(), SHAPE),
    **dict.fromkeys("variances sizes ratios steps offsets scales".split(), FLOATS),
    **dict.fromkeys("num_hidden input_dim output_dim num_filter".split(), COUNT),
    **dict.fromkeys("nsize state_size num_layers num_outputs group_size out_dim heads x y block_size depth repeats "
                    "k".split(), INT),
    **dict.fromkeys("bin_cnt lhs_begin lhs_end rhs_begin rhs_end projection_size p_value".split(), MAYBE_INT),
    **dict.fromkeys("spatial_scale threshold min_factor max_factor brightness contrast saturation hue a_min a_max eta "
                    "eps knorm constant_value".split(), FLOAT),
    **dict.fromkeys("lstm_state_clip_min lstm_state_clip_max temperature scale_height scale_width min_calib_range "
                    "max_calib_range".split(), MAYBE_FLOAT),
    "count_include_pad": Kind("boolean", none=True), "use_length": Kind("boolean", none=True),
    "act_type": _ACTIVATIONS, "normalization": _NORMALIZATION, "blank_label": _words("first", "last"),
    "cudnn_tune": _words(None, "fastest", "limited_workspace", "off"),
    "layout": _words(None, "NCDHW", "NCHW", "NCW", "NDHWC", "NHWC"), "pool_type": _words("avg", "lp", "max", "sum"),
    "pooling_convention": _words("full", "same", "valid"), "sampler_type": _words("bilinear"),
    "sample_type": _words("bilinear", "nearest"), "multi_input_mode": _words("concat", "sum"),
    "format": _CORNERS, "in_format": _CORNERS, "out_format": _CORNERS,
    "ret_typ": _words("both", "indices", "mask", "value"),
}
_OF_OPERATOR: dict[tuple[str, str], Kind] = {
    **{(name, "layout"): _words(None, "NCDHW", "NCHW", "NCW", "NDHWC", "NHWC", "NWC")
       for name in ("Pooling", "_contrib_quantized_pooling")},
    **{(name, "cudnn_off"): Kind("boolean", none=True) for name in ("BilinearSampler", "Dropout",
                                                                    "SpatialTransformer")},
    **{(name, "axis"): MAYBE_INT for name in ("_contrib_arange_like", "_contrib_getnnz")},
    **{(name, "shape"): SHAPE for name in ("ravel_multi_index", "unravel_index", "scatter_nd")},
    ("LeakyReLU", "act_type"): _words("elu", "gelu", "leaky", "prelu", "rrelu", "selu"),
    ("Dropout", "mode"): _words("always", "training"), ("L2Normalization", "mode"): _words("channel", "instance",
                                                                                           "spatial"),
    ("SoftmaxActivation", "mode"): _words("channel", "instance"), ("pad", "mode"): _PAD, ("Pad", "mode"): _PAD,
    ("RNN", "mode"): _words("gru", "lstm", "rnn_relu", "rnn_tanh"), ("pick", "mode"): _words("clip", "wrap"),
    ("choose_element_0index", "mode"): _words("clip", "wrap"), ("take", "mode"): _words("clip", "raise", "wrap"),
    ("GridGenerator", "transform_type"): _words("affine", "warp"),
    ("SpatialTransformer", "transform_type"): _words("affine"),
    ("_contrib_BilinearResize2D", "mode"): _words("like", "odd_scale", "size", "to_even_down", "to_even_up",
                                                  "to_odd_down", "to_odd_up"),
    **{(name, "axis"): MAYBE_INT for name in ("argmax", "argmin", "argsort", "sort", "topk", "pick", "cumsum", "repeat",
                                              "choose_element_0index")},
    **{(name, "axis"): INT for name in ("expand_dims", "slice_axis")},
    **{(name, "axis"): SHAPE for name in ("sum mean max min prod nansum nanprod norm squeeze sum_axis max_axis "
                                          "min_axis flip reverse broadcast_axis broadcast_axes").split()},
    ("slice_axis", "begin"): INT, ("slice_axis", "end"): MAYBE_INT, ("UpSampling", "scale"): COUNT,
    ("_contrib_BilinearResize2D", "height"): COUNT, ("_contrib_BilinearResize2D", "width"): COUNT,
    **{("_image_crop", name): INT for name in ("width", "height")},
    ("_image_adjust_lighting", "alpha"): FLOATS, ("_image_normalize", "mean"): FLOATS,
    ("_image_normalize", "std"): FLOATS,
    **{("Embedding", name): COUNT for name in ("input_dim", "output_dim")},
    **{(f"_contrib_{name}PSROIPooling", key): INT for name in ("", "Deformable")
       for key in ("pooled_size", "output_dim")},
}
_FREE = {"ctx", "dtype", "key", "out_type", "out_dtype", "num_args", "init_value", "name", "stype", "forward_stype"}
_OF_DEFAULT = {bool: BOOLEAN, int: INT, float: FLOAT, tuple: SHAPE}


def kind_of(operator: str, name: str, default: Any) -> Kind | None:
    """Of what kind an operator's attribute is; None where nothing is known of it.

    >>> kind_of("sum", "keepdims", False).type, kind_of("Convolution", "num_filter", None).least
    ('boolean', 1)
    """
    if name in _FREE:
        return None
    found = _OF_OPERATOR.get((operator, name)) or _OF_NAME.get(name)
    return found or _OF_DEFAULT.get(type(default))


# Flags that say whether an optional array is there, with that array and what the flag then is.
FLAGS = {"no_bias": ("bias", False), "use_sequence_length": ("sequence_length", True), "use_length": ("length", True),
         "use_data_lengths": ("data_lengths", True), "use_label_lengths": ("label_lengths", True)}
WINDOWS = ("stride", "dilate", "pad", "adj")  # what has one number for each axis of the kernel


def check_windows(operator: str, kernel: Any, given: Iterable[tuple[str, Any]]) -> None:
    """Refuse strides and the like that have not one number for each axis of ``kernel``, a tuple.

    >>> check_windows("Pooling", (2, 2), [("stride", (1,))])
    Traceback (most recent call last):
    luojia._src.errors.ShapeError: Pooling: stride must have the same number of dimensions as kernel (2, 2), got (1,).
    """
    if kernel.__class__ is not tuple or not kernel:
        return
    for name, value in given:
        if value is not None and value != () and (len(value) if value.__class__ is tuple else 1) != len(kernel):
            raise ShapeError(f"{operator}: {name} must have the same number of dimensions as kernel {kernel}, got "
                             f"{value}.")


USUAL = {"int": ("int",), "float": ("float", "int"), "boolean": ("bool",), "Shape(tuple)": ("tuple", "int"),
         "tuple of <float>": ("tuple",)}
"""The classes of values that are read as they are."""


def reader(operator: str, name: str, kind: Kind) -> Callable[[Any], Any]:
    """The function that reads the attribute ``name`` of an operator: the value itself where that is of its kind.

    Raises:
        ArgumentError: it is of another kind, no word of those that there are, or a number below the least.
    """
    return partial(_read, operator, name, kind)


def _read(operator: str, name: str, kind: Kind, value: Any) -> Any:
    if isinstance(value, Tensor):
        return value
    if value.__class__ is np.ndarray and not value.ndim:
        value = value[()]
    if kind.type == "words":
        if value not in kind.words and not (value == "None" and None in kind.words):
            words = ", ".join([repr(w) for w in kind.words])
            raise ArgumentError(f"Invalid Input: '{value}', valid values are: {{{words}}}, in operator {operator}"
                                f"(name=\"\", {name}=\"{value}\")")
        return None if value == "None" else value
    if value is None or isinstance(value, str) and value == "None":
        if kind.none:
            return None
        found = _NOT
    else:
        found = _READ[kind.type](value)
    if found is _NOT:
        maybe = " or None" if kind.none and not kind.type.endswith((")", ">")) else ""
        raise ArgumentError(f"Invalid Parameter format for {name} expect {kind.type}{maybe} but value='{value}', in "
                            f"operator {operator}(name=\"\", {name}=\"{value}\")")
    if kind.least is not None and found < kind.least:
        raise ArgumentError(f"value {value} for Parameter {name} should be greater equal to {kind.least}, in operator "
                            f"{operator}(name=\"\", {name}=\"{value}\")")
    return found


_NOT: Any = object()  # that a value is not of the kind


def _integer(x: Any) -> Any:
    if isinstance(x, str):
        try:
            return int(x)
        except ValueError:
            return _NOT
    return _NOT if isinstance(x, (bool, np.bool_)) or not isinstance(x, numbers.Integral) else int(x)


def _number(x: Any) -> Any:
    if isinstance(x, str):
        try:
            return float(x)
        except ValueError:
            return _NOT
    if isinstance(x, (bool, np.bool_)) or not isinstance(x, numbers.Real):
        return _NOT
    return x.item() if isinstance(x, np.generic) else x


def _boolean(x: Any) -> Any:
    known = {"True": True, "true": True, "1": True, "False": False, "false": False, "0": False}
    return known.get(str(x), _NOT)


def _tuple(x: Any, element: Callable) -> Any:
    """A tuple of what ``element`` reads; a single number stays one, as operators know what it stands for."""
    if isinstance(x, str):
        try:
            x = ast.literal_eval(x)
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return _NOT
        if isinstance(x, str):
            return _NOT
    if isinstance(x, np.ndarray):
        x = x.tolist()
    if not isinstance(x, (tuple, list)):
        return element(x)
    found = tuple([None if n is None else element(n) for n in x])
    return _NOT if _NOT in found else found


_READ = {"int": _integer, "float": _number, "boolean": _boolean, "Shape(tuple)": partial(_tuple, element=_integer),
         "tuple of <float>": partial(_tuple, element=_number)}
