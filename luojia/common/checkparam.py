"""The less common checks of MindSpore's ``_checkparam``: of shapes, axes, dtypes and texts."""

from __future__ import annotations

import functools
import inspect
import math
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .. import _checkparam as checks
from .._src.errors import ArgumentError, DTypeError
from . import dtype as dtypes
from .checkshape import (  # noqa: F401 - the rest of what is asked for by this module's name
    check_and_canonicalize_axes,
    check_axis_in_range,
    check_axis_type,
    check_axis_valid,
    check_flatten_order,
    check_reduce_shape,
    check_reshape_shp,
    check_swapaxes_axis,
    check_transpose_axis,
    expanded_shape,
    infer_out_shape,
    max_,
    min_,
    prepare_shape_for_squeeze,
    tuple_slice,
)

_HARDWARE = ("The supported data types depend on the hardware that executes the operator, for more details, please "
             "refer to the MindSpore official website to get more information about the data type.")


def _for(prim_name: str | None) -> str:
    return f"For '{prim_name}', the" if prim_name else "The"


# -- numbers and texts -------------------------------------------------------------------------------------------------


def _check_binary_rel(val1: Any, val2: Any, rel: int) -> bool:
    """Whether two values stand in a relation."""
    if rel in (checks.IN, checks.NOT_IN):
        return (val1 in val2) is (rel == checks.IN)
    return checks._RELATIONS[rel][1](val1, val2)


def _check_inc_rel(val: Any, lower: Any, upper: Any, rel: int) -> bool:
    """Whether a value lies between two, with the ends that belong."""
    left, right = checks._RANGES[rel]
    return (lower <= val if left == "[" else lower < val) and (val <= upper if right == "]" else val < upper)


def _format_str_one_value(value: Any, rel: int) -> str:
    return f"{checks._RELATIONS[rel][0]} {value}"


def _format_str_two_value(val1: Any, val2: Any, rel: int) -> str:
    left, right = checks._RANGES[rel]
    return f"{left}{val1}, {val2}{right}"


def _check_number(arg_value: Any, value: Any, rel: int, arg_type: type = int, arg_name: str | None = None,
                  prim_name: str | None = None) -> Any:
    return checks._number(arg_value, value, rel, arg_type, arg_name, prim_name)


def check_is_number(arg_value: Any, arg_type: type, arg_name: str | None = None, prim_name: str | None = None) -> Any:
    """A number of a type, finite."""
    who = f"{_for(prim_name)} type of '{arg_name}'" if arg_name else f"{_for(prim_name)} type of input value"
    if not isinstance(arg_value, arg_type) or isinstance(arg_value, bool):
        wanted = arg_type.__name__ if isinstance(arg_type, type) else arg_type
        raise DTypeError(f"{who} must be '{wanted}', but got '{type(arg_value).__name__}'.")
    if math.isnan(arg_value) or math.isinf(arg_value):
        raise ArgumentError(f"{_for(prim_name)} '{arg_name}' must be a legal float, but got '{arg_value}'.")
    return arg_value


def check_non_negative_int_sequence(sequence: Sequence, arg_name: str | None = None,
                                    prim_name: str | None = None) -> Any:
    """Integers of 0 or more."""
    for i in range(len(sequence)):
        checks._number(sequence[i], 0, checks.GE, int, f"{arg_name}[{i}]", prim_name)
    return sequence


def check_positive_float_sequence(sequence: Sequence, arg_name: str | None = None, prim_name: str | None = None) -> Any:
    """Floats greater than 0."""
    for i in range(len(sequence)):
        checks._number(sequence[i], 0, checks.GT, float, f"{arg_name}[{i}]", prim_name)
    return sequence


def check_str_and_none_by_regular(target: str, reg: str | None = None, flag: Any = re.ASCII,
                                  prim_name: str | None = None) -> bool:
    """Whether a text, or an empty one, matches."""
    reg = r"^\w*[0-9a-zA-Z\_\.\-]*$" if reg is None else reg
    if re.match(reg, target, flag) is None:
        raise ArgumentError(f"{_for(prim_name)} '{target}' is illegal, it must be match regular'{reg}' by flags"
                            f"'{flag}.'")
    return True


def check_file_name_by_regular(target: str, reg: str | None = None, prim_name: str | None = None) -> bool:
    """Whether a text can be a path."""
    if not isinstance(target, str):
        raise DTypeError(f"{_for(prim_name)} '{target}' must be string, but got {type(target)}.")
    reg = r"^[0-9a-zA-Z@\_\-\.\:\/\\]+$" if reg is None else reg
    if re.match(reg, target) is None:
        raise ArgumentError(f"{_for(prim_name)} '{target}' is illegal, it must be match regular '{reg}'.")
    return True


def check_pad_value_by_mode(pad_mode: str, padding: Any, prim_name: str) -> Any:
    """Padding, which is 0 unless the mode is 'pad'."""
    if pad_mode != "pad" and padding != 0:
        raise ArgumentError(f"For '{prim_name}', padding must be zero when pad_mode is '{pad_mode}', but got "
                            f"{padding}.")
    return padding


def check_valid_input(arg_name: str, arg_value: Any, prim_name: str) -> Any:
    """Anything but None."""
    if arg_value is None:
        raise ArgumentError(f"For '{prim_name}', the argument '{arg_name}'can not be None, but got None.")
    return arg_value


def check_const_input(arg_name: str, arg_value: Any, prim_name: str) -> Any:
    """A value that is known."""
    if arg_value is None:
        raise ArgumentError(f"For '{prim_name}', the '{arg_name}' must be a const value, but got {arg_value}.")
    return arg_value


def check_input_format(input_param: Any) -> Any:
    """'NCHW', the one format of CPUs."""
    if input_param != "NCHW":
        raise ArgumentError(f"The data format must be NCHW, but got {input_param}.")
    return input_param


def check_hook_fn(hook_fn: Any) -> None:
    """Something that can be called."""
    if not callable(hook_fn):
        raise DTypeError(f"Expected a callable hook function, but got {type(hook_fn).__name__}.")


def _expand(n: int, sequences: bool = False) -> Callable[[Any], tuple]:
    def convert(m: Any) -> tuple:
        """A tuple of so many numbers, of one or of as many."""
        if isinstance(m, (list if sequences else tuple, tuple)):
            if len(m) == n and all(isinstance(i, int) and not isinstance(i, bool) for i in m):
                return tuple(m)
            raise DTypeError(f"When expanding an int number to tuple, input tuple dimension must be {n}, but got {m}")
        if isinstance(m, int) and not isinstance(m, bool):
            return (m,) * n
        raise DTypeError("When expanding an int number to tuple, input type must be integer or tuple[int], but got "
                         f"{type(m)}")

    return convert


once, twice, triple = _expand(1), _expand(2), _expand(3)
once_sequence, twice_sequence, triple_sequence = _expand(1, True), _expand(2, True), _expand(3, True)


def _check_3d_int_or_tuple(arg_name: str, arg_value: Any, prim_name: str, allow_five: bool = False,
                           ret_five: bool = False, greater_zero: bool = True, third_one: bool = False,
                           three_input: bool = False, pad_value: int = 1) -> tuple[int, ...]:
    """Three numbers, of one, of three, or of five of which the first two are 1."""
    checks.check_value_type(arg_name, arg_value, (int, tuple), prim_name)
    found = (arg_value,) * 3 if isinstance(arg_value, int) else arg_value
    fault = ArgumentError(f"For '{prim_name}', the parameter '{arg_name}' must be an positive integer or a tuple of "
                          f"three {'or five ' if allow_five else ''}positive integer, but got {found}")
    if len(found) == 5 and allow_five:
        found = found[2:]
    least = 1 if greater_zero else 0
    if len(found) != 3 or not all(isinstance(n, int) and not isinstance(n, bool) and n >= least for n in found):
        raise fault
    return (pad_value, pad_value, *found) if ret_five else found


# -- types and dtypes --------------------------------------------------------------------------------------------------


def is_stub_tensor(tensor: Any) -> bool:
    """Whether the value is yet to come, in a class of its own: no."""
    return False


def _told(kind: Any) -> str:
    """A type or a dtype as MindSpore's messages print it, as Tensor or Float32."""
    return kind.__name__ if isinstance(kind, type) else str(kind)


def check_subclass(arg_name: str, type_: Any, template_types: Any, prim_name: str | None,
                   addition_error_info: str | None = None) -> None:
    """A dtype that is one of some, or of their kind."""
    wanted = template_types if isinstance(template_types, Iterable) else (template_types,)
    if not any(type_ is t or _is_kind(type_, t) for t in wanted):
        names = [_told(t) for t in wanted]
        given = type_ if isinstance(type_, type) else _told(type_)
        raise DTypeError(f"{_for(prim_name)} element of '{arg_name}' must be "
                         f"{names[0] if len(names) == 1 else '{' + ', '.join(names) + '}'}, but got {given}."
                         f"{addition_error_info or _HARDWARE}")


def _is_kind(type_: Any, kind: Any) -> bool:
    try:
        return bool(dtypes.issubclass_(type_, kind))
    except TypeError:
        return False


def check_type_name(arg_name: str, arg_type: Any, valid_types: Any, prim_name: str | None) -> Any:
    """A type, or a dtype, that is one of some."""
    wanted = valid_types if isinstance(valid_types, Iterable) else (valid_types,)
    if arg_type not in wanted:
        names = [_told(t) for t in wanted]
        raise DTypeError(f"{_for(prim_name)} '{arg_name}' should be "
                         f"{names[0] if len(names) == 1 else 'one of ' + str(names)}, but got "
                         f"'{arg_type.__name__ if isinstance(arg_type, type) else repr(arg_type)}'.")
    return arg_type


def check_types_same_and_valid(args: dict[str, Any], valid_values: Any, prim_name: str) -> None:
    """Dtypes by name: of the valid ones, and all the same."""
    for name, kind in args.items():
        check_subclass(name, getattr(kind, "dtype", kind), valid_values, prim_name)
    check_scalar_or_tensor_types_same(args, valid_values, prim_name)


check_tensors_dtypes_same_and_valid = check_types_same_and_valid


def check_tensor_dtype_valid(arg_name: str, arg_type: Any, valid_dtypes: Any, prim_name: str) -> None:
    """The dtype of a Tensor, of the valid ones."""
    check_subclass(arg_name, getattr(arg_type, "dtype", arg_type), valid_dtypes, prim_name)


check_type_valid = check_tensor_dtype_valid


def check_scalar_or_tensor_types_same(args: dict[str, Any], valid_values: Any, prim_name: str,
                                      allow_mix: bool = False) -> None:
    """Dtypes by name, all the same."""
    (first, kind), *others = [(name, getattr(kind, "dtype", kind)) for name, kind in args.items()]
    check_subclass(first, kind, valid_values, prim_name)
    for name, other in others:
        if other != kind:
            raise DTypeError(f"For '{prim_name}', the type of '{name}' must be same as '{first}', but got '{first}' "
                             f"with type {_told(kind)} and '{name}' with type {_told(other)}.")


def check_astype_dtype(dtype: Any) -> Any:
    """The dtype of ``Tensor.astype``: one of MindSpore's, of NumPy's, or its name."""
    try:
        return dtypes.pytype_to_dtype(dtype) if isinstance(dtype, type) else _named(dtype)
    except (TypeError, AttributeError, NotImplementedError, ArgumentError) as error:
        raise DTypeError(f"For Tensor.astype, the input type must be one of MindSpore's or NumPy's, or a name of "
                         f"one, but got {dtype!r}.") from error


def _named(dtype: Any) -> Any:
    found = getattr(dtypes, dtype.lower()) if isinstance(dtype, str) else dtype
    if not isinstance(found, type(dtypes.float32)):
        raise TypeError
    return found


def check_type_support(dtype: Any, device: str, supported_dtypes: Any) -> bool:
    """Whether a dtype is supported on a device that is asked about."""
    return dtype in supported_dtypes


def check_element_type_of_iterable(arg_name: str, arg_value: Any, valid_types: Any,
                                   prim_name: str | None = None) -> None:
    """Elements, each of one of the types."""
    for element in arg_value:
        _element(arg_name, element, valid_types, prim_name)


def _element(arg_name: str, element: Any, valid_types: Any, prim_name: str | None) -> None:
    wanted = tuple(valid_types) if isinstance(valid_types, Iterable) else (valid_types,)
    if not isinstance(element, wanted) or isinstance(element, bool) and bool not in wanted:
        names = [t.__name__ for t in wanted]
        raise DTypeError(f"{_for(prim_name)} type of '{arg_name}' should be "
                         f"{names[0] if len(names) == 1 else 'one of ' + str(names)}, but got '{element}' with type "
                         f"'{type(element).__name__}'.")


def check_element_type_of_dict(arg_name: str, arg_value: Any, key_types: Any, value_types: Any,
                               prim_name: str | None = None) -> None:
    """A dictionary, its keys and its values each of one of the types."""
    checks.check_value_type(arg_name, arg_value, [dict], prim_name)
    check_element_type_of_iterable(arg_name, arg_value, key_types, prim_name)
    check_element_type_of_iterable(arg_name, arg_value.values(), value_types, prim_name)


def check_size_and_element_type_of_tuple(arg_name: str, arg_value: Any, expect_size: int, expect_element_type: Any,
                                         prim_name: str | None = None) -> None:
    """A tuple of so many elements of a type."""
    checks.check_value_type(arg_name, arg_value, [tuple], prim_name)
    checks.check_equal_int(len(arg_value), expect_size, arg_name + " size", prim_name)
    check_element_type_of_iterable(arg_name, arg_value, expect_element_type, prim_name)


def check_input_data(*data: Any, data_class: Any) -> None:
    """Values of a class, or tuples, lists and dictionaries of them."""
    for value in data:
        if value is None:
            continue
        inside = value.values() if isinstance(value, dict) else value if isinstance(value, (tuple, list)) else None
        if inside is not None:
            check_input_data(*inside, data_class=data_class)
        elif not isinstance(value, data_class):
            name = " ".join(c.__name__ for c in (data_class if isinstance(data_class, tuple) else (data_class,)))
            raise DTypeError(f"The types of input data must be in the Union({name}, tuple[{name}], list[{name}], "
                             f"dict[{name}]), but got type {type(value).__name__}.")


def check_input_dataset(*dataset: Any, dataset_type: Any) -> bool:
    """Whether values are pipelines, or tuples and lists of them."""
    return bool(dataset) and all(check_input_dataset(*d, dataset_type=dataset_type) if isinstance(d, (tuple, list))
                                 else isinstance(d, dataset_type) for d in dataset)


def check_output_data(data: Any) -> None:
    """Anything but None."""
    if data is None:
        raise RuntimeError("The output data can not be None, please check your net or input data.")


def args_type_check(*type_args: Any, **type_kwargs: Any) -> Callable[[Callable], Callable]:
    """A decorator that checks the types of a function's arguments; None passes.

    >>> @args_type_check(n=int)
    ... def double(n):
    ...     return n * 2
    >>> double(2)
    4
    """
    def type_check(func: Callable) -> Callable:
        signature = inspect.signature(func)
        wanted = signature.bind_partial(*type_args, **type_kwargs).arguments

        @functools.wraps(func)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            for name, value in signature.bind(*args, **kwargs).arguments.items():
                if value is not None and name in wanted and not isinstance(value, wanted[name]):
                    raise DTypeError(f"The type of '{name}' must be '{wanted[name]}', but got {type(value)}.")
            return func(*args, **kwargs)

        return wrapper

    return type_check


# -- sparse tensors ----------------------------------------------------------------------------------------------------


def check_coo_tensor_shape(indices_shp: Sequence[int], values_shp: Sequence[int], coo_shp: Sequence[int]) -> None:
    """The shapes of a COOTensor's parts."""
    if indices_shp[0] != values_shp[0]:
        raise ArgumentError("For COOTensor, 'indices.shape[0]' must be euqal to 'values.shape[0]', but got "
                            f"'indices.shape[0]' = {indices_shp[0]} and 'values.shape[0]' = {values_shp[0]}.")


def check_coo_tensor_dtype(indices_dtype: Any) -> None:
    """The dtype of a COOTensor's indices."""
    if indices_dtype not in (dtypes.int16, dtypes.int32, dtypes.int64):
        raise DTypeError("For COOTensor, the type of 'indices' must be one of [int16, int32, int64], but got "
                         f"{indices_dtype}.")


def check_csr_tensor_shape(indptr_shp: Sequence[int], indices_shp: Sequence[int], values_shp: Sequence[int],
                           csr_shp: Sequence[int]) -> None:
    """The shapes of a CSRTensor's parts."""
    if indptr_shp[0] != csr_shp[0] + 1:
        raise ArgumentError(f"For CSRTensor, indptr must have length (1 + shape[0]), but got: {indptr_shp[0]}")


def check_csr_tensor_dtype(indptr_dtype: Any, indices_dtype: Any) -> None:
    """The dtypes of a CSRTensor's parts."""
    for name, kind in (("indptr", indptr_dtype), ("indices", indices_dtype)):
        if kind not in (dtypes.int16, dtypes.int32, dtypes.int64):
            raise DTypeError(f"For CSRTensor, {name} must have int16 or int32 or int64 data type, but got {kind}.")
