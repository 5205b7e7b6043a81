"""Files of trained weights, as mxnet names and keeps them. luojia downloads none."""

from __future__ import annotations

import glob
import os

from ..._src.errors import NotSupportedError
from ..._src.paths import public_names
from ...base import data_dir

__all__ = ["get_model_file", "purge"]
__dir__ = public_names(__name__)


def _folder(root: str | None) -> str:
    return os.path.join(data_dir(), "models") if root is None else os.path.expanduser(root)


def get_model_file(name: str, root: str | None = None) -> str:
    """The file of a model's trained weights: ``<name>-<hash>.params``, as mxnet downloads it, or ``<name>.params``.

    Args:
        name: of the model, as ``get_model`` takes it.
        root: the folder; by default 'models' in $MXNET_HOME or ~/.mxnet.

    Raises:
        ValueError: there is no model of that name.
        NotSupportedError: the file is not there.
    """
    from .vision import _MODELS

    if name not in _MODELS:
        raise ValueError(f"Pretrained model for {name} is not available.")
    folder = _folder(root)
    stem = os.path.join(glob.escape(folder), glob.escape(name))
    for path in sorted(glob.glob(f"{stem}-????????.params")) + glob.glob(f"{stem}.params"):
        return path
    raise NotSupportedError(
        f"{name}(pretrained=True): luojia ships no trained weights, and there is no {name}-<hash>.params in {folder}; "
        "put mxnet's file there, or make the network without and call net.load_parameters(file), which reads mxnet's."
    )


def purge(root: str | None = None) -> None:
    """Remove the files of weights in a folder."""
    for path in glob.glob(os.path.join(glob.escape(_folder(root)), "*.params")):
        os.remove(path)
