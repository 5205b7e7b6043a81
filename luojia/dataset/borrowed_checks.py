"""The checks that programs with datasets of their own borrow from MindSpore: ``dataset.core.validator_helpers``.

Each returns None, or raises a TypeError or a ValueError.
"""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from .._src.errors import ArgumentError, DTypeError
from . import checks

POS_INT_MIN, INT32_MAX, INT32_MIN = 1, 2**31 - 1, -(2**31)
INT64_MAX, INT64_MIN = 2**63 - 1, -(2**63)
UINT8_MIN, UINT32_MIN, UINT64_MIN = 0, 0, 0
UINT8_MAX, UINT32_MAX, UINT64_MAX = 2**8 - 1, 2**32 - 1, 2**64 - 1
FLOAT_MAX_INTEGER, FLOAT_MIN_INTEGER = 2**24, -(2**24)
DOUBLE_MAX_INTEGER, DOUBLE_MIN_INTEGER = 2**53, -(2**53)
valid_detype = ["bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float16", "float32",
                "float64", "string"]
_FLOATS = (float, int)


def is_iterable(obj: Any) -> bool:
    """Whether one can go through it."""
    return isinstance(obj, Iterable)


def pad_arg_name(arg_name: str) -> str:
    """A name with a space behind it, if there is one."""
    return f"{arg_name} " if arg_name else arg_name


def check_value(value: Any, valid_range: Sequence, arg_name: str = "", left_open_interval: bool = False,
                right_open_interval: bool = False) -> None:
    """A value between two; the ends belong unless they are said to be open."""
    ends = f"{'(' if left_open_interval else '['}{')' if right_open_interval else ']'}"
    checks.within(value, valid_range[0], valid_range[1], arg_name, ends)


def check_value_cutoff(value: Any, valid_range: Sequence, arg_name: str = "") -> None:
    """A value between two."""
    check_value(value, valid_range, arg_name)


def check_value_ratio(value: Any, valid_range: Sequence, arg_name: str = "") -> None:
    """A value above one and up to another."""
    check_value(value, valid_range, arg_name, True)


check_value_normalize_std = check_value_ratio


def check_range(values: Sequence, valid_range: Sequence, arg_name: str = "") -> None:
    """Two values in order, between two."""
    if not valid_range[0] <= values[0] <= values[1] <= valid_range[1]:
        raise ArgumentError(f"Input {pad_arg_name(arg_name)}is not within the required interval of [{valid_range[0]}, "
                            f"{valid_range[1]}].")


def check_positive(value: Any, arg_name: str = "") -> None:
    """A value above 0."""
    if value <= 0:
        raise ArgumentError(f"Input {pad_arg_name(arg_name)}must be greater than 0.")


def check_odd(value: int, arg_name: str = "") -> None:
    """An odd number."""
    if value % 2 != 1:
        raise ArgumentError(f"Input {pad_arg_name(arg_name)}is not an odd value.")


def check_2tuple(value: Any, arg_name: str = "") -> None:
    """Two values in a tuple."""
    if not (isinstance(value, tuple) and len(value) == 2):
        raise ArgumentError(f"Value {pad_arg_name(arg_name)}needs to be a 2-tuple.")


def _number(types: tuple[type, ...], low: float, high: float, left_open: bool = False) -> Callable[..., None]:
    def check(value: Any, arg_name: str = "") -> None:
        """A number of a kind, between two."""
        type_check(value, types, arg_name)
        check_value(value, (low, high), arg_name, left_open)

    return check


check_int32, check_uint8 = _number((int,), INT32_MIN, INT32_MAX), _number((int,), 0, UINT8_MAX)
check_uint32, check_uint64 = _number((int,), 0, UINT32_MAX), _number((int,), 0, UINT64_MAX)
check_pos_uint32, check_pos_int32 = _number((int,), 1, UINT32_MAX), _number((int,), 1, INT32_MAX)
check_pos_int64, check_non_negative_int32 = _number((int,), 1, INT64_MAX), _number((int,), 0, INT32_MAX)
check_float32 = _number(_FLOATS, FLOAT_MIN_INTEGER, FLOAT_MAX_INTEGER)
check_float64 = _number(_FLOATS, DOUBLE_MIN_INTEGER, DOUBLE_MAX_INTEGER)
check_pos_float32, check_pos_float64 = (_number(_FLOATS, 0, FLOAT_MAX_INTEGER, True),
                                        _number(_FLOATS, 0, DOUBLE_MAX_INTEGER, True))
check_non_negative_float32 = _number(_FLOATS, 0, FLOAT_MAX_INTEGER)
check_non_negative_float64 = _number(_FLOATS, 0, DOUBLE_MAX_INTEGER)


def _not_zero(types: tuple[type, ...], low: int, high: int) -> Callable[..., None]:
    def check(value: Any, arg_name: str = "") -> None:
        """A number of a kind, between two, but not 0."""
        type_check(value, types, arg_name)
        if value == 0 or not low <= value <= high:
            raise ArgumentError(f"Input {pad_arg_name(arg_name)}is not within the required interval of [{low}, 0) and "
                                f"(0, {high}].")

    return check


check_int32_not_zero = _not_zero((int,), INT32_MIN, INT32_MAX)
check_float32_not_zero = _not_zero(_FLOATS, FLOAT_MIN_INTEGER, FLOAT_MAX_INTEGER)


def check_valid_detype(type_: Any) -> bool:
    """The name of a column's dtype."""
    if type_ not in valid_detype:
        raise DTypeError("Unknown column type.")
    return True


def check_valid_str(value: str, valid_strings: Sequence[str], arg_name: str = "") -> None:
    """One of some texts."""
    type_check(value, (str,), arg_name)
    if value not in valid_strings:
        raise ArgumentError(f"Input {arg_name} is not within the valid set of {valid_strings}.")


def check_columns(columns: Any, name: str) -> None:
    """A name, or names that differ, none of them empty."""
    type_check(columns, (list, str), name)
    if not columns:
        raise ArgumentError(f"{name} should not be empty.")
    if isinstance(columns, list):
        for i, column in enumerate(columns):
            type_check(column, (str,), f"{name}[{i}]")
            if not column:
                raise ArgumentError(f"{name}[{i}] should not be empty.")
        if len({*columns}) != len(columns):
            raise ArgumentError("Every column name should not be same with others in column_names.")


def parse_user_args(method: Callable, *args: Any, **kwargs: Any) -> tuple[list, dict[str, Any]]:
    """The values of a function's parameters in a call, as a list, and by name."""
    bound = inspect.signature(method).bind(*args, **kwargs)
    bound.apply_defaults()
    found = {k: v for k, v in bound.arguments.items() if k not in ("self", "cls")}
    return list(found.values()), found


def type_check(arg: Any, types: Sequence[type], arg_name: str) -> None:
    """A value of one of the types."""
    checks.kind(arg, types, arg_name)


def type_check_list(args: Sequence, types: Sequence[type], arg_names: Any) -> None:
    """Values, each of one of the types."""
    type_check(args, (list, tuple), arg_names)
    if len(args) != len(arg_names) and not isinstance(arg_names, str):
        raise ArgumentError("List of arguments is not the same length as argument_names.")
    for i, arg in enumerate(args):
        type_check(arg, types, f"{arg_names}[{i}]" if isinstance(arg_names, str) else arg_names[i])


def check_filename(path: str) -> None:
    """A path whose last part can be the name of a file."""
    for sign in os.path.basename(path):
        if sign in "\\/:*?\"<>|`&;'":
            raise ArgumentError(f"filename should not contain any of \\/:*?\"<>|`&;', but got: {path}")


def check_dir(dataset_dir: str) -> None:
    """A folder that can be read."""
    type_check(dataset_dir, (str,), "dataset_dir")
    if not os.path.isdir(dataset_dir) or not os.access(dataset_dir, os.R_OK):
        raise ArgumentError(f"The folder {dataset_dir} does not exist or is not a directory or permission denied!")


def check_file(dataset_file: str) -> None:
    """A file that can be read."""
    check_filename(dataset_file)
    if not os.path.isfile(dataset_file) or not os.access(dataset_file, os.R_OK):
        raise ArgumentError(f"The file {dataset_file} does not exist or permission denied!")


def check_list_same_size(list1: Sequence, list2: Sequence, list1_name: str = "", list2_name: str = "") -> None:
    """Two lists of one length."""
    if len(list1) != len(list2):
        raise ArgumentError(f"The size of {list1_name} should be the same as that of {list2_name}.")


def check_sampler_shuffle_shard_options(param_dict: dict[str, Any]) -> None:
    """Options of the order of rows that do not exclude each other."""
    shuffle, sampler = param_dict.get("shuffle"), param_dict.get("sampler")
    num_shards, shard_id = param_dict.get("num_shards"), param_dict.get("shard_id")
    if sampler is not None:
        if shuffle is not None:
            raise RuntimeError("sampler and shuffle cannot be specified at the same time.")
        if num_shards is not None:
            raise RuntimeError("sampler and sharding cannot be specified at the same time.")
    if num_shards is not None:
        check_pos_int32(num_shards)
        if shard_id is None:
            raise RuntimeError("num_shards is specified and currently requires shard_id as well.")
        check_value(shard_id, (0, num_shards - 1), "shard_id")
    elif shard_id is not None:
        raise RuntimeError("shard_id is specified but num_shards is not.")


def check_num_parallel_workers(value: Any) -> None:
    """A number of threads, from 1 to that of the cores."""
    type_check(value, (int,), "num_parallel_workers")
    cores = os.cpu_count() or 1
    if not 1 <= value <= cores:
        raise ArgumentError(f"num_parallel_workers exceeds the boundary between 1 and {cores}!")


def check_num_samples(value: Any) -> None:
    """A number of rows, or 0 for all."""
    type_check(value, (int,), "num_samples")
    if not 0 <= value <= INT64_MAX:
        raise ArgumentError(f"num_samples exceeds the boundary between 0 and {INT64_MAX}(INT64_MAX)!")


def validate_dataset_param_value(param_list: Sequence[str], param_dict: dict[str, Any], param_type: type) -> None:
    """Parameters that are of a type, or not given."""
    for name in param_list:
        if (value := param_dict.get(name)) is not None:
            if name == "num_parallel_workers":
                check_num_parallel_workers(value)
            elif name == "num_samples":
                check_num_samples(value)
            else:
                type_check(value, (param_type,), name)


def check_tensor_op(param: Any, param_name: str) -> None:
    """Something that transforms."""
    if not callable(param):
        raise DTypeError(f"{param_name} is neither a transforms op (TensorOperation) nor a callable pyfunc.")


def replace_none(value: Any, default: Any) -> Any:
    """The value, or the default for None."""
    return default if value is None else value


def check_dataset_num_shards_shard_id(num_shards: int | None, shard_id: int | None) -> None:
    """Both, or neither."""
    if (num_shards is None) != (shard_id is None):
        raise ArgumentError("num_shards and shard_id need to be passed in together.")
    if num_shards is not None and shard_id is not None:
        check_pos_int32(num_shards, "num_shards")
        check_non_negative_int32(shard_id, "shard_id")
        if shard_id >= num_shards:
            raise ArgumentError("shard_id should be less than num_shards.")


def check_dict(data: Any, key_type: type, value_type: type, param_name: str) -> None:
    """A dictionary with keys and values of types."""
    if not isinstance(data, dict):
        raise DTypeError(f"{param_name} should be dict type, but got: {type(data)}")
    for key, value in data.items():
        if not isinstance(key, key_type):
            raise DTypeError(f"key '{key}' in parameter {param_name} should be {key_type} type, but got: {type(key)}")
        if not isinstance(value, value_type):
            raise DTypeError(f"value of '{key}' in parameter {param_name} should be {value_type} type, but got: "
                             f"{type(value)}")


def is_numpy(image: Any) -> bool:
    """Whether it is an array of NumPy."""
    return type(image).__module__ == "numpy" and hasattr(image, "shape")


__all__ = [name for name, value in list(globals().items())  # pyright: ignore[reportUnsupportedDunderAll]
           if name.startswith("check_") or getattr(value, "__module__", None) == __name__ and name[0] != "_"]
