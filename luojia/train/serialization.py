"""Checkpoints: saving networks, loading them, and putting values into networks."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from .._src.core.arguments import takes
from .._src.core.compiled import Mode
from .._src.core.dtypes import is_float
from .._src.core.listing import listed
from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, FormatError, NotSupportedError, ShapeError, UnknownNameError
from .._src.formats import checkpoint, graph_file, onnx_file, onnx_write, safetensors_file, strategy_file
from .._src.ops import Parameter
from .._src.paths import public_names
from ..nn.graph_cell import FuncGraph
from ..nn.module import Module

_FORMATS = ("ckpt", "safetensors")


@takes("integrated_save: bool; async_save: bool str in process,thread; crc_check: bool !; enc_key: None bytes !; "
       "enc_mode: str !")
def save_checkpoint(save_obj: Any, ckpt_file_name: str, integrated_save: bool = True, async_save: Any = False,
                    append_dict: dict | None = None, enc_key: bytes | None = None, enc_mode: str = "AES-GCM",
                    choice_func: Callable | None = None, crc_check: bool = False, format: str = "ckpt",
                    **kwargs: Any) -> None:
    """Save parameters to a file.

    Args:
        save_obj: a network, a dict of Parameters or Tensors by name, or a list of Parameters or of dicts with 'name'
            and 'data'.
        ckpt_file_name: the file; its suffix is added if it is missing.
        integrated_save, async_save: accepted; the file is complete when the function returns.
        append_dict: further numbers, strings or Tensors by name.
        choice_func: which names to save.
        crc_check: write a checksum that ``load_checkpoint(crc_check=True)`` checks.
        format: 'ckpt' (MindSpore's) or 'safetensors'.

    Raises:
        TypeError: an argument of another type.
        ValueError: another format.
        OSError: the file cannot be written; an older file stays whole.

    >>> from luojia import load_checkpoint, nn, save_checkpoint
    >>> save_checkpoint(nn.Dense(2, 3), "dense")
    >>> load_checkpoint("dense.ckpt")["bias"]
    Parameter (name=bias, shape=(3,), dtype=Float32, requires_grad=True)

    Matches ``mindspore.save_checkpoint``.
    """
    who = "save_checkpoint"
    if not isinstance(ckpt_file_name, (str, os.PathLike)):
        raise DTypeError(f"For '{who}', the parameter {ckpt_file_name} for checkpoint file name is invalid, "
                         f"'ckpt_file_name' must be string, but got {type(ckpt_file_name)}.")
    if format not in _FORMATS:
        raise ArgumentError(f"For '{who}', the 'format' must be in {list(_FORMATS)}, but got {format!r}.")
    if append_dict is not None and not isinstance(append_dict, dict):
        raise DTypeError(f"For '{who}', the argument 'append_dict' must be dict, but got {type(append_dict)}.")
    if enc_key is not None:
        raise NotSupportedError(f"For '{who}', enc_key: luojia does not encrypt checkpoints; encrypt the file.")
    values = _values(save_obj)
    for name, value in (append_dict or {}).items():
        if not isinstance(name, str) or not isinstance(value, (Tensor, bool, int, float, str)):
            raise DTypeError(f"For '{who}', the 'append_dict' must hold int, float, bool, str or Tensor by str, but "
                             f"got {name!r}: {type(value).__name__}.")
        values[name] = _plain(value)
    if choice_func is not None:
        values = {k: v for k, v in values.items() if choice_func(k)}
    path = os.fspath(ckpt_file_name)
    if os.path.isdir(path) or not path:
        raise IsADirectoryError(f"For '{who}', the parameter `ckpt_file_name`: {os.path.realpath(path)} is a "
                                "directory, it must be a file name.")
    if not path.endswith(f".{format}"):
        path += f".{format}"
    if format == "ckpt":
        checkpoint.save(path, values, crc_check=crc_check)
    else:
        safetensors_file.save(path, {k: np.asarray(v) for k, v in values.items() if not isinstance(v, str)},
                              {k: v for k, v in values.items() if isinstance(v, str)})


def _plain(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.asnumpy()
    return np.asarray(value) if isinstance(value, bool) else value


def _values(save_obj: Any) -> dict[str, Any]:
    if isinstance(save_obj, Module):
        return {(p.name or name): p.asnumpy() for name, p in save_obj.parameters_and_names()}
    if isinstance(save_obj, dict):
        pairs = list(save_obj.items())
    elif isinstance(save_obj, list):
        pairs = []
        for item in save_obj:
            if isinstance(item, Parameter):
                pairs.append((item.name, item))
                continue
            if not isinstance(item, dict) or "name" not in item or not ("data" in item or "value" in item):
                raise DTypeError("For save_checkpoint, save_obj should be a list of dict items, and the dict should "
                                 f"have key values 'name' and 'data', but got {type(item)} and {item}.")
            value = item["data"] if "data" in item else item["value"]
            if not isinstance(value, (Tensor, str)):
                raise DTypeError("For save_checkpoint, when save_obj is a list of dict items, the data in dict should "
                                 f"be parameter, but got {type(value)}.")
            pairs.append((item["name"], value))
    else:
        raise DTypeError("For 'save_checkpoint', the parameter 'save_obj' must be nn.Cell, list or dict, but got "
                         f"{type(save_obj)}.")
    for name, value in pairs:
        if not isinstance(name, str) or not isinstance(value, (Tensor, bool, int, float, str)):
            raise DTypeError("For 'save_checkpoint', save_obj must hold Parameters or Tensors by str, but got "
                             f"{name!r}: {type(value).__name__}.")
    return {name: _plain(value) for name, value in pairs}


@takes("remove_redundancy: bool !")
def load_checkpoint(ckpt_file_name: str, net: Module | None = None, strict_load: bool = False,
                    filter_prefix: Any = None,
                    dec_key: bytes | None = None, dec_mode: str = "AES-GCM", specify_prefix: Any = None,
                    choice_func: Callable | None = None, crc_check: bool = False, remove_redundancy: bool = False,
                    format: str | None = None) -> dict[str, Any]:
    """The Parameters of a file, by name.

    Args:
        ckpt_file_name: a ``.ckpt`` or ``.safetensors`` file.
        net: a network to load them into.
        strict_load: with ``net``: raise where a parameter is narrowed.
        filter_prefix, specify_prefix: prefixes (a string, list or tuple) of names to leave out, or to take alone.
        choice_func: which names to take.

    Raises:
        TypeError: a file name that is no string.
        ValueError: a file that does not exist, is of another format or corrupt, or has nothing to load.

    >>> from luojia import nn
    >>> net = nn.Dense(2, 1, "ones")
    >>> luojia.save_checkpoint(net, "net.ckpt")
    >>> parameters = luojia.load_checkpoint("net.ckpt")
    >>> sorted(parameters), parameters["weight"].asnumpy()
    (['bias', 'weight'], array([[1., 1.]], dtype=float32))

    Matches ``mindspore.load_checkpoint``.
    """
    who = "load_checkpoint"
    if not isinstance(ckpt_file_name, (str, os.PathLike)):
        raise DTypeError(f"For '{who}', the argument 'ckpt_file_name' must be string, but got {type(ckpt_file_name)}.")
    path = os.fspath(ckpt_file_name)
    if dec_key is not None:
        raise NotSupportedError(f"For '{who}', dec_key: luojia does not decrypt checkpoints; decrypt the file.")
    suffix = os.path.splitext(path)[1].lstrip(".")
    wanted = format or (suffix if suffix in _FORMATS else "ckpt")
    if wanted not in _FORMATS:
        raise ArgumentError(f"For '{who}', the 'format' must be in {list(_FORMATS)}, but got {format!r}.")
    if suffix != wanted:
        raise ArgumentError(f"For '{who}', the checkpoint file format must same with 'format', but got file_name:"
                            f"'{path}', format:'{wanted}'")
    filters = _prefixes(who, "filter_prefix", filter_prefix)
    specified = _prefixes(who, "specify_prefix", specify_prefix)
    if not os.path.exists(path):
        raise ArgumentError(f"For '{who}', the checkpoint file: {os.path.realpath(path)} does not exist, please check "
                            "whether the 'ckpt_file_name' is correct.")
    try:
        if wanted == "ckpt":
            found: dict[str, Any] = dict(checkpoint.load(path, keep_bfloat16=True))
        else:
            texts = safetensors_file.load_metadata(path)
            texts.pop("format", None)  # which libraries write
            found = {**safetensors_file.load(path, keep_bfloat16=True), **texts}
    except FormatError as e:
        raise FormatError(f"Failed to read the checkpoint file {os.path.realpath(path)}. The file may be corrupted, "
                          f"and the content cannot be parsed: {e}") from e
    taken = {
        name: value for name, value in found.items()
        if not (filters and name.startswith(filters)) and (not specified or name.startswith(specified))
        and (choice_func is None or choice_func(name))
    }
    if not taken:
        raise ArgumentError("The loaded parameter dict is empty after filter or specify, please check whether "
                            "'filter_prefix' or 'specify_prefix' are set correctly.")
    parameters = {name: v if isinstance(v, str) else Parameter(Tensor(v), name=name) for name, v in taken.items()}
    if net is not None:
        load_param_into_net(net, {k: p for k, p in parameters.items() if isinstance(p, Parameter)}, strict_load)
    return parameters


def _prefixes(who: str, name: str, value: Any) -> tuple[str, ...]:
    prefixes = (value,) if isinstance(value, str) else tuple(value or ())
    if any(not isinstance(p, str) for p in prefixes):
        raise DTypeError(f"For '{who}', the '{name}' must be str, list[str] or tuple[str], but got {value!r}.")
    if isinstance(value, (list, tuple)) and not value:
        raise ArgumentError(f"For '{who}', the argument 'specify_prefix' or 'filter_prefix' can't be empty when it is "
                            "a list or tuple.")
    if "" in prefixes:
        raise ArgumentError(f"For '{who}', the value of 'specify_prefix' or 'filter_prefix' can't include ''.")
    return prefixes


def load_param_into_net(net: Module, parameter_dict: dict[str, Parameter], strict_load: bool = False,
                        remove_redundancy: bool = False) -> tuple[list[str], list[str]]:
    """Give the parameters of ``net`` the values of those of the same name.

    Returns:
        (names of the network's parameters that got no value, names of values that were not used).

    Raises:
        TypeError: an argument of another type, or with ``strict_load`` a value of another dtype.
        RuntimeError: a value of another shape; nothing has been loaded then.

    >>> from luojia import nn
    >>> net, other = nn.Dense(2, 1, "ones"), nn.Dense(2, 1, "zeros")
    >>> luojia.save_checkpoint(net, "net.ckpt")
    >>> luojia.load_param_into_net(other, luojia.load_checkpoint("net.ckpt"))
    ([], [])
    >>> other.weight.asnumpy()
    array([[1., 1.]], dtype=float32)

    Matches ``mindspore.load_param_into_net``.
    """
    who = "load_param_into_net"
    if not isinstance(net, Module):
        raise DTypeError(f"For '{who}', the argument 'net' should be a Cell, but got {type(net)}.")
    if not isinstance(parameter_dict, dict):
        raise DTypeError(f"For '{who}', the argument 'parameter_dict' should be a dict, but got "
                         f"{type(parameter_dict)}.")
    for key, value in (("strict_load", strict_load), ("remove_redundancy", remove_redundancy)):
        if not isinstance(value, bool):
            raise DTypeError(f"For '{who}', the '{key}' must be a bool, but got {type(value).__name__}.")
    for key, value in parameter_dict.items():
        if not isinstance(key, str) or not isinstance(value, (Parameter, str)):
            raise DTypeError("For 'parameter_dict', the element in the argument 'parameter_dict' should be a 'str' and "
                             f"'Parameter' , but got {type(key)} and {type(value)}.")
    targets = {p.name: p for p in net.get_parameters()}
    found = {name: (p, parameter_dict[name]) for name, p in targets.items() if name in parameter_dict}
    for name, (p, new) in found.items():
        if p.shape != new.shape and not _longer(p.shape, new.shape):
            raise ShapeError(f"For '{who}', {name} in the argument 'net' should have the same shape as {name} in the "
                             f"argument 'parameter_dict'. But got its shape {p.shape} in the argument 'net' and shape "
                             f"{new.shape} in the argument 'parameter_dict'. May you need to check whether the "
                             "checkpoint you loaded is correct or the batch size and so on in the 'net' and "
                             "'parameter_dict' are same.")
        if is_float(p.np_dtype) != is_float(new.np_dtype):
            raise DTypeError(f"For '{who}', {name} in the argument 'net' should have the same type as in the argument "
                             f"'parameter_dict', but got {p.dtype} and {new.dtype}.")
        if strict_load and p.np_dtype != new.np_dtype:
            raise DTypeError(f"For '{who}', {name} in the argument 'net' should have the same type as in the argument "
                             f"'parameter_dict', but got {p.dtype} and {new.dtype} with strict_load=True.")
    for p, new in found.values():
        value = new.asnumpy().reshape(p.shape)
        p.set_data(Tensor(value if value.dtype == p.np_dtype else value.astype(p.np_dtype)))
    return [n for n in targets if n not in found], [n for n in parameter_dict if n not in targets]


def _longer(shape: tuple, given: tuple) -> bool:
    """Whether the given shape is the other and further axes of length 1: so Ascend's files have kernels."""
    return bool(shape) and given == shape + (1,) * (len(given) - len(shape))


def load_checkpoint_async(ckpt_file_name: str, net: Module | None = None, strict_load: bool = False,
                          filter_prefix: Any = None, dec_key: bytes | None = None, dec_mode: str = "AES-GCM",
                          specify_prefix: Any = None, choice_func: Callable | None = None) -> Future:
    """``load_checkpoint`` in a thread: a Future, whose ``result()`` waits for the Parameters.

    >>> from luojia import load_checkpoint_async, nn, save_checkpoint
    >>> save_checkpoint(nn.Dense(2, 3), "dense.ckpt")
    >>> sorted(load_checkpoint_async("dense.ckpt").result())
    ['bias', 'weight']

    Matches ``mindspore.load_checkpoint_async``.
    """
    pool = ThreadPoolExecutor(1, "load_checkpoint")
    found = pool.submit(load_checkpoint, ckpt_file_name, net, strict_load, filter_prefix, dec_key, dec_mode,
                        specify_prefix, choice_func)
    pool.shutdown(wait=False)  # so that no thread stays, beside which a data loader could not fork
    return found


def merge_sliced_parameter(sliced_parameters: list[Parameter], strategy: dict | None = None) -> Parameter:
    """One Parameter of the slices that devices hold.

    Args:
        sliced_parameters: the slices, in order of the devices' ranks.
        strategy: the layouts of parameters by name, which ``parallel.build_searched_strategy`` reads; without it the
            slices lie one after the other along axis 0.

    Raises:
        TypeError: no list of Parameters, or no dict of layouts.
        ValueError: names, or shapes but for axis 0, that differ; slices that do not fit the layout.
        KeyError: ``strategy`` does not have the parameter.

    >>> from luojia import Parameter, Tensor
    >>> merge_sliced_parameter([Parameter(Tensor([1.0, 2.0]), "w"), Parameter(Tensor([3.0]), "w")])
    Parameter (name=w, shape=(3,), dtype=Float32, requires_grad=True)

    Matches ``mindspore.merge_sliced_parameter``, but that slices which optimizers cut further are joined too.
    """
    who = "merge_sliced_parameter"
    if not isinstance(sliced_parameters, list):
        raise DTypeError(f"For '{who}', the argument 'sliced_parameters' should be list, but got "
                         f"{type(sliced_parameters)}.")
    if strategy is not None and not isinstance(strategy, dict):
        raise DTypeError(f"For '{who}', the argument 'strategy' should be dict, but got {type(strategy)}.")
    if not sliced_parameters:
        raise ArgumentError(f"For '{who}', the argument 'sliced_parameters' should not be empty.")
    for i, p in enumerate(sliced_parameters):
        if not isinstance(p, Parameter):
            raise DTypeError(f"For '{who}', the element in 'sliced_parameters' should be 'Parameter', but got "
                             f"{type(p)} at index {i}.")
        first = sliced_parameters[0]
        if (p.name, p.ndim, p.shape[1:]) != (first.name, first.ndim, first.shape[1:]):
            raise ShapeError(f"For '{who}', please make sure that the elements in 'slice_parameters' have the same "
                             "name, dimension length and shape except 0 axis. The name, dimension length, shape except "
                             f"0 axis should be {first.name}, {first.ndim}, {first.shape[1:]}, but got name: {p.name}, "
                             f"dimension length: {p.ndim}, shape except 0 axis: {p.shape[1:]} at index {i}.")
    if strategy is None:
        joined = np.concatenate([p.asnumpy() for p in sliced_parameters])
    elif first.name not in strategy:
        raise UnknownNameError(f"For '{who}', the parameter name {first.name} should be a key in the 'strategy'. "
                               "Please check 'sliced_parameter' and 'strategy'.")
    else:
        layout = strategy_file.checked(first.name, strategy_file.of_value(first.name, strategy[first.name]))
        if len(sliced_parameters) != layout.devices:
            raise ArgumentError(f"For '{who}', the length of 'sliced_parameters' should be equal to device_count. The "
                                f"length of 'sliced_parameters' is {len(sliced_parameters)}, but device_count is "
                                f"{layout.devices}.")
        joined = strategy_file.merged(first.name, [p.asnumpy() for p in sliced_parameters], layout)
    return Parameter(Tensor(joined), first.name, first.requires_grad, first.layerwise_parallel)


def export(net: Any, *inputs: Any, file_name: str, file_format: str, **kwargs: Any) -> None:
    """Write a network to a file that ``load`` and ``nn.GraphCell`` make a network of, without its class.

    The network is run on ``inputs``, in evaluation, and what it computes for inputs of their shapes is kept as
    operators. The file is luojia's own, safetensors with the operators in its header; MindSpore does not read it.

    Args:
        net: a network, or a function of Tensors.
        inputs: Tensors to call it with.
        file_name: the file; the suffix ``.mindir`` or ``.onnx`` is added if it is missing.
        file_format: 'MINDIR', or 'ONNX' for a graph of operator set 13, whose inputs bear the names that ``construct``
            has for them.

    Raises:
        TypeError: a file name that is no string, or inputs that are no Tensors.
        ValueError: a format that MindSpore does not have either.
        NotSupportedError: 'AIR'; a network whose result depends on its inputs outside of operators; an operator that
            is not written as ONNX.

    >>> import luojia
    >>> from luojia import Tensor, nn
    >>> luojia.export(nn.Dense(2, 3), Tensor([[1.0, 2.0]]), file_name="dense", file_format="MINDIR")

    Matches ``mindspore.export``, but for what is in the file.
    """
    if not isinstance(file_name, str):
        raise DTypeError(f"For 'export', the 'file_name' must be string, but got {type(file_name)}.")
    if file_format not in ("AIR", "ONNX", "MINDIR"):
        raise ArgumentError("For 'export', 'file_format' must be one of ['AIR', 'ONNX', 'MINDIR'], but got "
                            f"{file_format}.")
    if file_format == "AIR":
        raise NotSupportedError("export: file_format 'AIR' is not supported; write 'MINDIR', which nn.GraphCell runs, "
                                "or 'ONNX'.")
    if kwargs.get("enc_key") is not None:
        raise NotSupportedError("For 'export', enc_key: luojia does not encrypt networks; encrypt the file.")
    if not callable(net):
        raise DTypeError(f"For 'export', the 'net' must be a network or a function, but got {type(net)}.")
    if not inputs or not all(isinstance(t, Tensor) for t in inputs):
        raise DTypeError("For 'export', the network is run on the 'inputs', which must be Tensors, but got "
                         f"{[type(t).__name__ for t in inputs]}.")
    cells = [cell for _, cell in net.cells_and_names()] if isinstance(net, Module) else []
    modes = [cell.training for cell in cells]
    named = {p.name or name: p for name, p in net.parameters_and_names()} if isinstance(net, Module) else {}
    run = net._luojia_eager if isinstance(net, Module) else net
    graph_mode = Mode.graph
    try:
        Mode.graph = False
        for cell in cells:
            cell.training = False
        listing = listed("export", run, inputs, named)
    finally:
        Mode.graph = graph_mode
        for cell, mode in zip(cells, modes):
            cell.training = mode
    suffix = f".{file_format.lower()}"
    path = file_name if file_name.endswith(suffix) else file_name + suffix
    values = {name: named[name].asnumpy() for name in listing.named.values()}
    if file_format == "ONNX":
        arrays = {name: t.asnumpy() for name, t in zip(_input_names(net, len(inputs)), inputs)}
        onnx_file.save(path, onnx_write.of_listing("export", listing, arrays, values))
    else:
        graph_file.save(path, listing, values)


def _input_names(net: Any, count: int) -> list[str]:
    """What the network calls its inputs."""
    try:
        names = [n for n, p in inspect.signature(net.construct if isinstance(net, Module) else net).parameters.items()
                 if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    except (TypeError, ValueError):  # a function without a signature
        names = []
    return [*names[:count], *[f"input{i}" for i in range(len(names), count)]]


def load(file_name: str, **kwargs: Any) -> FuncGraph:
    """The network of a file that ``export`` wrote, for ``nn.GraphCell``.

    Raises:
        ValueError: there is no such file, or its name does not end with ``.mindir``.
        FormatError: luojia did not write it: MindSpore's own MindIR is not read.

    Matches ``mindspore.load``.
    """
    if not isinstance(file_name, (str, os.PathLike)):
        raise ArgumentError(f"For 'load', the argument 'file_name' must be string, but got {type(file_name)}.")
    path = os.fspath(file_name)
    if not path.endswith(".mindir"):
        raise ArgumentError("For 'load', the argument 'file_name'(MindIR file) should end with '.mindir', please input "
                            f"the correct 'file_name': {path}")
    if not os.path.isfile(path):
        raise ArgumentError("For 'load', the argument 'file_name'(MindIR file) does not exist, please check whether "
                            f"the 'file_name' is correct: {path}")
    try:
        return FuncGraph.read(path)
    except FormatError as e:
        raise FormatError(f"Load MindIR failed. luojia reads the files that its export wrote, not MindSpore's own: {e} "
                          "Take the parameters over with save_checkpoint and load_checkpoint.") from e


__all__ = ["export", "load", "load_checkpoint", "load_checkpoint_async", "merge_sliced_parameter",
           "load_param_into_net", "save_checkpoint"]
__dir__ = public_names(__name__)
