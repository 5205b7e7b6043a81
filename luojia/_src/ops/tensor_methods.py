"""Tensor's named methods: MindSpore's, most of them the function of the same name with the Tensor as first argument."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from ..core.accepted import guarded
from ..core.compiled_faces import compile_plain
from ..core.dtypes import is_float
from ..core.faces import FaceModule, LazyMethod
from ..core.given import checked
from ..core.op import OPERATORS
from ..core.tensor import Tensor
from ..errors import RefusedName
from . import composed
from . import own_methods as own
from .composed.accepted import FUNCTIONS as ACCEPTED

FACES = FaceModule({"fn": lambda face: compile_plain(face, "luojia", ACCEPTED.get(face.name))})

SAME = """abs absolute angle conj imag real acos acosh addcdiv addcmul addmm addmv all any
approximate_equal arccos arccosh arcsin arcsinh arctan arctan2 arctanh asin asinh atan atan2 atanh
baddbmm bincount bitwise_and bitwise_or bitwise_xor bmm broadcast_to ceil cholesky chunk
cos cosh count_nonzero cummax cummin cumprod deg2rad det diagonal digamma div divide dot eq equal erf
erfc erfinv exp expand_as expand_dims expm1 flip floor floor_divide fmod frac gather_elements
gather_nd gcd ge ger greater greater_equal gt hardshrink histc hypot i0 igamma igammac
index_fill inner inverse isclose isfinite isinf isnan isneginf isposinf lcm le lerp less less_equal lgamma log
log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logsumexp lt masked_fill
masked_select matmul maximum median minimum mm moveaxis movedim mul mvlgamma nan_to_num nansum narrow
ne neg negative nextafter not_equal outer pow prod rad2deg reciprocal remainder
roll round rsqrt sigmoid sign signbit sin sinc sinh slogdet softmax split sqrt
square std swapdims tan tanh topk tril triu true_divide trunc unbind
unfold fold unsqueeze unsorted_segment_sum var xdivy xlogy"""
OTHER = {"is_finite": "isfinite",
         "scatter_nd_add": "tensor_scatter_add",
         "scatter_sub": "tensor_scatter_sub",
         "scatter_mul": "tensor_scatter_mul", "scatter_div": "tensor_scatter_div", "scatter_max": "tensor_scatter_max",
         "scatter_min": "tensor_scatter_min", "soft_shrink": "softshrink", "bitwise_left_shift": "left_shift",
         "bitwise_right_shift": "right_shift", "fills": "full_like", "matrix_determinant": "det",
         "invert": "invert"}
COMPOSED = {  # a module of ops/composed: the methods whose functions it has
    "elementwise": "isreal is_complex fmax fmin float_power logit sgn ldexp clamp clip subtract copysign inv",
    "extrema": "amax amin",
    "linear": """norm adjoint addbmm addr cross renorm cov matrix_power logdet cholesky_inverse cholesky_solve
                 eigvals triangular_solve lstsq svd geqrf orgqr ormqr lu_solve""",
    "arrange": """diagflat diff rot90 msort tensor_split hsplit vsplit dsplit reverse_sequence
                  diagonal_scatter select_scatter slice_scatter""",
    "reduce": """nonzero aminmax nanmean nanmedian quantile nanquantile logcumsumexp argwhere unique_consecutive
                 unique_with_pad unsorted_segment_max unsorted_segment_min unsorted_segment_prod""",
    "inplace": """add_ sub_ mul_ div_ floor_divide_ remainder_ exp_ log_ sigmoid_ tanh_ sign_ floor_ erfinv_ relu_
                  zero_ addmm_ clamp_ copy_ fill_ fill_diagonal_ masked_fill_ masked_scatter masked_scatter_ index_add_
                  index_copy_ index_fill_ index_put index_put_ put_ scatter_add_""",
    "overloaded": "unique repeat repeat_interleave scatter scatter_ scatter_add index_add view argsort sort diag",
    "draws": """multinomial random_categorical bernoulli uniform cauchy log_normal uniform_ normal_ exponential_
                bernoulli_ random_""",
    "hooks": "register_hook hooks",
    "queries": """allclose is_contiguous is_signed stride storage_offset sum_to_size resize new_full new_empty
                  inplace_update kthvalue choose fill_diagonal qr get_bytes index requires_grad_ pin_memory
                  is_pinned data_ptr set_const_arg is_init set_init_flag flush_from_cache""",
    "pooling": "col2im",
}
REFUSED = {  # names of MindSpore's methods, and what to use instead
    **dict.fromkeys(("storage", "untyped_storage", "set_"),
                    "buffers belong to the engine; take x.asnumpy()"),
    **dict.fromkeys(("to_dlpack", "from_dlpack"), "use numpy.from_dlpack(x), or torch's, and Tensor(array)"),
    **dict.fromkeys(("offload", "to_"), "memory is the device's; use x.as_in_context of an NDArray"),
}
DTYPES = {"bool": "bool", "byte": "uint8", "short": "int16", "int": "int32", "long": "int64", "half": "float16",
          "float": "float32", "double": "float64", "bfloat16": "bfloat16"}
_GROUPS = (("axis", "dim", "dims"), ("keepdims", "keep_dims", "keepdim"), ("ddof", "correction"),
           ("other", "divisor", "x2", "tensor2", "y", "x"), ("split_size_or_sections", "split_size"), ("wrap", "warp"),
           ("indices", "index"))


def spelled(function: Callable) -> Callable:
    """The method with its keywords under either spelling of MindSpore's: axis and dim, keepdims and keepdim.

    >>> from luojia import Tensor
    >>> spelled(lambda x, axis: axis)(Tensor([1.0]), dim=0)
    0
    """
    names = inspect.signature(function).parameters
    also = {}
    for group in _GROUPS:
        own = next((name for name in group if name in names), None)
        also.update({name: own for name in group if own is not None and name not in names})
    if not also:
        return function

    @wraps(function)
    def method(self: Tensor, *args: Any, **kwargs: Any) -> Any:
        if kwargs:
            kwargs = {also.get(k, k): v for k, v in kwargs.items()}
        return function(self, *args, **kwargs)

    return method


def gather(self: Tensor, *args: Any, **kwargs: Any) -> Tensor:
    """``gather(dim, index)``: the element at each index along an axis; ``gather(input_indices, axis)``: slices."""
    if kwargs.keys() & {"dim", "index"} or args and not isinstance(args[0], (Tensor, tuple, list)):
        given = {**dict(zip(("dim", "index"), args)), **kwargs}
        return OPERATORS["take_along"](self, given["index"], axis=given["dim"])
    return FACES.get("gather")(self, *args, **kwargs)


def _dtype_method(dtype: str) -> Callable:
    def method(self: Tensor) -> Tensor:
        return OPERATORS["cast"](self, dtype=dtype)

    method.__doc__ = f"The Tensor as {dtype}."
    return method


def _refuse(name: str, self: Tensor) -> Any:
    raise RefusedName(f"Tensor.{name} is not supported: {REFUSED[name]}.")


def _install() -> None:
    def face_method(name: str) -> Callable:
        return spelled(FACES.get(name))

    def composed_method(place: str) -> Callable:
        function = composed.find(place)
        row = ACCEPTED.get(function.__name__)
        fits = row is not None and row.params.keys() <= inspect.signature(function).parameters.keys()
        return spelled(guarded(checked(function), row if fits else None))

    for name in SAME.split():
        setattr(Tensor, name, LazyMethod(Tensor, name, face_method))
    for name, face in OTHER.items():
        setattr(Tensor, name, LazyMethod(Tensor, name, face_method, face))
    for module, named in COMPOSED.items():
        for name in named.split():
            setattr(Tensor, name, LazyMethod(Tensor, name, composed_method, f"{module}.{name}"))
    for name, dtype in DTYPES.items():
        setattr(Tensor, name, _dtype_method(dtype))
    for method in (own.reshape, own.transpose, own.flatten, own.ravel, own.astype, own.to, own.mean, own.squeeze,
                   own.swapaxes, own.select, own.itemset, own.copy, own.searchsorted, own.expand, own.tile, gather):
        setattr(Tensor, method.__name__, spelled(method))
    for method in (own.type_as, own.cumsum, own.take, own.fill, own.where, own.ptp, own.assign_value,
                   own.index_select, own.trace):
        setattr(Tensor, method.__name__, spelled(checked(method)))
    others: dict[str, Any] = {
        "sum": spelled(own.total), "relu": lambda self: OPERATORS["relu"](self), "add": own.plus,
        "sub": spelled(own.minus), "max": own.extremum("max"), "min": own.extremum("min"),
        "argmax": spelled(checked(own.position("argmax", "int64"))),
        "argmin": spelled(checked(own.position("argmin", "int32"))),
        "permute": own.permute, "clone": own.copy, "contiguous": own.requires_no_copy,
        "dim": lambda self: self.ndim, "ndimension": lambda self: self.ndim, "numel": lambda self: self.size,
        "nelement": lambda self: self.size, "view_as": checked(own.view_as),
        "reshape_as": checked(own.view_as), "value": lambda self: self,
        "positive": lambda self: self, "is_floating_point": lambda self: is_float(self.np_dtype),
        "argmax_with_value": checked(own.found("max")), "argmin_with_value": checked(own.found("min")),
        "reverse": lambda self, axis: OPERATORS["flip"](self, axis=axis),
        "top_k": lambda self, k, sorted=True: OPERATORS["topk"](self, k=k, axis=-1),
        "multiply": lambda self, value: OPERATORS["multiply"](self, value),
        "heaviside": lambda self, values: OPERATORS["heaviside"](self, values),
        "t": lambda self: OPERATORS["transpose"](self), "fliplr": lambda self: OPERATORS["flip"](self, axis=1),
        "flipud": lambda self: OPERATORS["flip"](self, axis=0), "set_dtype": own.set_dtype,
        "new_zeros": lambda self, size, dtype=None: own.filled(self, size, dtype, 0),
        "new_ones": lambda self, size, dtype=None: own.filled(self, size, dtype, 1),
        "from_numpy": staticmethod(lambda array: composed.find("queries.from_numpy")(array)),
        "convert_bytes_to_tensor": staticmethod(lambda bytes_data, dims, data_type: composed.find(
            "queries.convert_bytes_to_tensor")(bytes_data, dims, data_type)),
        "is_shared": lambda self: False, "data_sync": lambda self: None,
        "move_to": checked(own.moved),
        "__contains__": lambda self, value: bool(OPERATORS["any"](OPERATORS["equal"](self, value)).asnumpy()),
        **{name: property(partial(_refuse, name)) for name in REFUSED},
        "type": lambda self, dtype=None: composed.find("queries.kind")(self, dtype),
        "bitwise_not": lambda self: OPERATORS["invert"](self),
        "log_matrix_determinant": lambda self: OPERATORS["slogdet"](self),
        "data": property(lambda self: self), "has_init": property(lambda self: "init" in self.__dict__),
        "H": property(lambda self: composed.find("queries.hermitian")(self)),
        "mH": property(lambda self: composed.find("linear.adjoint")(self)),
        "to_coo": lambda self: composed.find("sparse.dense_to_sparse_coo")(self),
        "to_csr": lambda self: composed.find("sparse.dense_to_sparse_csr")(self),
        "T": property(lambda self: OPERATORS["transpose"](self)),
        "mT": property(lambda self: OPERATORS["swapaxes"](self, axis1=-1, axis2=-2)),
    }
    for name, method in others.items():
        setattr(Tensor, name, method)


_install()
