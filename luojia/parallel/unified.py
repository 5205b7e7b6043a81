"""Checkpoints of networks that were cut over devices, put together in safetensors files and loaded on one device."""

from __future__ import annotations

import glob
import json
import os
from collections.abc import Callable, Mapping
from typing import Any

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, FormatError, NotSupportedError
from .._src.formats import safetensors_file, strategy_file
from .._src.formats.atomic import write_bytes
from .._src.formats.strategy_file import WHOLE, Layout
from .._src.ops import Parameter
from ..context import get_auto_parallel_context
from ..nn.module import Module
from ..train.serialization import load_param_into_net
from .checkpoints import Conversion, Side, ranks_of, read_arrays, read_strategy, write_arrays

__all__ = ["load_distributed_checkpoint", "unified_safetensors"]
_MAP, _REST = "param_name_map.json", "hyper_param.safetensors"
_PART_BYTES = 3 << 30


def unified_safetensors(src_dir: str, src_strategy_file: str | None, dst_dir: str, merge_with_redundancy: bool = True,
                        file_suffix: str | None = None, max_process_num: int = 64,
                        choice_func: Callable | None = None, split_dst_file: tuple = ()) -> None:
    """Put the safetensors files of all ranks together: whole parameters, in files of up to 3 GiB.

    ``dst_dir`` gets ``part0.safetensors``, ``part1.safetensors``, ..., ``hyper_param.safetensors`` with what the
    strategy file does not have, and ``param_name_map.json``, which says where each parameter is.

    Args:
        src_dir: a folder with folders ``rank_0``, ``rank_1``, ...
        src_strategy_file: how the parameters were cut; None: not at all, ``rank_0`` has them.
        dst_dir: the folder to write.
        merge_with_redundancy: accepted; a part is taken from whichever rank has it.
        file_suffix: which files to take: those whose names end so, before ``.safetensors``.
        max_process_num: accepted; one process does the work.
        choice_func: takes a parameter's name; says whether to take it, or its new name.
        split_dst_file: (k, n): write the k-th of n shares of the files' parameters, 1 <= k <= n.

    Raises:
        TypeError: an argument of another type.
        ValueError: a file is missing, corrupted, or does not fit the strategy; an answer of ``choice_func`` that is
            neither a bool nor a string.

    >>> import json, os
    >>> from luojia import Parameter, Tensor, load_checkpoint, parallel, save_checkpoint
    >>> for rank in range(2):
    ...     os.makedirs(f"halves/rank_{rank}")
    ...     half = Parameter(Tensor([[rank, rank]]), name="weight")
    ...     save_checkpoint([half], f"halves/rank_{rank}/net", format="safetensors")
    >>> with open("two.json", "w") as file:
    ...     json.dump({"parallel_layout_item": {"weight": {"dev_matrix": [2], "tensor_map": [0, -1]}}}, file)
    >>> parallel.unified_safetensors("halves", "two.json", "whole")
    >>> sorted(os.listdir("whole"))
    ['hyper_param.safetensors', 'param_name_map.json', 'part0.safetensors']
    >>> load_checkpoint("whole/part0.safetensors")["weight"].asnumpy().tolist()
    [[0, 0], [1, 1]]

    Matches ``mindspore.parallel.unified_safetensors``.
    """
    who = "unified_safetensors"
    for name, value in (("src_dir", src_dir), ("dst_dir", dst_dir)):
        if not isinstance(value, str):
            raise DTypeError(f"For '{who}', '{name}' must be a str, but got {type(value)}.")
    if choice_func is not None and not callable(choice_func):
        raise DTypeError(f"For '{who}', 'choice_func' must be callable, but got {type(choice_func)}.")
    share, shares = split_dst_file or (1, 1)
    if not 1 <= share <= shares:
        raise ArgumentError(f"For '{who}', 'split_dst_file' must be (k, n) with 1 <= k <= n, but got {split_dst_file}.")
    if not os.path.isdir(src_dir):
        raise NotADirectoryError(f"For '{who}', src_dir {src_dir} is not a directory.")
    src = Side(src_strategy_file)
    files = {}
    for rank, folder in sorted(ranks_of(src_dir)):
        found = sorted(glob.glob(os.path.join(glob.escape(folder), f"*{glob.escape(file_suffix or '')}.safetensors")))
        if not found and file_suffix:
            raise ArgumentError(f"No safetensors files found in directory '{folder}' with suffix '{file_suffix}' and "
                                "format 'safetensors'. Please verify the directory contains the expected files. "
                                "Recommend setting file_suffix to the longest common suffix.")
        if found and rank < src.ranks:
            files[rank] = read_arrays(found[-1])
    conversion = Conversion(src, Side(None), 0)
    missing = [rank for rank in conversion.ranks() if rank not in files]
    if missing and merge_with_redundancy:
        raise ArgumentError(f"The safetensor file of rank{missing[0]} is needed for converting rank[0]'s safetensor, "
                            "but it is missing.")
    weights, rest = {}, {}
    for name, value in conversion.arrays(files).items():
        new = name if name in src.names or src.whole else None
        if new is not None and choice_func is not None:
            answer = choice_func(name)
            if not isinstance(answer, (bool, str)):
                raise ArgumentError(f"For '{who}', the return value type of the function 'choice_func' must be bool or "
                                    f"str, but got {type(answer)}.")
            new = (name if answer else "") if isinstance(answer, bool) else answer
        if new:
            weights[new] = value
        elif new is None:
            rest[name] = value
    parts: list[dict[str, Any]] = [{}]
    size = 0
    for name in sorted(weights):
        if size and size + weights[name].nbytes > _PART_BYTES:
            parts.append({})
            size = 0
        parts[-1][name] = weights[name]
        size += weights[name].nbytes
    os.makedirs(dst_dir, exist_ok=True)
    where = {name: f"part{i}.safetensors" for i, part in enumerate(parts) for name in part}
    for i, part in enumerate(parts):
        if i % shares == share - 1:
            safetensors_file.save(os.path.join(dst_dir, f"part{i}.safetensors"), part, {"format": "ms"})
    texts = {name: value for name, value in rest.items() if isinstance(value, str)}
    safetensors_file.save(os.path.join(dst_dir, _REST), {n: v for n, v in rest.items() if n not in texts},
                          {"format": "ms", **texts})
    total = sum(value.nbytes for value in weights.values())
    listed = {"metadata": {"total_size": total}, "weight_map": where}
    write_bytes(os.path.join(dst_dir, _MAP), json.dumps(listed, indent=4).encode())


def _unified(folder: str) -> dict[str, Any]:
    """The arrays of a folder that ``unified_safetensors`` wrote."""
    try:
        with open(os.path.join(folder, _MAP), encoding="utf-8") as file:
            listed = json.load(file)
    except FileNotFoundError:
        raise ArgumentError(f"For 'load_distributed_checkpoint', there must be a JSON file named '{_MAP}' in the "
                            f"'unified_safetensors_dir', but got {folder!r}.") from None
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{os.path.join(folder, _MAP)} is no JSON: {str(error)[:200]}.") from None
    where = listed.get("weight_map", listed) if isinstance(listed, dict) else None
    if not isinstance(where, dict) or not all(isinstance(v, str) and os.path.basename(v) == v for v in where.values()):
        raise FormatError(f"{os.path.join(folder, _MAP)} must say the file of each parameter, by name.")
    found: dict[str, Any] = {}
    for part in sorted(set(where.values())):
        path = os.path.join(folder, part)
        if not os.path.isfile(path):
            raise ArgumentError(f"For 'load_distributed_checkpoint', {path}, which '{_MAP}' names, does not exist.")
        found.update(safetensors_file.load(path, keep_bfloat16=True))
    rest = os.path.join(folder, _REST)
    if os.path.isfile(rest):
        found.update(safetensors_file.load(rest, keep_bfloat16=True))
    return found


def load_distributed_checkpoint(network: Module | None, checkpoint_filenames: list[str] | None = None,
                                predict_strategy: Any = None, train_strategy_filename: str | None = None,
                                strict_load: bool = False, dec_key: bytes | None = None, dec_mode: str = "AES-GCM",
                                format: str = "ckpt", unified_safetensors_dir: str | None = None,
                                dst_safetensors_dir: str | None = None, rank_id: int | None = None,
                                output_format: str = "safetensors", name_map: dict[str, str] | None = None,
                                max_process_num: int = 64, return_param_dict: bool = False) -> Any:
    """Load what several devices saved into a network on this one.

    Args:
        network: the network; None with ``format='safetensors'`` writes files instead.
        checkpoint_filenames: the checkpoints of all ranks, in order; for ``format='ckpt'``.
        predict_strategy: how the network's parameters are cut here: None, a dict of layouts by name, or, for
            safetensors, a strategy file.
        train_strategy_filename: how they were cut; by default what
            ``set_auto_parallel_context(strategy_ckpt_load_file=...)`` says.
        strict_load: raise where a parameter would be cast.
        format: 'ckpt', or 'safetensors' for a folder that ``unified_safetensors`` wrote.
        unified_safetensors_dir: that folder.
        dst_safetensors_dir: where files are written, as ``rank_0/net.safetensors``, ...
        rank_id: the rank whose parts to take, or whose file to write; by default 0, or all files.
        output_format: of the written files: 'safetensors' or 'ckpt'.
        name_map: new names of parameters, by old ones.
        max_process_num: accepted; one process does the work.
        return_param_dict: return the Parameters by name.

    Returns:
        The Parameters with ``return_param_dict``; otherwise the names that were not loaded for safetensors, True for
        ckpt, or None when files were written.

    Raises:
        TypeError: an argument of another type.
        ValueError: a file is missing, corrupted, or does not fit its strategy.
        NotSupportedError: ``dec_key``.

    Matches ``mindspore.parallel.load_distributed_checkpoint``.
    """
    who = "load_distributed_checkpoint"
    if not isinstance(strict_load, bool):
        raise DTypeError(f"For '{who}', 'strict_load' must be a bool, but got {type(strict_load).__name__}.")
    if format not in ("ckpt", "safetensors") or output_format not in ("ckpt", "safetensors"):
        raise ArgumentError(f"For '{who}', 'format' and 'output_format' must be 'ckpt' or 'safetensors', but got "
                            f"{format}.")
    if dec_key is not None:
        raise NotSupportedError(f"For '{who}', dec_key: luojia does not decrypt checkpoints; decrypt the files.")
    if format == "safetensors":
        if unified_safetensors_dir is None:
            raise ArgumentError(f"For '{who}', 'unified_safetensors_dir' can not be None when format is 'safetensors'.")
        if network is None and dst_safetensors_dir is None:
            raise ArgumentError(f"For '{who}', 'dst_safetensors_dir' can not be None when network is None.")
        arrays = _unified(unified_safetensors_dir)
    if network is None and format == "safetensors":
        assert dst_safetensors_dir is not None
        dst = Side(predict_strategy)
        for rank in range(dst.ranks) if rank_id is None else [rank_id]:
            found = _renamed(Conversion(Side(None), dst, rank).arrays({0: arrays}), name_map)
            path = os.path.join(dst_safetensors_dir, f"rank_{rank}", f"net.{output_format}")
            write_arrays(found, path, output_format)
        return None
    if not isinstance(network, Module):
        raise ArgumentError(f"The parameter 'network' must be isinstance of {Module}, but got {network}.")
    if format == "ckpt":
        arrays = _joined(checkpoint_filenames, train_strategy_filename)
    if isinstance(predict_strategy, str):
        layouts = dict(read_strategy(predict_strategy).layouts)
    elif predict_strategy is None or isinstance(predict_strategy, Mapping):
        layouts = {name: strategy_file.checked(name, strategy_file.of_value(name, value))
                   for name, value in (predict_strategy or {}).items()}
    else:
        raise ArgumentError(f"The parameter 'predict_strategy' must be isinstance of {dict}, but got "
                            f"{predict_strategy}.")
    rank = rank_id or 0
    here = {name: value[layouts[name].region(rank, value.shape, name)] if name in layouts else value
            for name, value in arrays.items()}
    parameters = {name: Parameter(Tensor(value), name=name) for name, value in _renamed(here, name_map).items()
                  if not isinstance(value, str)}
    left = load_param_into_net(network, parameters, strict_load)
    if return_param_dict:
        return parameters
    return left if format == "safetensors" else True


def _renamed(arrays: Mapping[str, Any], name_map: Mapping[str, str] | None) -> dict[str, Any]:
    return {(name_map or {}).get(name, name): value for name, value in arrays.items()}


def _joined(filenames: Any, strategy: str | None) -> dict[str, Any]:
    """Whole parameters of the checkpoints of all ranks; what the strategy does not have, of the first."""
    if strategy is None:
        strategy = get_auto_parallel_context("strategy_ckpt_load_file")
    if not strategy:
        raise ArgumentError("For 'load_distributed_checkpoint', how the parameters were cut must be said by "
                            "'train_strategy_filename' or set_auto_parallel_context(strategy_ckpt_load_file=...).")
    layouts: dict[str, Layout] = dict(read_strategy(strategy).layouts)
    if not isinstance(filenames, (list, tuple)):
        raise ArgumentError("For 'load_distributed_checkpoint', 'checkpoint_filenames' must be a list of file names, "
                            f"but got {type(filenames)}.")
    for i, name in enumerate(filenames):
        if not isinstance(name, str) or not name.endswith(".ckpt") or not os.path.isfile(name) or (
                not os.path.getsize(name)):
            raise ArgumentError("For 'load_distributed_checkpoint', please check 'checkpoint_filenames', and make sure "
                                f"the {name} at index {i} is a valid checkpoint file, it must be a string ending with "
                                "'.ckpt', and the checkpoint file it represents must be exist and not empty.")
    devices = max((layout.devices for layout in layouts.values()), default=WHOLE.devices)
    if len(filenames) != devices:
        raise ArgumentError("For 'Load_distributed_checkpoint', the length of 'checkpoint_filenames' should be equal "
                            "to the device count of training process. But got the length of 'checkpoint_filenames' is "
                            f"{len(filenames)} and the device count is {devices}.")
    files = [read_arrays(name) for name in filenames]
    found: dict[str, Any] = {}
    for name, value in files[0].items():
        if name not in layouts:
            found[name] = value
            continue
        if any(name not in file for file in files):
            raise ArgumentError(f"For 'load_distributed_checkpoint', not all of 'checkpoint_filenames' have {name!r}.")
        found[name] = strategy_file.merged(name, [file[name] for file in files], layouts[name])
    return found
