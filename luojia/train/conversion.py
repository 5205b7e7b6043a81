"""Checkpoints of one format as files of the other."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from .._src.errors import ArgumentError
from .serialization import load_checkpoint, save_checkpoint


def _convert(who: str, old: str, new: str, file_path: str, save_path: str | None, name_map: dict | None,
             file_name_regex: str | None) -> None:
    if not isinstance(file_path, (str, os.PathLike)) or not os.path.exists(file_path):
        raise ArgumentError(f"For {who}, the input path must be a valid path or file, but got {file_path}")
    if name_map is not None and not isinstance(name_map, dict):
        raise ArgumentError(f"For {who}, the type of 'name_map' must be a dict, but got '{type(name_map)}'")
    source = Path(file_path)
    if source.is_file():
        if source.suffix != f".{old}":
            raise ArgumentError(f"For {who}, the input file must be a .{old} file, but got {file_path}")
        pairs = [(source, Path(save_path or source.parent))]
    else:
        ranks = sorted(d for d in source.iterdir() if d.is_dir() and d.name.startswith("rank"))
        if not ranks:
            raise ArgumentError(f"For '{who}', no directories starting with 'rank' found in {file_path}.")
        form = re.compile(file_name_regex or "")
        pairs = [(f, Path(save_path or source) / rank.name) for rank in ranks for f in sorted(rank.glob(f"*.{old}"))
                 if form.match(f.name)]
    if save_path is not None and Path(save_path).suffix:
        raise ArgumentError(f"For {who}, the save_path must be a directory, but got '{save_path}'")
    for file, directory in pairs:
        found: Any = load_checkpoint(str(file), format=old)
        renamed = {(name_map or {}).get(name, name): value for name, value in found.items()}
        directory.mkdir(parents=True, exist_ok=True)
        save_checkpoint(renamed, str(directory / f"{file.stem}.{new}"), format=new)


def ckpt_to_safetensors(file_path: str, save_path: str | None = None, name_map: dict[str, str] | None = None,
                        file_name_regex: str | None = None, processes_num: int = 1) -> None:
    """Write a ``.ckpt`` file, or those in a directory's ``rank_*`` directories, as safetensors files.

    Args:
        save_path: the directory for the new files; that of the old ones by default.
        name_map: new names of parameters.
        file_name_regex: of a directory, which files.
        processes_num: accepted; one process converts them.

    Raises:
        ValueError: a path that is not there, or of another kind.

    >>> from luojia import load_checkpoint, nn, save_checkpoint
    >>> save_checkpoint(nn.Dense(2, 3), "dense")
    >>> ckpt_to_safetensors("dense.ckpt", name_map={"bias": "b"})
    >>> sorted(load_checkpoint("dense.safetensors"))
    ['b', 'weight']

    Matches ``mindspore.ckpt_to_safetensors``.
    """
    _convert("ckpt_to_safetensors", "ckpt", "safetensors", file_path, save_path, name_map, file_name_regex)


def safetensors_to_ckpt(file_path: str, save_path: str | None = None, name_map: dict[str, str] | None = None,
                        file_name_regex: str | None = None, processes_num: int = 1) -> None:
    """Write safetensors files as ``.ckpt`` files; see ``ckpt_to_safetensors``.

    Matches ``mindspore.safetensors_to_ckpt``.
    """
    _convert("safetensors_to_ckpt", "safetensors", "ckpt", file_path, save_path, name_map, file_name_regex)


def async_ckpt_thread_status() -> bool:
    """Whether a checkpoint is still being written: never, ``save_checkpoint`` returns when the file is complete."""
    return False


__all__ = ["async_ckpt_thread_status", "ckpt_to_safetensors", "safetensors_to_ckpt"]
