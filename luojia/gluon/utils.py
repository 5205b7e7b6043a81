"""Helpers of Gluon programs: splitting batches over devices, clipping, downloading."""

from __future__ import annotations

import math
import os
import tempfile
import warnings
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from .._src.core.tensor import Tensor, wrap
from .._src.engine.devices import Context, current_context
from .._src.errors import ParameterShapeError
from .._src.paths import public_names
from ..ndarray import array
from ..util import is_np_shape

__all__ = ["HookHandle", "check_sha1", "clip_global_norm", "download", "replace_file", "shape_is_known",
           "split_and_load", "split_data"]
__dir__ = public_names(__name__)


def split_data(data: Any, num_slice: int, batch_axis: int = 0, even_split: bool = True) -> list:
    """``data`` in ``num_slice`` parts along ``batch_axis``.

    Args:
        data: an array.
        num_slice: the number of parts.
        batch_axis: the axis of the samples.
        even_split: raise ValueError where the parts would differ in size; else the first parts are longer.

    >>> from luojia import nd
    >>> [part.shape for part in split_data(nd.ones((5, 2)), 2, even_split=False)]
    [(3, 2), (2, 2)]
    """
    size = data.shape[batch_axis]
    if even_split and size % num_slice:
        raise ValueError(
            f"data with shape {data.shape} cannot be evenly split into {num_slice} slices along axis {batch_axis}. "
            f"Use a batch size that's multiple of {num_slice} or set even_split=False to allow uneven partitioning "
            "of data."
        )
    each, extra = divmod(size, num_slice)
    if even_split or not extra:
        ends = [each * (i + 1) for i in range(num_slice)]
    else:
        ends = [each * (i + 1) + min(i + 1, extra) for i in range(num_slice)]
    lead = (slice(None),) * batch_axis
    return [data[(*lead, slice(a, b))] if lead else data[a:b] for a, b in zip([0, *ends], ends)]


def split_and_load(data: Any, ctx_list: Sequence[Context], batch_axis: int = 0, even_split: bool = True) -> list:
    """``split_data`` into one part per device, each on its device; a NumPy array becomes an NDArray first.

    >>> from luojia import gluon, nd
    >>> import luojia as mx
    >>> [part.shape for part in gluon.utils.split_and_load(nd.ones((6, 2)), [mx.cpu(0), mx.cpu(1)])]
    [(3, 2), (3, 2)]
    """
    if not isinstance(data, Tensor):
        data = np.asarray(data)
    parts = [data] if len(ctx_list) == 1 else split_data(data, len(ctx_list), batch_axis, even_split)
    return [to_context(part, ctx) if isinstance(part, Tensor) else array(part, ctx=ctx)
            for part, ctx in zip(parts, ctx_list)]


def contexts_of(ctx: Any) -> list[Context]:
    """A device, or a list of them, as a list; the current one for None."""
    if ctx is None:
        return [current_context()]
    return [ctx] if isinstance(ctx, Context) else list(ctx)


def to_context(t: Tensor, ctx: Context) -> Tensor:
    """``t`` on the device ``ctx``: itself if it is there, else a copy without a link to the tape."""
    if t._device is ctx:
        return t
    same = t._device.engine is ctx.engine  # then the engine moves its own arrays, past the host
    value = ctx.engine.put(t._value if same else t._device.engine.to_numpy(t._value), ctx)
    return wrap(t._result_class, value, ctx)


def clip_global_norm(arrays: Sequence[Tensor], max_norm: float, check_isfinite: bool = True) -> Any:
    """Scale the arrays in place so that the norm of all of them together is at most ``max_norm``.

    Returns:
        The norm before: a NumPy float32, or with ``check_isfinite=False`` an NDArray of shape (1,).

    >>> from luojia import nd
    >>> x = nd.array([3.0, 4.0])
    >>> clip_global_norm([x], 1.0), x.asnumpy().round(3)
    (np.float32(5.0), array([0.6, 0.8], dtype=float32))
    """
    assert len(arrays) > 0, "clip_global_norm expects at least one array"
    total = 0.0
    for a in arrays:
        flat = a._device.engine.to_numpy(a._value).reshape(-1)
        wide = flat.astype(np.float32) if flat.dtype.itemsize < 4 else flat
        total += float(np.dot(wide, wide))
    norm = math.sqrt(total) if math.isfinite(total) else total
    if check_isfinite and not math.isfinite(norm):
        warnings.warn(UserWarning("nan or inf is detected. Clipping results will be undefined."), stacklevel=2)
    scale = max_norm / (norm + 1e-8)
    if scale < 1.0:
        for a in arrays:
            a._rebind(a._value * a.np_dtype.type(scale))
    if check_isfinite:
        return np.float32(norm)
    return array([norm], ctx=arrays[0]._device)


def check_sha1(filename: str, sha1_hash: str) -> bool:
    """Whether the file has this SHA-1, in hexadecimal."""
    import hashlib  # at first use: with urllib a tenth of luojia's import

    digest = hashlib.sha1()  # noqa: S324 - a checksum, and the one that is published
    with open(filename, "rb") as f:
        while chunk := f.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest() == sha1_hash


def replace_file(src: str, dst: str) -> None:
    """Move ``src`` to ``dst`` in one step."""
    os.replace(src, dst)


def download(url: str, path: str | None = None, overwrite: bool = False, sha1_hash: str | None = None,
             retries: int = 5, verify_ssl: bool = True) -> str:
    """Fetch a file, unless it is there with the right checksum, and return its path.

    Args:
        url: where from.
        path: a file or a folder to put it in; by default the last part of the URL.
        overwrite: fetch it even if it is there.
        sha1_hash: the SHA-1 that it must have.
        retries: how often to try again.
        verify_ssl: must be True.

    Raises:
        OSError: it could not be fetched, or has another checksum.
    """
    name = url.rstrip("/").rpartition("/")[2]
    assert name, f"Can't construct file-name from this URL. Please set the `path` option manually. url={url}"
    if path is None:
        target = name
    else:
        path = os.path.expanduser(path)
        target = os.path.join(path, name) if os.path.isdir(path) else path
    assert retries >= 0, f"Number of retries should be at least 0, currently it's {retries}"
    if not verify_ssl:
        raise ValueError("download: verify_ssl=False is not supported; fetch the file by other means.")
    if not overwrite and os.path.exists(target) and (not sha1_hash or check_sha1(target, sha1_hash)):
        return target
    from urllib.request import urlopen

    folder = os.path.dirname(os.path.abspath(target))
    os.makedirs(folder, exist_ok=True)
    for attempt in range(retries + 1):
        handle, part = tempfile.mkstemp(dir=folder)
        try:
            with os.fdopen(handle, "wb") as out, urlopen(url, timeout=30) as source:  # noqa: S310
                while chunk := source.read(1 << 16):
                    out.write(chunk)
            if sha1_hash and not check_sha1(part, sha1_hash):
                raise OSError(f"File {target} is downloaded but the content hash does not match. Please delete "
                              "the file and try again.")
            os.replace(part, target)
            return target
        except OSError:
            if attempt == retries:
                raise
        finally:
            if os.path.exists(part):
                os.unlink(part)
    return target


def shape_is_known(shape: Sequence[int] | None) -> bool:
    """Whether all sizes of a shape are known (none is 0 or -1).

    >>> shape_is_known((2, 3)), shape_is_known((2, 0)), shape_is_known(None)
    (True, False, False)
    """
    if shape is not None and any(n < (-1 if is_np_shape() else 0) for n in shape):
        raise ParameterShapeError(f"Shape {tuple(shape)}: lengths must not be negative.")
    return shape is not None and all(n not in (0, -1) for n in shape)


class HookHandle:
    """What ``register_forward_hook`` returns: ``detach`` removes the hook, as does leaving a ``with`` block."""

    def __init__(self) -> None:
        self._hooks: dict[int, Any] | None = None
        self._id = id(self)

    def attach(self, hooks: dict[int, Any], hook: Any) -> None:
        assert self._hooks is None, "The same handle cannot be attached twice."
        hooks[self._id] = hook
        self._hooks = hooks

    def detach(self) -> None:
        """Remove the hook."""
        if self._hooks is not None:
            self._hooks.pop(self._id, None)
            self._hooks = None

    def __enter__(self) -> HookHandle:
        return self

    def __exit__(self, *_: Any) -> None:
        self.detach()


def _indent(text: str, spaces: int) -> str:
    """``text`` with all lines but the first indented."""
    first, *rest = text.split("\n")
    return "\n".join([first, *(" " * spaces + line for line in rest)])


def _brief_print_list(names: Iterable[str], limit: int = 7) -> str:
    """Quoted names, the middle left out where they are many."""
    names = list(names)
    if len(names) > limit:
        return f"{_brief_print_list(names[: limit // 2])}, ..., {_brief_print_list(names[-(limit // 2):])}"
    return ", ".join(f"'{n}'" for n in names)
