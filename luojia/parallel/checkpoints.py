"""Checkpoints of networks that were cut over devices: cutting them otherwise, and making them whole."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor
from .._src.errors import ArgumentError, DTypeError, FormatError
from .._src.formats import strategy_file
from .._src.formats.atomic import write_bytes
from .._src.formats.strategy_file import Layout
from ..train.serialization import load_checkpoint, load_param_into_net, save_checkpoint

__all__ = ["build_searched_strategy", "convert_checkpoint_by_rank", "convert_checkpoints",
           "load_segmented_checkpoints", "merge_pipeline_strategys", "rank_list_for_convert",
           "rank_list_for_transform", "restore_group_info_list", "transform_checkpoint_by_rank",
           "transform_checkpoints"]


def read_strategy(path: Any) -> strategy_file.Strategy:
    """A strategy file, or an error in the words of ``build_searched_strategy``."""
    who = "build_searched_strategy"
    if not isinstance(path, str):
        raise DTypeError(f"For '{who}', the argument 'strategy_filename' should be string, but got {type(path)}.")
    if not os.path.isfile(path):
        raise ArgumentError(f"For '{who}', no such strategy file: {path}. Please check whether the "
                            "'strategy_filename' exists.")
    if not os.path.getsize(path):
        raise FormatError(f"For '{who}', the strategy file {path} should not be empty. Please check whether the "
                          "'strategy_filename' is correct.")
    return strategy_file.load(path)


def build_searched_strategy(strategy_filename: str) -> dict[str, Layout]:
    """The layout of each parameter, by name, of a strategy file: how it was cut over devices.

    Raises:
        TypeError: a name that is no string.
        ValueError: the file is missing, empty or corrupted.

    >>> import json
    >>> from luojia import parallel
    >>> item = {"dev_matrix": [2, 4], "tensor_map": [1, 0]}
    >>> with open("strategy.json", "w") as file:
    ...     json.dump({"parallel_layout_item": {"weight": item}}, file)
    >>> layout = parallel.build_searched_strategy("strategy.json")["weight"]
    >>> layout.dev_matrix, layout.tensor_map
    ((2, 4), (1, 0))

    Matches ``mindspore.parallel.build_searched_strategy``, whose layouts are messages of protocol buffers.
    """
    return dict(read_strategy(strategy_filename).layouts)


def merge_pipeline_strategys(src_strategy_dirs: str, dst_strategy_file: str) -> None:
    """One strategy file of those of a pipeline's stages, which lie in a folder as ``.ckpt`` or ``.json``.

    In the merged file the names begin with the number of their stage: ``1-layer.weight``.

    Raises:
        NotADirectoryError: ``src_strategy_dirs`` is no folder.
        ValueError: the folder has no strategy files, or one is corrupted.

    Matches ``mindspore.parallel.merge_pipeline_strategys``.
    """
    if not os.path.isdir(src_strategy_dirs):
        raise NotADirectoryError(f"src_strategy_dirs {src_strategy_dirs} is not a directory.")
    files = (sorted(glob.glob(os.path.join(glob.escape(src_strategy_dirs), "*.ckpt")))
             or sorted(glob.glob(os.path.join(glob.escape(src_strategy_dirs), "*.json"))))
    if not files:
        raise ArgumentError(f"For 'merge_pipeline_strategys', {src_strategy_dirs} has no strategy files, which end "
                            "with '.ckpt' or '.json'.")
    read = [read_strategy(path) for path in files]
    operators = {name: value for s in read for name, value in s.operators.items()}
    layouts = {f"{s.stage}-{name}": layout for s in read for name, layout in s.layouts.items()}
    folder = os.path.dirname(os.path.abspath(dst_strategy_file))
    os.makedirs(folder, exist_ok=True)
    write_bytes(dst_strategy_file, strategy_file.dump(strategy_file.Strategy(1, operators, layouts)))


def restore_group_info_list(group_info_file_name: str) -> list[int]:
    """The ranks whose checkpoints equal that of the rank that wrote a file of communication groups.

    Raises:
        TypeError: a name that is no string.
        ValueError: the file is missing, empty or corrupted.

    Matches ``mindspore.parallel.restore_group_info_list``.
    """
    who, path = "restore_group_info_list", group_info_file_name
    if not isinstance(path, str):
        raise DTypeError(f"For '{who}', the argument 'group_info_file_name' should be str, but got {type(path)}.")
    if not os.path.isfile(path):
        raise ArgumentError(f"For '{who}', no such group information file: {path}.")
    with open(path, "rb") as file:
        data = file.read()
    if not data:
        raise FormatError(f"For '{who}', the group information file should not be empty.")
    return strategy_file.read_group(data, path)


class Side:
    """The devices before or after a conversion: how many, in how many stages, and what each stage's layouts are."""

    def __init__(self, path: str | None):
        layouts = {} if path is None else read_strategy(path).layouts
        self.whole = path is None
        self.stages = strategy_file.staged(layouts) or {0: {}}
        counts = {layout.devices for layout in layouts.values()} or {1}
        if len(counts) > 1:
            raise FormatError(f"the strategy file {path} has layouts for {sorted(counts)} devices; one file must be "
                              "for one number of devices.")
        self.devices = counts.pop()
        if self.devices * (max(self.stages) + 1) > strategy_file.MAX_DEVICES:
            raise FormatError(f"the strategy file {path} has {max(self.stages) + 1} stages of {self.devices} devices, "
                              "which cannot be.")
        self.ranks = self.devices * (max(self.stages) + 1)
        self.names = {name for layouts in self.stages.values() for name in layouts}

    def layout(self, name: str, stage: int) -> Layout | None:
        return self.stages.get(stage, {}).get(name)

    def homes(self, name: str) -> list[int]:
        """The stages that have a parameter."""
        return [stage for stage in sorted(self.stages) if name in self.stages[stage]]


class Conversion:
    """What one rank needs of the ranks before."""

    def __init__(self, src: Side, dst: Side, rank: int):
        if not 0 <= rank < dst.ranks:
            raise ArgumentError(f"rank_id {rank} is not in the destination's {dst.ranks} ranks.")
        self.src, self.dst, self.rank = src, dst, rank
        self.stage, self.local = divmod(rank, dst.devices)
        self.near = self.local % src.devices

    def ranks(self) -> list[int]:
        """The ranks whose files are needed, last first."""
        src, dst = self.src, self.dst
        if src.whole:
            return [0]
        if max(src.stages) != max(dst.stages):
            return list(range(src.ranks))[::-1]
        found = {self.near}  # whose file has what is not cut
        pairs = {(src.stages[stage][name], dst.layout(name, self.stage)) for name in src.names
                 for stage in src.homes(name)}  # many parameters lie alike
        for layout, target in pairs:
            if target is not None or dst.whole:
                found |= set(layout.sources(target, self.local, self.near))
        return sorted({local + stage * src.devices for local in found for stage in src.stages}, reverse=True)

    def arrays(self, files: Mapping[int, Mapping[str, Any]]) -> dict[str, Any]:
        """The rank's parameters of those of the files, by rank before and name."""
        src, dst = self.src, self.dst
        first = [self.near + stage * src.devices for stage in sorted(src.stages)]
        order = [r for r in first if r in files] + [r for r in sorted(files) if r not in first]
        out: dict[str, Any] = {}
        for name, value in ((n, v) for r in order for n, v in files[r].items()):
            if name in out or (name in dst.names and dst.layout(name, self.stage) is None):
                continue
            target = dst.layout(name, self.stage)
            if src.whole:
                out[name] = value if target is None else value[target.region(self.local, value.shape, name)]
            elif name not in src.names or (target is None and not dst.whole):
                out[name] = value
            else:
                out[name] = self._join(name, files, target)
        return out

    def _join(self, name: str, files: Mapping[int, Mapping[str, Any]], target: Layout | None) -> np.ndarray:
        src = self.src
        for stage in src.homes(name):
            layout = src.stages[stage][name]
            parts = {s: files.get(s + stage * src.devices, {}).get(name)
                     for s in layout.sources(target, self.local, self.near)}
            if all(p is not None for p in parts.values()):
                return _assembled(name, layout, parts, target, self.local)
        raise ArgumentError(f"the checkpoints of the ranks {sorted(files)} do not have all parts of {name!r}; give "
                            "those of all the ranks that rank_list_for_transform lists.")


def _assembled(name: str, layout: Layout, parts: Mapping[int, Any], target: Layout | None, local: int) -> np.ndarray:
    one = next(iter(parts.values()))
    cuts = layout.cuts()
    if len(cuts) != one.ndim:
        raise ArgumentError(f"the strategy of {name!r} has a tensor_map of {len(cuts)} axes, but the parameter has the "
                            f"shape {one.shape}; take the strategy file that belongs to the checkpoints.")
    shape = tuple(n * c for n, c in zip(one.shape, cuts))
    wanted = tuple(slice(0, n) for n in shape) if target is None else target.region(local, shape, name)
    out = np.empty([w.stop - w.start for w in wanted], one.dtype)
    for rank, part in parts.items():
        if part.shape != one.shape or part.dtype != one.dtype:
            raise ArgumentError(f"the parts of {name!r} have different shapes or dtypes: {one.shape} {one.dtype} and "
                                f"{part.shape} {part.dtype}.")
        lies = layout.region(rank, shape, name)
        low = [max(a.start, b.start) for a, b in zip(lies, wanted)]
        high = [min(a.stop, b.stop) for a, b in zip(lies, wanted)]
        out[tuple(slice(a - w.start, b - w.start) for a, b, w in zip(low, high, wanted))] = part[
            tuple(slice(a - w.start, b - w.start) for a, b, w in zip(low, high, lies))]
    return out


def read_arrays(path: str) -> dict[str, Any]:
    """A checkpoint's arrays, and its strings, by name."""
    return {k: v if isinstance(v, str) else v.asnumpy() for k, v in load_checkpoint(path).items()}


def write_arrays(arrays: Mapping[str, Any], path: str, file_format: str) -> None:
    """Write a checkpoint of arrays and strings."""
    folder = os.path.dirname(path)
    if folder:
        os.makedirs(folder, exist_ok=True)
    save_checkpoint({k: v if isinstance(v, str) else Tensor(v) for k, v in arrays.items()}, path, format=file_format)


def _check_known(files: Mapping[int, Mapping[str, Any]], src: Side, dst: Side) -> None:
    if not any(n in src.names or n in dst.names for found in files.values() for n in found):
        raise ArgumentError("None of the parameters in checkpoint file are in either src strategy or dst strategy. "
                            "Please check correctness of strategy files.")


def rank_list_for_transform(rank_id: int, src_strategy_file: str | None = None,
                            dst_strategy_file: str | None = None) -> list[int]:
    """The ranks whose checkpoints are needed for that of ``rank_id`` once the parameters are cut otherwise.

    Args:
        rank_id: a rank after the conversion.
        src_strategy_file, dst_strategy_file: how parameters were cut, and how they shall be; None: not at all.

    Raises:
        TypeError: a ``rank_id`` that is no int, a name that is no string.
        ValueError: a strategy file is missing or corrupted, or has no such rank.

    >>> import json
    >>> from luojia import parallel
    >>> with open("four.json", "w") as file:
    ...     json.dump({"parallel_layout_item": {"weight": {"dev_matrix": [4], "tensor_map": [0, -1]}}}, file)
    >>> with open("two.json", "w") as file:
    ...     json.dump({"parallel_layout_item": {"weight": {"dev_matrix": [2], "tensor_map": [0, -1]}}}, file)
    >>> parallel.rank_list_for_transform(0, "four.json", "two.json")
    [1, 0]

    Matches ``mindspore.parallel.rank_list_for_transform``.
    """
    if not isinstance(rank_id, int):
        raise DTypeError("The rank_id should be a int.")
    return Conversion(Side(src_strategy_file), Side(dst_strategy_file), rank_id).ranks()


def transform_checkpoint_by_rank(rank_id: int, checkpoint_files_map: dict[int, str], save_checkpoint_file_name: str,
                                 src_strategy_file: str | None = None, dst_strategy_file: str | None = None) -> None:
    """Write the checkpoint of one rank once the parameters are cut otherwise.

    What only one of the strategies has is taken as it is, of the rank of the same number.

    Args:
        rank_id: a rank after the conversion.
        checkpoint_files_map: the files before, by rank; those that ``rank_list_for_transform`` lists.
        save_checkpoint_file_name: the file to write, which ends with ``.ckpt`` or ``.safetensors``.
        src_strategy_file, dst_strategy_file: how parameters were cut, and how they shall be; None: not at all.

    Raises:
        TypeError: an argument of another type.
        ValueError: a file is missing or corrupted, or does not fit its strategy.

    Matches ``mindspore.parallel.transform_checkpoint_by_rank``.
    """
    if not isinstance(checkpoint_files_map, dict):
        raise DTypeError("The checkpoint_files_map should be a dict.")
    if not isinstance(rank_id, int):
        raise DTypeError("The rank_id should be a int.")
    if not isinstance(save_checkpoint_file_name, str):
        raise DTypeError("The save_checkpoint_file_name should be a str.")
    name, suffix = os.path.splitext(save_checkpoint_file_name)
    if suffix not in (".ckpt", ".safetensors"):
        raise ArgumentError(f"The save_checkpoint_file_name {save_checkpoint_file_name} should end with .ckpt")
    for rank, path in checkpoint_files_map.items():
        if not isinstance(rank, int) or not isinstance(path, str):
            raise DTypeError(f"The checkpoint_files_map should have file names by rank, but got {rank!r}: {path!r}.")
        if not os.path.isfile(path):
            raise ArgumentError(f"Checkpoint file {path} in rank {rank} not exits: ")
    src, dst = Side(src_strategy_file), Side(dst_strategy_file)
    conversion = Conversion(src, dst, rank_id)
    missing = [r for r in sorted(conversion.ranks()) if r not in checkpoint_files_map]
    if missing:
        raise ArgumentError(f"The checkpoint file of rank {missing[0]} is missing.")
    files = {r: read_arrays(checkpoint_files_map[r]) for r in conversion.ranks()}
    _check_known(files, src, dst)
    write_arrays(conversion.arrays(files), save_checkpoint_file_name, suffix[1:])


def ranks_of(folder: str) -> Iterator[tuple[int, str]]:
    """The folders ``rank_0``, ``rank_1``, ... of a folder, by number."""
    for path in glob.glob(os.path.join(glob.escape(folder), "rank_*")):
        number = os.path.basename(path)[5:]
        if number.isdecimal() and os.path.isdir(path):
            yield int(number), path


def transform_checkpoints(src_checkpoints_dir: str, dst_checkpoints_dir: str, ckpt_prefix: str,
                          src_strategy_file: str | None = None, dst_strategy_file: str | None = None,
                          process_num: int = 1, output_format: str = "ckpt") -> None:
    """Write the checkpoints of all ranks once the parameters are cut otherwise.

    Args:
        src_checkpoints_dir: a folder with folders ``rank_0``, ``rank_1``, ...; of several files in one the last counts.
        dst_checkpoints_dir: the folder for ``rank_0/prefix0.ckpt``, ``rank_1/prefix1.ckpt``, ...
        ckpt_prefix: how the new files' names begin.
        src_strategy_file, dst_strategy_file: how parameters were cut, and how they shall be; None: not at all.
        process_num: accepted; one process does the work.
        output_format: 'ckpt' or 'safetensors'.

    Raises:
        TypeError: an argument of another type.
        NotADirectoryError: ``src_checkpoints_dir`` is no folder.
        ValueError: a file is missing or corrupted, or does not fit its strategy.

    >>> import json, os
    >>> from luojia import Parameter, Tensor, load_checkpoint, parallel, save_checkpoint
    >>> for rank in range(2):
    ...     os.makedirs(f"halves/rank_{rank}")
    ...     half = Parameter(Tensor([[rank, rank]]), name="weight")
    ...     save_checkpoint([half], f"halves/rank_{rank}/net.ckpt")
    >>> with open("two.json", "w") as file:
    ...     json.dump({"parallel_layout_item": {"weight": {"dev_matrix": [2], "tensor_map": [0, -1]}}}, file)
    >>> parallel.transform_checkpoints("halves", "whole", "net", "two.json")
    >>> load_checkpoint("whole/rank_0/net0.ckpt")["weight"].asnumpy().tolist()
    [[0, 0], [1, 1]]

    Matches ``mindspore.parallel.transform_checkpoints``.
    """
    who = "transform_checkpoints"
    for name, value in (("src_checkpoints_dir", src_checkpoints_dir), ("dst_checkpoints_dir", dst_checkpoints_dir),
                        ("ckpt_prefix", ckpt_prefix)):
        if not isinstance(value, str):
            raise DTypeError(f"The {name} should be a str.")
    if not os.path.isdir(src_checkpoints_dir):
        raise NotADirectoryError(f"For '{who}', src_checkpoints_dir {src_checkpoints_dir} is not a directory.")
    if output_format not in ("ckpt", "safetensors"):
        raise ArgumentError(f"For '{who}', 'output_format' must be 'ckpt' or 'safetensors', but got {output_format!r}.")
    paths = {}
    for rank, folder in sorted(ranks_of(src_checkpoints_dir)):
        found = sorted(glob.glob(os.path.join(glob.escape(folder), "*.safetensors"))) or sorted(
            glob.glob(os.path.join(glob.escape(folder), "*.ckpt")))
        if found:
            paths[rank] = found[-1]
    if not paths:
        raise ArgumentError(f"For '{who}', the 'src_checkpoints_dir' can not be empty: {src_checkpoints_dir} has no "
                            "checkpoints in folders rank_0, rank_1, ...")
    src, dst = Side(src_strategy_file), Side(dst_strategy_file)
    conversions = [Conversion(src, dst, rank) for rank in range(dst.ranks)]
    for conversion in conversions:
        for rank in sorted(conversion.ranks()):
            if rank not in paths:
                raise ArgumentError(f"The checkpoint file of rank{rank} is needed for converting "
                                    f"rank{conversion.rank}'s checkpoint, but it is missing.")
    files: dict[int, dict[str, Any]] = {}
    for conversion in conversions:
        ranks = conversion.ranks()
        files = {r: files.get(r) or read_arrays(paths[r]) for r in ranks}
        if conversion.rank == 0:
            _check_known(files, src, dst)
        name = os.path.join(dst_checkpoints_dir, f"rank_{conversion.rank}",
                            f"{ckpt_prefix}{conversion.rank}.{output_format}")
        write_arrays(conversion.arrays(files), name, output_format)


def load_segmented_checkpoints(ckpt_file_dir: str, net: Any = None, strict_load: bool = False,
                               filter_prefix: Any = None, dec_key: bytes | None = None, dec_mode: str = "AES-GCM",
                               specify_prefix: Any = None, choice_func: Callable | None = None) -> dict[str, Any]:
    """The Parameters of all checkpoints of a folder, by name, as ``load_checkpoint`` has those of one.

    Raises:
        TypeError: a folder whose name is no string.
        ValueError: the folder does not exist, or its files have nothing to load.

    >>> import os
    >>> from luojia import Tensor, save_checkpoint
    >>> os.makedirs("parts")
    >>> save_checkpoint({"a": Tensor(1.0)}, "parts/0"), save_checkpoint({"b": Tensor(2.0)}, "parts/1")
    (None, None)
    >>> sorted(load_segmented_checkpoints("parts"))
    ['a', 'b']

    Matches ``mindspore.parallel.load_segmented_checkpoints``.
    """
    if not isinstance(ckpt_file_dir, str):
        raise DTypeError("The ckpt_file_dir should be a str.")
    if not os.path.isdir(ckpt_file_dir):
        raise ArgumentError(f"The dst_strategy_file: {ckpt_file_dir} doesn't exist. Or it's not a directory")
    found: dict[str, Any] = {}
    options = {"filter_prefix": filter_prefix, "dec_key": dec_key, "dec_mode": dec_mode,
               "specify_prefix": specify_prefix}
    for path in sorted(glob.glob(os.path.join(glob.escape(ckpt_file_dir), "*.ckpt"))):
        # a file may have nothing that the choice takes; all together must
        found.update(load_checkpoint(path, **options))
    if choice_func is not None:
        found = {name: value for name, value in found.items() if choice_func(name)}
        if not found:
            raise ArgumentError("The loaded parameter dict is empty after filter or specify, please check "
                                "'choice_func'.")
    if net is not None:
        load_param_into_net(net, {k: p for k, p in found.items() if not isinstance(p, str)}, strict_load)
    return found


convert_checkpoints = transform_checkpoints
convert_checkpoint_by_rank = transform_checkpoint_by_rank
rank_list_for_convert = rank_list_for_transform
